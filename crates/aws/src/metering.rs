//! The AWS Marketplace's meter, which is only ever asked whether it would let us (AWS Marketplace Metering Service API,
//! `MeterUsage` with `DryRun`: it checks the permissions and makes no record). Nothing in this program can make a record: the
//! client is shut up in here, the one request that is built is a dry run, and clippy refuses any other (`clippy.toml`).

use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_sdk_marketplacemetering::Client;
use aws_sdk_marketplacemetering::error::ProvideErrorMetadata;

use super::error::refusal;
use super::on_demand::OnDemand;
use engine::{Error, ErrorKind};

/// A dimension for the request, which must have one; a dry run looks at none.
const DIMENSION: &str = "dry-run";

/// What the meter says to somebody who would like to meter.
#[derive(Debug)]
pub enum Verdict {
    /// The caller may.
    Allowed,
    /// The caller may not.
    Denied(Error),
    /// The Marketplace meters nothing in this region: its API is disabled, or no host has the name that it would have.
    NotHere(Error),
    /// There is a meter, and it does not say.
    Unclear(Error),
    /// The meter cannot be reached, if there is one.
    Unreached(Error),
}

/// The meter of a region.
#[derive(Debug, Clone)]
pub struct Meter(OnDemand<Client>);

impl Meter {
    /// The meter that a configuration reaches, at its own endpoint where one is given.
    pub fn new(config: &SdkConfig, endpoint: Option<String>) -> Self {
        let mut builder = aws_sdk_marketplacemetering::config::Builder::from(config);
        builder.set_endpoint_url(endpoint.or_else(|| config.endpoint_url().map(str::to_owned)));
        Self(OnDemand::new(move || Client::from_conf(builder.build())))
    }

    /// Whether the caller may meter the use of a product.
    #[expect(clippy::disallowed_methods, reason = "this is the one place, and it is a dry run")]
    pub async fn would_let(&self, product_code: &str) -> Verdict {
        const ATTEMPTED: &str = "aws-marketplace:MeterUsage";
        let dry_run = self
            .0
            .meter_usage()
            .dry_run(true)
            .product_code(product_code)
            .usage_dimension(DIMENSION)
            .timestamp(SystemTime::now().into());
        let Err(answer) = dry_run.send().await else {
            return Verdict::Allowed;
        };
        let code = answer.code().unwrap_or_default().to_owned();
        let error = refusal(ATTEMPTED, &answer);
        if code.starts_with("DryRunOperation") {
            Verdict::Allowed
        } else if code == "DisabledApiException" || names_no_host(&error.message) {
            Verdict::NotHere(error)
        } else if error.kind == ErrorKind::Denied {
            Verdict::Denied(error)
        } else if code.is_empty() {
            Verdict::Unreached(error)
        } else {
            Verdict::Unclear(error)
        }
    }
}

/// Whether the HTTP client says that no host has that name; it says it in the operating system's words. Who asks has reached
/// other hosts of AWS by their names.
fn names_no_host(message: &str) -> bool {
    let later = ["Temporary failure", "Try again"];
    message.contains("dns error") && !later.iter().any(|words| message.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Answer, Stage};

    async fn asked(answer: Answer) -> (Verdict, String) {
        let stage = Stage::answering(move |_| answer.clone());
        let verdict = stage.call().world.meter.would_let("abc").await;
        (verdict, stage.asked()[0].body.clone())
    }

    #[tokio::test]
    async fn every_request_is_a_dry_run() {
        let (verdict, body) = asked(Answer::refused("DryRunOperation", "Request would have succeeded.")).await;
        assert!(matches!(verdict, Verdict::Allowed), "{verdict:?}");
        assert!(body.contains(r#""DryRun":true"#), "{body}");
    }

    #[tokio::test]
    async fn a_denial_and_an_api_that_is_disabled_are_told_apart() {
        let (verdict, _) = asked(Answer::refused("UnauthorizedException", "no")).await;
        assert!(matches!(verdict, Verdict::Denied(_)), "{verdict:?}");
        let (verdict, _) = asked(Answer::refused(
            "DisabledApiException",
            "The API is disabled in the Region.",
        ))
        .await;
        assert!(matches!(verdict, Verdict::NotHere(_)), "{verdict:?}");
    }

    #[test]
    fn a_region_whose_meter_has_no_name_has_none() {
        let failed =
            |why: &str| format!("dispatch failure: client error (Connect): dns error: failed to lookup: {why}");
        assert!(names_no_host(&failed("Name does not resolve")));
        for why in ["Try again", "Temporary failure in name resolution"] {
            assert!(!names_no_host(&failed(why)), "{why}");
        }
        assert!(!names_no_host("dispatch failure: connection refused"));
    }

    #[tokio::test]
    async fn what_cannot_be_told_is_not_guessed() {
        let (verdict, _) = asked(Answer::refused("InvalidProductCodeException", "any")).await;
        assert!(matches!(verdict, Verdict::Unclear(_)), "{verdict:?}");
        let (verdict, _) = asked(Answer::Lost).await;
        assert!(matches!(verdict, Verdict::Unreached(_)), "{verdict:?}");
    }
}
