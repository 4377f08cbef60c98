//! The vendor's guide against what ECS has: the defaults are the guide's own.

use std::collections::BTreeSet;

use super::view::{ADDRESS, LICENSED, deployment};
use crate::harness::{Captured, Sandbox, Wait, guide};

const GUIDE: &str = include_str!("../guides/private-ai-ecs-manual-deployment-guide.txt");

/// Fields whose values the guide leaves to its reader, and names that are ours.
const OURS_TO_NAME: [&str; 11] = [
    "/containerDefinitions/0/image",
    "/containerDefinitions/0/logConfiguration/options/awslogs-group",
    "/containerDefinitions/0/logConfiguration/options/awslogs-stream-prefix",
    "/containerDefinitions/0/mountPoints/0/sourceVolume",
    "/containerDefinitions/0/name",
    "/containerDefinitions/0/portMappings/0/name",
    "/executionRoleArn",
    "/family",
    "/taskRoleArn",
    "/volumes/0/efsVolumeConfiguration/fileSystemId",
    "/volumes/0/name",
];

/// What the guide's task definition has and ours has not, and why.
const LEFT_OUT: [(&str, &str); 1] = [(
    "/containerDefinitions/0/logConfiguration/options/awslogs-create-group",
    "the log group is a part of the deployment, so the container's role needs no permission to make one",
)];

/// What we add to the guide's task definition, and why. A prefix stands for all fields below it.
const ADDED: [(&str, &str); 5] = [
    (
        "/containerDefinitions/1",
        "the container that writes the licence, instead of an editor on a bastion",
    ),
    (
        "/containerDefinitions/0/dependsOn",
        "the product starts once its licence is there",
    ),
    ("/containerDefinitions/0/stopTimeout", "time to finish requests"),
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
const REPORTED_BY_ECS: [&str; 11] = [
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
    "/containerDefinitions/0/volumesFrom",
];

#[test]
fn with_the_licence_on_efs_the_task_definition_is_the_guides() {
    let sandbox = Sandbox::new();
    let on_efs = LICENSED.replace("content_wo_version = 1", "content_wo_version = 1\n    on = \"efs\"");
    sandbox.apply(&deployment(&sandbox, &on_efs));
    let state = sandbox.state(ADDRESS);

    let captured = Captured::default();
    let arn = state.text("task_definition_arn");
    let call = sandbox.aws.ecs.describe_task_definition().task_definition(arn);
    call.customize().interceptor(captured.clone()).send().wait().unwrap();
    let actual = guide::scalars(&captured.answer()["taskDefinition"]);
    let shown = guide::task_definition(GUIDE, "This is a sample of the container definition.");
    let expected = guide::scalars(&shown);
    assert!(expected.len() > 30, "the guide's example was read whole: {expected:?}");

    let reported = |field: &str| REPORTED_BY_ECS.iter().any(|prefix| field.starts_with(prefix));
    let left_out = |field: &str| LEFT_OUT.iter().any(|(name, _)| *name == field);
    for (field, value) in expected.iter().filter(|(field, _)| !reported(field)) {
        if left_out(field) {
            assert!(!actual.contains_key(field), "{field} is there after all");
        } else if OURS_TO_NAME.contains(&field.as_str()) {
            assert!(actual.contains_key(field), "{field} is missing");
        } else {
            assert_eq!(actual.get(field), Some(value), "{field}");
        }
    }
    let added = |field: &str| ADDED.iter().any(|(prefix, _)| field.starts_with(prefix));
    let unexplained: BTreeSet<_> = actual
        .keys()
        .filter(|field| !expected.contains_key(*field) && !added(field) && !reported(field))
        .collect();
    assert!(
        unexplained.is_empty(),
        "neither in the guide nor explained here: {unexplained:?}"
    );

    assert_eq!(actual["/containerDefinitions/0/image"], state.text("image"));
    assert_eq!(
        actual["/volumes/0/efsVolumeConfiguration/fileSystemId"],
        state.text("file_system_id")
    );
    assert_eq!(actual["/taskRoleArn"], state.text("task_role_arn"));
    assert_eq!(actual["/executionRoleArn"], state.text("execution_role_arn"));
    sandbox.destroy();
}
