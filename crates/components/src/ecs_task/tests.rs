//! Tests of the single task.

use super::*;
use aws::testing::{Answer, Asked, Stage};

const ARN: &str = "arn:aws:ecs:us-east-1:123456789012:task/demo/0a1b";

fn spec() -> EcsTask {
    EcsTask {
        cluster: ClusterArn::from("arn:aws:ecs:us-east-1:123456789012:cluster/demo").into(),
        task_definition: TaskDefinitionArn::from("arn:aws:ecs:us-east-1:123456789012:task-definition/demo:1").into(),
        launch: Launch::Fargate.into(),
        platform_version: Some("1.4.0".to_owned()).into(),
        subnets: Unordered::from_iter(["subnet-1".into(), "subnet-2".into()]).into(),
        security_groups: BTreeSet::from(["sg-1".into()]).into(),
        assign_public_ip: true.into(),
        enable_execute_command: false.into(),
        shutdown: None.into(),
    }
}

fn task(status: &str) -> String {
    format!(
        r#"{{"taskArn": "{ARN}", "clusterArn": "arn:aws:ecs:us-east-1:123456789012:cluster/demo", "lastStatus": "{status}",
            "taskDefinitionArn": "arn:aws:ecs:us-east-1:123456789012:task-definition/demo:1", "platformVersion": "1.4.0",
            "launchType": "FARGATE", "stoppedReason": "Essential container in task exited",
            "containers": [{{"name": "service", "exitCode": 137}}]}}"#
    )
}

fn identity() -> Identity {
    Identity {
        id: ARN.to_owned(),
        arn: Some(ARN.to_owned()),
    }
}

#[tokio::test(start_paused = true)]
async fn each_attempt_to_start_it_has_a_token_of_its_own() {
    let attempts = std::sync::atomic::AtomicUsize::new(0);
    let stage = Stage::answering(move |asked: &Asked| match asked.operation.as_str() {
        "RunTask" if attempts.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 2 => {
            Answer::refused("ClusterNotFoundException", "Cluster not found.")
        }
        "RunTask" => Answer::json(format!(r#"{{"tasks": [{}]}}"#, task("PROVISIONING"))),
        _ => Answer::json(format!(r#"{{"tasks": [{}]}}"#, task("RUNNING"))),
    });
    let made = Box::pin(spec().create(&stage.call())).await.unwrap();
    assert_eq!(made.identity, identity());
    let token = |asked: Asked| {
        let body: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
        body["clientToken"].as_str().map(str::to_owned)
    };
    let runs = stage.asked().into_iter().filter(|asked| asked.operation == "RunTask");
    let tokens: BTreeSet<_> = runs.filter_map(token).collect();
    assert_eq!(tokens.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_stops_before_it_runs_is_explained() {
    let stage = Stage::answering(|asked| match asked.operation.as_str() {
        "RunTask" => Answer::json(format!(r#"{{"tasks": [{}]}}"#, task("PROVISIONING"))),
        "DescribeTasks" => Answer::json(format!(r#"{{"tasks": [{}]}}"#, task("STOPPED"))),
        _ => Answer::Lost,
    });
    let error = Box::pin(spec().create(&stage.call())).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unhealthy);
    assert!(
        error.message.contains("Essential container in task exited"),
        "{}",
        error.message
    );
    assert!(error.message.contains("137"), "{}", error.message);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_stops_moments_after_it_came_up_is_explained_too() {
    let looks = std::sync::atomic::AtomicUsize::new(0);
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "RunTask" => Answer::json(format!(r#"{{"tasks": [{}]}}"#, task("PROVISIONING"))),
        "DescribeTasks" => {
            let first = looks.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0;
            Answer::json(format!(
                r#"{{"tasks": [{}]}}"#,
                task(if first { "RUNNING" } else { "STOPPED" })
            ))
        }
        "DescribeTaskDefinition" => Answer::json(
            r#"{"taskDefinition": {"containerDefinitions": [{"name": "service", "logConfiguration": {"logDriver": "awslogs",
                "options": {"awslogs-group": "/thatdot/demo", "awslogs-stream-prefix": "demo"}}}]}}"#,
        ),
        "GetLogEvents" => Answer::json(r#"{"events": [{"message": "CustomerNotEntitledException: not subscribed"}]}"#),
        _ => Answer::Lost,
    });
    let error = Box::pin(spec().create(&stage.call())).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unhealthy);
    for part in [
        "as soon as it had come up",
        "exit code 137",
        "CustomerNotEntitledException",
    ] {
        assert!(error.message.contains(part), "{part} in {}", error.message);
    }
    // What the log tells goes before what the exit code may mean.
    assert!(error.remedy.unwrap().contains("not subscribed"));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_came_up_is_made_though_the_run_is_stopped_or_it_cannot_be_seen_again() {
    let looks = std::sync::atomic::AtomicUsize::new(0);
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "RunTask" => Answer::json(format!(r#"{{"tasks": [{}]}}"#, task("PROVISIONING"))),
        "DescribeTasks" if looks.fetch_add(1, std::sync::atomic::Ordering::Relaxed) > 0 => Answer::Lost,
        _ => Answer::json(format!(r#"{{"tasks": [{}]}}"#, task("RUNNING"))),
    });
    assert_eq!(
        Box::pin(spec().create(&stage.call())).await.unwrap().identity,
        identity()
    );
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_not_up_in_time_is_told_as_it_stands_then() {
    let stage = Stage::answering(|asked| match asked.operation.as_str() {
        "RunTask" => Answer::json(format!(r#"{{"tasks": [{}]}}"#, task("PROVISIONING"))),
        "DescribeTasks" => Answer::json(format!(r#"{{"tasks": [{}]}}"#, task("PENDING"))),
        _ => Answer::Lost,
    });
    let error = Box::pin(spec().create(&stage.call())).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unhealthy);
    assert!(error.message.contains("0a1b: PENDING"), "{}", error.message);
    assert!(error.remedy.unwrap().contains("`timeouts`"));
}

#[tokio::test]
async fn no_capacity_is_told_as_such() {
    let stage =
        Stage::answering(|_| Answer::json(r#"{"failures": [{"reason": "Capacity is unavailable at this time"}]}"#));
    let error = Box::pin(spec().create(&stage.call())).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::LimitExceeded);
    assert!(error.message.contains("Capacity is unavailable"), "{}", error.message);
}

#[tokio::test]
async fn a_stopped_task_and_a_missing_one_are_gone() {
    for body in [
        format!(r#"{{"tasks": [{}]}}"#, task("STOPPED")),
        r#"{"failures": [{"reason": "MISSING"}]}"#.to_owned(),
    ] {
        let stage = Stage::answering(move |_| Answer::json(body.clone()));
        assert!(
            Box::pin(spec().read(&stage.call(), &identity()))
                .await
                .unwrap()
                .is_none()
        );
    }
}

#[tokio::test]
async fn a_running_task_compares_as_the_same() {
    use engine::Spec as _;
    let stage = Stage::answering(|_| Answer::json(format!(r#"{{"tasks": [{}]}}"#, task("RUNNING"))));
    let observed = Box::pin(spec().read(&stage.call(), &identity()))
        .await
        .unwrap()
        .unwrap();
    assert!(spec().compare(&observed.spec).different().is_empty());
}

#[tokio::test(start_paused = true)]
async fn on_hosts_it_is_placed_by_their_provider_and_compares_as_the_same() {
    use engine::Spec as _;
    let on_hosts = || EcsTask {
        launch: Launch::only("thatdot-demo".into()).into(),
        platform_version: None.into(),
        assign_public_ip: false.into(),
        ..spec()
    };
    let stage = Stage::answering(|_| {
        let task = task("RUNNING").replace(
            r#""platformVersion": "1.4.0","#,
            r#""capacityProviderName": "thatdot-demo","#,
        );
        Answer::json(format!(r#"{{"tasks": [{}]}}"#, task.replace("FARGATE", "EC2")))
    });
    Box::pin(on_hosts().create(&stage.call())).await.unwrap();
    let asked = stage.asked();
    let run = asked.iter().find(|asked| asked.operation == "RunTask").unwrap();
    let body: serde_json::Value = serde_json::from_str(&run.body).unwrap();
    assert_eq!(body["capacityProviderStrategy"][0]["capacityProvider"], "thatdot-demo");
    assert!(
        body.get("launchType").is_none() && body.get("platformVersion").is_none(),
        "{body}"
    );
    let observed = Box::pin(on_hosts().read(&stage.call(), &identity()))
        .await
        .unwrap()
        .unwrap();
    assert!(on_hosts().compare(&observed.spec).different().is_empty());
    let elsewhere = spec().compare(&observed.spec);
    assert_eq!(
        elsewhere.different(),
        ["launch", "platform_version", "assign_public_ip"]
    );
}

#[tokio::test]
async fn how_it_is_asked_to_end_is_changed_without_a_word_to_aws_or_to_it() {
    let stage = Stage::answering(|_| Answer::json(format!(r#"{{"tasks": [{}]}}"#, task("RUNNING"))));
    let have = Box::pin(spec().read(&stage.call(), &identity()))
        .await
        .unwrap()
        .unwrap();
    let asked = stage.asked().len();
    let shutdown = Shutdown {
        port: 8080,
        path: "/end",
        limit: Duration::from_secs(20),
    };
    let changed = EcsTask {
        shutdown: Some(shutdown).into(),
        ..spec()
    };
    let output = changed.update(&stage.call(), &have, &["shutdown"]).await;
    assert_eq!(output, Ok(have.output));
    assert_eq!(stage.asked().len(), asked);
}

#[tokio::test]
async fn stopping_a_task_that_ecs_has_forgotten_is_a_success() {
    let stage =
        Stage::answering(|_| Answer::refused("InvalidParameterException", "The referenced task was not found."));
    assert_eq!(spec().delete(&stage.call(), &identity()).await, Ok(()));
}

#[test]
fn a_task_in_a_subnet_that_is_not_wanted_is_a_difference() {
    let wanted = Unordered::from_iter(["subnet-1".into(), "subnet-2".into()]);
    assert_eq!(same_subnets(Some(&wanted), Some(&"subnet-2".into())), wanted);
    assert_eq!(
        same_subnets(Some(&wanted), Some(&"subnet-3".into())),
        Unordered::from_iter(["subnet-3".into()])
    );
}

#[tokio::test]
async fn of_two_tasks_of_the_name_ours_is_found() {
    for ours in ["1", "2"] {
        let stage = Stage::answering(|_| Answer::Lost);
        let (name, key, id) = {
            let call = stage.call();
            (call.name.to_owned(), call.key.to_string(), call.deployment.to_string())
        };
        let told = move |number: &str| {
            let owner = if number == ours { id.as_str() } else { "another" };
            format!(
                r#"{{"taskArn": "arn:aws:ecs:us-east-1:123456789012:task/demo/{number}", "lastStatus": "RUNNING",
                    "tags": [{{"key": "thatdot:deployment", "value": "{name}"}},
                        {{"key": "thatdot:component", "value": "{key}"}},
                        {{"key": "thatdot:deployment-id", "value": "{owner}"}}]}}"#
            )
        };
        let stage = Stage::answering(move |asked| match asked.operation.as_str() {
            "ListTasks" => Answer::json(
                r#"{"taskArns": ["arn:aws:ecs:us-east-1:123456789012:task/demo/1",
                    "arn:aws:ecs:us-east-1:123456789012:task/demo/2"]}"#,
            ),
            _ => Answer::json(format!(r#"{{"tasks": [{}, {}]}}"#, told("1"), told("2"))),
        });
        let found = spec().find(&stage.call()).await.unwrap().unwrap();
        assert!(found.id.ends_with(ours), "{found:?}");
    }
}
