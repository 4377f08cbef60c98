//! What does not do, told with the line that it is about, before anything is made.

use super::view::network;
use crate::harness::{Fault, Sandbox};

#[test]
fn mistakes_that_show_offline_are_told_by_validate() {
    let sandbox = Sandbox::new();
    for (body, line, word) in [
        ("  cidr_block = \"10.0.0.0/25\"", "cidr_block = \"10.0.0.0/25\"", "/24"),
        ("  cidr_block = \"10.0.0.0/15\"", "cidr_block = \"10.0.0.0/15\"", "/16"),
        (
            "  cidr_block = \"10.0.0.1/16\"",
            "cidr_block = \"10.0.0.1/16\"",
            "10.0.0.0/16",
        ),
        ("  cidr_block = \"fd00::/56\"", "cidr_block = \"fd00::/56\"", "IPv4"),
        ("  az_count = 0", "az_count = 0", "1 to 8"),
        ("  az_count = 9", "az_count = 9", "1 to 8"),
        ("  nat = \"two\"", "nat = \"two\"", "per_az"),
        (
            "  az_count = 2\n  availability_zones = [\"us-east-1a\"]",
            "az_count = 2",
            "names 1",
        ),
        (
            "  availability_zones = [\"us-west-2-lax-1a\"]",
            "availability_zones = [\"us-west-2-lax-1a\"]",
            "us-east-1a",
        ),
        (
            "  availability_zones = [\"us-east-1a\", \"us-west-2a\"]",
            "availability_zones = [\"us-east-1a\", \"us-west-2a\"]",
            "us-west-2",
        ),
        ("  availability_zones = []", "availability_zones = []", "empty"),
        (
            "  flow_logs { retention_in_days = 31 }",
            "flow_logs { retention_in_days = 31 }",
            "30",
        ),
        (
            "  flow_logs { traffic_type = \"SOME\" }",
            "flow_logs { traffic_type = \"SOME\" }",
            "REJECT",
        ),
        (
            "  permissions_boundary = \"Boundary\"\n  flow_logs {}",
            "permissions_boundary = \"Boundary\"",
            "arn:aws:iam",
        ),
        (
            "  permissions_boundary = \"arn:aws:iam::aws:policy/ReadOnlyAccess\"",
            "permissions_boundary = \"arn:aws:iam::aws:policy/ReadOnlyAccess\"",
            "flow_logs",
        ),
        ("  endpoints { services = [] }", "endpoints { services = [] }", "empty"),
        (
            "  endpoints { services = [\"S3\"] }",
            "endpoints { services = [\"S3\"] }",
            "ecr.api",
        ),
    ] {
        sandbox.configure(&network(body));
        let error = sandbox.terraform.validate().error();
        assert_eq!(error.line(), line, "{}", error.text());
        assert!(error.text().contains(word), "{body}: {}", error.text());
    }
    let name = network("").replace("\"demo\"", "\"a name\"");
    sandbox.configure(&name);
    assert_eq!(sandbox.terraform.validate().error().line(), "name = \"a name\"");
}

#[test]
fn a_range_of_public_addresses_is_warned_of() {
    let sandbox = Sandbox::new();
    sandbox.configure(&network("  cidr_block = \"203.0.112.0/20\""));
    let validated = sandbox.terraform.validate().succeeded();
    assert!(validated.output.contains("A range of public addresses"), "{validated}");
}

#[test]
fn what_the_region_does_not_have_is_told_at_plan() {
    let sandbox = Sandbox::new();
    sandbox.stand_in.forget_calls();
    for (body, line, word) in [
        (
            "  availability_zones = [\"us-west-2a\"]",
            "availability_zones = [\"us-west-2a\"]",
            "us-east-1f",
        ),
        ("  az_count = 8", "az_count = 8", "there are 6"),
        (
            "  endpoints { services = [\"nonsense\"] }",
            "endpoints { services = [\"nonsense\"] }",
            "com.amazonaws.us-east-1.nonsense",
        ),
        (
            "  availability_zones = [\"us-east-1e\"]\n  endpoints { services = [\"logs\"] }",
            "endpoints { services = [\"logs\"] }",
            "us-east-1e",
        ),
    ] {
        sandbox.configure(&network(body));
        let error = sandbox.terraform.plan(&[]).error();
        assert_eq!(error.line(), line, "{}", error.text());
        assert!(error.text().contains(word), "{body}: {}", error.text());
    }
    assert_eq!(sandbox.stand_in.writes(), Vec::<String>::new());
}

#[test]
fn a_caller_who_may_not_look_is_told_what_is_missing() {
    let sandbox = Sandbox::new();
    sandbox.configure(&network(""));
    sandbox.stand_in.inject(Fault::refusal(
        "ec2",
        "DescribeAvailabilityZones",
        "UnauthorizedOperation",
        "You are not authorized to perform this operation.",
    ));
    let error = sandbox.terraform.plan(&[]).error();
    assert!(
        error.text().contains("ec2:DescribeAvailabilityZones"),
        "{}",
        error.text()
    );
}
