//! `thatdot_deployer_policy`: what whoever deploys a product with Terraform must be allowed, as an IAM policy.

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::aws::grant::{MANAGED_POLICY_SIZE, granting, granting_in_parts};
use crate::aws::simulation::preflight;
use crate::framework::validators::{custom, iam_path, one_of};
use crate::framework::{Attr, Attribute, DataSource, Diagnostic, Diagnostics, Path, ReadData, Schema, Type};
use crate::products::deployer::{self, Deployment, Part};
use crate::products::is_deployment_name;
use crate::provider::Context;

/// The data source.
#[derive(Debug, Clone, Copy)]
pub struct DeployerPolicy;

/// What is asked and what is found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Model {
    product: Attr<String>,
    name: Attr<String>,
    iam_path: Attr<String>,
    preflight: Attr<bool>,
    persistence: Attr<bool>,
    access_point: Attr<bool>,
    run_task: Attr<bool>,
    fargate: Attr<bool>,
    spot: Attr<bool>,
    license: Attr<bool>,
    license_on_efs: Attr<bool>,
    marketplace: Attr<bool>,
    load_balancer: Attr<bool>,
    web_acl: Attr<bool>,
    api_gateway: Attr<bool>,
    jwt: Attr<bool>,
    bastion: Attr<bool>,
    autoscaling: Attr<bool>,
    id: Attr<String>,
    json: Attr<String>,
    json_parts: Attr<Vec<Attr<String>>>,
}

const DETECTOR: &str = "detector";
const PRIVATEAI: &str = "privateai";

/// Parts that are asked for by name, with what their attribute says.
const OF_DETECTOR: [(Part, &str, &str); 3] = [
    (Part::Persistence, "persistence", "Whether it has `persistence {}`."),
    (
        Part::AccessPoint,
        "access_point",
        "Whether `persistence {}` has an `access_point {}`.",
    ),
    (Part::RunTask, "run_task", "Whether it has `run_as = \"task\"`."),
];
const OF_PRIVATEAI: [(Part, &str, &str); 11] = [
    (
        Part::Fargate,
        "fargate",
        "Whether it has `fargate {}` in place of hosts.",
    ),
    (Part::Spot, "spot", "Whether `capacity {}` has `spot = true`."),
    (
        Part::License,
        "license",
        "Whether it has a `license {}` whose content it keeps in a secret.",
    ),
    (
        Part::LicenseOnEfs,
        "license_on_efs",
        "Whether `license {}` has `on = \"efs\"`.",
    ),
    (Part::Marketplace, "marketplace", "Whether it has `marketplace = true`."),
    (
        Part::LoadBalancer,
        "load_balancer",
        "Whether it has a `load_balancer {}`.",
    ),
    (
        Part::WebAcl,
        "web_acl",
        "Whether `load_balancer {}` has a `web_acl_arn`.",
    ),
    (Part::ApiGateway, "api_gateway", "Whether it has an `api_gateway {}`."),
    (
        Part::Jwt,
        "jwt",
        "Whether `api_gateway {}` has `authorization = \"JWT\"`.",
    ),
    (Part::Bastion, "bastion", "Whether it has a `bastion {}`."),
    (Part::Autoscaling, "autoscaling", "Whether it has an `autoscaling {}`."),
];

fn flag((_, name, description): (Part, &'static str, &'static str), product: &str) -> Attribute {
    Attribute::bool(name, format!("{description} Only with `product = \"{product}\"`.")).optional()
}

impl Model {
    /// What is asked of each part, in the order of the lists above.
    fn asked(&self) -> ([&Attr<bool>; 3], [&Attr<bool>; 11]) {
        (
            [&self.persistence, &self.access_point, &self.run_task],
            [
                &self.fargate,
                &self.spot,
                &self.license,
                &self.license_on_efs,
                &self.marketplace,
                &self.load_balancer,
                &self.web_acl,
                &self.api_gateway,
                &self.jwt,
                &self.bastion,
                &self.autoscaling,
            ],
        )
    }

    fn is_detector(&self) -> bool {
        self.product.known().is_some_and(|product| product == DETECTOR)
    }

    /// The parts that it is to have, and the names of those that it cannot have.
    fn parts(&self) -> (BTreeSet<Part>, Vec<&'static str>) {
        let (of_detector, of_privateai) = self.asked();
        let detector = OF_DETECTOR.into_iter().zip(of_detector);
        let privateai = OF_PRIVATEAI.into_iter().zip(of_privateai);
        let (own, other): (Vec<_>, Vec<_>) = if self.is_detector() {
            (detector.collect(), privateai.collect())
        } else {
            (privateai.collect(), detector.collect())
        };
        let wanted = |(_, value): &(_, &Attr<bool>)| value.known() == Some(&true);
        (
            own.into_iter().filter(wanted).map(|((part, ..), _)| part).collect(),
            other.into_iter().filter(wanted).map(|((_, name, _), _)| name).collect(),
        )
    }
}

#[async_trait]
impl DataSource<Context> for DeployerPolicy {
    type Model = Model;

    fn type_name(&self) -> &'static str {
        "thatdot_deployer_policy"
    }

    fn schema(&self) -> Schema {
        let mut attributes = vec![
            Attribute::string("product", "What is deployed: `detector` or `privateai`.")
                .required()
                .validate(one_of([DETECTOR, PRIVATEAI])),
            Attribute::string("name", "The deployment's name.")
                .required()
                .validate(custom("a deployment's name", is_deployment_name)),
            Attribute::string("iam_path", "The deployment's `iam_path`. Defaults to `/`.")
                .default("/")
                .validate(iam_path()),
            Attribute::bool(
                "preflight",
                "Whether the provider's `preflight` is on, which asks IAM about the caller. Defaults to `false`.",
            )
            .default(false),
        ];
        attributes.extend(OF_DETECTOR.map(|part| flag(part, DETECTOR)));
        attributes.extend(OF_PRIVATEAI.map(|part| flag(part, PRIVATEAI)));
        attributes.extend([
            Attribute::string("id", "Whose policy it is: the account's id and the deployment's name.").computed(),
            Attribute::string("json", "The policy as one document.").computed(),
            Attribute::list(
                "json_parts",
                Type::String,
                format!(
                    "The same in as few documents as fit into managed policies, which may have {MANAGED_POLICY_SIZE} \
                     characters."
                ),
            )
            .computed(),
        ]);
        Schema::new(
            0,
            "The smallest IAM policy that lets whoever runs Terraform create, update, read and destroy a deployment: the \
             actions of its parts and what AWS checks behind them, on the names that the deployment gives, or, where AWS \
             chooses the names, on what carries its tag. Parts that the user brings, and keys of AWS KMS, are not in it.",
            attributes,
            vec![],
        )
    }

    async fn read(&self, request: ReadData<'_, Context, Model>) -> Result<(Model, Diagnostics), Diagnostics> {
        let ReadData { context, config } = request;
        let deployment = deployment(&config)?;
        let aws = &context.aws;
        let mut permissions = if config.is_detector() {
            deployer::of_detector(&deployment, aws)
        } else {
            deployer::of_privateai(&deployment, aws)
        };
        if config.preflight.known() == Some(&true) {
            permissions.extend(preflight(aws));
        }
        let parts = granting_in_parts(&permissions).into_iter();
        let found = Model {
            id: Attr::Known(format!("{}/{}", aws.account_id, deployment.name)),
            json: Attr::Known(granting(&permissions).to_json()),
            json_parts: Attr::Known(parts.map(|policy| Attr::Known(policy.to_json())).collect()),
            ..config
        };
        Ok((found, Diagnostics::new()))
    }
}

/// The deployment that is asked for.
fn deployment(config: &Model) -> Result<Deployment, Diagnostics> {
    let (parts, strange) = config.parts();
    let product = config.product.known().map_or("", String::as_str);
    if !strange.is_empty() {
        let problem = |name: &str| {
            let text = format!("{product} has no {name}. Remove it, or name the other product.");
            Diagnostic::error("A part of the other product", text).at(Path::of([name]))
        };
        return Err(strange.into_iter().map(problem).collect());
    }
    Ok(Deployment {
        name: config.name.known().cloned().unwrap_or_default(),
        iam_path: config.iam_path.known().cloned().unwrap_or_else(|| "/".to_owned()),
        parts,
    })
}
