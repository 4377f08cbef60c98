//! Tests of the explanation.

use aws_sdk_ecs::types::builders::ServiceBuilder;
use aws_sdk_ecs::types::{ContainerDependency, LoadBalancer, LogConfiguration, LogDriver};
use serde_json::json;

use super::*;
use crate::testing::{Answer, Stage};

#[test]
fn everything_that_is_known_is_told() {
    let task = Task::builder()
        .task_arn("arn:aws:ecs:us-east-1:123456789012:task/c/abc")
        .stopped_reason("Essential container in task exited")
        .containers(Container::builder().name("service").exit_code(1).build())
        .build();
    let error = Evidence {
        reason: "given up".to_owned(),
        stopped: vec![stopped_line(&task, None)],
        events: vec!["(service s) has started 1 tasks".to_owned()],
        hosts: vec!["demo has 0 hosts".to_owned()],
        targets: vec!["10.0.0.5: unhealthy".to_owned()],
        log: vec!["boom".to_owned()],
        ..Evidence::default()
    }
    .told();
    for part in [
        "given up",
        "abc",
        "Essential container",
        "service: exit code 1",
        "has started 1 tasks",
        "Hosts:\n  demo has 0 hosts",
        "10.0.0.5: unhealthy",
        "boom",
    ] {
        assert!(error.message.contains(part), "{part} in {}", error.message);
    }
}

#[test]
fn a_task_that_somebody_stopped_is_told_as_such_whatever_reason_they_gave() {
    let task = Task::builder()
        .task_arn("arn:aws:ecs:us-east-1:123456789012:task/c/abc")
        .stop_code(TaskStopCode::UserInitiated)
        .stopped_reason("too slow")
        .containers(Container::builder().name("service").exit_code(137).build())
        .build();
    let line = stopped_line(&task, None);
    assert_eq!(
        line,
        "abc: too slow (stopped by a call of StopTask)\n    service: exit code 137"
    );
    let evidence = Evidence {
        stopped: vec![line],
        ..Evidence::default()
    };
    assert!(finding(&evidence).remedy.contains("CloudTrail"));
}

#[test]
fn an_init_container_that_fails_is_named_with_what_waited_for_it() {
    let dependency = ContainerDependency::builder()
        .container_name("license")
        .condition(ContainerCondition::Success);
    let main = ContainerDefinition::builder()
        .name("deid")
        .depends_on(dependency.build().unwrap());
    let definition = TaskDefinition::builder().container_definitions(main.build()).build();
    let init = Container::builder().name("license").exit_code(1).build();
    let task = |container| {
        Task::builder()
            .task_arn("arn:aws:ecs:us-east-1:123456789012:task/c/abc")
            .containers(container)
            .build()
    };
    let line = stopped_line(&task(init), Some(&definition));
    assert!(
        line.ends_with("license: exit code 1, awaited by deid, which never started"),
        "{line}"
    );
    let evidence = Evidence {
        stopped: vec![line],
        ..Evidence::default()
    };
    assert!(finding(&evidence).remedy.contains("prepares the task"));
    let done = Container::builder().name("license").exit_code(0).build();
    assert!(!stopped_line(&task(done), Some(&definition)).contains("awaited"));
}

const DEPLOYMENT: &str = "ecs-svc/2";

/// A task as AWS reports it.
fn reported(id: &str, started_by: &str, status: &str, more: &serde_json::Value) -> serde_json::Value {
    let mut task = json!({
        "taskArn": format!("arn:aws:ecs:us-east-1:123456789012:task/demo/{id}"),
        "taskDefinitionArn": "arn:aws:ecs:us-east-1:123456789012:task-definition/demo:2",
        "startedBy": started_by, "lastStatus": status,
    });
    for (name, value) in more.as_object().unwrap() {
        task[name] = value.clone();
    }
    task
}

/// A service whose tasks are those, told as those that run or those that stopped by their status, and what they log.
fn stage(tasks: Vec<serde_json::Value>, log: &'static str) -> Stage {
    Stage::answering(move |asked| {
        let request: serde_json::Value = serde_json::from_str(&asked.body).unwrap_or_default();
        let stopped = request["desiredStatus"] == "STOPPED";
        match asked.operation.as_str() {
            "ListTasks" => {
                let listed = tasks.iter().filter(|task| (task["lastStatus"] == "STOPPED") == stopped);
                let arns: Vec<_> = listed.map(|task| task["taskArn"].clone()).collect();
                Answer::json(json!({ "taskArns": arns }).to_string())
            }
            "DescribeTasks" => {
                let asked = request["tasks"].as_array().unwrap();
                let described: Vec<_> = tasks.iter().filter(|task| asked.contains(&task["taskArn"])).collect();
                Answer::json(json!({ "tasks": described }).to_string())
            }
            "DescribeServices" => Answer::json(
                json!({"services": [{"serviceName": "demo", "serviceArn": ARN, "status": "ACTIVE", "events": [
                    {"message": "(service demo) has started 1 tasks: (task 0123)."}]}]})
                .to_string(),
            ),
            "DescribeTaskDefinition" => Answer::json(
                json!({"taskDefinition": {"containerDefinitions": [
                    {"name": "license", "essential": false},
                    {"name": "deid", "logConfiguration": {"logDriver": "awslogs", "options": {
                        "awslogs-group": "/thatdot/demo", "awslogs-stream-prefix": "deid"}}}]}})
                .to_string(),
            ),
            "GetLogEvents" => {
                assert_eq!(request["logStreamName"], "deid/deid/0123");
                assert_eq!(request["limit"], 200);
                let events: Vec<_> = log.lines().map(|line| json!({"message": line})).collect();
                Answer::json(json!({ "events": events }).to_string())
            }
            "DescribeTargetHealth" => Answer::xml(
                "<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions>\
                 <member><Target><Id>10.0.0.5</Id><Port>8080</Port></Target><TargetHealth><State>unhealthy</State>\
                 <Reason>Target.Timeout</Reason><Description>Request timed out</Description></TargetHealth></member>\
                 </TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>",
            ),
            other => Answer::refused("AccessDeniedException", other),
        }
    })
}

const ARN: &str = "arn:aws:ecs:us-east-1:123456789012:service/demo/demo";

async fn explained(tasks: Vec<serde_json::Value>) -> Error {
    explained_by(&stage(tasks, "loading models"), Service::builder()).await
}

async fn explained_by(stage: &Stage, service: ServiceBuilder) -> Error {
    let service = service.service_arn(ARN).build();
    Box::pin(explain(&stage.call(), &service, DEPLOYMENT, "given up")).await
}

/// A task that ended by itself.
fn failed() -> serde_json::Value {
    let failed = json!({"stoppedReason": "Essential container in task exited", "stoppedAt": 5,
        "containers": [{"name": "deid", "exitCode": 3}]});
    reported("0123", DEPLOYMENT, "STOPPED", &failed)
}

#[tokio::test]
async fn the_tasks_that_the_update_itself_stopped_are_no_evidence() {
    let predecessor = json!({"stoppedReason": "Scaling activity initiated by (deployment ecs-svc/2)", "stoppedAt": 9});
    let error = explained(vec![reported("0000", "ecs-svc/1", "STOPPED", &predecessor), failed()]).await;
    assert_eq!(
        error.message,
        "given up\n\n\
         Stopped tasks:\n  0123: Essential container in task exited\n    deid: exit code 3\n\n\
         The service's last events:\n  (service demo) has started 1 tasks: (task 0123).\n\n\
         Last lines of the log:\n  loading models"
    );
    assert_eq!(error.kind, ErrorKind::Unhealthy);
    assert!(error.remedy.unwrap().contains("ended by itself"));
}

#[tokio::test]
async fn the_log_is_that_of_a_task_that_failed_by_itself() {
    let cut_short = json!({"stoppedReason": "Scaling activity initiated by (deployment ecs-svc/1)", "stoppedAt": 9});
    let error = explained(vec![reported("4567", DEPLOYMENT, "STOPPED", &cut_short), failed()]).await;
    assert!(
        error.message.contains("Last lines of the log:\n  loading models"),
        "{}",
        error.message
    );
}

#[tokio::test]
async fn where_no_task_has_stopped_those_that_do_not_come_up_are_told_with_their_log() {
    let unhealthy =
        json!({"healthStatus": "UNHEALTHY", "containers": [{"name": "license", "exitCode": 0}, {"name": "deid"}]});
    let error = explained(vec![reported("0123", DEPLOYMENT, "RUNNING", &unhealthy)]).await;
    for part in [
        "Tasks that have not come up:\n  0123: RUNNING, UNHEALTHY",
        "loading models",
    ] {
        assert!(error.message.contains(part), "{part} in {}", error.message);
    }
    assert!(error.remedy.unwrap().contains("fails its health check"));

    let pending = json!({"healthStatus": "UNKNOWN"});
    let error = explained(vec![reported("0123", DEPLOYMENT, "PENDING", &pending)]).await;
    assert!(error.message.contains("  0123: PENDING\n"), "{}", error.message);
    assert!(error.remedy.unwrap().contains("still being started"));
}

/// What a container logs whose account is not subscribed to it, invented, but for the SDK's part: the exception, and a line
/// for each call that led to it.
const NOT_SUBSCRIBED: &str = include_str!("tests/not_subscribed.txt");

#[tokio::test]
async fn the_cause_is_found_above_a_stack_trace_and_told_beside_the_last_lines() {
    let error = explained_by(&stage(vec![failed()], NOT_SUBSCRIBED), Service::builder()).await;
    let lines: Vec<&str> = NOT_SUBSCRIBED.lines().collect();
    let telling = lines.iter().find(|line| line.contains("Exception: null")).unwrap();
    let last = lines[lines.len() - LINES..].join("\n  ");
    assert!(!last.contains(telling), "the trace is too short for this test");
    let told = format!("\n\nFurther up in the log:\n  {telling}\n\nLast lines of the log:\n  {last}");
    assert!(error.message.ends_with(&told), "{}", error.message);
    assert!(error.remedy.unwrap().contains("not subscribed"));
}

#[tokio::test]
async fn a_line_that_tells_the_cause_is_not_told_twice() {
    let log = "starting\nCustomerNotEntitledException\nbye";
    let error = explained_by(&stage(vec![failed()], log), Service::builder()).await;
    let told = "Last lines of the log:\n  starting\n  CustomerNotEntitledException\n  bye";
    assert!(error.message.ends_with(told), "{}", error.message);
    assert!(!error.message.contains("Further up"), "{}", error.message);
}

/// What is told to a token, and the token that goes on from there.
type Page = (Option<&'static str>, &'static [&'static str], &'static str);

/// The end of the log of a task, of those pages.
async fn logged(pages: Vec<Page>) -> Vec<String> {
    let logging = LogConfiguration::builder()
        .log_driver(LogDriver::Awslogs)
        .options("awslogs-group", "/thatdot/demo")
        .options("awslogs-stream-prefix", "deid");
    let container = ContainerDefinition::builder()
        .name("deid")
        .log_configuration(logging.build().unwrap());
    let definition = TaskDefinition::builder()
        .container_definitions(container.build())
        .build();
    let stage = Stage::answering(move |asked| {
        let request: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
        let page = pages.iter().find(|(token, ..)| request["nextToken"].as_str() == *token);
        let (_, entries, next) = page.unwrap();
        let events: Vec<_> = entries.iter().map(|entry| json!({"message": entry})).collect();
        Answer::json(json!({"events": events, "nextBackwardToken": next}).to_string())
    });
    let task = Task::builder()
        .task_arn("arn:aws:ecs:us-east-1:1:task/demo/0123")
        .build();
    log(&stage.call(), &task, &definition).await.unwrap()
}

#[tokio::test]
async fn an_empty_page_is_not_taken_for_the_end_of_the_log() {
    let entries = &["loading\n", "a trace\r\n\tof lines\n"];
    let lines = logged(vec![(None, &[], "b/2"), (Some("b/2"), entries, "b/1")]).await;
    assert_eq!(lines, ["loading", "a trace", "\tof lines"]);
    // A token that stays the same is the end.
    assert!(
        logged(vec![(None, &[], "b/2"), (Some("b/2"), &[], "b/2")])
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn targets_that_the_load_balancer_finds_unhealthy_are_told_with_the_reason() {
    let unhealthy = json!({"containers": [{"name": "deid"}]});
    let stage = stage(vec![reported("0123", DEPLOYMENT, "RUNNING", &unhealthy)], "ready");
    let target =
        LoadBalancer::builder().target_group_arn("arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/demo/0");
    let error = explained_by(&stage, Service::builder().load_balancers(target.build())).await;
    let section = "\n\nThe load balancer's targets:\n  10.0.0.5: unhealthy (Target.Timeout: Request timed out)\n\n";
    assert!(error.message.contains(section), "{}", error.message);
    assert!(error.remedy.unwrap().contains("no answer from the container"));
}
