//! `thatdot_marketplace_metering`: whether a deployment would be able to pull its image from the AWS Marketplace and to
//! meter its use, as far as that can be told from outside.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::aws::lookups::source_image;
use crate::aws::metering::Verdict;
use crate::aws::{Aws, ImageSource, Sealed, simulation};
use crate::engine::{Error, ErrorKind};
use crate::framework::validators::{arn, custom};
use crate::framework::{Attr, Attribute, DataSource, Diagnostic, Diagnostics, Path, ReadData, Schema};
use crate::products::detector;
use crate::products::images::ImageReference;
use crate::provider::Context;

/// How long the registry gets.
const LIMIT: Duration = Duration::from_mins(1);

/// A product's code where none is given: a dry run asks for permissions alone.
const ANY_PRODUCT: &str = "any";

/// The data source.
#[derive(Debug, Clone, Copy)]
pub struct MarketplaceMetering;

/// What is asked and what is found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Model {
    task_role_arn: Attr<String>,
    image: Attr<String>,
    product_code: Attr<String>,
    id: Attr<String>,
    role_may_meter: Attr<bool>,
    caller_may_meter: Attr<bool>,
    subscribed: Attr<bool>,
    region_supported: Attr<bool>,
    entitlement: Attr<String>,
    reason: Attr<String>,
}

/// An answer, and what there is to say of it.
type Finding = (Option<bool>, Option<String>);

#[async_trait]
impl DataSource<Context> for MarketplaceMetering {
    type Model = Model;

    fn type_name(&self) -> &'static str {
        "thatdot_marketplace_metering"
    }

    fn schema(&self) -> Schema {
        Schema::new(
            0,
            "Whether a deployment would be able to pull its image from the AWS Marketplace and to meter its use. Nobody is \
             billed: the meter is only ever asked for a dry run. What cannot be told is null, and `reason` says why.",
            vec![
                Attribute::string("task_role_arn", "The role that the container would have.")
                    .optional()
                    .validate(arn("iam")),
                Attribute::string("image", "The product's image. Defaults to the detector's.")
                    .default(detector::vendor::IMAGE)
                    .validate(custom("the name of a container image", |text: &str| {
                        text.parse::<ImageReference>().is_ok()
                    })),
                Attribute::string(
                    "product_code",
                    "The product's code in the AWS Marketplace. Without one the meter is asked for permissions alone.",
                )
                .optional(),
                Attribute::string("id", "The account's id and the region.").computed(),
                Attribute::bool(
                    "role_may_meter",
                    "Whether the role may call `aws-marketplace:RegisterUsage` and `aws-marketplace:MeterUsage`, by IAM's \
                     simulation of its policies. Null without `task_role_arn`.",
                )
                .computed(),
                Attribute::bool(
                    "caller_may_meter",
                    "Whether who runs Terraform may call `aws-marketplace:MeterUsage`, by a dry run of it.",
                )
                .computed(),
                Attribute::bool(
                    "subscribed",
                    "Whether the account may read the image, which the AWS Marketplace lets subscribers do.",
                )
                .computed(),
                Attribute::bool("region_supported", "Whether the AWS Marketplace meters in this region.").computed(),
                Attribute::string(
                    "entitlement",
                    "Always `unknown`: whether the account is entitled to the product, `RegisterUsage` tells the running \
                     task alone.",
                )
                .computed(),
                Attribute::string("reason", "What is in the way or could not be found out; empty where nothing is.").computed(),
            ],
            vec![],
        )
    }

    async fn read(&self, request: ReadData<'_, Context, Model>) -> Result<(Model, Diagnostics), Diagnostics> {
        let ReadData { context, config } = request;
        let aws = &context.aws;
        let image = config.image.known().map_or(detector::vendor::IMAGE, String::as_str);
        let image = image
            .parse::<ImageReference>()
            .map_err(|error| Diagnostic::error("Not the name of a container image", error).at(Path::of(["image"])))?;
        let code = config.product_code.known().map_or(ANY_PRODUCT, String::as_str);
        let (role, subscribed, verdict) = tokio::join!(
            role_may_meter(aws, config.task_role_arn.known().map(String::as_str)),
            subscribed(aws, image),
            aws.would_meter(code),
        );
        let (here, caller, met) = met(verdict);
        let reasons = [role.1, subscribed.1, met].into_iter().flatten().collect::<Vec<_>>();
        let found = Model {
            id: Attr::Known(format!("{}/{}", aws.account_id, aws.region)),
            role_may_meter: role.0.into(),
            caller_may_meter: caller.into(),
            subscribed: subscribed.0.into(),
            region_supported: here.into(),
            entitlement: Attr::Known("unknown".to_owned()),
            reason: Attr::Known(reasons.join("\n")),
            ..config
        };
        Ok((found, Diagnostics::new()))
    }
}

async fn role_may_meter(aws: &Aws, role: Option<&str>) -> Finding {
    let Some(role) = role else {
        return (None, None);
    };
    match simulation::role_may(aws, role, &simulation::METERING).await {
        Ok(true) => (Some(true), None),
        Ok(false) => (
            Some(false),
            Some(format!(
                "{role} may not call {}: attach AWSMarketplaceMeteringRegisterUsage and AWSMarketplaceMeteringFullAccess.",
                simulation::METERING.join(" and ")
            )),
        ),
        Err(error) => (None, Some(unknown("What the role may do", &error))),
    }
}

async fn subscribed(aws: &Aws, image: ImageReference) -> Finding {
    let source = ImageSource {
        reference: image,
        platforms: Vec::new(),
        username: None,
        password: Sealed::new(None),
    };
    match source_image(aws, &source, Instant::now() + LIMIT).await {
        Ok(_) => (Some(true), None),
        Err(error) if matches!(error.kind, ErrorKind::Denied | ErrorKind::NotFound) => {
            (Some(false), Some(error.explained_alike()))
        }
        Err(error) => (None, Some(unknown("Whether the account is subscribed", &error))),
    }
}

/// Whether the region is supported, whether the caller may meter, and what there is to say of it.
fn met(verdict: Verdict) -> (Option<bool>, Option<bool>, Option<String>) {
    match verdict {
        Verdict::Allowed => (Some(true), Some(true), None),
        Verdict::Denied(error) => (Some(true), Some(false), Some(error.explained_alike())),
        Verdict::NotHere(error) => (Some(false), None, Some(error.explained_alike())),
        Verdict::Unknown(error) => (None, None, Some(unknown("Whether the caller may meter", &error))),
    }
}

fn unknown(what: &str, error: &Error) -> String {
    format!("{what} could not be found out. {}", error.explained_alike())
}
