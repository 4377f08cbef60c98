//! `thatdot_deployer_policy`: what whoever deploys a product with Terraform must be allowed, as an IAM policy.

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::aws::grant::{MANAGED_POLICY_SIZE, granting, granting_in_parts};
use crate::aws::simulation::preflight;
use crate::framework::validators::{arn, custom, iam_path, one_of};
use crate::framework::{Attr, Attribute, DataSource, Diagnostic, Diagnostics, Path, ReadData, Schema, Type};
use crate::products::deployer::{self, Deployment, Part};
use crate::products::is_deployment_name;
use crate::products::shared::existing::{self, Existing};
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

const DETECTOR: &str = "detector";
const PRIVATEAI: &str = "privateai";
const NETWORK: &str = "network";

const BOTH: &[&str] = &[DETECTOR, PRIVATEAI];

/// A part that is asked for by name.
struct Asked {
    part: Part,
    name: &'static str,
    description: &'static str,
    /// The products that can have it.
    of: &'static [&'static str],
    value: fn(&Model) -> &Attr<bool>,
}

const PARTS: [Asked; 18] = [
    Asked {
        part: Part::Persistence,
        name: "persistence",
        description: "Whether it has `persistence {}`.",
        of: &[DETECTOR],
        value: |model| &model.persistence,
    },
    Asked {
        part: Part::AccessPoint,
        name: "access_point",
        description: "Whether `persistence {}` has an `access_point {}`.",
        of: &[DETECTOR],
        value: |model| &model.access_point,
    },
    Asked {
        part: Part::RunTask,
        name: "run_task",
        description: "Whether it has `run_as = \"task\"`.",
        of: &[DETECTOR],
        value: |model| &model.run_task,
    },
    Asked {
        part: Part::Capacity,
        name: "capacity",
        description: "Whether it has `capacity {}`.",
        of: &[DETECTOR],
        value: |model| &model.capacity,
    },
    Asked {
        part: Part::Fargate,
        name: "fargate",
        description: "Whether it has `fargate {}` in place of hosts.",
        of: &[PRIVATEAI],
        value: |model| &model.fargate,
    },
    Asked {
        part: Part::Spot,
        name: "spot",
        description: "Whether `capacity {}` has `spot = true`.",
        of: BOTH,
        value: |model| &model.spot,
    },
    Asked {
        part: Part::License,
        name: "license",
        description: "Whether it has a `license {}` whose content it keeps in a secret.",
        of: &[PRIVATEAI],
        value: |model| &model.license,
    },
    Asked {
        part: Part::LicenseOnEfs,
        name: "license_on_efs",
        description: "Whether `license {}` has `on = \"efs\"`.",
        of: &[PRIVATEAI],
        value: |model| &model.license_on_efs,
    },
    Asked {
        part: Part::Marketplace,
        name: "marketplace",
        description: "Whether it has `marketplace = true`.",
        of: &[PRIVATEAI],
        value: |model| &model.marketplace,
    },
    Asked {
        part: Part::LoadBalancer,
        name: "load_balancer",
        description: "Whether it has a `load_balancer {}`.",
        of: BOTH,
        value: |model| &model.load_balancer,
    },
    Asked {
        part: Part::WebAcl,
        name: "web_acl",
        description: "Whether `load_balancer {}` has a `web_acl_arn`.",
        of: BOTH,
        value: |model| &model.web_acl,
    },
    Asked {
        part: Part::ApiGateway,
        name: "api_gateway",
        description: "Whether it has an `api_gateway {}`.",
        of: &[PRIVATEAI],
        value: |model| &model.api_gateway,
    },
    Asked {
        part: Part::Jwt,
        name: "jwt",
        description: "Whether `api_gateway {}` has `authorization = \"JWT\"`.",
        of: &[PRIVATEAI],
        value: |model| &model.jwt,
    },
    Asked {
        part: Part::Bastion,
        name: "bastion",
        description: "Whether it has a `bastion {}`.",
        of: &[PRIVATEAI],
        value: |model| &model.bastion,
    },
    Asked {
        part: Part::Autoscaling,
        name: "autoscaling",
        description: "Whether it has an `autoscaling {}`.",
        of: &[PRIVATEAI],
        value: |model| &model.autoscaling,
    },
    Asked {
        part: Part::NoNat,
        name: "no_nat",
        description: "Whether it has `nat = \"none\"`.",
        of: &[NETWORK],
        value: |model| &model.no_nat,
    },
    Asked {
        part: Part::FlowLogs,
        name: "flow_logs",
        description: "Whether it has `flow_logs {}`.",
        of: &[NETWORK],
        value: |model| &model.flow_logs,
    },
    Asked {
        part: Part::Endpoints,
        name: "endpoints",
        description: "Whether it has `endpoints {}`.",
        of: &[NETWORK],
        value: |model| &model.endpoints,
    },
];

fn flag(asked: &Asked) -> Attribute {
    let Asked {
        name, description, of, ..
    } = asked;
    let text = match of {
        [product] => format!("{description} Only with `product = \"{product}\"`."),
        _ => format!("{description} Not with `product = \"{NETWORK}\"`."),
    };
    Attribute::bool(*name, text).optional()
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
             user brings it holds what is told of them; keys of AWS KMS are not in it.",
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
        parts,
        existing: config.existing.clone(),
        file_system_id: config.file_system_id.clone(),
        license_secret_arn: config.license_secret_arn.clone(),
    })
}
