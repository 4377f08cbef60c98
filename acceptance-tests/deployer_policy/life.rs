//! With exactly its policy a deployer carries a deployment through its whole life, and what stands passes an audit. Here are
//! those that no example shows; the examples live so, too (`examples/whole.rs`).

use super::{audit, work_as_deployer};
use crate::detector::REQUIRED;
use crate::harness::{Sandbox, Wait};

/// Applies, changes, looks again and destroys, as a deployer with that policy.
fn lives(product: &str, parts: &str, configuration: impl Fn(&Sandbox, i32) -> String) {
    let mut sandbox = Sandbox::new();
    let deployment = format!("product = \"{product}\"\nname = \"demo\"\n{parts}");
    work_as_deployer(&mut sandbox, &[deployment], &[]);
    sandbox.apply(&configuration(&sandbox, 7));
    audit::passes(&sandbox);
    sandbox.apply(&configuration(&sandbox, 30));
    sandbox.destroy();
}

#[test]
fn a_detector_with_a_file_system() {
    lives(
        "detector",
        "persistence = true\naccess_point = true",
        |sandbox, retention| {
            format!(
                r#"{REQUIRED}
            resource "thatdot_detector_deployment" "it" {{
              name                  = "demo"
              vpc_id                = "{}"
              subnet_ids            = {:?}
              assign_public_ip      = true
              log_retention_in_days = {retention}
              environment           = {{ DAYS = "{retention}" }}
              tags                  = {{ Days = "{retention}" }}
              persistence {{
                access_point {{
                  path = "/state"
                  uid  = 1000
                  gid  = 1000
                }}
              }}
              ingress {{ cidr_blocks = ["203.0.113.{retention}/32"] }}
            }}
            "#,
                sandbox.vpc.vpc_id, sandbox.vpc.public_subnet_ids
            )
        },
    );
}

#[test]
fn private_ai_with_everything() {
    let parts = "license = true\nlicense_on_efs = true\nload_balancer = true\napi_gateway = true\njwt = true\n\
                 bastion = true\nautoscaling = true";
    lives("privateai", parts, |sandbox, retention| {
        format!(
            r#"{REQUIRED}
            resource "thatdot_privateai_deployment" "it" {{
              name                  = "demo"
              vpc_id                = "{}"
              private_subnet_ids    = {:?}
              public_subnet_ids     = {:?}
              image                 = "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid:1"
              log_retention_in_days = {retention}
              environment           = {{ PAI_DAYS = "{retention}" }}
              tags                  = {{ Days = "{retention}" }}
              capacity {{
                max_size = 3
              }}
              license {{
                content_wo         = "{{}}"
                content_wo_version = {retention}
                on                 = "efs"
              }}
              load_balancer {{
                idle_timeout = {retention}0
              }}
              api_gateway {{
                authorization = "JWT"
                jwt_issuer    = "https://issuer.example.com"
                jwt_audience  = ["{retention}"]
              }}
              bastion {{
                ingress_cidr_blocks = ["203.0.113.{retention}/32"]
              }}
              autoscaling {{
                min_count   = 1
                max_count   = 2
                cpu_percent = {retention}
              }}
            }}
            "#,
            sandbox.vpc.vpc_id, sandbox.vpc.private_subnet_ids, sandbox.vpc.public_subnet_ids
        )
    });
}

#[test]
fn a_network_whose_role_somebody_else_changed_together_with_its_boundary() {
    let mut sandbox = Sandbox::new();
    let boundary = "permissions_boundary = \"arn:aws:iam::aws:policy/AWSMarketplaceMeteringFullAccess\"";
    let deployment = format!("product = \"network\"\nname = \"demo\"\nflow_logs = true\n{boundary}");
    work_as_deployer(&mut sandbox, &[deployment], &[]);
    sandbox.apply(&format!(
        r#"{REQUIRED}
        resource "thatdot_network" "it" {{
          name = "demo"
          {boundary}
          flow_logs {{}}
        }}
        "#
    ));
    let (iam, role) = (&sandbox.aws.iam, "demo-us-east-1-flow-logs");
    let request = iam.delete_role_permissions_boundary().role_name(role);
    request.send().wait().unwrap();
    let request = iam.delete_role_policy().role_name(role);
    request.policy_name("thatdot-flow-logs").send().wait().unwrap();
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    sandbox.destroy();
}
