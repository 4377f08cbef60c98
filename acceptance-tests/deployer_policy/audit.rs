//! What an auditor looks for in whatever stands of ours: what carries the tag of a deployment.

use aws_sdk_ec2::types::{
    HttpTokensState, LaunchTemplateEbsBlockDevice, LaunchTemplateHttpTokensState, Reservation,
    ResponseLaunchTemplateData,
};
use aws_sdk_ecs::types::{EfsAuthorizationConfigIam, EfsTransitEncryption, TaskDefinition};
use aws_sdk_efs::types::FileSystemDescription;
use aws_sdk_elasticloadbalancingv2::types::{Listener, ProtocolEnum};
use aws_sdk_iam::types::Role;
use serde_json::Value;

use crate::harness::{Sandbox, Wait};

/// The tag that whatever is ours carries.
const DEPLOYMENT: &str = "thatdot:deployment";

/// What an auditor looks at: fails the test where something would not pass, and tells how many things there were to look at.
pub type Look = fn(&Sandbox) -> usize;

/// Fails the test where something that stands would not pass.
pub fn passes(sandbox: &Sandbox) {
    let looks: [Look; 11] = [
        file_systems_are_encrypted_at_rest,
        file_systems_are_mounted_encrypted_and_by_roles_alone,
        no_rule_is_open_to_the_world,
        roles_trust_services_on_behalf_of_this_account_alone,
        inline_policies_name_what_they_are_about,
        hosts_have_new_metadata,
        disks_are_encrypted,
        logs_end,
        tasks_have_two_roles,
        apis_ask_who_calls,
        https_is_not_old,
    ];
    for look in looks {
        look(sandbox);
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The file systems of ours.
fn file_systems(sandbox: &Sandbox) -> Vec<FileSystemDescription> {
    let found = sandbox.aws.efs.describe_file_systems().send().wait().unwrap();
    let mut found = found.file_systems().to_vec();
    found.retain(|file_system| file_system.tags().iter().any(|tag| tag.key() == DEPLOYMENT));
    found
}

/// Files are encrypted where they lie.
pub fn file_systems_are_encrypted_at_rest(sandbox: &Sandbox) -> usize {
    let found = file_systems(sandbox);
    for file_system in &found {
        assert_eq!(file_system.encrypted(), Some(true), "{file_system:?}");
    }
    found.len()
}

/// A file system's policy admits roles, over TLS, and nobody else; and that is how tasks mount it.
pub fn file_systems_are_mounted_encrypted_and_by_roles_alone(sandbox: &Sandbox) -> usize {
    let found = file_systems(sandbox);
    for file_system in &found {
        let policy = sandbox.aws.efs.describe_file_system_policy();
        let policy = policy.file_system_id(file_system.file_system_id());
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
    for definition in task_definitions(sandbox) {
        let volumes = definition.volumes().iter();
        for mounted in volumes.filter_map(|volume| volume.efs_volume_configuration()) {
            assert_eq!(
                mounted.transit_encryption(),
                Some(&EfsTransitEncryption::Enabled),
                "{mounted:?}"
            );
            let by_role = mounted.authorization_config().and_then(|config| config.iam());
            assert_eq!(by_role, Some(&EfsAuthorizationConfigIam::Enabled), "{mounted:?}");
        }
    }
    found.len()
}

/// Nobody is let in from everywhere.
pub fn no_rule_is_open_to_the_world(sandbox: &Sandbox) -> usize {
    let groups = sandbox.aws.ec2.describe_security_groups().send().wait().unwrap();
    let ours = groups.security_groups().iter();
    let ours = ours.filter(|group| group.tags().iter().any(|tag| tag.key() == Some(DEPLOYMENT)));
    let mut seen = 0;
    for group in ours {
        seen += 1;
        for rule in group.ip_permissions() {
            let mut ranges = rule.ip_ranges().iter();
            let open = ranges.any(|range| range.cidr_ip() == Some("0.0.0.0/0"));
            let open6 = rule.ipv6_ranges().iter().any(|range| range.cidr_ipv6() == Some("::/0"));
            assert!(!open && !open6, "{group:?}");
        }
    }
    seen
}

/// The roles of ours.
fn roles(sandbox: &Sandbox) -> Vec<Role> {
    let iam = &sandbox.aws.iam;
    let names = iam.list_roles().send().wait().unwrap();
    let whole = names.roles().iter().map(|role| {
        let found = iam.get_role().role_name(role.role_name()).send().wait().unwrap();
        found.role.unwrap()
    });
    whole
        .filter(|role| role.tags().iter().any(|tag| tag.key() == DEPLOYMENT))
        .collect()
}

/// A service assumes a role for resources of this account, not for others whom it serves.
pub fn roles_trust_services_on_behalf_of_this_account_alone(sandbox: &Sandbox) -> usize {
    let found = roles(sandbox);
    for role in &found {
        let trust = decoded(role.assume_role_policy_document().unwrap());
        // EC2 does not say on whose behalf it assumes a role.
        if !trust.contains("ec2.amazonaws.com") {
            assert!(
                trust.contains("aws:SourceAccount") && trust.contains("aws:SourceArn"),
                "{trust}"
            );
        }
    }
    found.len()
}

/// No inline policy is about anything whatever.
pub fn inline_policies_name_what_they_are_about(sandbox: &Sandbox) -> usize {
    let iam = &sandbox.aws.iam;
    let mut seen = 0;
    for role in roles(sandbox) {
        let inline = iam.list_role_policies().role_name(role.role_name());
        for name in inline.send().wait().unwrap().policy_names() {
            seen += 1;
            let policy = iam.get_role_policy().role_name(role.role_name()).policy_name(name);
            let policy = decoded(policy.send().wait().unwrap().policy_document());
            assert!(
                !policy.contains(r#""Resource":["*"]"#) && !policy.contains(r#""Resource":"*""#),
                "{policy}"
            );
        }
    }
    seen
}

/// A document as IAM gives it: URL-encoded, or not by the stand-in.
fn decoded(text: &str) -> String {
    text.replace("%22", "\"")
        .replace("%3A", ":")
        .replace("%2A", "*")
        .replace("%5B", "[")
        .replace("%5D", "]")
}

/// Hosts, and those that a template is for, give out credentials by version 2 of the metadata service alone.
pub fn hosts_have_new_metadata(sandbox: &Sandbox) -> usize {
    let templates = templates(sandbox);
    for template in &templates {
        let metadata = template.metadata_options().and_then(|options| options.http_tokens());
        assert_eq!(metadata, Some(&LaunchTemplateHttpTokensState::Required), "{template:?}");
    }
    let instances = sandbox.aws.ec2.describe_instances().send().wait().unwrap();
    let instances: Vec<_> = instances
        .reservations()
        .iter()
        .flat_map(Reservation::instances)
        .collect();
    for instance in &instances {
        let metadata = instance.metadata_options().and_then(|options| options.http_tokens());
        assert_eq!(metadata, Some(&HttpTokensState::Required), "{instance:?}");
    }
    templates.len() + instances.len()
}

/// The disks of hosts, and of those that a template is for, are encrypted.
pub fn disks_are_encrypted(sandbox: &Sandbox) -> usize {
    let templates = templates(sandbox);
    for template in &templates {
        let disks = template.block_device_mappings();
        let encrypted = disks
            .iter()
            .all(|disk| disk.ebs().and_then(LaunchTemplateEbsBlockDevice::encrypted) == Some(true));
        assert!(encrypted && !disks.is_empty(), "{template:?}");
    }
    let volumes = sandbox.aws.ec2.describe_volumes().send().wait().unwrap();
    for volume in volumes.volumes() {
        assert_eq!(volume.encrypted(), Some(true), "{volume:?}");
    }
    templates.len() + volumes.volumes().len()
}

/// What hosts are made from.
fn templates(sandbox: &Sandbox) -> Vec<ResponseLaunchTemplateData> {
    let found = sandbox.aws.ec2.describe_launch_template_versions().versions("$Latest");
    let found = found.send().wait().unwrap();
    let data = found.launch_template_versions().iter().cloned();
    data.filter_map(|version| version.launch_template_data).collect()
}

/// No log is kept for ever.
pub fn logs_end(sandbox: &Sandbox) -> usize {
    let found = sandbox.aws.logs.describe_log_groups().send().wait().unwrap();
    let ours = found.log_groups().iter();
    let ours = ours.filter(|group| group.log_group_name().is_some_and(|name| !name.starts_with("/own/")));
    let mut seen = 0;
    for group in ours {
        seen += 1;
        assert!(group.retention_in_days().is_some(), "{group:?}");
    }
    seen
}

/// Every revision that may run.
fn task_definitions(sandbox: &Sandbox) -> Vec<TaskDefinition> {
    let ecs = &sandbox.aws.ecs;
    let arns = ecs.list_task_definitions().send().wait().unwrap();
    let found = arns.task_definition_arns().iter().map(|arn| {
        let found = ecs.describe_task_definition().task_definition(arn);
        found.send().wait().unwrap().task_definition.unwrap()
    });
    found.collect()
}

/// What a container may do is not what starting it takes.
pub fn tasks_have_two_roles(sandbox: &Sandbox) -> usize {
    let found = task_definitions(sandbox);
    for definition in &found {
        assert_ne!(definition.task_role_arn(), definition.execution_role_arn());
        assert!(definition.task_role_arn().is_some() && definition.execution_role_arn().is_some());
    }
    found.len()
}

/// No route of an HTTP API answers to who does not say who he is.
pub fn apis_ask_who_calls(sandbox: &Sandbox) -> usize {
    let gateway = &sandbox.aws.apigatewayv2;
    let mut seen = 0;
    for api in gateway.get_apis().send().wait().unwrap().items() {
        let routes = gateway.get_routes().api_id(api.api_id().unwrap());
        for route in routes.send().wait().unwrap().items() {
            seen += 1;
            let asks = route.authorization_type().is_some_and(|kind| kind.as_str() != "NONE");
            assert!(asks, "{route:?}");
        }
    }
    seen
}

/// HTTPS is spoken by TLS 1.2 or later.
pub fn https_is_not_old(sandbox: &Sandbox) -> usize {
    let elb = &sandbox.aws.elbv2;
    let mut seen = 0;
    for balancer in elb.describe_load_balancers().send().wait().unwrap().load_balancers() {
        let listeners = elb
            .describe_listeners()
            .load_balancer_arn(balancer.load_balancer_arn().unwrap());
        let listeners = listeners.send().wait().unwrap();
        let https = |listener: &&Listener| listener.protocol() == Some(&ProtocolEnum::Https);
        for listener in listeners.listeners().iter().filter(https) {
            seen += 1;
            // Of these, none speaks less than TLS 1.2. Source: Elastic Load Balancing, *Security policies*.
            let new = ["ELBSecurityPolicy-TLS13-1-2-", "ELBSecurityPolicy-TLS13-1-3-"];
            let policy = listener.ssl_policy().unwrap();
            assert!(new.iter().any(|new| policy.starts_with(new)), "{listener:?}");
        }
    }
    seen
}
