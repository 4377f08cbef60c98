//! Tests of the scaling policy.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use super::*;
use aws::testing::{Answer, Asked, Stage};
use engine::Spec;

const SERVICE: &str = "arn:aws:ecs:us-east-1:123456789012:service/demo/web";
const ARN: &str =
    "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:1:resource/ecs/service/demo/web:policyName/cpu";
const LABEL: &str = "app/demo/50dc6c495c0c9188/targetgroup/demo/73e2d6bc24d8a067";

fn wanted(metric: ScalingMetric, target: i32) -> ScalingPolicy {
    ScalingPolicy {
        service: ServiceArn::from(SERVICE).into(),
        name: "cpu".into(),
        metric: metric.into(),
        target: TargetValue::whole(target).into(),
        scale_in_cooldown: 300.into(),
        scale_out_cooldown: 60.into(),
        disable_scale_in: false.into(),
    }
}

/// A service with one policy, of this configuration.
fn with_policy(tracking: &'static str) -> impl Fn(&Asked) -> Answer {
    move |asked| match asked.operation.as_str() {
        "DescribeScalingPolicies" => Answer::json(format!(
            r#"{{"ScalingPolicies": [{{"PolicyARN": "{ARN}", "PolicyName": "cpu", "ServiceNamespace": "ecs",
                "ResourceId": "service/demo/web", "ScalableDimension": "ecs:service:DesiredCount",
                "PolicyType": "TargetTrackingScaling", "CreationTime": 1.5,
                "TargetTrackingScalingPolicyConfiguration": {tracking}}}]}}"#
        )),
        _ => Answer::json(format!(r#"{{"PolicyARN": "{ARN}"}}"#)),
    }
}

async fn seen(tracking: &'static str) -> ScalingPolicy {
    let stage = Stage::answering(with_policy(tracking));
    let policy = wanted(ScalingMetric::Cpu, 70);
    let identity = policy.find(&stage.call()).await.unwrap().unwrap();
    policy.read(&stage.call(), &identity).await.unwrap().unwrap().spec
}

#[tokio::test]
async fn what_was_put_reads_back_as_it_was() {
    let spec = seen(
        r#"{"TargetValue": 70.0, "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            "ScaleOutCooldown": 60}"#,
    )
    .await;
    let none: [&str; 0] = [];
    assert_eq!(wanted(ScalingMetric::Cpu, 70).compare(&spec).different(), none);
}

#[tokio::test]
async fn a_target_between_whole_numbers_and_another_metric_show() {
    let spec = seen(
        r#"{"TargetValue": 70.5, "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"},
            "ScaleOutCooldown": 60, "ScaleInCooldown": 10, "DisableScaleIn": true}"#,
    )
    .await;
    assert_eq!(
        wanted(ScalingMetric::Cpu, 70).compare(&spec).different(),
        ["metric", "target", "scale_in_cooldown", "disable_scale_in"]
    );
    let spec = seen(
        r#"{"TargetValue": 70.0, "CustomizedMetricSpecification": {"MetricName": "Queue"}, "ScaleOutCooldown": 60}"#,
    )
    .await;
    assert_eq!(wanted(ScalingMetric::Cpu, 70).compare(&spec).different(), ["metric"]);
}

#[tokio::test(start_paused = true)]
async fn a_target_that_is_not_known_yet_gets_its_policy_once_it_is() {
    let attempts = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "DescribeScalingPolicies" => Answer::json(r#"{"ScalingPolicies": []}"#),
        _ if attempts.fetch_add(1, SeqCst) == 0 => Answer::refused(
            "ObjectNotFoundException",
            "No scalable target registered for service namespace: ecs, resource ID: service/demo/web",
        ),
        _ => Answer::json(format!(r#"{{"PolicyARN": "{ARN}"}}"#)),
    });
    let metric = ScalingMetric::RequestsPerTarget {
        resource_label: LABEL.to_owned(),
    };
    let made = wanted(metric, 1000).create(&stage.call()).await.unwrap();
    assert_eq!(made.output.arn, ARN);
    let body: serde_json::Value = serde_json::from_str(&stage.asked().last().unwrap().body).unwrap();
    let tracking = &body["TargetTrackingScalingPolicyConfiguration"];
    assert_eq!(tracking["PredefinedMetricSpecification"]["ResourceLabel"], LABEL);
    assert_eq!(tracking["TargetValue"].as_f64(), Some(1000.0));
}

#[tokio::test]
async fn a_policy_that_stands_is_not_taken_over() {
    let stage = Stage::answering(with_policy(r#"{"TargetValue": 1.0}"#));
    let error = wanted(ScalingMetric::Cpu, 70).create(&stage.call()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::AlreadyExists);
    assert_eq!(stage.operations(), ["DescribeScalingPolicies"]);
}

#[tokio::test]
async fn one_that_went_with_its_target_is_gone() {
    let stage = Stage::answering(|_| Answer::refused("ObjectNotFoundException", "No scaling policy found"));
    let policy = wanted(ScalingMetric::Memory, 70);
    policy
        .delete(&stage.call(), &identity(&SERVICE.into(), "cpu", ARN))
        .await
        .unwrap();
    assert!(stage.asked()[0].body.contains(r#""ResourceId":"service/demo/web""#));
}
