//! `thatdot_deployer_policy`: what whoever deploys a product with Terraform must be allowed, as an IAM policy.

mod parts;

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use self::parts::{DETECTOR, NETWORK, PARTS, PRIVATEAI, flag};
use crate::Context;
use aws::grant::{MANAGED_POLICY_SIZE, granting, granting_in_parts};
use aws::simulation::preflight;
use framework::validators::{arn, custom, iam_path, one_of};
use framework::{Attr, Attribute, DataSource, Diagnostic, Diagnostics, Path, ReadData, Schema, Type};
use products::deployer::{self, Deployment, Part};
use products::detector::vendor::IMAGE;
use products::images::ImageReference;
use products::is_deployment_name;
use products::shared::existing::{self, Existing};

/// The data source.
#[derive(Debug, Clone, Copy)]
pub struct DeployerPolicy;

/// What is asked and what is found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Model {
    product: Attr<String>,
    name: Attr<String>,
    iam_path: Attr<String>,
    permissions_boundary: Attr<String>,
    image: Attr<String>,
    preflight: Attr<bool>,
    persistence: Attr<bool>,
    access_point: Attr<bool>,
    run_task: Attr<bool>,
    capacity: Attr<bool>,
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
    no_nat: Attr<bool>,
    flow_logs: Attr<bool>,
    endpoints: Attr<bool>,
    file_system_id: Attr<String>,
    license_secret_arn: Attr<String>,
    existing: Option<Existing>,
    id: Attr<String>,
    json: Attr<String>,
    json_parts: Attr<Vec<Attr<String>>>,
}

impl Model {
    fn product(&self) -> &str {
        self.product.known().map_or("", String::as_str)
    }

    /// The parts that it is to have, and the names of those that it cannot have.
    fn parts(&self) -> (BTreeSet<Part>, Vec<&'static str>) {
        let product = self.product();
        let wanted = PARTS.iter().filter(|asked| (asked.value)(self).known() == Some(&true));
        let (own, other): (Vec<_>, Vec<_>) = wanted.partition(|asked| asked.of.contains(&product));
        let brought = [
            ("file_system_id", !self.file_system_id.is_null(), product == DETECTOR),
            (
                "license_secret_arn",
                !self.license_secret_arn.is_null(),
                product == PRIVATEAI,
            ),
            ("existing", self.existing.is_some(), product != NETWORK),
            ("image", !self.image.is_null(), product != NETWORK),
        ];
        let strange = brought.iter().filter(|(_, is_there, fits)| *is_there && !fits);
        (
            own.into_iter().map(|asked| asked.part).collect(),
            other
                .into_iter()
                .map(|asked| asked.name)
                .chain(strange.map(|(name, _, _)| *name))
                .collect(),
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
            Attribute::string("product", "What is deployed: `detector`, `privateai` or `network`.")
                .required()
                .validate(one_of([DETECTOR, PRIVATEAI, NETWORK])),
            Attribute::string("name", "The deployment's name.")
                .required()
                .validate(custom("a deployment's name", is_deployment_name)),
            Attribute::string("iam_path", "The deployment's `iam_path`. Defaults to `/`.")
                .default("/")
                .validate(iam_path()),
            Attribute::string(
                "permissions_boundary",
                "The deployment's `permissions_boundary`. The policy then lets roles be made, and written to, only with it. \
                 Without one, whoever has the policy can give the deployment's roles whatever there is, and through them do it.",
            )
            .optional()
            .validate(arn("iam")),
            Attribute::string(
                "image",
                "The deployment's image, which a plan looks at where it lies in Amazon ECR. Defaults to any; of the detector, to \
                 the one that the vendor's guide names. Not with `product = \"network\"`.",
            )
            .optional()
            .validate(custom("the name of a container image", |text: &str| {
                text.parse::<ImageReference>().is_ok()
            })),
            Attribute::bool(
                "preflight",
                "Whether the provider's `preflight` is on, which asks IAM about the caller. Defaults to `false`.",
            )
            .default(false),
        ];
        attributes.extend(PARTS.iter().map(flag));
        attributes.extend([
            Attribute::string(
                "file_system_id",
                "The file system of your own that `persistence {}` names. Only with `product = \"detector\"`.",
            )
            .optional(),
            Attribute::string(
                "license_secret_arn",
                "The secret of your own that `license {}` names. Only with `product = \"privateai\"`.",
            )
            .optional()
            .validate(arn("secretsmanager")),
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
             chooses the names, on what carries its tag. What is not said to be there is taken not to be. Of parts that the \
             user brings it holds what is told of them; keys of AWS KMS are not in it. Where it allows an action on everything, \
             AWS takes no resource for it. Most policies are larger than one managed policy may be: attach `json_parts`, of \
             which a user or a role may have ten.",
            attributes,
            vec![existing::block(
                "The role that the container has.",
                "Security groups of the task, instead of ours.",
            )],
        )
    }

    async fn read(&self, request: ReadData<'_, Context, Model>) -> Result<(Model, Diagnostics), Diagnostics> {
        let ReadData { context, config } = request;
        let deployment = deployment(&config)?;
        let aws = &context.aws;
        let mut permissions = match config.product() {
            DETECTOR => deployer::of_detector(&deployment, aws),
            PRIVATEAI => deployer::of_privateai(&deployment, aws),
            _ => deployer::of_network(&deployment, aws),
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
    let product = config.product();
    if !strange.is_empty() {
        let problem = |name: &str| {
            let text = format!("{product} has no {name}. Remove it, or name another product.");
            Diagnostic::error("A part of another product", text).at(Path::of([name]))
        };
        return Err(strange.into_iter().map(problem).collect());
    }
    Ok(Deployment {
        name: config.name.known().cloned().unwrap_or_default(),
        iam_path: config.iam_path.known().cloned().unwrap_or_else(|| "/".to_owned()),
        permissions_boundary: config.permissions_boundary.clone(),
        image: match (&config.image, product) {
            (Attr::Null, DETECTOR) => Attr::Known(IMAGE.to_owned()),
            (Attr::Null, _) => Attr::Unknown,
            (named, _) => named.clone(),
        },
        parts,
        existing: config.existing.clone(),
        file_system_id: config.file_system_id.clone(),
        license_secret_arn: config.license_secret_arn.clone(),
    })
}
