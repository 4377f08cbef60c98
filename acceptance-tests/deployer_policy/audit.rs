//! What an auditor looks for in whatever stands of ours: what carries the tag of a deployment.

use aws_sdk_ec2::types::{HttpTokensState, LaunchTemplateEbsBlockDevice, LaunchTemplateHttpTokensState, Reservation};
use aws_sdk_efs::types::FileSystemDescription;
use aws_sdk_elasticloadbalancingv2::types::{Listener, ProtocolEnum};
use serde_json::Value;

use crate::harness::{Sandbox, Wait};

/// The tag that whatever is ours carries.
const DEPLOYMENT: &str = "thatdot:deployment";

/// Fails the test where something that stands would not pass.
pub fn passes(sandbox: &Sandbox) {
    file_systems_are_encrypted_and_open_to_roles_alone(sandbox);
    no_rule_is_open_to_the_world(sandbox);
    roles_trust_services_on_behalf_of_this_account_alone(sandbox);
    hosts_have_new_metadata_and_encrypted_disks(sandbox);
    logs_end(sandbox);
    tasks_have_two_roles(sandbox);
    apis_ask_who_calls(sandbox);
    https_is_not_old(sandbox);
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn file_systems_are_encrypted_and_open_to_roles_alone(sandbox: &Sandbox) {
    let efs = &sandbox.aws.efs;
    let found = efs.describe_file_systems().send().wait().unwrap();
    let tagged = |file_system: &&FileSystemDescription| file_system.tags().iter().any(|tag| tag.key() == DEPLOYMENT);
    for file_system in found.file_systems().iter().filter(tagged) {
        assert_eq!(file_system.encrypted(), Some(true), "{file_system:?}");
        let policy = efs
            .describe_file_system_policy()
            .file_system_id(file_system.file_system_id());
        let policy = json(policy.send().wait().unwrap().policy().unwrap());
        let statements = policy["Statement"].as_array().unwrap();
        let encrypts = |statement: &Value| {
            statement["Effect"] == "Deny"
                && statement["Condition"]["Bool"]["aws:SecureTransport"]
                    .to_string()
                    .contains("false")
        };
        assert!(statements.iter().any(encrypts), "in transit: {policy}");
        for allowing in statements.iter().filter(|statement| statement["Effect"] == "Allow") {
            assert!(allowing["Principal"].to_string().contains(":role/"), "{policy}");
        }
    }
}

fn no_rule_is_open_to_the_world(sandbox: &Sandbox) {
    let groups = sandbox.aws.ec2.describe_security_groups().send().wait().unwrap();
    for group in groups
        .security_groups()
        .iter()
        .filter(|group| group.tags().iter().any(|tag| tag.key() == Some(DEPLOYMENT)))
    {
        for rule in group.ip_permissions() {
            let open = rule
                .ip_ranges()
                .iter()
                .any(|range| range.cidr_ip() == Some("0.0.0.0/0"));
            let open6 = rule.ipv6_ranges().iter().any(|range| range.cidr_ipv6() == Some("::/0"));
            assert!(!open && !open6, "{group:?}");
        }
    }
}

fn roles_trust_services_on_behalf_of_this_account_alone(sandbox: &Sandbox) {
    let iam = &sandbox.aws.iam;
    let roles = iam.list_roles().send().wait().unwrap();
    for role in roles.roles() {
        let role = iam
            .get_role()
            .role_name(role.role_name())
            .send()
            .wait()
            .unwrap()
            .role
            .unwrap();
        if !role.tags().iter().any(|tag| tag.key() == DEPLOYMENT) {
            continue;
        }
        let trust = decoded(role.assume_role_policy_document().unwrap());
        // EC2 does not say on whose behalf it assumes a role.
        if !trust.contains("ec2.amazonaws.com") {
            assert!(
                trust.contains("aws:SourceAccount") && trust.contains("aws:SourceArn"),
                "{trust}"
            );
        }
        let inline = iam
            .list_role_policies()
            .role_name(role.role_name())
            .send()
            .wait()
            .unwrap();
        for name in inline.policy_names() {
            let policy = iam
                .get_role_policy()
                .role_name(role.role_name())
                .policy_name(name)
                .send()
                .wait()
                .unwrap();
            let policy = decoded(policy.policy_document());
            assert!(
                !policy.contains(r#""Resource":["*"]"#) && !policy.contains(r#""Resource":"*""#),
                "{policy}"
            );
        }
    }
}

/// A document as IAM gives it: URL-encoded, or not by the stand-in.
fn decoded(text: &str) -> String {
    text.replace("%22", "\"")
        .replace("%3A", ":")
        .replace("%2A", "*")
        .replace("%5B", "[")
        .replace("%5D", "]")
}

fn hosts_have_new_metadata_and_encrypted_disks(sandbox: &Sandbox) {
    let ec2 = &sandbox.aws.ec2;
    for template in ec2
        .describe_launch_template_versions()
        .versions("$Latest")
        .send()
        .wait()
        .unwrap()
        .launch_template_versions()
    {
        let data = template.launch_template_data().unwrap();
        let metadata = data.metadata_options().and_then(|options| options.http_tokens());
        assert_eq!(metadata, Some(&LaunchTemplateHttpTokensState::Required), "{template:?}");
        let encrypted = data
            .block_device_mappings()
            .iter()
            .all(|disk| disk.ebs().and_then(LaunchTemplateEbsBlockDevice::encrypted) == Some(true));
        assert!(encrypted && !data.block_device_mappings().is_empty(), "{template:?}");
    }
    let instances = ec2.describe_instances().send().wait().unwrap();
    for instance in instances.reservations().iter().flat_map(Reservation::instances) {
        let metadata = instance.metadata_options().and_then(|options| options.http_tokens());
        assert_eq!(metadata, Some(&HttpTokensState::Required), "{instance:?}");
    }
    for volume in ec2.describe_volumes().send().wait().unwrap().volumes() {
        assert_eq!(volume.encrypted(), Some(true), "{volume:?}");
    }
}

fn logs_end(sandbox: &Sandbox) {
    for group in sandbox
        .aws
        .logs
        .describe_log_groups()
        .send()
        .wait()
        .unwrap()
        .log_groups()
        .iter()
        .filter(|group| group.log_group_name().is_some_and(|name| !name.starts_with("/own/")))
    {
        assert!(group.retention_in_days().is_some(), "{group:?}");
    }
}

fn tasks_have_two_roles(sandbox: &Sandbox) {
    let ecs = &sandbox.aws.ecs;
    for arn in ecs
        .list_task_definitions()
        .send()
        .wait()
        .unwrap()
        .task_definition_arns()
    {
        let found = ecs
            .describe_task_definition()
            .task_definition(arn)
            .send()
            .wait()
            .unwrap();
        let found = found.task_definition().unwrap();
        assert_ne!(found.task_role_arn(), found.execution_role_arn());
        assert!(found.task_role_arn().is_some() && found.execution_role_arn().is_some());
    }
}

fn apis_ask_who_calls(sandbox: &Sandbox) {
    let gateway = &sandbox.aws.apigatewayv2;
    for api in gateway.get_apis().send().wait().unwrap().items() {
        let routes = gateway
            .get_routes()
            .api_id(api.api_id().unwrap())
            .send()
            .wait()
            .unwrap();
        for route in routes.items() {
            let asks = route.authorization_type().is_some_and(|kind| kind.as_str() != "NONE");
            assert!(asks, "{route:?}");
        }
    }
}

fn https_is_not_old(sandbox: &Sandbox) {
    let elb = &sandbox.aws.elbv2;
    for balancer in elb.describe_load_balancers().send().wait().unwrap().load_balancers() {
        let listeners = elb
            .describe_listeners()
            .load_balancer_arn(balancer.load_balancer_arn().unwrap());
        let listeners = listeners.send().wait().unwrap();
        let https = |listener: &&Listener| listener.protocol() == Some(&ProtocolEnum::Https);
        for listener in listeners.listeners().iter().filter(https) {
            // Of these, none speaks less than TLS 1.2. Source: Elastic Load Balancing, *Security policies*.
            let new = ["ELBSecurityPolicy-TLS13-1-2-", "ELBSecurityPolicy-TLS13-1-3-"];
            let policy = listener.ssl_policy().unwrap();
            assert!(new.iter().any(|new| policy.starts_with(new)), "{listener:?}");
        }
    }
}
