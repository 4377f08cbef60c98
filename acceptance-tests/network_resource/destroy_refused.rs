//! Destroying a network in which something else lives: named, and nothing of it touched.

use super::view::{ADDRESS, id_of, keys, standing};
use crate::harness::Wait;

#[test]
fn what_somebody_put_into_a_subnet_is_named_and_the_rest_goes_on_after_it_is_gone() {
    let sandbox = standing("  nat = \"none\"");
    let state = sandbox.state(ADDRESS);
    let ec2 = &sandbox.aws.ec2;
    let subnet = id_of(&state, "subnet_private_us-east-1a");
    let made = ec2
        .create_network_interface()
        .subnet_id(&subnet)
        .description("somebody's")
        .send()
        .wait()
        .unwrap();
    let interface = made
        .network_interface()
        .unwrap()
        .network_interface_id()
        .unwrap()
        .to_owned();

    let error = sandbox.terraform.destroy(&[]).error();
    for word in ["subnet_private_us-east-1a", &interface, "somebody's", "destroy again"] {
        assert!(error.text().contains(word), "{word}: {}", error.text());
    }
    let left = sandbox.state(ADDRESS);
    assert_eq!(
        keys(&left),
        ["route_table_private_us-east-1a", "subnet_private_us-east-1a", "vpc"]
    );

    ec2.delete_network_interface()
        .network_interface_id(interface)
        .send()
        .wait()
        .unwrap();
    sandbox.destroy();
}

#[test]
fn what_somebody_put_into_the_vpc_is_named() {
    let sandbox = standing("  nat = \"none\"");
    let vpc = sandbox.state(ADDRESS).text("vpc_id").to_owned();
    let ec2 = &sandbox.aws.ec2;
    let made = ec2
        .create_security_group()
        .group_name("foreign")
        .description("foreign")
        .vpc_id(&vpc);
    let group = made.send().wait().unwrap().group_id().unwrap().to_owned();
    let subnet = ec2
        .create_subnet()
        .vpc_id(&vpc)
        .cidr_block("10.0.112.0/24")
        .send()
        .wait()
        .unwrap();
    let subnet = subnet.subnet().unwrap().subnet_id().unwrap().to_owned();

    let error = sandbox.terraform.destroy(&[]).error();
    for word in [&group, "foreign", &subnet, "DependencyViolation"] {
        assert!(error.text().contains(word), "{word}: {}", error.text());
    }
    assert_eq!(keys(&sandbox.state(ADDRESS)), ["vpc"]);

    ec2.delete_security_group().group_id(group).send().wait().unwrap();
    ec2.delete_subnet().subnet_id(subnet).send().wait().unwrap();
    sandbox.destroy();
}
