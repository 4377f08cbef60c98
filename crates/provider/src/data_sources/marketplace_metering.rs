//! `thatdot_marketplace_metering`: whether a deployment would be able to pull its image from the AWS Marketplace and to
//! meter its use, as far as that can be told from outside.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::Context;
use aws::metering::Verdict;
use framework::validators::{arn, custom};
use framework::{Attr, Attribute, DataSource, Diagnostic, Diagnostics, Path, ReadData, Schema};
use products::detector;
use products::images::ImageReference;
use products::shared::marketplace::{is_subscribed, role_may_meter, unknown};

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
                    "Whether Amazon ECR gives the account the image's manifest, as it does to who is subscribed to the product. \
                     Null where that does not tell: of an image that is not there, and for who may not ask.",
                )
                .computed(),
                Attribute::bool("region_supported", "Whether the AWS Marketplace meters in this region. Null where its meter cannot be reached.").computed(),
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
        let role = async {
            match config.task_role_arn.known() {
                Some(role) => role_may_meter(aws, role).await,
                None => (None, None),
            }
        };
        let (role, subscribed, verdict) = tokio::join!(role, is_subscribed(aws, &image), aws.would_meter(code),);
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

/// Whether the region is supported, whether the caller may meter, and what there is to say of it.
fn met(verdict: Verdict) -> (Option<bool>, Option<bool>, Option<String>) {
    match verdict {
        Verdict::Allowed => (Some(true), Some(true), None),
        Verdict::Denied(error) => (Some(true), Some(false), Some(error.explained_alike())),
        Verdict::NotHere(error) => (Some(false), None, Some(error.explained_alike())),
        Verdict::Unclear(error) => (Some(true), None, Some(unknown("Whether the caller may meter", &error))),
        Verdict::Unreached(error) => (
            None,
            None,
            Some(unknown("Whether this region meters, and the caller may,", &error)),
        ),
    }
}
