//! The magic cookie, by which a plugin knows that Terraform has started it.

use super::About;
use super::environment::Environment;
use super::error::PluginError;

/// The value that every Terraform, and OpenTofu, gives its plugins. No secret: it only tells a host from a human.
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// Checks it.
///
/// # Errors
/// Where it is missing: the error tells a human what the program is and how to use it.
pub(super) fn check(environment: &Environment, about: About) -> Result<(), PluginError> {
    if environment.cookie.as_deref() == Some(COOKIE) {
        return Ok(());
    }
    let About {
        program,
        version,
        source,
    } = about;
    let provider = about.provider();
    Err(PluginError::StartedByHand(format!(
        r#"{program} {version} is a Terraform provider: Terraform starts it, and by itself it does nothing.

To use it, put it where Terraform looks for providers (`make install`), write into your configuration

  terraform {{
    required_providers {{
      {provider} = {{
        source = "{source}"
      }}
    }}
  }}

and run `terraform init`.

To run it under a debugger, start it with --debug: it says how Terraform finds it then."#
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: About = About {
        program: "terraform-provider-x",
        version: "1.2.3",
        source: "acme/x",
    };

    #[test]
    fn whoever_runs_it_by_hand_is_told_how_to_use_it() {
        for cookie in [None, Some("something else".to_owned())] {
            let environment = Environment {
                cookie,
                ..Environment::default()
            };
            let text = check(&environment, ABOUT).unwrap_err().to_string();
            for part in [
                "Terraform provider",
                "required_providers",
                r#"source = "acme/x""#,
                "make install",
                "--debug",
            ] {
                assert!(text.contains(part), "{part} is missing in: {text}");
            }
        }
    }

    #[test]
    fn terraform_is_let_in() {
        let environment = Environment {
            cookie: Some(COOKIE.to_owned()),
            ..Environment::default()
        };
        check(&environment, ABOUT).unwrap();
    }
}
