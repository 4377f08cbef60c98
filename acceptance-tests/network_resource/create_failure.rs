//! A create that fails, or whose answers get lost.

use super::view::{ADDRESS, network, not_ready};
use crate::harness::{Fault, Sandbox};

#[test]
fn a_refused_create_is_undone() {
    let sandbox = Sandbox::new();
    sandbox.configure(&network(
        "  flow_logs {}\n  endpoints { services = [\"s3\", \"logs\"] }",
    ));
    sandbox.stand_in.inject(Fault::refusal(
        "ec2",
        "CreateNatGateway",
        "NatGatewayLimitExceeded",
        "Performing this operation would exceed the limit of 5 NAT gateways",
    ));
    let error = sandbox.terraform.apply(&[]).error();
    for word in ["nat_gateway_us-east-1a", "NatGatewayLimitExceeded", "Service Quotas"] {
        assert!(error.text().contains(word), "{word}: {}", error.text());
    }
    assert!(sandbox.terraform.state(ADDRESS).is_none());
    sandbox.assert_nothing_left();
}

#[test]
fn a_create_whose_answers_get_lost_makes_nothing_twice() {
    let sandbox = Sandbox::new();
    sandbox.configure(&network(""));
    for action in [
        "CreateVpc",
        "CreateSubnet",
        "CreateInternetGateway",
        "AttachInternetGateway",
        "CreateRouteTable",
        "CreateRoute",
        "AssociateRouteTable",
        "AllocateAddress",
        "CreateNatGateway",
    ] {
        sandbox.stand_in.inject(Fault::lost_answer("ec2", action));
    }
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    let state = sandbox.state(ADDRESS);
    assert!(not_ready(&state).is_empty(), "{:?}", not_ready(&state));
    sandbox.destroy();
}

#[test]
fn a_throttled_create_goes_on() {
    let sandbox = Sandbox::new();
    sandbox.configure(&network("  nat = \"none\""));
    for action in ["CreateVpc", "CreateSubnet", "CreateInternetGateway"] {
        let fault = Fault::refusal("ec2", action, "RequestLimitExceeded", "Request limit exceeded.");
        sandbox.stand_in.inject(fault.times(2));
    }
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.destroy();
}
