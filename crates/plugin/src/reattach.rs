//! Debug mode: the user starts the provider, under a debugger for instance, and tells Terraform where it is.

use std::io::{self, Write};
use std::process;

use serde_json::json;

use super::About;
use super::error::PluginError;
use super::listener::Address;

/// The value of `TF_REATTACH_PROVIDERS` by which Terraform finds the process `pid` at `address`. `Test` says that the
/// process is not Terraform's to end.
fn reattach(about: About, pid: u32, address: &Address) -> String {
    json!({
        about.source: {
            "Protocol": "grpc",
            "ProtocolVersion": 5,
            "Pid": pid,
            "Test": true,
            "Addr": { "Network": address.network(), "String": address.to_string() },
        }
    })
    .to_string()
}

/// What the user has to do: the line to run in the shell in which Terraform will run.
fn instructions(about: About, pid: u32, address: &Address) -> String {
    let reattach = reattach(about, pid, address).replace('\'', r"'\''");
    format!(
        "Provider started. In the shell in which you run Terraform, set\n\n\
         \tTF_REATTACH_PROVIDERS='{reattach}'\n\n\
         for instance with `export` before it; Terraform then calls this process instead of starting its own. Unset it \
         when you are done. Ctrl-C ends the provider.\n"
    )
}

/// Tells the user, on stdout.
pub(super) fn announce(about: About, address: &Address) -> Result<(), PluginError> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{}", instructions(about, process::id(), address))
        .and_then(|()| stdout.flush())
        .map_err(PluginError::Announce)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_how_terraform_finds_the_process() {
        let about = About {
            program: "p",
            version: "0",
            source: "acme/x",
        };
        let text = instructions(about, 7, &Address::Unix("/tmp/it's/s".into()));
        let (_, value) = text.split_once("TF_REATTACH_PROVIDERS=").unwrap();
        let value = value.lines().next().unwrap();
        let json = value
            .strip_prefix('\'')
            .unwrap()
            .strip_suffix('\'')
            .unwrap()
            .replace(r"'\''", "'");
        let provider = json!({
            "Protocol": "grpc",
            "ProtocolVersion": 5,
            "Pid": 7,
            "Test": true,
            "Addr": { "Network": "unix", "String": "/tmp/it's/s" },
        });
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&json).unwrap(),
            json!({ "acme/x": provider })
        );
    }
}
