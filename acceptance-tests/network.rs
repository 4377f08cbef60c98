//! `thatdot_network`: an existing VPC, by its id, by its tags, or the default one.

use crate::detector::REQUIRED;
use crate::harness::{Attributes, Sandbox, Wait};

const ADDRESS: &str = "data.thatdot_network.this";

fn data(arguments: &str) -> String {
    format!("{REQUIRED}\ndata \"thatdot_network\" \"this\" {{\n  {arguments}\n}}\n")
}

fn read(sandbox: &Sandbox, arguments: &str) -> Attributes {
    sandbox.configure(&data(arguments));
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.state(ADDRESS)
}

fn assert_is_the_tests_vpc(sandbox: &Sandbox, found: &Attributes) {
    let sorted = |ids: &[String]| {
        let mut ids = ids.to_vec();
        ids.sort();
        ids
    };
    let told = |name: &str| sorted(&found.texts(name).into_iter().map(str::to_owned).collect::<Vec<_>>());
    assert_eq!(found.text("id"), sandbox.vpc.vpc_id);
    assert_eq!(found.texts("vpc_cidr_blocks"), ["10.0.0.0/16"]);
    assert_eq!(told("public_subnet_ids"), sorted(&sandbox.vpc.public_subnet_ids));
    assert_eq!(told("private_subnet_ids"), sorted(&sandbox.vpc.private_subnet_ids));
    assert_eq!(found.texts("availability_zones").len(), 2);
}

#[test]
fn a_vpc_is_found_by_its_id_and_by_its_tags_with_its_subnets_sorted_by_their_routes() {
    let sandbox = Sandbox::new();
    let found = read(&sandbox, &format!("vpc_id = \"{}\"", sandbox.vpc.vpc_id));
    assert_is_the_tests_vpc(&sandbox, &found);

    let ec2 = &sandbox.aws.ec2;
    for (key, value) in [("Name", "main"), ("Stage", "test")] {
        let tag = aws_sdk_ec2::types::Tag::builder().key(key).value(value).build();
        ec2.create_tags()
            .resources(&sandbox.vpc.vpc_id)
            .tags(tag)
            .send()
            .wait()
            .unwrap();
    }
    let found = read(&sandbox, "tags = {\n    Name = \"main\"\n    Stage = \"test\"\n  }");
    assert_is_the_tests_vpc(&sandbox, &found);
}

#[test]
fn of_two_subnets_in_a_zone_one_is_given() {
    let sandbox = Sandbox::new();
    let ec2 = &sandbox.aws.ec2;
    let described = ec2
        .describe_subnets()
        .subnet_ids(&sandbox.vpc.private_subnet_ids[0])
        .send()
        .wait()
        .unwrap();
    let zone = described.subnets()[0].availability_zone().unwrap().to_owned();
    let twin = ec2
        .create_subnet()
        .vpc_id(&sandbox.vpc.vpc_id)
        .cidr_block("10.0.200.0/24")
        .availability_zone(zone);
    twin.send().wait().unwrap();
    let found = read(&sandbox, &format!("vpc_id = \"{}\"", sandbox.vpc.vpc_id));
    assert_eq!(found.texts("private_subnet_ids").len(), 2);
}

#[test]
fn the_default_vpc_is_found() {
    let sandbox = Sandbox::new();
    let found = read(&sandbox, "default = true");
    let filter = aws_sdk_ec2::types::Filter::builder()
        .name("is-default")
        .values("true")
        .build();
    let described = sandbox.aws.ec2.describe_vpcs().filters(filter).send().wait().unwrap();
    assert_eq!(Some(found.text("id")), described.vpcs()[0].vpc_id());
    assert!(!found.texts("public_subnet_ids").is_empty());
}

#[test]
fn a_vpc_that_is_not_there_or_not_told_apart_is_an_error() {
    let sandbox = Sandbox::new();
    for tag in ["one", "two"] {
        let made = sandbox
            .aws
            .ec2
            .create_vpc()
            .cidr_block("10.9.0.0/16")
            .send()
            .wait()
            .unwrap();
        let id = made.vpc().unwrap().vpc_id().unwrap().to_owned();
        for (key, value) in [("Stage", "twin"), ("Name", tag)] {
            let tag = aws_sdk_ec2::types::Tag::builder().key(key).value(value).build();
            sandbox
                .aws
                .ec2
                .create_tags()
                .resources(&id)
                .tags(tag)
                .send()
                .wait()
                .unwrap();
        }
    }
    for (arguments, line, word) in [
        (
            "vpc_id = \"vpc-0123456789abcdef0\"",
            "vpc_id = \"vpc-0123456789abcdef0\"",
            "vpc-0123456789abcdef0",
        ),
        (
            "tags = { Name = \"nowhere\" }",
            "tags = { Name = \"nowhere\" }",
            "nowhere",
        ),
        ("tags = { Stage = \"twin\" }", "", "2"),
        ("", "", "default"),
        (
            "vpc_id = \"vpc-0123456789abcdef0\"\n  default = true",
            "vpc_id = \"vpc-0123456789abcdef0\"",
            "one",
        ),
    ] {
        sandbox.configure(&data(arguments));
        let error = sandbox.terraform.plan(&[]).error();
        assert!(line.is_empty() || error.line() == line, "{arguments}: {}", error.line());
        assert!(error.text().contains(word), "{arguments}: {}", error.text());
    }
}
