//! Checks of address ranges and of the texts that name things at AWS. They look at the form alone.

use ipnet::IpNet;

use super::scalar::text;
use super::{Check, Validator, Violation};
use protocol::Value;

/// An IPv4 or IPv6 network in canonical CIDR notation. AWS takes other notations too, and reports the canonical one,
/// which would then differ from the configuration for ever.
pub fn cidr() -> impl Validator {
    network(
        "be an IPv4 or IPv6 network in CIDR notation, such as \"10.0.0.0/16\"",
        |_| true,
    )
}

/// An IPv4 network in canonical CIDR notation.
pub fn cidr_v4() -> impl Validator {
    network("be an IPv4 network in CIDR notation, such as \"10.0.0.0/16\"", |net| {
        matches!(net, IpNet::V4(_))
    })
}

fn network(must: &'static str, allowed: fn(&IpNet) -> bool) -> impl Validator {
    Check(move |value: &Value| {
        let Value::String(text) = value else { return None };
        let Ok(net) = text.parse::<IpNet>() else {
            return Some(Violation::new(must));
        };
        if !allowed(&net) {
            return Some(Violation::new(must));
        }
        let canonical = net.trunc().to_string();
        let hint = || format!("The network of {text:?} is written {canonical:?}.");
        (canonical != *text).then(|| Violation::new(must).hint(hint()))
    })
}

/// An ARN of that service: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.
pub fn arn(service: &'static str) -> impl Validator {
    text(
        format!("be an ARN of the service {service}: \"arn:aws:{service}:…\""),
        move |text| is_arn(text, service),
    )
}

fn is_arn(text: &str, service: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let &[prefix, partition, named, region, account, resource] = parts.as_slice() else {
        return false;
    };
    let word = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    prefix == "arn"
        && partition.starts_with("aws")
        && word(partition)
        && named == service
        && word(region)
        && (digits || account.is_empty() || account == "aws")
        && !resource.is_empty()
        && !resource.contains(char::is_whitespace)
}

/// A path of IAM: starts and ends with `/`, at most 512 visible ASCII characters.
pub fn iam_path() -> impl Validator {
    let must = "be an IAM path, which starts and ends with \"/\" and has at most 512 visible ASCII characters";
    text(must.to_owned(), |text| {
        text.len() <= 512 && text.starts_with('/') && text.ends_with('/') && text.bytes().all(|b| b.is_ascii_graphic())
    })
}
