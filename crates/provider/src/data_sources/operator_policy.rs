//! `thatdot_operator_policy`: what who operates Private AI may do, as JSON alone.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::Context;
use framework::validators::custom;
use framework::{Attr, Attribute, DataSource, Diagnostics, ReadData, Schema, Type};
use products::is_region;
use products::operator::vendor::{self, Site};

/// The data source.
#[derive(Debug, Clone, Copy)]
pub struct OperatorPolicy;

/// What is asked and what is found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Model {
    ecr_region: Attr<String>,
    marketplace: Attr<bool>,
    id: Attr<String>,
    json: Attr<String>,
    json_per_service: Attr<BTreeMap<String, Attr<String>>>,
}

#[async_trait]
impl DataSource<Context> for OperatorPolicy {
    type Model = Model;

    fn type_name(&self) -> &'static str {
        "thatdot_operator_policy"
    }

    fn schema(&self) -> Schema {
        Schema::new(
            0,
            "What who creates and manages Private AI on Amazon ECS may do, as JSON: the policy of section 3 of the vendor's \
             *AWS ECS Manual Deployment Guide*, with account, region and partition of the provider filled in. For policies \
             and roles of your own; `thatdot_operator` makes them.",
            vec![
                Attribute::string(
                    "ecr_region",
                    "The region of the image repository, to which the policy limits `ecr:*`. Defaults to the provider's.",
                )
                .optional()
                .validate(custom("the name of a region such as us-east-1", is_region)),
                Attribute::bool(
                    "marketplace",
                    "Whether the image comes from the AWS Marketplace: what AWS's policy \
                     `AWSMarketplaceMeteringRegisterUsage` allows is then allowed, too. Defaults to `false`.",
                )
                .default(false),
                Attribute::string("id", "Whose policy it is: the account's id.").computed(),
                Attribute::string("json", "The policy as one.").computed(),
                Attribute::map(
                    "json_per_service",
                    Type::String,
                    "The policy split per service, for segregation of duties: `apigateway`, `autoscaling`, `cloudformation`, \
                     `ec2`, `ecr`, `elasticloadbalancing`, `iam`, `logs`, and with `marketplace` also `aws-marketplace`.",
                )
                .computed(),
            ],
            vec![],
        )
    }

    async fn read(&self, request: ReadData<'_, Context, Model>) -> Result<(Model, Diagnostics), Diagnostics> {
        let ReadData { context, config } = request;
        let aws = &context.aws;
        let region = config.ecr_region.known().map_or(aws.region.as_ref(), String::as_str);
        let site = Site {
            partition: &aws.partition,
            account_id: &aws.account_id,
            ecr_region: region,
        };
        let metered = config.marketplace.known() == Some(&true);
        let whole = vendor::whole(site, Some(vendor::metering()).filter(|_| metered));
        let mut split = vendor::per_service(site);
        if metered {
            split.insert("aws-marketplace", aws::policy::Policy::new([vendor::metering()]));
        }
        let split = split.into_iter();
        let found = Model {
            id: Attr::Known(aws.account_id.to_string()),
            json: Attr::Known(whole.to_json()),
            json_per_service: Attr::Known(
                split
                    .map(|(service, policy)| (service.to_owned(), Attr::Known(policy.to_json())))
                    .collect(),
            ),
            ..config
        };
        Ok((found, Diagnostics::new()))
    }
}
