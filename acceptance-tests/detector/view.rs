//! What the tests of this resource share: configurations to start from, and views on what AWS holds.

use aws_sdk_ecs::types::{Service, TaskDefinition};
use aws_sdk_efs::types::FileSystemDescription;

pub use crate::components::{id_of, not_ready, parts};
use crate::ecs;
use crate::harness::{Sandbox, Wait};

/// The address of the one deployment that most configurations hold.
pub const ADDRESS: &str = "thatdot_detector_deployment.this";

/// Its name.
pub const NAME: &str = "fraud";

/// Where the provider comes from: goes into every configuration.
pub const REQUIRED: &str =
    "terraform {\n  required_providers {\n    thatdot = {\n      source = \"thatdot/thatdot\"\n    }\n  }\n}\n";

/// What every deployment has.
pub const BASE_PARTS: [&str; 7] = [
    "ecs_cluster",
    "ecs_service",
    "ecs_task_definition",
    "iam_role_execution",
    "iam_role_task",
    "log_group",
    "security_group_service",
];

/// A deployment in the private subnets of the test's VPC, whose way out is a NAT gateway, with `body` added.
pub fn deployment(sandbox: &Sandbox, body: &str) -> String {
    format!("{REQUIRED}\n{}", resource(sandbox, "this", NAME, body))
}

/// A deployment in the public subnets, with a public address and with `body` added.
pub fn public_deployment(sandbox: &Sandbox, body: &str) -> String {
    let text = deployment(sandbox, &format!("  assign_public_ip = true\n{body}"));
    text.replace(
        &listed(&sandbox.vpc.private_subnet_ids),
        &listed(&sandbox.vpc.public_subnet_ids),
    )
}

/// One resource block, for the private subnets.
pub fn resource(sandbox: &Sandbox, label: &str, name: &str, body: &str) -> String {
    format!(
        "resource \"thatdot_detector_deployment\" \"{label}\" {{\n  name = \"{name}\"\n  vpc_id = \"{}\"\n  subnet_ids = {}\n{body}\n}}\n",
        sandbox.vpc.vpc_id,
        listed(&sandbox.vpc.private_subnet_ids)
    )
}

/// A list of texts as HCL.
pub fn listed<T: std::fmt::Debug>(items: &[T]) -> String {
    format!("{items:?}")
}

/// The service of the deployment.
pub fn service(sandbox: &Sandbox) -> Service {
    ecs::service(sandbox, NAME)
}

/// The task definition that the service runs.
pub fn task_definition(sandbox: &Sandbox) -> TaskDefinition {
    ecs::task_definition(sandbox, NAME)
}

/// The file system of the deployment.
pub fn file_system(sandbox: &Sandbox) -> FileSystemDescription {
    let id = sandbox.state(ADDRESS).text("file_system_id").to_owned();
    let answer = sandbox.aws.efs.describe_file_systems().file_system_id(id).send().wait();
    answer.unwrap().file_systems().first().expect("a file system").clone()
}

/// What a security group lets in, as `PORT from SOURCE`, sorted.
pub fn ingress(sandbox: &Sandbox, group: &str) -> Vec<String> {
    let answer = sandbox
        .aws
        .ec2
        .describe_security_groups()
        .group_ids(group)
        .send()
        .wait()
        .unwrap();
    let mut rules = Vec::new();
    for permission in answer.security_groups().first().expect("a group").ip_permissions() {
        let port = permission.from_port().unwrap_or(-1);
        let v4 = permission.ip_ranges().iter().filter_map(|range| range.cidr_ip());
        let v6 = permission.ipv6_ranges().iter().filter_map(|range| range.cidr_ipv6());
        let groups = permission
            .user_id_group_pairs()
            .iter()
            .filter_map(|pair| pair.group_id());
        rules.extend(v4.chain(v6).chain(groups).map(|source| format!("{port} from {source}")));
    }
    rules.sort();
    rules
}

/// The rules that let in the VPC's own addresses on that port.
pub fn from_the_vpc(port: u16) -> Vec<String> {
    vec![format!("{port} from 10.0.0.0/16")]
}
