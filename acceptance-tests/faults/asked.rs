//! What the provider asks of AWS, read from the request as it goes over the wire.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

use super::fault::Protocol;

/// Paths, with places for ids, by the operation that they turned out to be.
static PATHS: LazyLock<Mutex<HashMap<String, String>>> = LazyLock::new(Mutex::default);

/// An operation's name, also where it was not known yet when the call was made.
pub fn named(operation: &str) -> String {
    let known = PATHS.lock().unwrap().get(operation).cloned();
    known.unwrap_or_else(|| operation.to_owned())
}

/// A request, read.
pub struct Asked {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub service: String,
    pub protocol: Protocol,
    /// `ecs:CreateCluster`; a path where it is not known yet.
    pub operation: String,
}

impl Asked {
    pub fn read(request: &HttpRequest) -> Self {
        let uri = request.uri();
        let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
        let target = rest.find('/').map_or("/", |at| &rest[at..]).to_owned();
        let body = request.body().bytes().unwrap_or_default().to_vec();
        let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
        let scope = header("authorization");
        let service = scope.split('/').nth(3).unwrap_or_default().to_owned();
        let form = String::from_utf8_lossy(&body);
        let action = form.split('&').find_map(|pair| pair.strip_prefix("Action="));
        let method = request.method().to_owned();
        let boto = match service.as_str() {
            "elasticfilesystem" => "efs",
            "apigateway" => "apigatewayv2",
            "elasticloadbalancing" => "elbv2",
            other => other,
        };
        let (protocol, operation) = match (header("x-amz-target").rsplit_once('.'), action) {
            (Some((_, action)), _) => (Protocol::Json, format!("{boto}:{action}")),
            (None, Some(action)) if service == "ec2" => (Protocol::Ec2, format!("{boto}:{action}")),
            (None, Some(action)) => (Protocol::Query, format!("{boto}:{action}")),
            (None, None) => {
                let template = template(&method, &target);
                let known = PATHS.lock().unwrap().get(&template).cloned();
                (Protocol::Rest, known.unwrap_or(template))
            }
        };
        let headers = request.headers().iter();
        Self {
            headers: headers
                .filter(|(name, _)| !name.eq_ignore_ascii_case("content-length"))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            method,
            target,
            body,
            service,
            protocol,
            operation,
        }
    }

    /// From now on requests of its form are known to be of that operation.
    pub fn turned_out(&self, operation: &str) {
        let path = template(&self.method, &self.target);
        PATHS.lock().unwrap().insert(path, operation.to_owned());
    }

    pub fn text(&self) -> String {
        format!("{} {}", self.target, String::from_utf8_lossy(&self.body))
    }
}

/// A path whose every other part, the ids, is left open.
fn template(method: &str, target: &str) -> String {
    let path = target.split('?').next().unwrap_or_default();
    let parts = path.split('/').skip(1).enumerate();
    let parts = parts.map(|(n, part)| if n >= 2 && n % 2 == 0 { "*" } else { part });
    format!("{method} /{}", parts.collect::<Vec<_>>().join("/"))
}
