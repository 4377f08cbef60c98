//! Tests of finding the revision that is ours.

use super::*;
use aws::testing::{Answer, Asked, Stage};
use engine::Input;

fn wanted() -> EcsTaskDefinition {
    EcsTaskDefinition {
        family: "demo".into(),
        compatibility: Input::Unknown,
        architecture: Input::Unknown,
        cpu: Input::Unknown,
        memory: Input::Unknown,
        ephemeral_storage_gib: Input::Unknown,
        task_role: Input::Unknown,
        execution_role: Input::Unknown,
        containers: Input::Unknown,
        volumes: Input::Unknown,
    }
}

/// A family of the revisions 7, 6, and 5, of which one carries the deployment's tags.
fn family(asked: &Asked, ours: u32) -> Answer {
    let arn = |number: u32| format!("arn:aws:ecs:us-east-1:123456789012:task-definition/demo:{number}");
    if asked.operation == "ListTaskDefinitions" {
        let arns = [7, 6, 5].map(|number| format!("{:?}", arn(number))).join(",");
        return Answer::json(format!(r#"{{"taskDefinitionArns": [{arns}]}}"#));
    }
    let number = (5..8)
        .find(|number| asked.body.contains(&format!("demo:{number}")))
        .unwrap();
    let tags = if number == ours {
        r#"[{"key": "thatdot:deployment", "value": "demo"}, {"key": "thatdot:component", "value": "part"}]"#
    } else {
        "[]"
    };
    Answer::json(format!(
        r#"{{"taskDefinition": {{"taskDefinitionArn": "{}", "status": "ACTIVE"}}, "tags": {tags}}}"#,
        arn(number)
    ))
}

async fn found(ours: u32) -> Option<String> {
    let stage = Stage::answering(move |asked| family(asked, ours));
    let found = wanted().find(&stage.call()).await.unwrap();
    found.map(|identity| identity.id)
}

#[tokio::test]
async fn the_newest_revision_of_ours_is_found_behind_those_that_a_pipeline_registered() {
    assert_eq!(found(7).await.as_deref(), Some("demo:7"));
    assert_eq!(found(5).await.as_deref(), Some("demo:5"));
}

#[tokio::test]
async fn where_none_is_ours_the_newest_tells_whose_the_family_is() {
    assert_eq!(found(1).await.as_deref(), Some("demo:7"));
}
