//! Moving to other subnets.

use aws_sdk_ec2::types::Filter;

use super::view::{ADDRESS, deployment};
use crate::harness::{Sandbox, Wait};

const ON_EFS: &str = r#"
  fargate {}
  license {
    content_wo         = "{\"key\":\"planted-licence-7f3a\"}"
    content_wo_version = 1
    on                 = "efs"
  }
"#;

/// Another private subnet beside that one: of its zone, and with its way out.
fn beside(sandbox: &Sandbox, subnet: &str) -> String {
    let ec2 = &sandbox.aws.ec2;
    let described = ec2.describe_subnets().subnet_ids(subnet).send().wait().unwrap();
    let request = ec2
        .create_subnet()
        .vpc_id(&sandbox.vpc.vpc_id)
        .cidr_block("10.0.200.0/24");
    let made = request
        .availability_zone(described.subnets()[0].availability_zone().unwrap())
        .send()
        .wait()
        .unwrap();
    let made = made.subnet().unwrap().subnet_id().unwrap().to_owned();
    let of_subnet = Filter::builder().name("association.subnet-id").values(subnet).build();
    let tables = ec2.describe_route_tables().filters(of_subnet).send().wait().unwrap();
    ec2.associate_route_table()
        .route_table_id(tables.route_tables()[0].route_table_id().unwrap())
        .subnet_id(&made)
        .send()
        .wait()
        .unwrap();
    made
}

#[test]
fn a_subnet_of_the_same_zone_gets_the_zones_one_mount_target() {
    let mut sandbox = Sandbox::new();
    let old = sandbox.vpc.private_subnet_ids[1].clone();
    let new = beside(&sandbox, &old);
    sandbox.take_as_found();
    let text = deployment(&sandbox, ON_EFS);
    sandbox.apply(&text);
    let volume = sandbox.state(ADDRESS).text("file_system_id").to_owned();
    sandbox.apply(&text.replace(&old, &new));
    let state = sandbox.state(ADDRESS);
    assert_eq!(state.text("file_system_id"), volume);
    let targets: Vec<_> = state
        .keys("components")
        .into_iter()
        .filter(|key| key.starts_with("efs_mount"))
        .collect();
    assert!(
        targets.contains(&format!("efs_mount_target_{new}").as_str()),
        "{targets:?}"
    );
    assert_eq!(targets.len(), 2, "{targets:?}");
    sandbox.destroy();
}
