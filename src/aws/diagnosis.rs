//! Why tasks do not come up: what ECS, the stopped tasks and their logs say, and the likely remedy. Sources: Amazon ECS
//! developer guide, *Stopped tasks error messages*, *Task definition troubleshooting*; Amazon CloudWatch Logs API,
//! `GetLogEvents`.

use aws_sdk_ecs::types::{DesiredStatus, Service, Task, TaskDefinition};

use super::error::{ask, in_time};
use super::rollout::WAITING;
use super::{Aws, tasks};
use crate::engine::{Call, Error, ErrorKind, Result};

/// How many of the service's events are told.
const EVENTS: usize = 5;

/// How many stopped tasks are told.
const TASKS: usize = 3;

/// How many lines of the log are told.
const LINES: i32 = 20;

/// An explanation of why the tasks of a service do not come up. What cannot be found out is left out: the explanation
/// never fails.
pub(super) async fn explain(call: &Call<'_, Aws>, service: &Service, reason: &str) -> Error {
    let arn = super::ids::ServiceArn::from(service.service_arn().unwrap_or_default());
    let call = &overtime(call);
    let (events, stopped) = tokio::join!(
        events(call, arn.cluster_name(), arn.service_name()),
        tasks::of_service(call, arn.cluster_name(), arn.service_name(), DesiredStatus::Stopped),
    );
    let mut stopped = stopped.unwrap_or_default();
    stopped.sort_by_key(|task| std::cmp::Reverse(task.stopped_at().map(aws_smithy_types::DateTime::secs)));
    stopped.truncate(TASKS);
    let log = match stopped.first() {
        Some(task) => log(call, task).await.unwrap_or_default(),
        None => Vec::new(),
    };
    told(reason, &events.unwrap_or_default(), &stopped, &log)
}

/// An explanation of why a task that was run by itself has stopped.
pub(super) async fn explain_task(call: &Call<'_, Aws>, task: &Task, reason: &str) -> Error {
    let log = log(&overtime(call), task).await.unwrap_or_default();
    told(reason, &[], std::slice::from_ref(task), &log)
}

/// The explanation is wanted most when the time is up, so it gets a little of its own.
fn overtime<'a>(call: &Call<'a, Aws>) -> Call<'a, Aws> {
    Call {
        deadline: tokio::time::Instant::now() + std::time::Duration::from_secs(30),
        ..*call
    }
}

async fn events(call: &Call<'_, Aws>, cluster: &str, service: &str) -> Result<Vec<String>> {
    let services = call.world.reads.services(cluster, service);
    let services = in_time(call, "ecs:DescribeServices", services).await?;
    let events = services.iter().flat_map(Service::events).take(EVENTS);
    Ok(events.filter_map(|event| event.message().map(str::to_owned)).collect())
}

/// The last lines of what the task's first failed container wrote.
async fn log(call: &Call<'_, Aws>, task: &Task) -> Result<Vec<String>> {
    let Some(definition) = task.task_definition_arn() else {
        return Ok(Vec::new());
    };
    let request = call.world.ecs.describe_task_definition().task_definition(definition);
    let answer = ask(call, "ecs:DescribeTaskDefinition", request.send()).await?;
    let Some((group, stream)) = answer.task_definition().and_then(|definition| stream(definition, task)) else {
        return Ok(Vec::new());
    };
    let request = call
        .world
        .logs
        .get_log_events()
        .log_group_name(group)
        .log_stream_name(stream)
        .limit(LINES);
    let answer = ask(call, "logs:GetLogEvents", request.send()).await?;
    Ok(answer
        .events()
        .iter()
        .filter_map(|event| event.message().map(|line| line.trim_end().to_owned()))
        .collect())
}

/// The log group and stream of a task: `PREFIX/CONTAINER/TASK-ID`. Source: Amazon ECS developer guide, *Send Amazon ECS
/// logs to CloudWatch*.
fn stream(definition: &TaskDefinition, task: &Task) -> Option<(String, String)> {
    let failed = task
        .containers()
        .iter()
        .find(|container| container.exit_code().is_some_and(|code| code != 0));
    let name = failed.or(task.containers().first())?.name()?;
    let container = definition
        .container_definitions()
        .iter()
        .find(|container| container.name() == Some(name))?;
    let options = container.log_configuration()?.options()?;
    let id = task.task_arn()?.rsplit('/').next()?;
    let prefix = options.get("awslogs-stream-prefix")?;
    Some((options.get("awslogs-group")?.clone(), format!("{prefix}/{name}/{id}")))
}

fn told(reason: &str, events: &[String], stopped: &[Task], log: &[String]) -> Error {
    let mut paragraphs = vec![reason.to_owned()];
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            paragraphs.push(format!("{title}:\n  {}", lines.join("\n  ")));
        }
    };
    section("Stopped tasks", stopped.iter().map(stopped_line).collect());
    section("The service's last events", events.to_vec());
    section("Last lines of the log", log.to_vec());
    let message = paragraphs.join("\n\n");
    let remedy = remedy(&message);
    Error::new(ErrorKind::Unhealthy, WAITING, message).with_remedy(remedy)
}

fn stopped_line(task: &Task) -> String {
    let id = task
        .task_arn()
        .and_then(|arn| arn.rsplit('/').next())
        .unwrap_or("a task");
    let mut line = format!("{id}: {}", task.stopped_reason().unwrap_or("stopped, without a reason"));
    for container in task.containers() {
        let name = container.name().unwrap_or("container");
        let code = container.exit_code().map(|code| format!("exit code {code}"));
        let facts: Vec<String> = code.into_iter().chain(container.reason().map(str::to_owned)).collect();
        if !facts.is_empty() {
            line = format!("{line}\n    {name}: {}", facts.join(", "));
        }
    }
    line
}

/// AWS's words by the cause they tell, the more telling first, with what to do. Source of the words: Amazon ECS developer
/// guide, *Stopped tasks error messages*; AWS Marketplace Metering Service API, `RegisterUsage`, *Errors*.
const CAUSES: &[(&[&str], &str)] = &[
    (
        &["CustomerNotEntitledException", "not subscribed", "not entitled"],
        "The account is not subscribed to the product. Subscribe to it in the AWS Marketplace, then apply again.",
    ),
    (
        &["PlatformNotSupportedException"],
        "The product does not meter on this platform. Run it on Amazon ECS in a region that AWS Marketplace supports.",
    ),
    (
        &[
            "failed to invoke EFS utils",
            "Failed to resolve \"fs-",
            "Failed to resolve fs-",
            "mount.nfs4",
            "EFS mount",
        ],
        "The task cannot mount the file system. Check that its zone has a mount target whose security group admits port 2049 \
         from the task, that the VPC resolves DNS names, and that the file system's policy admits the task role.",
    ),
    (
        &[
            "CannotPullContainerError: image Manifest",
            "manifest unknown",
            "not found: manifest",
            "repository does not exist",
            "failed to resolve ref",
        ],
        "The image was not found. Check `image`, its tag and its registry; a Marketplace image needs a subscription.",
    ),
    (
        &[
            "not authorized to perform: ecr",
            "pull access denied",
            "no basic auth credentials",
            "AccessDeniedException: User",
        ],
        "The image may not be pulled. Check that the account is subscribed to the product in the AWS Marketplace, and that the \
         execution role may pull from the registry.",
    ),
    (
        &[
            "i/o timeout",
            "dial tcp",
            "connection refused",
            "unable to pull registry auth",
            "Client.Timeout",
            "request canceled",
        ],
        "The task has no route to the registry. In a public subnet set assign_public_ip = true; in a private one add a NAT \
         gateway, or endpoints for ECR, S3 and CloudWatch Logs.",
    ),
    (
        &["OutOfMemory", "exit code 137"],
        "The container ran out of memory. Raise `memory` (and `cpu`, where Fargate's pairs ask for it).",
    ),
    (
        &[
            "failed container health checks",
            "failed ELB health checks",
            "unhealthy",
        ],
        "The container runs but fails its health check. Look at the log lines above.",
    ),
    (
        &[
            "ResourceInitializationError: unable to pull secrets",
            "secretsmanager",
            "ssm:GetParameters",
        ],
        "A secret could not be fetched. Check the ARNs in `secrets`, that the execution role may read them, and that the subnet \
         has a route to Secrets Manager or SSM.",
    ),
    (
        &[
            "ResourceInitializationError: failed to validate logger",
            "log group does not exist",
        ],
        "The log group cannot be written to. Check that it exists and that the subnet has a route to CloudWatch Logs.",
    ),
    (
        &["Capacity is unavailable", "capacity at this time"],
        "Fargate has no capacity in these zones at the moment. Apply again later, or add subnets in other zones.",
    ),
    (
        &["was unable to assume the role", "unable to assume role"],
        "ECS cannot assume a role of the task. Check the role's trust policy: it must admit ecs-tasks.amazonaws.com.",
    ),
    (
        &["ENI", "network interface", "insufficient free addresses"],
        "The task got no network interface. Check the subnets' free addresses and the account's quota of network interfaces.",
    ),
    (
        &["exec format error"],
        "The image is for another CPU architecture. Use an image for x86-64 (linux/amd64).",
    ),
    (
        &["Essential container in task exited"],
        "The container ended by itself. Look at its exit code and the log lines above.",
    ),
];

fn remedy(told: &str) -> String {
    let known = CAUSES
        .iter()
        .find(|(words, _)| words.iter().any(|word| told.contains(word)));
    let cause = known.map_or("Look at the service's events and the tasks' log.", |(_, remedy)| remedy);
    format!("{cause}\n\nWhat was made is kept as evidence where the resource's on_create_failure says so.")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AWS's words, from the Amazon ECS developer guide's page *Stopped tasks error messages* where no other is named.
    #[test]
    fn awss_words_lead_to_the_likely_remedy() {
        for (words, remedy_says) in [
            (
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/library/no: not found",
                "image was not found",
            ),
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post \"https://api.ecr.us-east-1.amazonaws.com/\": dial tcp 52.46.1.1:443: i/o timeout",
                "no route to the registry",
            ),
            (
                "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve \"fs-1.efs.us-east-1.amazonaws.com\"",
                "mount the file system",
            ),
            (
                "OutOfMemoryError: Container killed due to memory usage",
                "out of memory",
            ),
            (
                "(service a) (port 8080) is unhealthy in (target-group b) due to (reason Health checks failed)",
                "health check",
            ),
            (
                "com.amazonaws.services.marketplacemetering.model.CustomerNotEntitledException: ",
                "not subscribed",
            ),
            (
                "(service a) was unable to place a task. Reason: Capacity is unavailable at this time.",
                "no capacity",
            ),
            ("Essential container in task exited", "ended by itself"),
        ] {
            let told = remedy(words);
            assert!(told.contains(remedy_says), "{words}\n→ {told}");
        }
    }

    #[test]
    fn everything_that_is_known_is_told() {
        let task = Task::builder()
            .task_arn("arn:aws:ecs:us-east-1:123456789012:task/c/abc")
            .stopped_reason("Essential container in task exited")
            .containers(
                aws_sdk_ecs::types::Container::builder()
                    .name("service")
                    .exit_code(1)
                    .build(),
            )
            .build();
        let error = told(
            "given up",
            &["(service s) has started 1 tasks".to_owned()],
            &[task],
            &["boom".to_owned()],
        );
        for part in [
            "given up",
            "abc",
            "Essential container",
            "service: exit code 1",
            "has started 1 tasks",
            "boom",
        ] {
            assert!(error.message.contains(part), "{part} in {}", error.message);
        }
    }
}
