//! Updates of what runs: each is a new revision of the task definition.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::ContainerDefinition;

use super::updates::{Change, each_comes_and_goes};
use super::view::{ADDRESS, deployment, task_definition};
use crate::harness::{Sandbox, Wait};

fn container(sandbox: &Sandbox) -> ContainerDefinition {
    task_definition(sandbox).container_definitions()[0].clone()
}

fn size(sandbox: &Sandbox) -> (String, String) {
    let definition = task_definition(sandbox);
    (
        definition.cpu().unwrap().to_owned(),
        definition.memory().unwrap().to_owned(),
    )
}

fn environment(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    container(sandbox)
        .environment()
        .iter()
        .map(|pair| (text(pair.name()), text(pair.value())))
        .collect()
}

fn secrets(sandbox: &Sandbox) -> BTreeMap<String, String> {
    container(sandbox)
        .secrets()
        .iter()
        .map(|pair| (pair.name().to_owned(), pair.value_from().to_owned()))
        .collect()
}

#[test]
fn image_and_size_change_in_place_and_back() {
    let guides_image = crate::harness::guide::task_definition(
        include_str!("../guides/thatdot-anomaly-detector-configuration-guide.txt"),
        "An example task definition is available here",
    )["containerDefinitions"][0]["image"]
        .as_str()
        .map(str::to_owned);
    each_comes_and_goes(
        "  persistence {}",
        &[
            &Change {
                set: "image = \"example.com/novelty:v1\"",
                shown: |sandbox| container(sandbox).image().map(str::to_owned),
                with: Some("example.com/novelty:v1".to_owned()),
                without: guides_image,
            },
            &Change {
                set: "cpu = 4096\n  memory = 8192",
                shown: size,
                with: ("4096".to_owned(), "8192".to_owned()),
                without: ("2048".to_owned(), "6144".to_owned()),
            },
            &Change {
                set: "ephemeral_storage_gib = 50",
                shown: |sandbox| {
                    task_definition(sandbox)
                        .ephemeral_storage()
                        .map(aws_sdk_ecs::types::EphemeralStorage::size_in_gib)
                },
                with: Some(50),
                without: None,
            },
        ],
    );
}

#[test]
fn environment_and_stop_timeout_change_in_place_and_back() {
    each_comes_and_goes(
        "",
        &[
            &Change {
                set: "environment = {\n    JAVA_OPTS = \"-Xmx4g\"\n    EMPTY = \"\"\n  }",
                shown: environment,
                with: [
                    ("JAVA_OPTS".to_owned(), "-Xmx4g".to_owned()),
                    ("EMPTY".to_owned(), String::new()),
                ]
                .into(),
                without: BTreeMap::new(),
            },
            &Change {
                set: "stop_timeout = 30",
                shown: |sandbox| container(sandbox).stop_timeout(),
                with: Some(30),
                without: Some(120),
            },
        ],
    );
}

#[test]
fn secrets_come_and_go_in_place_and_the_execution_role_may_read_just_them() {
    let mut sandbox = Sandbox::new();
    let secret = sandbox.stand_in.secret();
    sandbox.take_as_found();
    let role_policies = || {
        let state = sandbox.state(ADDRESS);
        let role = state.text("execution_role_arn").rsplit('/').next().unwrap().to_owned();
        let iam = &sandbox.aws.iam;
        let names = iam
            .list_role_policies()
            .role_name(&role)
            .send()
            .wait()
            .unwrap()
            .policy_names()
            .to_vec();
        let policy = |name| {
            iam.get_role_policy()
                .role_name(&role)
                .policy_name(name)
                .send()
                .wait()
                .unwrap()
        };
        names
            .iter()
            .map(|name| policy(name).policy_document().to_owned())
            .collect::<Vec<_>>()
    };
    sandbox.apply(&deployment(&sandbox, ""));
    assert!(role_policies().is_empty());

    sandbox.apply(&deployment(
        &sandbox,
        &format!("  secrets = {{ API_KEY = \"{secret}\" }}"),
    ));
    assert_eq!(secrets(&sandbox), [("API_KEY".to_owned(), secret.clone())].into());
    let policies = role_policies();
    assert_eq!(policies.len(), 1);
    assert!(policies[0].replace("%3A", ":").contains(&secret), "{policies:?}");

    sandbox.apply(&deployment(&sandbox, ""));
    assert!(secrets(&sandbox).is_empty() && role_policies().is_empty());
    sandbox.destroy();
}
