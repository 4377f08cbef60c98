//! The vendor's guide against what ECS has: the defaults are the guide's own.

use std::collections::BTreeSet;

use super::view::{ADDRESS, deployment};
use crate::harness::{Captured, Sandbox, Wait, guide};

const GUIDE: &str = include_str!("../guides/thatdot-anomaly-detector-configuration-guide.txt");

/// Fields whose values the guide leaves to its reader, and names that are ours.
const OURS_TO_NAME: [&str; 4] = [
    "/family",
    "/executionRoleArn",
    "/taskRoleArn",
    "/volumes/0/efsVolumeConfiguration/fileSystemId",
];

/// What we add to the guide's task definition, and why. A prefix stands for all fields below it.
const ADDED: [(&str, &str); 6] = [
    (
        "/containerDefinitions/0/portMappings",
        "the port of user interface and API, which the guide opens in the security group",
    ),
    (
        "/containerDefinitions/0/logConfiguration",
        "the container's logs are kept in a log group",
    ),
    (
        "/containerDefinitions/0/stopTimeout",
        "time to write its state when it stops",
    ),
    ("/containerDefinitions/0/essential", "ECS's own default, said aloud"),
    (
        "/volumes/0/efsVolumeConfiguration/transitEncryption",
        "the volume's policy admits only TLS",
    ),
    (
        "/volumes/0/efsVolumeConfiguration/authorizationConfig",
        "the volume's policy admits only the task's role",
    ),
];

/// What ECS itself reports of every revision.
const REPORTED_BY_ECS: [&str; 13] = [
    "/taskDefinitionArn",
    "/revision",
    "/status",
    "/registeredAt",
    "/registeredBy",
    "/requiresAttributes",
    "/compatibilities",
    "/placementConstraints",
    "/containerDefinitions/0/cpu",
    "/containerDefinitions/0/environment",
    "/containerDefinitions/0/mountPoints/0/readOnly",
    "/containerDefinitions/0/volumesFrom",
    "/volumes/0/efsVolumeConfiguration/rootDirectory",
];

#[test]
fn with_the_defaults_the_task_definition_is_the_guides() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, "  persistence {}"));
    let state = sandbox.state(ADDRESS);

    let captured = Captured::default();
    let arn = state.text("task_definition_arn");
    let call = sandbox.aws.ecs.describe_task_definition().task_definition(arn);
    call.customize().interceptor(captured.clone()).send().wait().unwrap();
    let actual = guide::scalars(&captured.answer()["taskDefinition"]);
    let shown = guide::task_definition(GUIDE, "An example task definition is available here");
    let expected = guide::scalars(&shown);
    assert!(expected.len() > 10, "the guide's example was read whole: {expected:?}");

    for (field, value) in &expected {
        if OURS_TO_NAME.contains(&field.as_str()) {
            assert!(actual.contains_key(field), "{field} is missing");
        } else {
            assert_eq!(actual.get(field), Some(value), "{field}");
        }
    }
    let explained = |field: &str| {
        let added = ADDED.iter().map(|(prefix, _)| *prefix);
        expected.contains_key(field) || added.chain(REPORTED_BY_ECS).any(|prefix| field.starts_with(prefix))
    };
    let unexplained: BTreeSet<_> = actual.keys().filter(|field| !explained(field)).collect();
    assert!(
        unexplained.is_empty(),
        "neither in the guide nor explained here: {unexplained:?}"
    );

    assert_eq!(
        actual["/volumes/0/efsVolumeConfiguration/fileSystemId"],
        state.text("file_system_id")
    );
    assert_eq!(actual["/taskRoleArn"], state.text("task_role_arn"));
    assert_eq!(actual["/executionRoleArn"], state.text("execution_role_arn"));
}
