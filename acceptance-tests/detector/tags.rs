//! Tags: the user's, the provider's default ones, and others'.

use std::collections::BTreeMap;

use super::drift::is_shown_and_repaired;
use super::view::{ADDRESS, REQUIRED, deployment, file_system, id_of, resource, service};
use crate::harness::{Sandbox, Wait};

/// Tags without the ownership ones, of an object of each API that has its own way of tagging.
fn tags_everywhere(sandbox: &Sandbox) -> [(&'static str, BTreeMap<String, String>); 5] {
    let state = sandbox.state(ADDRESS);
    let plain = |pairs: Vec<(Option<&str>, Option<&str>)>| -> BTreeMap<String, String> {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let pairs = pairs.into_iter().map(|(key, value)| (text(key), text(value)));
        pairs
            .filter(|(key, _)| !key.starts_with("thatdot:") && key != "Name")
            .collect()
    };
    let aws = &sandbox.aws;
    let group = id_of(&state, "security_group_service");
    let groups = aws
        .ec2
        .describe_security_groups()
        .group_ids(group)
        .send()
        .wait()
        .unwrap();
    let role = aws
        .iam
        .get_role()
        .role_name(state.text("task_role_name"))
        .send()
        .wait()
        .unwrap();
    let account = state.text("cluster_arn").split(':').nth(4).unwrap().to_owned();
    let log_group = format!(
        "arn:aws:logs:us-east-1:{account}:log-group:{}",
        state.text("log_group_name")
    );
    let logs = aws
        .logs
        .list_tags_for_resource()
        .resource_arn(log_group)
        .send()
        .wait()
        .unwrap();
    let logs = logs
        .tags()
        .into_iter()
        .flatten()
        .map(|(key, value)| (Some(key.as_str()), Some(value.as_str())))
        .collect();
    [
        (
            "ecs",
            plain(
                service(sandbox)
                    .tags()
                    .iter()
                    .map(|tag| (tag.key(), tag.value()))
                    .collect(),
            ),
        ),
        (
            "ec2",
            plain(
                groups.security_groups()[0]
                    .tags()
                    .iter()
                    .map(|tag| (tag.key(), tag.value()))
                    .collect(),
            ),
        ),
        (
            "iam",
            plain(
                role.role()
                    .unwrap()
                    .tags()
                    .iter()
                    .map(|tag| (Some(tag.key()), Some(tag.value())))
                    .collect(),
            ),
        ),
        (
            "efs",
            plain(
                file_system(sandbox)
                    .tags()
                    .iter()
                    .map(|tag| (Some(tag.key()), Some(tag.value())))
                    .collect(),
            ),
        ),
        ("logs", plain(logs)),
    ]
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn assert_everywhere(sandbox: &Sandbox, expected: &[(&str, &str)]) {
    for (api, tags) in tags_everywhere(sandbox) {
        assert_eq!(tags, map(expected), "{api}");
    }
}

fn configuration(sandbox: &Sandbox, provider: &str, tags: &str) -> String {
    let body = format!("  persistence {{}}\n  {tags}");
    format!(
        "{REQUIRED}\nprovider \"thatdot\" {{\n{provider}\n}}\n{}",
        resource(sandbox, "this", "fraud", &body)
    )
}

const DEFAULTS: &str =
    "  default_tags {\n    tags = {\n      Environment = \"test\"\n      Team = \"platform\"\n    }\n  }";

#[test]
fn tags_and_default_tags_are_everywhere_change_in_place_and_go_again() {
    let sandbox = Sandbox::new();
    sandbox.apply(&configuration(
        &sandbox,
        DEFAULTS,
        "tags = { Team = \"fraud\", Cost = \"42\" }",
    ));
    assert_everywhere(&sandbox, &[("Cost", "42"), ("Environment", "test"), ("Team", "fraud")]);
    let state = sandbox.state(ADDRESS);
    assert_eq!(state.keys("tags_all"), ["Cost", "Environment", "Team"]);
    let id = state.text("id").to_owned();

    sandbox.apply(&configuration(&sandbox, DEFAULTS, "tags = { Cost = \"43\" }"));
    assert_everywhere(
        &sandbox,
        &[("Cost", "43"), ("Environment", "test"), ("Team", "platform")],
    );

    sandbox.apply(&configuration(&sandbox, "", ""));
    assert_everywhere(&sandbox, &[]);
    assert_eq!(sandbox.state(ADDRESS).text("id"), id);
    sandbox.destroy();
}

#[test]
fn foreign_tags_are_left_alone_and_ours_come_back() {
    let sandbox = Sandbox::new();
    sandbox.apply(&configuration(&sandbox, "", "tags = { Team = \"fraud\" }"));
    let group = id_of(&sandbox.state(ADDRESS), "security_group_service");
    let ec2 = &sandbox.aws.ec2;
    let tag = |key: &str, value: &str| aws_sdk_ec2::types::Tag::builder().key(key).value(value).build();
    ec2.create_tags()
        .resources(&group)
        .tags(tag("CostCentre", "7"))
        .send()
        .wait()
        .unwrap();
    sandbox.assert_settled();
    ec2.create_tags()
        .resources(&group)
        .tags(tag("Team", "nobody"))
        .send()
        .wait()
        .unwrap();
    is_shown_and_repaired(&sandbox, &[("security_group_service", "drifted: tags")]);
    let described = ec2.describe_security_groups().group_ids(&group).send().wait().unwrap();
    let tags = described.security_groups()[0].tags();
    assert!(tags.iter().any(|tag| tag.key() == Some("CostCentre")), "{tags:?}");
    assert!(tags.iter().any(|tag| tag.value() == Some("fraud")), "{tags:?}");
}

#[test]
fn ignored_tags_are_nobodys_drift() {
    let sandbox = Sandbox::new();
    let ignore = "  ignore_tags {\n    keys = [\"Team\"]\n    key_prefixes = [\"audit:\"]\n  }";
    sandbox.apply(&configuration(&sandbox, ignore, ""));
    let group = id_of(&sandbox.state(ADDRESS), "security_group_service");
    for key in ["Team", "audit:seen"] {
        let tag = aws_sdk_ec2::types::Tag::builder().key(key).value("x").build();
        sandbox
            .aws
            .ec2
            .create_tags()
            .resources(&group)
            .tags(tag)
            .send()
            .wait()
            .unwrap();
    }
    sandbox.assert_settled();
    sandbox.apply(&configuration(&sandbox, ignore, "tags = { Cost = \"42\" }"));
    let described = sandbox
        .aws
        .ec2
        .describe_security_groups()
        .group_ids(&group)
        .send()
        .wait()
        .unwrap();
    let keys: Vec<_> = described.security_groups()[0]
        .tags()
        .iter()
        .filter_map(|tag| tag.key())
        .collect();
    assert!(
        keys.contains(&"Team") && keys.contains(&"audit:seen") && keys.contains(&"Cost"),
        "{keys:?}"
    );
}

#[test]
fn tasks_carry_the_services_tags() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, "  tags = { Team = \"fraud\" }"));
    let ecs = &sandbox.aws.ecs;
    let tasks = ecs
        .list_tasks()
        .cluster("fraud")
        .send()
        .wait()
        .unwrap()
        .task_arns()
        .to_vec();
    let answer = ecs.describe_tasks().cluster("fraud").set_tasks(Some(tasks));
    let answer = answer
        .include(aws_sdk_ecs::types::TaskField::Tags)
        .send()
        .wait()
        .unwrap();
    let tags = answer.tasks()[0].tags();
    assert!(
        tags.iter()
            .any(|tag| tag.key() == Some("Team") && tag.value() == Some("fraud")),
        "{tags:?}"
    );
}
