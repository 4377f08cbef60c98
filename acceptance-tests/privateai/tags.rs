//! Tags on the parts that only this resource has: the user's, the provider's default ones, and others'.

use std::collections::BTreeMap;

use aws_sdk_autoscaling::types::Tag as GroupTag;
use aws_sdk_ec2::types::{LaunchTemplateTagSpecification, ResourceType};
use aws_sdk_elasticloadbalancingv2::types::{Tag as BalancerTag, TagDescription};

use super::drift::PRIVATE_AI;
use super::view::{ADDRESS, LICENSED, NAME, deployment, id_of, parts};
use crate::harness::{Sandbox, Wait};

type Tags = BTreeMap<String, String>;

/// The tags that are not the provider's own, nor AWS's, of a part of each API that has its own way of tagging.
fn everywhere(sandbox: &Sandbox) -> Vec<(&'static str, Tags)> {
    let (aws, state) = (&sandbox.aws, sandbox.state(ADDRESS));
    let arn = |key: &str| parts(&state)[key].arn.clone().expect("an ARN");
    let plain = |tags: Vec<(String, String)>| -> Tags {
        let theirs = |name: &str| !name.starts_with("thatdot:") && name != "Name" && name != "AmazonECSManaged";
        tags.into_iter().filter(|(name, _)| theirs(name)).collect()
    };
    let pair = |key: Option<&str>, value: Option<&str>| (key.unwrap().to_owned(), value.unwrap_or_default().to_owned());

    let name = id_of(&state, "auto_scaling_group");
    let groups = aws
        .autoscaling
        .describe_auto_scaling_groups()
        .auto_scaling_group_names(name);
    let groups = groups.send().wait().unwrap();
    let group = groups.auto_scaling_groups()[0]
        .tags()
        .iter()
        .map(|tag| pair(tag.key(), tag.value()));

    let told = aws
        .elbv2
        .describe_tags()
        .resource_arns(arn("load_balancer"))
        .resource_arns(arn("target_group"));
    let told = told.send().wait().unwrap();
    let balancing = told.tag_descriptions().iter().flat_map(TagDescription::tags);
    let balancing = balancing.map(|tag| pair(tag.key(), tag.value()));

    let api = aws
        .apigatewayv2
        .get_api()
        .api_id(id_of(&state, "http_api"))
        .send()
        .wait()
        .unwrap();
    let link = aws.apigatewayv2.get_vpc_link().vpc_link_id(id_of(&state, "vpc_link"));
    let link = link.send().wait().unwrap();
    let gateway = [api.tags(), link.tags()].into_iter().flatten().flatten();
    let gateway = gateway.map(|(key, value)| (key.clone(), value.clone()));

    let secret = aws.secretsmanager.describe_secret().secret_id(arn("secret_license"));
    let secret = secret.send().wait().unwrap();
    let secret = secret.tags().iter().map(|tag| pair(tag.key(), tag.value()));

    let provider = aws.ecs.list_tags_for_resource().resource_arn(arn("capacity_provider"));
    let provider = provider.send().wait().unwrap();
    let provider = provider.tags().iter().map(|tag| pair(tag.key(), tag.value()));

    let template = aws
        .ec2
        .describe_launch_templates()
        .launch_template_ids(id_of(&state, "launch_template"));
    let template = template.send().wait().unwrap();
    let template = template.launch_templates()[0]
        .tags()
        .iter()
        .map(|tag| pair(tag.key(), tag.value()));
    let versions = aws
        .ec2
        .describe_launch_template_versions()
        .launch_template_id(id_of(&state, "launch_template"))
        .versions("$Default");
    let versions = versions.send().wait().unwrap();
    let launched = versions.launch_template_versions()[0].launch_template_data().unwrap();
    let of_disks = launched
        .tag_specifications()
        .iter()
        .filter(|tags| tags.resource_type() == Some(&ResourceType::Volume))
        .flat_map(LaunchTemplateTagSpecification::tags)
        .map(|tag| pair(tag.key(), tag.value()));
    vec![
        ("the hosts' disks", plain(of_disks.collect())),
        ("autoscaling", plain(group.collect())),
        ("elasticloadbalancing", plain(balancing.collect())),
        ("apigateway", plain(gateway.collect())),
        ("secretsmanager", plain(secret.collect())),
        ("ecs", plain(provider.collect())),
        ("ec2", plain(template.collect())),
    ]
}

fn assert_everywhere(sandbox: &Sandbox, expected: &[(&str, &str)]) {
    let expected: Tags = expected
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    for (api, tags) in everywhere(sandbox) {
        assert_eq!(tags, expected, "{api}");
    }
}

#[test]
fn tags_are_everywhere_change_in_place_and_go_again_and_others_tags_stay_theirs() {
    let sandbox = Sandbox::new();
    let text = |provider: &str, tags: &str| {
        let body = format!("{LICENSED}\n  load_balancer {{}}\n  api_gateway {{ authorization = \"NONE\" }}\n  {tags}");
        format!(
            "provider \"thatdot\" {{\n{provider}\n}}\n{}",
            deployment(&sandbox, &body)
        )
    };
    let defaults = "  default_tags {\n    tags = {\n      Environment = \"test\"\n      Team = \"platform\"\n    }\n  }\n  \
                    ignore_tags {\n    key_prefixes = [\"audit:\"]\n  }";
    sandbox.apply(&text(defaults, "tags = { Team = \"privacy\" }"));
    assert_everywhere(&sandbox, &[("Environment", "test"), ("Team", "privacy")]);

    // What others add stays and is no difference; what they change comes back.
    let state = sandbox.state(ADDRESS);
    let group = id_of(&state, "auto_scaling_group");
    let tag = |key: &str, value: &str| {
        let tag = GroupTag::builder()
            .resource_id(&group)
            .resource_type("auto-scaling-group")
            .key(key);
        tag.value(value).propagate_at_launch(false).build()
    };
    let request = sandbox.aws.autoscaling.create_or_update_tags();
    let request = request.tags(tag("audit:seen", "1")).tags(tag("CostCentre", "7"));
    request.send().wait().unwrap();
    sandbox.assert_settled();
    let request = sandbox
        .aws
        .elbv2
        .add_tags()
        .resource_arns(state.text("load_balancer_arn"));
    let theirs = BalancerTag::builder().key("Team").value("nobody").build();
    request.tags(theirs).send().wait().unwrap();
    let request = sandbox
        .aws
        .autoscaling
        .create_or_update_tags()
        .tags(tag("Team", "nobody"));
    request.send().wait().unwrap();
    let drifted = "drifted: tags";
    PRIVATE_AI.is_shown_and_repaired(&sandbox, &[("auto_scaling_group", drifted), ("load_balancer", drifted)]);
    let request = sandbox.aws.autoscaling.delete_tags();
    let request = request.tags(tag("audit:seen", "1")).tags(tag("CostCentre", "7"));
    request.send().wait().unwrap();

    sandbox.apply(&text(defaults, ""));
    assert_everywhere(&sandbox, &[("Environment", "test"), ("Team", "platform")]);
    sandbox.apply(&text("", ""));
    assert_everywhere(&sandbox, &[]);
    assert_eq!(ecs_service_tags(&sandbox), Tags::new());
    sandbox.destroy();
}

fn ecs_service_tags(sandbox: &Sandbox) -> Tags {
    let service = crate::ecs::service(sandbox, NAME);
    let tags = service
        .tags()
        .iter()
        .filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())));
    tags.filter(|(key, _)| !key.starts_with("thatdot:")).collect()
}
