//! What a configuration may not say, and where the error points.

use std::time::Duration;

use aws_sdk_ec2::types::Filter;

use super::view::{LICENSED, deployment};
use crate::detector;
use crate::harness::{Fault, Registry, Sandbox, TestImage, Wait};

/// Body, summary of the error, and the attribute it points at.
const AT_VALIDATE: &[(&str, &str, &str)] = &[
    ("", "The product does not start without a licence", ""),
    (
        "marketplace = true\nlicense { secret_arn = \"arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf\" }",
        "The Marketplace's container brings its licence",
        "",
    ),
    (
        "license { content_wo = \"x\" }",
        "content_wo needs a version",
        "license",
    ),
    ("LICENSED\nfargate {}\ncapacity {}", "Conflicting configuration", ""),
    ("LICENSED\nfargate {}\ncpu = 1024", "Fargate has no such size", ""),
    (
        "LICENSED\nload_balancer { scheme = \"internet-facing\" }",
        "Whom does the load balancer let in?",
        "load_balancer",
    ),
    (
        "LICENSED\napi_gateway { authorization = \"NONE\" }",
        "An API with nothing behind it",
        "",
    ),
    (
        "LICENSED\nload_balancer {}\napi_gateway { authorization = \"JWT\" }",
        "Whose tokens, and for whom?",
        "api_gateway",
    ),
    (
        "LICENSED\ncapacity { managed_termination_protection = true }",
        "Termination protection needs scale-in protection",
        "managed_termination_protection",
    ),
    (
        "LICENSED\ncapacity {\n min_size = 3\n max_size = 2\n }",
        "A minimum above the maximum",
        "min_size",
    ),
    (
        "LICENSED\negress_cidr_blocks = [\"10.0.0.0/8\"]\nexisting { security_group_ids = [\"sg-0123456789abcdef0\"] }",
        "A rule of groups that are not ours",
        "egress_cidr_blocks",
    ),
    (
        "LICENSED\ncapacity { ssh_from = \"vpc\" }\nexisting { security_group_ids = [\"sg-0123456789abcdef0\"] }",
        "A rule of groups that are not ours",
        "ssh_from",
    ),
    (
        "LICENSED\nautoscaling { max_count = 2 }",
        "By what is the number of tasks to be set?",
        "",
    ),
];

/// Body, summary of the error, and the attribute it points at.
const AT_PLAN: &[(&str, &str, &str)] = &[
    ("LICENSED\ndesired_count = 2", "The hosts cannot hold the tasks", ""),
    (
        "LICENSED\ncapacity { instance_type = \"t3.micro\" }",
        "No task fits on such a host",
        "instance_type",
    ),
    (
        "LICENSED\ndeployment_minimum_healthy_percent = 100",
        "No room for a rolling update",
        "deployment_minimum_healthy_percent",
    ),
    (
        "LICENSED\ncapacity { instance_type = \"p3dn.24xlarge\" }",
        "No zone with such an instance type",
        "instance_type",
    ),
    (
        "LICENSED\ncapacity { instance_type = \"m99.huge\" }",
        "No such instance type",
        "instance_type",
    ),
];

fn told(sandbox: &Sandbox, body: &str, arguments: &[&str]) -> Vec<(String, String)> {
    sandbox.configure(&deployment(sandbox, &body.replace("LICENSED", LICENSED)));
    let finished = sandbox.terraform.run(arguments);
    let errors = finished.errors().into_iter();
    errors.map(|error| (error.text(), error.line().to_owned())).collect()
}

#[test]
fn what_cannot_go_together_is_told_at_validate() {
    let sandbox = Sandbox::new();
    for (body, summary, attribute) in AT_VALIDATE {
        let errors = told(&sandbox, body, &["validate", "-json"]);
        let hit = errors
            .iter()
            .any(|(text, line)| text.contains(summary) && line.contains(attribute));
        assert!(hit, "{body}: wanted {summary:?} at {attribute:?}, got {errors:?}");
    }
}

#[test]
fn what_does_not_fit_is_told_at_plan_and_nothing_is_made() {
    let sandbox = Sandbox::new();
    sandbox.stand_in.forget_calls();
    for (body, summary, attribute) in AT_PLAN {
        let errors = told(&sandbox, body, &["plan", "-input=false", "-json"]);
        let hit = errors
            .iter()
            .any(|(text, line)| text.contains(summary) && line.contains(attribute));
        assert!(hit, "{body}: wanted {summary:?} at {attribute:?}, got {errors:?}");
    }
    assert!(sandbox.stand_in.writes().is_empty(), "{:?}", sandbox.stand_in.writes());
}

#[test]
fn an_image_for_other_processors_is_told_at_plan_where_it_can_be_read() {
    let sandbox = Sandbox::new();
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::guarded(folder.path());
    sandbox.stand_in.use_registry(&registry, registry.address());
    let repository = sandbox.aws.ecr.create_repository().repository_name("deid");
    repository.send().wait().unwrap();
    let arm = TestImage::new(&[1], 100).of("arm64");
    registry.push("deid", "arm", &arm);
    registry.push_index("deid", "both", &[arm, TestImage::new(&[2], 100)]);
    let planned = |configuration: &str, tag: &str| {
        sandbox.configure(&configuration.replace("deid:3.3.2-cpu", &format!("deid:{tag}")));
        sandbox.terraform.plan(&[])
    };
    let of = |body: &str| deployment(&sandbox, &format!("{LICENSED}\n{body}"));
    let image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid:3.3.2-cpu";
    let detector = detector::deployment(&sandbox, &format!("  image = \"{image}\""));

    for (configuration, place) in [
        (of(""), "a m5zn.xlarge"),
        (of("fargate {}"), "Fargate"),
        (detector, "Fargate"),
    ] {
        let error = planned(&configuration, "arm").error();
        assert!(error.text().contains("deid:arm is for linux/arm64"), "{}", error.text());
        assert!(error.text().contains(place), "{}", error.text());
        assert!(error.line().trim().starts_with("image "), "{}", error.line());
        planned(&configuration, "both").succeeded();
    }
    planned(&of("capacity { instance_type = \"m6g.xlarge\" }"), "arm").succeeded();
    planned(&of(""), "not-pushed-yet").succeeded();
    let denied = Fault::refusal("ecr", "BatchGetImage", "AccessDeniedException", "not authorized");
    sandbox.stand_in.inject(denied);
    planned(&of(""), "arm").succeeded();
}

#[test]
fn subnets_without_a_way_out_or_a_second_zone_are_told_at_plan() {
    let sandbox = Sandbox::new();
    let made = sandbox.aws.ec2.create_subnet().vpc_id(&sandbox.vpc.vpc_id);
    let made = made.cidr_block("10.0.210.0/24").availability_zone("us-east-1a");
    let closed = made
        .send()
        .wait()
        .unwrap()
        .subnet()
        .unwrap()
        .subnet_id()
        .unwrap()
        .to_owned();
    let [first, second] = &sandbox.vpc.private_subnet_ids[..] else {
        panic!("two private subnets")
    };
    let planned = |subnet: &str, body: &str| {
        let text = deployment(&sandbox, &format!("{LICENSED}\n{body}"));
        sandbox.configure(&text.replace(&format!("\"{first}\", \"{second}\""), &format!("\"{subnet}\"")));
        sandbox.terraform.plan(&[])
    };
    let error = planned(&closed, "").error();
    assert!(error.text().contains("No way out of a subnet"), "{}", error.text());
    for lacking in ["ecr.dkr", "ecs-agent", "secretsmanager"] {
        assert!(error.text().contains(lacking), "{lacking}: {}", error.text());
    }
    assert!(error.line().contains("private_subnet_ids"), "{}", error.line());

    // What the same apply makes may come a little later than the subnet.
    let tables = sandbox.aws.ec2.describe_route_tables();
    let of_first = Filter::builder().name("association.subnet-id").values(first).build();
    let tables = tables.filters(of_first).send().wait().unwrap();
    let table = tables.route_tables()[0].route_table_id().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_secs(4));
            let association = sandbox.aws.ec2.associate_route_table().subnet_id(&closed);
            association.route_table_id(table).send().wait().unwrap();
        });
        assert!(planned(&closed, "").succeeded().warnings().is_empty());
    });

    let error = planned(first, "load_balancer {}").error();
    assert!(
        error.text().contains("A load balancer stands in two zones"),
        "{}",
        error.text()
    );
    assert!(error.line().contains("private_subnet_ids"), "{}", error.line());
    planned(first, "").succeeded();

    let warned = |ranges: &str| {
        let told = planned(first, &format!("egress_cidr_blocks = [{ranges}]")).succeeded();
        let told = told.warnings();
        told.into_iter().map(|warning| warning.summary).collect::<Vec<_>>()
    };
    assert_eq!(warned("\"10.0.0.0/17\""), ["No way out past the security group"]);
    assert!(warned("\"10.0.0.0/17\", \"198.51.100.0/24\"").is_empty());
    assert!(warned("\"198.51.100.0/24\"").is_empty());
    let on_efs = LICENSED.replace("license {", "license {\n  on = \"efs\"");
    let text = deployment(
        &sandbox,
        &format!("{on_efs}\negress_cidr_blocks = [\"198.51.100.0/24\"]"),
    );
    sandbox.configure(&text);
    let warnings = sandbox.terraform.plan(&[]).succeeded().warnings();
    assert_eq!(warnings[0].summary, "No way to the VPC's own addresses");
    assert!(
        warnings[0].text().contains("the licence's file system"),
        "{}",
        warnings[0].text()
    );
}

#[test]
fn a_zone_that_load_balancer_or_bastion_cannot_serve_is_told_at_plan() {
    let sandbox = Sandbox::new();
    let made = |cidr: &str, zone: &str| {
        let made = sandbox.aws.ec2.create_subnet().vpc_id(&sandbox.vpc.vpc_id);
        let made = made.cidr_block(cidr).availability_zone(zone).send().wait().unwrap();
        made.subnet().unwrap().subnet_id().unwrap().to_owned()
    };
    let [first, second] = &sandbox.vpc.private_subnet_ids[..] else {
        panic!("two private subnets")
    };
    let public = &sandbox.vpc.public_subnet_ids;
    let third = made("10.0.211.0/24", "us-east-1c");
    let told = |body: &str| {
        sandbox.configure(&deployment(&sandbox, body));
        let error = sandbox.terraform.plan(&[]).error();
        (error.text(), error.line().to_owned())
    };

    // The tasks run in two zones, and the load balancer stands in one of them and a third.
    let (text, line) = told(&format!(
        "{LICENSED}\nload_balancer {{\n subnet_ids = [\"{first}\", \"{third}\"]\n}}"
    ));
    assert!(text.contains("Tasks that the load balancer does not reach"), "{text}");
    assert!(text.contains(second.as_str()), "{text}");
    assert!(line.contains("subnet_ids"), "{line}");

    let on_efs = LICENSED.replace("license {", "license {\n  on = \"efs\"");
    let (text, line) = told(&format!("{on_efs}\nbastion {{\n subnet_id = \"{third}\"\n}}"));
    assert!(text.contains("No mount target in the bastion's zone"), "{text}");
    assert!(text.contains(public[0].as_str()), "it says which would do: {text}");
    assert!(line.contains("subnet_id"), "{line}");

    sandbox.configure(&deployment(
        &sandbox,
        &format!("{LICENSED}\nbastion {{\n subnet_id = \"subnet-0123456789abcdef0\"\n}}"),
    ));
    let error = sandbox.terraform.plan(&[]).error();
    assert!(error.line().contains("subnet_id"), "{}", error.line());

    // Without the file system it may stand there.
    sandbox.configure(&deployment(
        &sandbox,
        &format!("{LICENSED}\nbastion {{\n subnet_id = \"{third}\"\n}}"),
    ));
    sandbox.terraform.plan(&[]).succeeded();
}
