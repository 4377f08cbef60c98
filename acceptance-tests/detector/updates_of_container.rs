//! Updates of what runs: each is a new revision of the task definition.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::ContainerDefinition;

use super::updates::{Change, each_comes_and_goes};
use super::view::task_definition;
use crate::harness::Sandbox;

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

const SECRET: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf";

#[test]
fn image_and_size_change_in_place_and_back() {
    let guides_image = crate::harness::guide::task_definition(include_str!(
        "../guides/thatdot-anomaly-detector-configuration-guide.txt"
    ))["containerDefinitions"][0]["image"]
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
fn environment_secrets_and_stop_timeout_change_in_place_and_back() {
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
                set: "secrets = {\n    API_KEY = \"arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf\"\n  }",
                shown: secrets,
                with: [("API_KEY".to_owned(), SECRET.to_owned())].into(),
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
