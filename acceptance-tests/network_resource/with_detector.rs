//! A network and what is deployed into it, in one configuration.

use super::view::{ADDRESS, network};
use crate::harness::{Sandbox, Wait};

const DETECTOR: &str = "thatdot_detector_deployment.fraud";

fn both(network_body: &str, detector_body: &str) -> String {
    format!(
        "{}resource \"thatdot_detector_deployment\" \"fraud\" {{\n  name = \"fraud\"\n  vpc_id = \
         thatdot_network.main.vpc_id\n{detector_body}\n}}\n",
        network(network_body)
    )
}

fn running(sandbox: &Sandbox) -> i32 {
    let services = sandbox
        .aws
        .ecs
        .describe_services()
        .cluster("fraud")
        .services("fraud")
        .send()
        .wait();
    services.unwrap().services()[0].running_count()
}

#[test]
fn a_detector_is_planned_with_its_network_and_runs_behind_its_nat_gateway() {
    let sandbox = Sandbox::new();
    let text = both(
        "",
        "  subnet_ids = thatdot_network.main.private_subnet_ids\n  persistence {}",
    );
    sandbox.configure(&text);
    let plan = sandbox.plan();
    assert_eq!(plan.change(DETECTOR).actions, ["create"]);
    assert_eq!(plan.change(DETECTOR).unknown.at("vpc_id"), true);
    sandbox.apply(&text);
    assert_eq!(running(&sandbox), 1);
    let subnets = sandbox.state(DETECTOR);
    assert_eq!(
        subnets.at("subnet_ids"),
        sandbox.state(ADDRESS).at("private_subnet_ids")
    );

    // A change of the network that moves no subnet is none of the detector's business.
    let more = text.replace("name = \"demo\"", "name = \"demo\"\n  nat = \"per_az\"");
    sandbox.configure(&more);
    assert_eq!(sandbox.plan().change(DETECTOR).actions, ["no-op"]);
    sandbox.apply(&more);
    assert_eq!(running(&sandbox), 1);
    sandbox.destroy();
}

#[test]
fn a_detector_runs_without_nat_through_the_endpoints() {
    let sandbox = Sandbox::new();
    sandbox.apply(&both(
        "  nat = \"none\"\n  endpoints {}",
        "  subnet_ids = thatdot_network.main.private_subnet_ids\n  persistence {}",
    ));
    assert_eq!(running(&sandbox), 1);
    sandbox.destroy();
}

#[test]
fn a_detector_in_the_public_subnets_has_a_public_address_and_follows_a_new_zone() {
    let sandbox = Sandbox::new();
    let body = "  subnet_ids = thatdot_network.main.public_subnet_ids\n  assign_public_ip = true\n  ingress { cidr_blocks \
                = [\"203.0.113.0/24\"] }";
    sandbox.apply(&both("  nat = \"none\"", body));
    assert!(
        sandbox
            .state(DETECTOR)
            .text("url")
            .contains(sandbox.state(DETECTOR).text("public_ip"))
    );
    sandbox.apply(&both("  nat = \"none\"\n  az_count = 3", body));
    assert_eq!(sandbox.state(DETECTOR).texts("subnet_ids").len(), 3);
    sandbox.destroy();
}
