//! Credentials that end before the work does.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::DateTime;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::date_time::Format;
use aws_types::sdk_config::TimeSource;
use tokio::time::Instant;

use super::tests::settings;
use super::*;
use crate::aws::components::{EcsTask, Launch};
use crate::aws::ids::{ClusterArn, TaskDefinitionArn};
use crate::aws::testing::{Answer, Stage};
use crate::engine::{Call, Component as _};

/// The shortest session that STS gives.
const SESSION: Duration = Duration::from_mins(15);

/// How long the task takes to come up.
const TASK: Duration = Duration::from_mins(40);

const ARN: &str = "arn:aws:ecs:us-east-1:123456789012:task/demo/0a1b";

/// The time of day, by the paused clock.
#[derive(Debug, Clone, Copy)]
struct Clock {
    day: SystemTime,
    begun: Instant,
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        self.day + self.begun.elapsed()
    }
}

/// STS, whose credentials end, and ECS, which takes no others.
#[derive(Debug, Clone)]
struct Far {
    clock: Clock,
    /// Until when which key is good.
    keys: Arc<Mutex<Vec<Instant>>>,
}

impl Far {
    fn session(&self) -> String {
        let mut keys = self.keys.lock().unwrap();
        keys.push(Instant::now() + SESSION);
        let end = DateTime::from(self.clock.now() + SESSION)
            .fmt(Format::DateTime)
            .unwrap();
        format!(
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA{}</AccessKeyId><SecretAccessKey>s\
             </SecretAccessKey><SessionToken>t</SessionToken><Expiration>{end}</Expiration></Credentials></AssumeRoleResult>\
             </AssumeRoleResponse>",
            keys.len() - 1
        )
    }

    fn is_good(&self, scope: &str) -> bool {
        let key = scope
            .split_once("Credential=ASIA")
            .and_then(|(_, rest)| rest.split_once('/'));
        let key: Option<usize> = key.and_then(|(key, _)| key.parse().ok());
        key.is_some_and(|key| Instant::now() < self.keys.lock().unwrap()[key])
    }

    fn answer(&self, request: &HttpRequest) -> (u16, String) {
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        if body.contains("Action=AssumeRole") {
            return (200, self.session());
        }
        if !self.is_good(request.headers().get("authorization").unwrap_or_default()) {
            return (400, r#"{"__type": "ExpiredTokenException", "message": "The security token included in the request is expired"}"#.to_owned());
        }
        if body.contains("Action=GetCallerIdentity") {
            return (200, tests::IDENTITY.to_owned());
        }
        let status = if self.clock.begun.elapsed() < TASK {
            "PENDING"
        } else {
            "RUNNING"
        };
        (
            200,
            format!(
                r#"{{"tasks": [{{"taskArn": "{ARN}", "clusterArn": "arn:aws:ecs:us-east-1:123456789012:cluster/demo",
                    "taskDefinitionArn": "arn:aws:ecs:us-east-1:123456789012:task-definition/demo:1", "lastStatus": "{status}"}}]}}"#
            ),
        )
    }
}

impl HttpConnector for Far {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (status, body) = self.answer(&request);
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body))))
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_of_forty_minutes_outlives_the_credentials_of_its_role() {
    let clock = Clock {
        day: SystemTime::now(),
        begun: Instant::now(),
    };
    let far = Far {
        clock,
        keys: Arc::default(),
    };
    let connector = SharedHttpConnector::new(far.clone());
    let http = http_client_fn(move |_, _| connector.clone());
    let role = AssumeRole {
        session: Session {
            role_arn: "arn:aws:iam::123456789012:role/deploy".to_owned(),
            duration: Some(SESSION),
            ..Session::default()
        },
        ..AssumeRole::default()
    };
    let settings = Settings {
        assume_role: Some(role),
        ..settings()
    };
    let loader = loader(&settings, http).time_source(clock);
    let aws = Box::pin(connect_through(settings, loader)).await.unwrap();
    let mut stage = Stage::answering(|_| Answer::Lost);
    stage.aws = aws;
    let call = Call {
        deadline: Instant::now() + Duration::from_hours(1),
        ..stage.call()
    };
    let task = EcsTask {
        cluster: ClusterArn::from("arn:aws:ecs:us-east-1:123456789012:cluster/demo").into(),
        task_definition: TaskDefinitionArn::from("arn:aws:ecs:us-east-1:123456789012:task-definition/demo:1").into(),
        launch: Launch::Fargate.into(),
        platform_version: Some("1.4.0".to_owned()).into(),
        subnets: crate::aws::Unordered::from_iter(["subnet-1".into()]).into(),
        security_groups: BTreeSet::from(["sg-1".into()]).into(),
        assign_public_ip: false.into(),
        enable_execute_command: false.into(),
        shutdown: None.into(),
    };
    let made = Box::pin(task.create(&call)).await.unwrap();
    assert_eq!(made.identity.id, ARN);
    assert!(clock.begun.elapsed() >= TASK);
    let sessions = far.keys.lock().unwrap().len();
    assert_eq!(sessions, 3, "one session after the other, and none before it is needed");
}
