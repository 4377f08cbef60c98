//! What runs in the tasks ends in its own time, before an update stops them.

use std::time::Duration;

use futures::FutureExt;
use futures::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

const TASK: &str = "arn:aws:ecs:us-east-1:123456789012:task/demo/0123";

/// How long the container takes to end.
const ENDS: Duration = Duration::from_millis(300);

/// The service, whose container is asked to end by that port.
fn ending(spec: EcsService, port: u16) -> EcsService {
    let shutdown = Shutdown {
        port,
        path: "/end",
        limit: Duration::from_secs(20),
    };
    EcsService {
        shutdown: Some(shutdown).into(),
        ..spec
    }
}

/// A stage on which one task runs, at the address of this machine to itself.
fn one_runs() -> Stage {
    Stage::answering(|asked| {
        let request = serde_json::from_str(&asked.body).unwrap_or_default();
        let answer = match asked.operation.as_str() {
            "ListTasks" => json!({"taskArns": [TASK]}),
            "DescribeTasks" => json!({"tasks": [{"taskArn": TASK, "lastStatus": "RUNNING", "attachments": [{
                "type": "ElasticNetworkInterface", "details": [{"name": "privateIPv4Address", "value": "127.0.0.1"}]}]}]}),
            "DescribeClusters" => json!({"clusters": [{"clusterArn": CLUSTER, "capacityProviders": []}]}),
            _ => json!({"service": service(&request)}),
        };
        Answer::json(answer.to_string())
    })
}

/// The service as it was read before the update.
async fn standing(spec: &EcsService) -> Observed<EcsService, EcsServiceOutput> {
    let mut have = read(spec, service(&created(spec).await)).await;
    have.output.private_ip = Some("127.0.0.1".to_owned());
    have
}

/// What AWS had been asked by the time that the container, asked to end, answered that it has; and in the end.
async fn asked_by_the_end(spec: EcsService, fields: &[&'static str]) -> [Vec<String>; 2] {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let spec = ending(spec, listener.local_addr().unwrap().port());
    let (have, stage) = (standing(&spec).await, one_runs());
    let container = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 1024];
        let length = stream.read(&mut request).await.unwrap();
        let request = String::from_utf8_lossy(&request[..length]);
        assert!(request.starts_with("POST /end HTTP/1.1\r\n"), "{request}");
        tokio::time::sleep(ENDS).await;
        let asked = stage.operations();
        stream
            .write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
            .await
            .unwrap();
        asked
    };
    let call = stage.call();
    let both = futures::future::join(Box::pin(spec.update(&call, &have, fields)), container);
    let both = tokio::time::timeout(Duration::from_secs(30), both).await;
    let (updated, by_then) = both.unwrap_or_else(|_| panic!("{fields:?}: the container was not asked to end"));
    updated.unwrap();
    assert!(stage.notes.list().is_empty(), "{fields:?}: {:?}", stage.notes.list());
    [by_then, stage.operations()]
}

#[tokio::test]
async fn an_update_that_stops_tasks_waits_until_what_runs_in_them_has_ended() {
    let none = EcsService {
        desired_count: DesiredCount::Fixed(0).into(),
        ..on_fargate()
    };
    let forced = EcsService {
        force_new_deployment: true.into(),
        ..on_fargate()
    };
    let cases = [
        (on_fargate(), "task_definition"),
        (on_fargate(), "launch"),
        (on_hosts(), "launch"),
        (on_fargate(), "platform_version"),
        (on_fargate(), "subnets"),
        (on_fargate(), "security_groups"),
        (on_fargate(), "assign_public_ip"),
        (on_hosts(), "load_balancers"),
        (none, "desired_count"),
        (forced, "rollout"),
    ];
    let cases = cases.into_iter().map(async |(spec, field)| {
        let [by_then, in_the_end] = asked_by_the_end(spec, &[field]).await;
        let updates = |asked: &[String]| asked.iter().filter(|operation| *operation == "UpdateService").count();
        assert_eq!(
            updates(&by_then),
            0,
            "{field}: its tasks were stopped before it had ended: {by_then:?}"
        );
        assert_eq!(updates(&in_the_end), 1, "{field}: {in_the_end:?}");
    });
    join_all(cases).await;
}

#[tokio::test]
async fn an_update_that_stops_no_tasks_lets_them_be() {
    let fields = [
        "desired_count",
        "placement_strategy",
        "health_check_grace_period",
        "rollout",
        "enable_execute_command",
        "wait_for_steady_state",
        "shutdown",
    ];
    for field in fields {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let spec = ending(on_hosts(), listener.local_addr().unwrap().port());
        let (have, stage) = (standing(&spec).await, one_runs());
        let (call, fields) = (stage.call(), [field]);
        let updated = Box::pin(spec.update(&call, &have, &fields));
        let updated = tokio::time::timeout(Duration::from_secs(5), updated).await;
        updated.unwrap_or_else(|_| panic!("{field}: it waits")).unwrap();
        assert!(
            listener.accept().now_or_never().is_none(),
            "{field}: it was asked to end"
        );
        assert!(stage.notes.list().is_empty(), "{field}: {:?}", stage.notes.list());
    }
}
