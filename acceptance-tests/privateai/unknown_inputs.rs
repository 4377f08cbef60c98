//! Inputs that are known only after apply.

use super::view::{ADDRESS, LICENSED, not_ready};
use crate::detector::REQUIRED;
use crate::harness::Sandbox;

/// A network and a deployment in it, in one configuration.
fn both(network: &str, body: &str) -> String {
    format!(
        r#"{REQUIRED}
resource "thatdot_network" "main" {{
  name = "demo"
{network}
}}
resource "thatdot_privateai_deployment" "deid" {{
  name               = "deid"
  vpc_id             = thatdot_network.main.vpc_id
  private_subnet_ids = thatdot_network.main.private_subnet_ids
  public_subnet_ids  = thatdot_network.main.public_subnet_ids
  image              = "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid:3.3.2-cpu"
{body}
}}
"#
    )
}

#[test]
fn in_a_network_that_is_not_there_yet_every_part_shows_but_mount_targets_whose_names_hold_their_subnets() {
    let sandbox = Sandbox::new();
    let around = "  load_balancer {}\n  api_gateway { authorization = \"AWS_IAM\" }\n  bastion {}\n";
    sandbox.configure(&both("", &format!("{LICENSED}\n{around}")));
    let change = sandbox.plan().change(ADDRESS);
    let parts = change.unknown.keys("components");
    for part in [
        "auto_scaling_group",
        "ec2_instance_bastion",
        "load_balancer",
        "vpc_link",
        "ecs_service",
    ] {
        assert!(parts.contains(&part), "{part} does not show: {parts:?}");
    }
    assert_eq!(
        change.after.at("/host/instance_type"),
        "m5zn.xlarge",
        "the hosts are looked up already"
    );

    let on_efs = LICENSED.replace("= 1\n", "= 1\n    on = \"efs\"\n");
    sandbox.configure(&both("", &format!("{on_efs}\n{around}")));
    assert_eq!(sandbox.plan().change(ADDRESS).unknown.at("components"), true);
}

#[test]
fn hosts_tasks_and_licence_need_no_nat_gateway_where_the_network_has_endpoints() {
    let sandbox = Sandbox::new();
    let on_efs = LICENSED.replace("= 1\n", "= 1\n    on = \"efs\"\n");
    sandbox.apply(&both("  nat = \"none\"\n  endpoints {}", &on_efs));
    let state = sandbox.state(ADDRESS);
    assert!(not_ready(&state).is_empty(), "{:?}", not_ready(&state));
    sandbox.destroy();
}
