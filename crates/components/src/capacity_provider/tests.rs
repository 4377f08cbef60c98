//! Tests of the capacity provider.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use super::*;
use aws::testing::{Answer, Asked, Stage};
use engine::Spec;

const ARN: &str = "arn:aws:ecs:us-east-1:123456789012:capacity-provider/demo";
const GROUP: &str = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1f2e:autoScalingGroupName/demo";

fn wanted() -> CapacityProvider {
    CapacityProvider {
        name: CapacityProviderName::from("demo").into(),
        group: AutoScalingGroupArn::from(GROUP).into(),
        target_capacity: 100.into(),
        managed_draining: true.into(),
        managed_termination_protection: true.into(),
        instance_warmup_period: None.into(),
        minimum_scaling_step_size: None.into(),
        maximum_scaling_step_size: Some(2).into(),
    }
}

fn provider(status: &str, update_status: &str) -> String {
    format!(
        r#"{{"capacityProviderArn": "{ARN}", "name": "demo", "status": "{status}", "updateStatus": "{update_status}",
            "updateStatusReason": "The capacity provider cannot be deleted because it is associated with cluster: other. Remove the capacity provider from the cluster and try again.",
            "autoScalingGroupProvider": {{"autoScalingGroupArn": "{GROUP}", "managedScaling": {{"status": "ENABLED",
                "targetCapacity": 100, "minimumScalingStepSize": 1, "maximumScalingStepSize": 2,
                "instanceWarmupPeriod": 300}}, "managedTerminationProtection": "ENABLED", "managedDraining": "ENABLED"}},
            "tags": [{{"key": "a", "value": "b"}}]}}"#
    )
}

fn listed(providers: &str) -> Answer {
    Answer::json(format!(r#"{{"capacityProviders": [{providers}], "failures": []}}"#))
}

fn one(provider: &str) -> Answer {
    Answer::json(format!(r#"{{"capacityProvider": {provider}}}"#))
}

fn known() -> Identity {
    Identity {
        id: "demo".to_owned(),
        arn: Some(ARN.to_owned()),
    }
}

async fn seen(provider: String) -> Observed<CapacityProvider, CapacityProviderOutput> {
    let stage = Stage::answering(move |_| listed(&provider));
    wanted().read(&stage.call(), &known()).await.unwrap().unwrap()
}

#[tokio::test]
async fn defaults_that_aws_fills_in_are_no_difference() {
    let have = seen(provider("ACTIVE", "UPDATE_COMPLETE")).await;
    assert_eq!(wanted().compare(&have.spec).different(), [""; 0], "{:?}", have.spec);
    let said = CapacityProvider {
        instance_warmup_period: Some(DEFAULT_WARMUP_SECONDS).into(),
        ..wanted()
    };
    let stage = Stage::answering(|_| listed(&provider("ACTIVE", "UPDATE_COMPLETE")));
    let have = said.read(&stage.call(), &known()).await.unwrap().unwrap();
    assert_eq!(
        said.compare(&have.spec).different(),
        [""; 0],
        "a default that is asked for by its number"
    );
}

#[tokio::test]
async fn whatever_is_otherwise_shows() {
    for (from, to, field) in [
        ("autoScalingGroup:1f2e", "autoScalingGroup:3d4c", "group"),
        (r#""targetCapacity": 100"#, r#""targetCapacity": 80"#, "target_capacity"),
        (r#""status": "ENABLED""#, r#""status": "DISABLED""#, "target_capacity"),
        (
            r#""managedDraining": "ENABLED""#,
            r#""managedDraining": "DISABLED""#,
            "managed_draining",
        ),
        (
            r#""managedTerminationProtection": "ENABLED""#,
            r#""managedTerminationProtection": "DISABLED""#,
            "managed_termination_protection",
        ),
        (
            r#""instanceWarmupPeriod": 300"#,
            r#""instanceWarmupPeriod": 10"#,
            "instance_warmup_period",
        ),
        (
            r#""minimumScalingStepSize": 1"#,
            r#""minimumScalingStepSize": 3"#,
            "minimum_scaling_step_size",
        ),
        (
            r#""maximumScalingStepSize": 2"#,
            r#""maximumScalingStepSize": 10000"#,
            "maximum_scaling_step_size",
        ),
    ] {
        let told = provider("ACTIVE", "UPDATE_COMPLETE");
        assert!(told.contains(from), "{from}");
        let have = seen(told.replacen(from, to, 1)).await;
        assert_eq!(wanted().compare(&have.spec).different(), [field], "{from} → {to}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_whose_last_provider_is_still_going_is_waited_for() {
    let attempts = AtomicU32::new(0);
    let stage = Stage::answering(move |asked: &Asked| {
        if asked.operation != "CreateCapacityProvider" {
            return listed(&provider("ACTIVE", "CREATE_COMPLETE"));
        }
        match attempts.fetch_add(1, SeqCst) {
            0 => Answer::refused(
                "ClientException",
                "The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a unique Auto Scaling group ARN and try again.",
            ),
            1 => Answer::refused(
                "ClientException",
                "The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, the Auto Scaling group must have instance protection from scale in enabled.",
            ),
            _ => one(&provider("ACTIVE", "CREATE_IN_PROGRESS")),
        }
    });
    let made = wanted().create(&stage.call()).await.unwrap();
    assert_eq!(made.output.name.as_str(), "demo");
    assert_eq!(made.identity, known());
}

#[tokio::test]
async fn a_second_creator_is_told_so() {
    let stage = Stage::answering(|_| {
        Answer::refused(
            "ClientException",
            "The specified capacity provider already exists. To change the configuration of an existing capacity provider, update the capacity provider.",
        )
    });
    let error = wanted().create(&stage.call()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::AlreadyExists);
    assert_eq!(stage.operations(), ["CreateCapacityProvider"]);
}

#[tokio::test(start_paused = true)]
async fn an_update_says_everything_and_waits_for_its_end() {
    let (refused, looks) = (AtomicU32::new(0), AtomicU32::new(0));
    let stage = Stage::answering(move |asked: &Asked| match asked.operation.as_str() {
        "UpdateCapacityProvider" if refused.fetch_add(1, SeqCst) == 0 => Answer::refused(
            "UpdateInProgressException",
            "The specified capacity provider is in the process of being updated.",
        ),
        "UpdateCapacityProvider" => one(&provider("ACTIVE", "UPDATE_IN_PROGRESS")),
        _ if looks.fetch_add(1, SeqCst) == 1 => listed(&provider("ACTIVE", "UPDATE_IN_PROGRESS")),
        _ => listed(&provider("ACTIVE", "UPDATE_COMPLETE")),
    });
    let have = wanted().read(&stage.call(), &known()).await.unwrap().unwrap();
    wanted()
        .update(&stage.call(), &have, &["target_capacity"])
        .await
        .unwrap();
    let asked = stage.asked();
    let update = asked
        .iter()
        .rfind(|asked| asked.operation == "UpdateCapacityProvider")
        .unwrap();
    let body: serde_json::Value = serde_json::from_str(&update.body).unwrap();
    let scaling = &body["autoScalingGroupProvider"]["managedScaling"];
    assert_eq!(scaling["instanceWarmupPeriod"], 300);
    assert_eq!(scaling["maximumScalingStepSize"], 2);
    assert_eq!(
        asked
            .iter()
            .filter(|asked| asked.operation == "DescribeCapacityProviders")
            .count(),
        3
    );
}

#[tokio::test(start_paused = true)]
async fn deleting_waits_until_ecs_has_let_go_of_it() {
    let looks = AtomicU32::new(0);
    let stage = Stage::answering(move |asked: &Asked| match asked.operation.as_str() {
        "DeleteCapacityProvider" => one(&provider("ACTIVE", "DELETE_IN_PROGRESS")),
        _ => match looks.fetch_add(1, SeqCst) {
            0 => listed(&provider("ACTIVE", "UPDATE_COMPLETE")),
            1 | 2 => listed(&provider("ACTIVE", "DELETE_IN_PROGRESS")),
            _ => listed(&provider("INACTIVE", "DELETE_COMPLETE")),
        },
    });
    wanted().delete(&stage.call(), &known()).await.unwrap();
    assert_eq!(stage.operations().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_has_just_let_go_may_say_otherwise_for_a_while() {
    let deletes = AtomicU32::new(0);
    let stage = Stage::answering(move |asked: &Asked| match asked.operation.as_str() {
        "DeleteCapacityProvider" => match deletes.fetch_add(1, SeqCst) {
            0 => one(&provider("ACTIVE", "DELETE_FAILED")),
            1 => Answer::refused(
                "ResourceInUseException",
                "The specified capacity provider is in use and cannot be removed.",
            ),
            _ => one(&provider("INACTIVE", "DELETE_COMPLETE")),
        },
        _ if deletes.load(SeqCst) < 3 => listed(&provider("ACTIVE", "DELETE_FAILED")),
        _ => Answer::json(r#"{"capacityProviders": [], "failures": [{"reason": "MISSING"}]}"#),
    });
    wanted().delete(&stage.call(), &known()).await.unwrap();
    assert_eq!(deletes_of(&stage), 3);
}

fn deletes_of(stage: &Stage) -> usize {
    let operations = stage.operations();
    operations
        .iter()
        .filter(|asked| *asked == "DeleteCapacityProvider")
        .count()
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_another_cluster_has_stays_and_the_error_says_which() {
    let stage = Stage::answering(|asked: &Asked| match asked.operation.as_str() {
        "DeleteCapacityProvider" => one(&provider("ACTIVE", "DELETE_FAILED")),
        _ => listed(&provider("ACTIVE", "DELETE_FAILED")),
    });
    let error = wanted().delete(&stage.call(), &known()).await.unwrap_err();
    assert_eq!(error.code.as_deref(), Some("DELETE_FAILED"));
    assert!(
        error.message.contains("associated with cluster: other"),
        "{}",
        error.message
    );
    assert!(error.remedy.unwrap().contains("demo"));
}

#[tokio::test]
async fn one_that_is_gone_or_going_is_absent() {
    for told in [
        String::new(),
        provider("INACTIVE", "DELETE_COMPLETE"),
        provider("ACTIVE", "DELETE_IN_PROGRESS"),
    ] {
        let stage = Stage::answering(move |_| listed(&told));
        assert_eq!(wanted().find(&stage.call()).await.unwrap(), None);
    }
    let stage = Stage::answering(|asked: &Asked| match asked.operation.as_str() {
        "DeleteCapacityProvider" => Answer::refused(
            "ClientException",
            "The specified capacity provider does not exist. Specify a valid name or ARN and try again.",
        ),
        _ => listed(""),
    });
    wanted().delete(&stage.call(), &known()).await.unwrap();
    assert_eq!(
        stage.operations(),
        ["DeleteCapacityProvider", "DescribeCapacityProviders"]
    );
}

#[tokio::test]
async fn a_refusal_is_told_and_not_that_the_provider_could_not_be_seen_after_it() {
    let stage =
        Stage::answering(|asked| Answer::refused("AccessDeniedException", &format!("{} is denied", asked.operation)));
    let error = wanted().delete(&stage.call(), &known()).await.unwrap_err();
    assert_eq!(error.attempted, "ecs:DeleteCapacityProvider");
}
