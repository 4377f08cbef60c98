//! The provider's process: what Terraform starts, and what a developer starts by hand.

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::mem;
use std::process::ExitCode;
use std::sync::Arc;

use plugin::About;
use tokio::runtime::Builder;

const ABOUT: About = About {
    program: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
    source: "thatdot/thatdot",
};

/// What the command line asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Request {
    Serve,
    Debug,
    Version,
    Help,
}

fn main() -> ExitCode {
    let Some(request) = parse(env::args().skip(1)) else {
        return fail(2, &usage());
    };
    match run(request) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(1, &error.to_string()),
    }
}

/// Nothing is what Terraform asks for. Flags may have one dash, as those of other providers.
fn parse(arguments: impl IntoIterator<Item = String>) -> Option<Request> {
    let mut arguments = arguments.into_iter();
    let request = match arguments.next().as_deref() {
        None => Request::Serve,
        Some("--debug" | "-debug") => Request::Debug,
        Some("--version" | "-version") => Request::Version,
        Some("--help" | "-help" | "-h") => Request::Help,
        Some(_) => return None,
    };
    arguments.next().is_none().then_some(request)
}

fn run(request: Request) -> Result<(), Box<dyn Error>> {
    match request {
        Request::Version => writeln!(io::stdout(), "{} {}", ABOUT.program, ABOUT.version)?,
        Request::Help => writeln!(io::stdout(), "{}", usage())?,
        Request::Serve | Request::Debug => {
            // It waits nearly all the time; a second thread would cost it more memory than it would gain time.
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let server = Arc::new(provider::server());
            let outcome = runtime.block_on(async {
                if request == Request::Debug {
                    plugin::debug(ABOUT, Arc::clone(&server)).await
                } else {
                    plugin::serve(ABOUT, Arc::clone(&server)).await
                }
            });
            // Terraform waits for the end of the process. What is still under way now nobody asked for, and the system takes
            // the memory back quicker in one piece.
            mem::forget((runtime, server));
            outcome?;
        }
    }
    Ok(())
}

fn usage() -> String {
    format!(
        "Usage: {} [--debug | --version | --help]\n\n\
         \x20 (nothing)   serve the Terraform that started this process\n\
         \x20 --debug     serve any Terraform that is told where to find this process, until Ctrl-C\n\
         \x20 --version   print the version\n\
         \x20 --help      print this",
        ABOUT.program
    )
}

fn fail(code: u8, message: &str) -> ExitCode {
    // Where stderr is gone, the exit code has to do.
    _ = writeln!(io::stderr(), "{message}");
    ExitCode::from(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_have_one_dash_or_two_and_stand_alone() {
        let parse = |line: &str| parse(line.split_whitespace().map(str::to_owned));
        assert_eq!(parse(""), Some(Request::Serve));
        assert_eq!(parse("--debug"), Some(Request::Debug));
        assert_eq!(parse("-debug"), Some(Request::Debug));
        assert_eq!(parse("--version"), Some(Request::Version));
        assert_eq!(parse("--debug --version"), None);
        assert_eq!(parse("serve"), None);
    }
}
