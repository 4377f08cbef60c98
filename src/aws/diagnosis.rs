//! Why tasks do not come up: what ECS, the stopped tasks and their logs say, and the likely remedy. Sources: Amazon ECS
//! developer guide, *Stopped tasks error messages*, *Task definition troubleshooting*; Amazon CloudWatch Logs API,
//! `GetLogEvents`.

mod causes;
mod hosts;
mod targets;

use aws_sdk_ecs::types::{ContainerCondition, ContainerDefinition, DesiredStatus, Service, Task, TaskDefinition};

use self::causes::remedy;
use super::error::{ask, in_time};
use super::permissions::Site;
use super::rollout::WAITING;
use super::{Aws, tasks};
use crate::engine::{Call, Error, ErrorKind, Permission, Result};

/// How many of the service's events are told.
const EVENTS: usize = 5;

/// How many stopped tasks are told.
const TASKS: usize = 3;

/// How many lines of the log are told.
const LINES: i32 = 20;

/// All that is known of tasks that do not come up, in the words that a user reads.
#[derive(Default)]
struct Evidence {
    reason: String,
    stopped: Vec<String>,
    events: Vec<String>,
    hosts: Vec<String>,
    targets: Vec<String>,
    log: Vec<String>,
}

/// An explanation of why the tasks of a service do not come up. What cannot be found out is left out: the explanation
/// never fails.
pub(super) async fn explain(call: &Call<'_, Aws>, service: &Service, reason: &str) -> Error {
    let arn = super::ids::ServiceArn::from(service.service_arn().unwrap_or_default());
    let call = &overtime(call);
    let (events, stopped, hosts, targets) = tokio::join!(
        events(call, arn.cluster_name(), arn.service_name()),
        tasks::of_service(call, arn.cluster_name(), arn.service_name(), DesiredStatus::Stopped),
        hosts::told(call, service),
        targets::told(call, service),
    );
    let mut stopped = stopped.unwrap_or_default();
    stopped.sort_by_key(|task| std::cmp::Reverse(task.stopped_at().map(aws_smithy_types::DateTime::secs)));
    stopped.truncate(TASKS);
    Evidence {
        reason: reason.to_owned(),
        events: events.unwrap_or_default(),
        hosts,
        targets,
        ..of_tasks(call, &stopped).await
    }
    .told()
}

/// An explanation of why a task that was run by itself has stopped.
pub(super) async fn explain_task(call: &Call<'_, Aws>, task: &Task, reason: &str) -> Error {
    Evidence {
        reason: reason.to_owned(),
        ..of_tasks(&overtime(call), std::slice::from_ref(task)).await
    }
    .told()
}

/// What stopped tasks tell, the latest first, and the latest one's log.
async fn of_tasks(call: &Call<'_, Aws>, stopped: &[Task]) -> Evidence {
    let definition = match stopped.first() {
        Some(task) => definition(call, task).await.ok().flatten(),
        None => None,
    };
    let log = match (stopped.first(), &definition) {
        (Some(task), Some(definition)) => log(call, task, definition).await.unwrap_or_default(),
        _ => Vec::new(),
    };
    let lines = stopped.iter().map(|task| stopped_line(task, definition.as_ref()));
    Evidence {
        stopped: lines.collect(),
        log,
        ..Evidence::default()
    }
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

async fn definition(call: &Call<'_, Aws>, task: &Task) -> Result<Option<TaskDefinition>> {
    let Some(revision) = task.task_definition_arn() else {
        return Ok(None);
    };
    let request = call.world.ecs.describe_task_definition().task_definition(revision);
    let answer = ask(call, "ecs:DescribeTaskDefinition", request.send()).await?;
    Ok(answer.task_definition)
}

/// The last lines of what the task's first failed container wrote.
async fn log(call: &Call<'_, Aws>, task: &Task, definition: &TaskDefinition) -> Result<Vec<String>> {
    let Some((group, stream)) = stream(definition, task) else {
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

impl Evidence {
    fn told(self) -> Error {
        let mut paragraphs = vec![self.reason];
        let mut section = |title: &str, lines: Vec<String>| {
            if !lines.is_empty() {
                paragraphs.push(format!("{title}:\n  {}", lines.join("\n  ")));
            }
        };
        section("Stopped tasks", self.stopped);
        section("The service's last events", self.events);
        section("Hosts", self.hosts);
        section("The load balancer's targets", self.targets);
        section("Last lines of the log", self.log);
        let message = paragraphs.join("\n\n");
        let remedy = remedy(&message);
        Error::new(ErrorKind::Unhealthy, WAITING, message).with_remedy(remedy)
    }
}

fn stopped_line(task: &Task, definition: Option<&TaskDefinition>) -> String {
    let id = task
        .task_arn()
        .and_then(|arn| arn.rsplit('/').next())
        .unwrap_or("a task");
    let mut line = format!("{id}: {}", task.stopped_reason().unwrap_or("stopped, without a reason"));
    for container in task.containers() {
        let name = container.name().unwrap_or("container");
        let code = container.exit_code().map(|code| format!("exit code {code}"));
        let mut facts: Vec<String> = code.into_iter().chain(container.reason().map(str::to_owned)).collect();
        if container.exit_code().is_some_and(|code| code != 0)
            && let Some(waiting) = definition.and_then(|definition| waiting_for(definition, name))
        {
            facts.push(format!("awaited by {waiting}, which never started"));
        }
        if !facts.is_empty() {
            line = format!("{line}\n    {name}: {}", facts.join(", "));
        }
    }
    line
}

/// The container that starts only once that one has ended well.
fn waiting_for<'a>(definition: &'a TaskDefinition, name: &str) -> Option<&'a str> {
    let waits = |container: &&ContainerDefinition| {
        container.depends_on().iter().any(|dependency| {
            dependency.container_name() == name && *dependency.condition() == ContainerCondition::Success
        })
    };
    definition.container_definitions().iter().find(waits)?.name()
}

/// What explaining takes beside a look at the tasks. Whoever lacks it is told less.
pub(super) fn permissions(site: Site<'_>) -> Vec<Permission> {
    [
        site.anywhere().helpful([
            "autoscaling:DescribeAutoScalingGroups",
            "autoscaling:DescribeScalingActivities",
            "ecs:DescribeTaskDefinition",
            "elasticloadbalancing:DescribeTargetHealth",
        ]),
        site.at("ecs", "capacity-provider/*")
            .helpful(["ecs:DescribeCapacityProviders"]),
        site.at("ecs", "cluster/*").helpful(["ecs:DescribeClusters"]),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::{Container, ContainerDependency};

    use super::*;

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
        assert!(remedy(&line).contains("prepares the task"));
        let done = Container::builder().name("license").exit_code(0).build();
        assert!(!stopped_line(&task(done), Some(&definition)).contains("awaited"));
    }
}
