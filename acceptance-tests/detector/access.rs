//! Who reaches the detector, and the address that the outputs tell.

use super::view::{ADDRESS, deployment, from_the_vpc, id_of, ingress, public_deployment};
use crate::harness::{Sandbox, Wait};

#[test]
fn without_an_ingress_only_the_vpc_is_let_in_and_the_url_is_private() {
    let sandbox = Sandbox::new();
    sandbox.apply(&public_deployment(&sandbox, ""));
    let state = sandbox.state(ADDRESS);
    assert_eq!(
        ingress(&sandbox, &id_of(&state, "security_group_service")),
        from_the_vpc(8080)
    );
    assert_eq!(state.text("url"), format!("http://{}:8080", state.text("private_ip")));
    assert!(!state.text("public_ip").is_empty(), "the public address is still told");
}

#[test]
fn an_ingress_changes_in_place_and_the_url_follows() {
    let sandbox = Sandbox::new();
    let other = sandbox
        .aws
        .ec2
        .create_security_group()
        .group_name("clients")
        .description("Clients")
        .vpc_id(&sandbox.vpc.vpc_id);
    let other = other.send().wait().unwrap().group_id().unwrap().to_owned();
    let with = |rule: &str| public_deployment(&sandbox, &format!("  ingress {{ {rule} }}"));

    sandbox.apply(&with(r#"cidr_blocks = ["203.0.113.0/24", "2001:db8::/32"]"#));
    let state = sandbox.state(ADDRESS);
    let group = id_of(&state, "security_group_service");
    assert_eq!(
        ingress(&sandbox, &group),
        ["8080 from 2001:db8::/32", "8080 from 203.0.113.0/24"]
    );
    assert_eq!(state.text("url"), format!("http://{}:8080", state.text("public_ip")));

    sandbox.apply(&with(&format!("security_group_ids = [\"{other}\"]")));
    let state = sandbox.state(ADDRESS);
    assert_eq!(id_of(&state, "security_group_service"), group, "changed in place");
    assert_eq!(ingress(&sandbox, &group), [format!("8080 from {other}")]);
    assert_eq!(state.text("url"), format!("http://{}:8080", state.text("private_ip")));

    sandbox.apply(&public_deployment(&sandbox, ""));
    assert_eq!(ingress(&sandbox, &group), from_the_vpc(8080));
}

#[test]
fn without_a_public_address_the_url_is_private_whoever_is_let_in() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, "  ingress { cidr_blocks = [\"0.0.0.0/0\"] }"));
    let state = sandbox.state(ADDRESS);
    assert!(state.at("public_ip").is_null());
    assert_eq!(state.text("url"), format!("http://{}:8080", state.text("private_ip")));
}
