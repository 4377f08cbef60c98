//! What the host tells a plugin through environment variables.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

#[cfg(any(windows, test))]
use super::listener::Ports;

/// The variables that matter, read once.
#[derive(Debug, Default, Clone)]
pub(super) struct Environment {
    /// `TF_PLUGIN_MAGIC_COOKIE`
    pub(super) cookie: Option<String>,
    /// `PLUGIN_PROTOCOL_VERSIONS`: the versions that the host speaks, `5,6`.
    pub(super) protocol_versions: Option<String>,
    /// `PLUGIN_CLIENT_CERT`: the host's certificate in PEM.
    pub(super) client_certificate: Option<String>,
    /// `PLUGIN_MULTIPLEX_GRPC`: set where the host asks whether broker connections may share one socket.
    pub(super) multiplex: Option<String>,
    /// `PLUGIN_UNIX_SOCKET_DIR`: where the socket has to be.
    #[cfg_attr(windows, allow(dead_code, reason = "there are no Unix sockets"))]
    pub(super) socket_dir: Option<PathBuf>,
    /// `PLUGIN_MIN_PORT` and `PLUGIN_MAX_PORT`: which ports it may be, where there are no Unix sockets.
    #[cfg(any(windows, test))]
    pub(super) ports: Ports,
    /// `TF_LOG` and everything that starts with `TF_LOG_`.
    pub(super) log: Vec<(String, String)>,
}

impl Environment {
    /// Those of this process.
    pub(super) fn of_process() -> Self {
        Self::of(env::vars_os())
    }

    /// Those among `variables`; an empty one is as good as none, and one that is no UTF-8 is none of ours.
    pub(super) fn of(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut environment = Self::default();
        for (name, value) in variables.into_iter().filter(|(_, value)| !value.is_empty()) {
            if name == "PLUGIN_UNIX_SOCKET_DIR" {
                environment.socket_dir = Some(value.into());
            } else if let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) {
                environment.take(name, value);
            }
        }
        environment
    }

    fn take(&mut self, name: String, value: String) {
        match name.as_str() {
            "TF_PLUGIN_MAGIC_COOKIE" => self.cookie = Some(value),
            "PLUGIN_PROTOCOL_VERSIONS" => self.protocol_versions = Some(value),
            "PLUGIN_CLIENT_CERT" => self.client_certificate = Some(value),
            "PLUGIN_MULTIPLEX_GRPC" => self.multiplex = Some(value),
            #[cfg(any(windows, test))]
            "PLUGIN_MIN_PORT" => self.ports.first = value.parse().unwrap_or_default(),
            #[cfg(any(windows, test))]
            "PLUGIN_MAX_PORT" => self.ports.last = value.parse().unwrap_or_default(),
            _ if name == "TF_LOG" || name.starts_with("TF_LOG_") => self.log.push((name, value)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_host_sets_and_treats_empty_as_unset() {
        let environment = Environment::of(
            [
                ("PATH", "/bin"),
                ("PLUGIN_PROTOCOL_VERSIONS", "5,6"),
                ("PLUGIN_CLIENT_CERT", ""),
                ("PLUGIN_UNIX_SOCKET_DIR", "/run/x"),
                ("PLUGIN_MIN_PORT", "10000"),
                ("PLUGIN_MAX_PORT", "25000"),
                ("TF_LOG", "info"),
                ("TF_LOG_PROVIDER", "trace"),
            ]
            .map(|(name, value)| (name.into(), value.into())),
        );
        assert_eq!(environment.protocol_versions.as_deref(), Some("5,6"));
        assert_eq!(environment.client_certificate, None);
        assert_eq!(environment.cookie, None);
        assert_eq!(environment.socket_dir, Some("/run/x".into()));
        assert_eq!((environment.ports.first, environment.ports.last), (10_000, 25_000));
        assert_eq!(environment.log.len(), 2);
    }
}
