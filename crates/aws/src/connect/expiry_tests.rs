//! Credentials that end before the work does.

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
use crate::testing::{Answer, Stage};
use crate::wait::{Pace, wait_until};
use engine::Call;

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
async fn a_wait_of_forty_minutes_outlives_the_credentials_of_its_role() {
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
    let cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/demo";
    let runs = async || {
        let task = call.world.reads.ecs.tasks.one(cluster, ARN).await?;
        Ok(task.filter(|task| task.last_status() == Some("RUNNING")))
    };
    let up = Box::pin(wait_until(&call, Pace::Seconds, "the task runs", runs)).await;
    assert_eq!(up.unwrap().task_arn(), Some(ARN));
    assert!(clock.begun.elapsed() >= TASK);
    let sessions = far.keys.lock().unwrap().len();
    assert_eq!(sessions, 3, "one session after the other, and none before it is needed");
}
