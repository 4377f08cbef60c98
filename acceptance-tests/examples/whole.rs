//! The examples that are whole configurations, each through its life: applied, read, changed, read and destroyed, by a
//! deployer who has exactly the policies that `thatdot_deployer_policy` writes for it. What stands passes an audit, and is
//! kept as a template for the checkers, so that each example is applied once.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::copy;
use crate::checkers;
use crate::deployer_policy::{audit, work_as_deployer};
use crate::detector::{own_file_system, own_group, own_role};
use crate::harness::{Sandbox, Wait};
use crate::own;

/// An example.
pub struct Example {
    /// Its folder.
    pub name: &'static str,
    /// What its variables are, and what of the user's own is there before it.
    variables: fn(&Sandbox) -> Value,
    /// Its deployments, as the attributes of `thatdot_deployer_policy` tell them.
    deployments: fn(&Value) -> Vec<String>,
    /// What is changed: blocks that Terraform lays over those of the example.
    change: &'static str,
    stood: OnceLock<Value>,
}

impl Example {
    const fn new(
        name: &'static str,
        variables: fn(&Sandbox) -> Value,
        deployments: fn(&Value) -> Vec<String>,
        change: &'static str,
    ) -> Self {
        Self {
            name,
            variables,
            deployments,
            change,
            stood: OnceLock::new(),
        }
    }

    /// What stood after it was applied, as a template; it has lived then.
    pub fn stood(&self) -> &Value {
        self.stood.get_or_init(|| self.live())
    }

    fn live(&self) -> Value {
        let mut sandbox = Sandbox::new();
        let variables = (self.variables)(&sandbox);
        work_as_deployer(&mut sandbox, &(self.deployments)(&variables), &[]);
        configure(&sandbox, self.name, &variables);
        sandbox.terraform.apply(&[]).succeeded();
        sandbox.assert_settled();
        audit::passes(&sandbox);
        let stood = checkers::template(&sandbox);
        sandbox.terraform.write("change_override.tf", self.change);
        let changed = sandbox.terraform.apply(&[]).succeeded().output;
        assert!(!changed.contains(" 0 changed"), "nothing was changed: {changed}");
        sandbox.assert_settled();
        sandbox.destroy();
        stood
    }
}

fn configure(sandbox: &Sandbox, example: &str, variables: &Value) {
    copy(&sandbox.terraform, example);
    sandbox.terraform.write("terraform.tfvars.json", &variables.to_string());
}

fn public(sandbox: &Sandbox) -> Value {
    json!({ "vpc_id": sandbox.vpc.vpc_id, "subnet_ids": sandbox.vpc.public_subnet_ids })
}

fn image(_: &Sandbox) -> Value {
    json!({ "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid:3.3.2-cpu" })
}

fn with_licence(sandbox: &Sandbox) -> Value {
    let mut variables = image(sandbox);
    variables["license_secret_arn"] = json!(own::license(sandbox));
    variables
}

/// The attributes that tell of a deployment.
fn deployment(product: &str, name: &str, more: &str) -> String {
    format!("product = \"{product}\"\nname = \"{name}\"\n{more}")
}

/// A deployment in a network of the same name.
fn in_a_network(product: &str, name: &str, more: &str) -> Vec<String> {
    vec![deployment("network", name, ""), deployment(product, name, more)]
}

const DETECTOR_CHANGED: &str = r#"
resource "thatdot_detector_deployment" "this" {
  log_retention_in_days = 7
  environment           = { LOG_LEVEL = "debug" }
  tags                  = { Changed = "yes" }
}
"#;

const PRIVATEAI_CHANGED: &str = r#"
resource "thatdot_network" "main" {
  tags = { Changed = "yes" }
}

resource "thatdot_privateai_deployment" "deid" {
  log_retention_in_days = 7
  environment           = { PAI_LOG_LEVEL = "debug" }
  tags                  = { Changed = "yes" }
}
"#;

/// All of them.
pub static EXAMPLES: [Example; 9] = [
    Example::new(
        "detector-existing-parts",
        existing,
        |variables| {
            let existing = format!(
                "file_system_id = {}\nexisting {{\n  cluster_arn = {}\n  task_role_arn = {}\n  execution_role_arn = \
                 {}\n  security_group_ids = {}\n  log_group_name = {}\n}}",
                variables["file_system_id"],
                variables["cluster_arn"],
                variables["task_role_arn"],
                variables["execution_role_arn"],
                variables["security_group_ids"],
                variables["log_group_name"],
            );
            vec![deployment("detector", "shared-detector", &existing)]
        },
        r#"
        resource "thatdot_detector_deployment" "this" {
          environment = { LOG_LEVEL = "debug" }
          tags        = { Changed = "yes" }
        }
        "#,
    ),
    Example::new(
        "detector-fargate",
        |sandbox| json!({ "vpc_id": sandbox.vpc.vpc_id }),
        |_| vec![deployment("detector", "fraud-detector", "persistence = true")],
        DETECTOR_CHANGED,
    ),
    Example::new(
        "detector-on-ec2",
        |_| json!({}),
        |_| {
            let parts = "capacity = true\npersistence = true\nload_balancer = true";
            in_a_network("detector", "hosted-detector", parts)
        },
        r#"
        resource "thatdot_network" "main" {
          tags = { Changed = "yes" }
        }

        resource "thatdot_detector_deployment" "this" {
          log_retention_in_days = 7
          environment           = { LOG_LEVEL = "debug" }
          tags                  = { Changed = "yes" }
        }
        "#,
    ),
    Example::new(
        "detector-run-task",
        public,
        |_| {
            vec![deployment(
                "detector",
                "one-off-detector",
                "persistence = true\nrun_task = true",
            )]
        },
        DETECTOR_CHANGED,
    ),
    Example::new(
        "detector-without-persistence",
        public,
        |_| vec![deployment("detector", "scratch-detector", "")],
        DETECTOR_CHANGED,
    ),
    Example::new(
        "privateai-fargate",
        with_licence,
        |variables| {
            let parts = format!(
                "fargate = true\nload_balancer = true\nlicense_secret_arn = {}",
                variables["license_secret_arn"]
            );
            in_a_network("privateai", "deid-fargate", &parts)
        },
        PRIVATEAI_CHANGED,
    ),
    Example::new(
        "privateai-internal",
        |sandbox| {
            let mut variables = image(sandbox);
            variables["license"] = json!("{}");
            variables
        },
        |_| {
            in_a_network(
                "privateai",
                "deid",
                "license = true\nload_balancer = true\napi_gateway = true",
            )
        },
        PRIVATEAI_CHANGED,
    ),
    Example::new(
        "privateai-internet-facing",
        |sandbox| {
            let mut variables = with_licence(sandbox);
            variables["certificate_arn"] = json!(own::certificate(sandbox, "deid"));
            variables["clients"] = json!(["203.0.113.0/24"]);
            variables
        },
        |variables| {
            let parts = format!(
                "load_balancer = true\nlicense_secret_arn = {}",
                variables["license_secret_arn"]
            );
            in_a_network("privateai", "deid-public", &parts)
        },
        PRIVATEAI_CHANGED,
    ),
    Example::new(
        "privateai-marketplace",
        image,
        |_| {
            in_a_network(
                "privateai",
                "deid-marketplace",
                "marketplace = true\nload_balancer = true",
            )
        },
        PRIVATEAI_CHANGED,
    ),
];

/// Parts of the user's own.
fn existing(sandbox: &Sandbox) -> Value {
    let cluster = sandbox.aws.ecs.create_cluster().cluster_name("own");
    let cluster = cluster.send().wait().unwrap();
    let logs = sandbox.aws.logs.create_log_group().log_group_name("/own/logs");
    logs.send().wait().unwrap();
    json!({
        "vpc_id": sandbox.vpc.vpc_id,
        "subnet_ids": sandbox.vpc.private_subnet_ids,
        "cluster_arn": cluster.cluster().unwrap().cluster_arn(),
        "task_role_arn": own_role(sandbox, "own-task"),
        "execution_role_arn": own_role(sandbox, "own-execution"),
        "security_group_ids": [own_group(sandbox, "own-clients", 8080)],
        "log_group_name": "/own/logs",
        "file_system_id": own_file_system(sandbox),
    })
}

/// An example lives as it should.
fn lives(name: &str) {
    let example = EXAMPLES.iter().find(|example| example.name == name);
    let stood = example.expect("an example").stood();
    assert!(
        stood["Resources"].as_object().is_some_and(|all| !all.is_empty()),
        "{stood}"
    );
}

#[test]
fn every_whole_example_is_among_those_that_live() {
    let mut folders = super::folders("");
    folders.retain(|folder| super::examples().join(folder).join("main.tf").exists());
    folders.sort();
    assert_eq!(folders, EXAMPLES.each_ref().map(|example| example.name));
}

#[test]
fn detector_existing_parts_works() {
    lives("detector-existing-parts");
}

#[test]
fn detector_fargate_works_in_a_vpc_of_ones_own() {
    lives("detector-fargate");
}

#[test]
fn detector_fargate_works_in_the_default_vpc() {
    let sandbox = Sandbox::new();
    configure(&sandbox, "detector-fargate", &json!({}));
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    sandbox.destroy();
}

#[test]
fn detector_on_ec2_works_in_a_network_of_its_own() {
    lives("detector-on-ec2");
}

#[test]
fn detector_run_task_works() {
    lives("detector-run-task");
}

#[test]
fn detector_without_persistence_works() {
    lives("detector-without-persistence");
}

#[test]
fn privateai_fargate_works() {
    lives("privateai-fargate");
}

#[test]
fn privateai_internal_works_with_its_own_network_and_api() {
    lives("privateai-internal");
}

#[test]
fn privateai_internet_facing_works() {
    lives("privateai-internet-facing");
}

#[test]
fn privateai_marketplace_works() {
    lives("privateai-marketplace");
}
