//! Who reaches what: the security groups' rules, and what guards the load balancer.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::Filter;
use aws_sdk_wafv2::types::{AllowAction, DefaultAction, Scope, VisibilityConfig};

use super::view::{ADDRESS, LICENSED, deployment, id_of};
use crate::harness::{Attributes, Sandbox, Wait};

/// The rules of a part's group, as `in 8080 from GROUP` with the names of the deployment's parts.
fn rules(sandbox: &Sandbox, state: &Attributes, part: &str) -> BTreeSet<String> {
    let of_group = Filter::builder().name("group-id").values(id_of(state, part)).build();
    let found = sandbox.aws.ec2.describe_security_group_rules().filters(of_group);
    let found = found.send().wait().unwrap();
    let name = |id: &str| {
        let groups = state.keys("components").into_iter();
        let mut groups = groups.filter_map(|key| Some((key, key.strip_prefix("security_group_")?)));
        let found = groups.find(|(key, name)| !name.starts_with("egress") && id_of(state, key) == id);
        found.map_or(id, |(_, name)| name).to_owned()
    };
    let told = found.security_group_rules().iter().map(|rule| {
        let peer = rule
            .referenced_group_info()
            .and_then(|group| group.group_id())
            .map(name);
        let peer = peer.or_else(|| rule.cidr_ipv4().map(str::to_owned)).unwrap();
        let ports = match rule.from_port() {
            Some(number) if number >= 0 => number.to_string(),
            _ => "all".to_owned(),
        };
        if rule.is_egress().unwrap() {
            format!("out {ports} to {peer}")
        } else {
            format!("in {ports} from {peer}")
        }
    });
    told.collect()
}

fn set(rules: &[&str]) -> BTreeSet<String> {
    rules.iter().map(|rule| (*rule).to_owned()).collect()
}

#[test]
fn the_groups_have_the_guides_rules_and_change_in_place() {
    let sandbox = Sandbox::new();
    let with = |top: &str, capacity: &str, balancer: &str| {
        let bastion = "bastion { ingress_cidr_blocks = [\"203.0.113.4/32\"] }";
        let on_efs = LICENSED.replace("= 1\n", "= 1\n    on = \"efs\"\n");
        let body =
            format!("{on_efs}\n  {top}\n  capacity {{ {capacity} }}\n  load_balancer {{ {balancer} }}\n  {bastion}");
        deployment(&sandbox, &body)
    };
    sandbox.apply(&with("", "", ""));
    let state = sandbox.state(ADDRESS);
    assert_eq!(
        rules(&sandbox, &state, "security_group_bastion"),
        set(&["in 22 from 203.0.113.4/32", "out all to 0.0.0.0/0"])
    );
    assert_eq!(
        rules(&sandbox, &state, "security_group_service"),
        set(&[
            "in 8080 from load_balancer",
            "in 8080 from bastion",
            "in 22 from bastion",
            "out all to 0.0.0.0/0"
        ])
    );
    assert_eq!(
        rules(&sandbox, &state, "security_group_load_balancer"),
        set(&["in 80 from 10.0.0.0/16", "out 8080 to service"])
    );
    assert_eq!(
        rules(&sandbox, &state, "security_group_nfs"),
        set(&["in 2049 from service", "in 2049 from bastion"])
    );

    let narrow = "egress_cidr_blocks = [\"0.0.0.0/1\", \"128.0.0.0/2\"]";
    sandbox.apply(&with(
        narrow,
        "ssh_from = \"vpc\"",
        "ingress_cidr_blocks = [\"10.0.1.0/24\"]",
    ));
    let after = sandbox.state(ADDRESS);
    assert_eq!(
        rules(&sandbox, &after, "security_group_service"),
        set(&[
            "in 8080 from load_balancer",
            "in 8080 from bastion",
            "in 22 from 10.0.0.0/16",
            "out all to 0.0.0.0/1",
            "out all to 128.0.0.0/2",
        ])
    );
    assert_eq!(
        rules(&sandbox, &after, "security_group_load_balancer"),
        set(&["in 80 from 10.0.1.0/24", "out 8080 to service"])
    );
    for part in ["security_group_service", "security_group_load_balancer", "ecs_service"] {
        assert_eq!(id_of(&state, part), id_of(&after, part), "{part} was to stay");
    }
    sandbox.destroy();
}

#[test]
fn a_load_balancer_is_guarded_logs_and_is_protected_on_request_and_goes_nevertheless() {
    let mut sandbox = Sandbox::new();
    let visibility = VisibilityConfig::builder()
        .sampled_requests_enabled(false)
        .cloud_watch_metrics_enabled(false)
        .metric_name("guard");
    let made = sandbox.aws.wafv2.create_web_acl().name("guard").scope(Scope::Regional);
    let made = made
        .default_action(DefaultAction::builder().allow(AllowAction::builder().build()).build())
        .visibility_config(visibility.build().unwrap());
    let made = made.send().wait().unwrap();
    let guard = made.summary().unwrap().arn().unwrap().to_owned();
    sandbox.take_as_found();
    let with = |settings: &str| {
        deployment(
            &sandbox,
            &format!("{LICENSED}\n  fargate {{}}\n  load_balancer {{\n{settings}\n  }}"),
        )
    };
    let attribute = |name: &str| {
        let arn = sandbox.state(ADDRESS).text("load_balancer_arn").to_owned();
        let asked = sandbox
            .aws
            .elbv2
            .describe_load_balancer_attributes()
            .load_balancer_arn(arn);
        let told = asked.send().wait().unwrap();
        let found = told.attributes().iter().find(|attribute| attribute.key() == Some(name));
        found
            .and_then(|attribute| attribute.value())
            .unwrap_or_default()
            .to_owned()
    };
    let guarded = || {
        let listed = sandbox.aws.wafv2.list_resources_for_web_acl().web_acl_arn(&guard);
        listed.send().wait().unwrap().resource_arns().len()
    };
    let all = format!(
        "web_acl_arn = \"{guard}\"\ndeletion_protection = true\naccess_logs {{\n bucket = \"own-logs\"\n prefix = \"deid\"\n}}"
    );
    sandbox.apply(&with(&all));
    let first = sandbox.state(ADDRESS).text("load_balancer_arn").to_owned();
    assert_eq!(guarded(), 1);
    assert_eq!(attribute("deletion_protection.enabled"), "true");
    assert_eq!(
        [
            attribute("access_logs.s3.enabled"),
            attribute("access_logs.s3.bucket"),
            attribute("access_logs.s3.prefix")
        ],
        ["true", "own-logs", "deid"]
    );

    sandbox.apply(&with(""));
    assert_eq!(
        sandbox.state(ADDRESS).text("load_balancer_arn"),
        first,
        "changed in place"
    );
    assert_eq!(guarded(), 0);
    assert_eq!(attribute("deletion_protection.enabled"), "false");
    assert_eq!(attribute("access_logs.s3.enabled"), "false");

    sandbox.apply(&with(&all));
    sandbox.destroy();
}
