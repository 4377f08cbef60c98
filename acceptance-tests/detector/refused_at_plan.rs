//! Mistakes that only AWS can tell: found at plan, on the right attribute, before the first write.

use super::existing_parts::own_file_system;
use super::view::deployment;
use crate::harness::{Diagnostic, Sandbox, Wait};

/// The error that a plan of that configuration ends with; nothing may be written on the way.
fn refused(sandbox: &Sandbox, text: &str) -> Diagnostic {
    sandbox.configure(text);
    sandbox.stand_in.forget_calls();
    let error = sandbox.terraform.plan(&[]).error();
    assert_eq!(sandbox.stand_in.writes(), Vec::<String>::new());
    error
}

/// A subnet of the test's VPC in that zone.
fn subnet(sandbox: &Sandbox, vpc: &str, range: &str, zone: &str) -> String {
    let made = sandbox
        .aws
        .ec2
        .create_subnet()
        .vpc_id(vpc)
        .cidr_block(range)
        .availability_zone(zone)
        .send()
        .wait();
    made.unwrap().subnet().unwrap().subnet_id().unwrap().to_owned()
}

fn other_vpc(sandbox: &Sandbox) -> String {
    let made = sandbox
        .aws
        .ec2
        .create_vpc()
        .cidr_block("10.1.0.0/16")
        .send()
        .wait()
        .unwrap();
    made.vpc().unwrap().vpc_id().unwrap().to_owned()
}

fn with_subnets(sandbox: &Sandbox, subnets: &[&str]) -> String {
    deployment(sandbox, "").replace(
        &format!("{:?}", sandbox.vpc.private_subnet_ids),
        &format!("{subnets:?}"),
    )
}

#[test]
fn hosts_of_a_kind_that_no_zone_of_the_subnets_offers_are_told() {
    let sandbox = Sandbox::new();
    let body = "  capacity {\n    instance_type = \"p3dn.24xlarge\"\n  }";
    let error = refused(&sandbox, &deployment(&sandbox, body));
    assert!(
        error.text().contains("No zone with such an instance type"),
        "{}",
        error.text()
    );
    assert!(error.line().contains("instance_type"), "{}", error.line());
}

#[test]
fn subnets_that_do_not_fit_are_told() {
    let sandbox = Sandbox::new();
    let first = sandbox.vpc.private_subnet_ids[0].as_str();
    let zone = sandbox
        .aws
        .ec2
        .describe_subnets()
        .subnet_ids(first)
        .send()
        .wait()
        .unwrap();
    let zone = zone.subnets()[0].availability_zone().unwrap().to_owned();
    let twin = subnet(&sandbox, &sandbox.vpc.vpc_id, "10.0.200.0/24", &zone);
    let error = refused(&sandbox, &with_subnets(&sandbox, &[first, &twin]));
    assert!(error.line().starts_with("subnet_ids"), "{}", error.line());
    assert!(
        error.text().contains(&zone) && error.text().contains(&twin),
        "{}",
        error.text()
    );

    let outside = subnet(&sandbox, &other_vpc(&sandbox), "10.1.0.0/24", "us-east-1f");
    let error = refused(&sandbox, &with_subnets(&sandbox, &[first, &outside]));
    assert!(error.line().starts_with("subnet_ids"), "{}", error.line());
    assert!(error.text().contains(&outside), "{}", error.text());

    let error = refused(&sandbox, &with_subnets(&sandbox, &["subnet-0123456789abcdef0"]));
    assert!(error.line().starts_with("subnet_ids"), "{}", error.line());
    assert!(error.text().contains("subnet-0123456789abcdef0"), "{}", error.text());
}

#[test]
fn a_vpc_that_is_not_there_is_told() {
    let sandbox = Sandbox::new();
    let text = deployment(&sandbox, "").replace(&sandbox.vpc.vpc_id, "vpc-0123456789abcdef0");
    let error = refused(&sandbox, &text);
    assert!(error.line().starts_with("vpc_id"), "{}", error.line());
    assert!(error.text().contains("vpc-0123456789abcdef0"), "{}", error.text());
}

#[test]
fn a_file_system_without_a_mount_target_where_the_task_runs_is_told() {
    let sandbox = Sandbox::new();
    let volume = own_file_system(&sandbox);
    let targets = sandbox
        .aws
        .efs
        .describe_mount_targets()
        .file_system_id(&volume)
        .send()
        .wait()
        .unwrap();
    let target = &targets.mount_targets()[0];
    let (id, zone) = (target.mount_target_id(), target.availability_zone_name().unwrap());
    sandbox
        .aws
        .efs
        .delete_mount_target()
        .mount_target_id(id)
        .send()
        .wait()
        .unwrap();
    while sandbox
        .aws
        .efs
        .describe_mount_targets()
        .mount_target_id(id)
        .send()
        .wait()
        .is_ok()
    {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let line = format!("file_system_id = \"{volume}\"");
    let error = refused(
        &sandbox,
        &deployment(&sandbox, &format!("  persistence {{\n    {line}\n  }}")),
    );
    assert_eq!(error.line(), line);
    assert!(error.text().contains(zone), "{}", error.text());

    let error = refused(
        &sandbox,
        &deployment(
            &sandbox,
            "  persistence {\n    file_system_id = \"fs-0123456789abcdef0\"\n  }",
        ),
    );
    assert!(error.text().contains("fs-0123456789abcdef0"), "{}", error.text());
}

#[test]
fn parts_that_are_brought_but_are_not_there_are_told() {
    let sandbox = Sandbox::new();
    let outside = sandbox
        .aws
        .ec2
        .create_security_group()
        .group_name("outside")
        .description("-")
        .vpc_id(other_vpc(&sandbox));
    let outside = outside.send().wait().unwrap().group_id().unwrap().to_owned();
    let account = "123456789012";
    for (line, word) in [
        (
            format!("cluster_arn = \"arn:aws:ecs:us-east-1:{account}:cluster/none\""),
            "none",
        ),
        (format!("task_role_arn = \"arn:aws:iam::{account}:role/none\""), "none"),
        (
            format!("execution_role_arn = \"arn:aws:iam::{account}:role/none\""),
            "none",
        ),
        (
            "security_group_ids = [\"sg-0123456789abcdef0\"]".to_owned(),
            "sg-0123456789abcdef0",
        ),
        (format!("security_group_ids = [\"{outside}\"]"), outside.as_str()),
        ("log_group_name = \"/none\"".to_owned(), "/none"),
    ] {
        let error = refused(
            &sandbox,
            &deployment(&sandbox, &format!("  existing {{\n    {line}\n  }}")),
        );
        assert_eq!(error.line(), line, "{}", error.text());
        assert!(error.text().contains(word), "{}", error.text());
    }
}

#[test]
fn hosts_and_load_balancers_that_do_not_fit_are_told() {
    let sandbox = Sandbox::new();
    let (private, public) = (&sandbox.vpc.private_subnet_ids, &sandbox.vpc.public_subnet_ids);
    let anybody = "scheme = \"internet-facing\"\n    ingress_cidr_blocks = [\"0.0.0.0/0\"]";
    for (body, line, words) in [
        (
            "capacity {\n    instance_type = \"t3.micro\"\n  }".to_owned(),
            "instance_type",
            "2048",
        ),
        (
            "capacity {\n    instance_type = \"m99.huge\"\n  }".to_owned(),
            "instance_type",
            "m99.huge",
        ),
        (
            "capacity {\n    max_size = 2\n  }\n  desired_count = 3".to_owned(),
            "max_size",
            "3",
        ),
        (
            format!("load_balancer {{\n    subnet_ids = {:?}\n  }}", &private[..1]),
            "subnet_ids",
            "another zone",
        ),
        (
            format!("load_balancer {{\n    subnet_ids = {private:?}\n    {anybody}\n  }}"),
            "subnet_ids",
            "internet gateway",
        ),
    ] {
        let error = first_refusal(&sandbox, &deployment(&sandbox, &format!("  {body}")));
        assert!(error.line().starts_with(line), "{}: {}", error.line(), error.text());
        assert!(error.text().contains(words), "{}", error.text());
    }
    // A host gets no public address, so an internet gateway is no way out for it.
    let text = deployment(&sandbox, "  capacity {}").replace(&format!("{private:?}"), &format!("{public:?}"));
    let error = first_refusal(&sandbox, &text);
    assert!(error.line().starts_with("subnet_ids"), "{}", error.line());
    assert!(error.text().contains("NAT gateway"), "{}", error.text());
}

#[test]
fn a_host_without_room_is_told_although_its_subnets_are_not_there_yet() {
    let sandbox = Sandbox::new();
    let late = "resource \"terraform_data\" \"late\" {\n  input = [\"subnet-1\"]\n}\n";
    let text = deployment(&sandbox, "  capacity { instance_type = \"t3.small\" }");
    let text = text.replace(
        &format!("{:?}", sandbox.vpc.private_subnet_ids),
        "terraform_data.late.output",
    );
    let error = first_refusal(&sandbox, &format!("{late}{text}"));
    assert!(error.line().contains("instance_type"), "{}", error.line());
    assert!(error.text().contains("t3.small"), "{}", error.text());
}

#[test]
fn a_task_on_fargate_without_a_way_out_is_told_once_its_subnets_are_known() {
    let mut sandbox = Sandbox::new();
    let made = sandbox.aws.ec2.create_subnet().vpc_id(&sandbox.vpc.vpc_id);
    let made = made.cidr_block("10.0.210.0/24").availability_zone("us-east-1a");
    let made = made.send().wait().unwrap();
    let closed = vec![made.subnet().unwrap().subnet_id().unwrap().to_owned()];
    sandbox.take_as_found();
    let (private, public) = (&sandbox.vpc.private_subnet_ids, &sandbox.vpc.public_subnet_ids);
    let within = |subnets: &str, body: &str| deployment(&sandbox, body).replace(&format!("{private:?}"), subnets);
    for (subnets, body, advice) in [
        (&closed, "", "NAT gateway"),
        (&closed, "  assign_public_ip = true", "a gateway"),
        (public, "", "set assign_public_ip = true"),
    ] {
        sandbox.configure(&within(&format!("{subnets:?}"), body));
        let warnings = sandbox.terraform.plan(&[]).succeeded().warnings();
        let [warning, ..] = warnings.as_slice() else {
            panic!("nothing is told")
        };
        assert!(warning.line().starts_with("subnet_ids"), "{}", warning.line());
        for words in ["No way out of a subnet", "ecr.dkr", "logs", advice] {
            assert!(warning.text().contains(words), "{words}: {}", warning.text());
        }
        assert!(
            !warning.text().contains("ecs-agent"),
            "that is for hosts: {}",
            warning.text()
        );
    }
    sandbox.configure(&within(&format!("{public:?}"), "  assign_public_ip = true"));
    assert!(sandbox.terraform.plan(&[]).succeeded().warnings().is_empty());

    // What is known only in the apply may get its way out in the same apply: that is told and not refused.
    let late = format!("resource \"terraform_data\" \"late\" {{\n  input = {closed:?}\n}}\n");
    sandbox.configure(&format!(
        "{late}{}",
        within("terraform_data.late.output", "  wait_for_steady_state = false")
    ));
    sandbox.terraform.plan(&[]).succeeded();
    let warnings = sandbox.terraform.apply(&[]).succeeded().warnings();
    assert!(warnings[0].text().contains("by depends_on"), "{}", warnings[0].text());
    sandbox.destroy();
}

/// The first of the errors that a plan of that configuration ends with; nothing may be written on the way.
fn first_refusal(sandbox: &Sandbox, text: &str) -> Diagnostic {
    sandbox.configure(text);
    sandbox.stand_in.forget_calls();
    let mut errors = sandbox.terraform.plan(&[]).errors();
    assert_eq!(sandbox.stand_in.writes(), Vec::<String>::new());
    errors.remove(0)
}
