//! The handshake: one line on stdout that tells the host where the plugin listens and by which certificate to know it.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tokio_rustls::rustls::pki_types::CertificateDer;

use super::environment::Environment;
use super::error::PluginError;
use super::listener::Address;

/// The version of go-plugin's own protocol.
const CORE_PROTOCOL: u32 = 1;
/// The version of Terraform's plugin protocol that we serve.
const TERRAFORM_PROTOCOL: &str = "5";

/// Checks that the host speaks our version. Hosts that do not say are taken to.
pub(super) fn check_versions(environment: &Environment) -> Result<(), PluginError> {
    match &environment.protocol_versions {
        Some(offered) if !offered.split(',').any(|version| version.trim() == TERRAFORM_PROTOCOL) => {
            Err(PluginError::ProtocolVersion {
                offered: offered.clone(),
            })
        }
        _ => Ok(()),
    }
}

/// The line. A host that asks about multiplexed broker connections is told that there are none; one that does not ask
/// must not find the field.
pub(super) fn line(environment: &Environment, address: &Address, certificate: &CertificateDer<'_>) -> String {
    let certificate = STANDARD_NO_PAD.encode(certificate);
    let multiplex = if environment.multiplex.is_some() { "|false" } else { "" };
    format!(
        "{CORE_PROTOCOL}|{TERRAFORM_PROTOCOL}|{}|{address}|grpc|{certificate}{multiplex}",
        address.network()
    )
}

/// Writes the line, the only thing that ever goes to stdout.
pub(super) fn announce(line: &str) -> Result<(), PluginError> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")
        .and_then(|()| stdout.flush())
        .map_err(PluginError::Announce)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_at(address: &Address, multiplex: Option<&str>) -> String {
        let environment = Environment {
            multiplex: multiplex.map(str::to_owned),
            ..Environment::default()
        };
        line(&environment, address, &CertificateDer::from(vec![0xff, 0xfe]))
    }

    fn line_with(multiplex: Option<&str>) -> String {
        line_at(&Address::Unix("/tmp/p/s".into()), multiplex)
    }

    #[test]
    fn the_line_is_what_terraform_parses() {
        assert_eq!(line_with(None), "1|5|unix|/tmp/p/s|grpc|//4");
    }

    #[test]
    fn a_port_is_told_in_the_words_of_go() {
        let address = Address::Tcp(([127, 0, 0, 1], 10_000).into());
        assert_eq!(line_at(&address, None), "1|5|tcp|127.0.0.1:10000|grpc|//4");
    }

    #[test]
    fn a_host_that_asks_for_multiplexing_gets_an_answer() {
        assert_eq!(line_with(Some("true")), "1|5|unix|/tmp/p/s|grpc|//4|false");
    }

    #[test]
    fn a_host_without_protocol_5_is_told_so() {
        let check = |offered: Option<&str>| {
            check_versions(&Environment {
                protocol_versions: offered.map(str::to_owned),
                ..Environment::default()
            })
        };
        check(None).unwrap();
        check(Some("5,6")).unwrap();
        check(Some("6, 5")).unwrap();
        let error = check(Some("4,6")).unwrap_err().to_string();
        assert!(error.contains("versions 4,6"), "{error}");
    }
}
