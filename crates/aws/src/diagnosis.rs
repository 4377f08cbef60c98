//! Why tasks do not come up: what ECS, the stopped tasks and their logs say, and the likely remedy. Sources: Amazon ECS
//! developer guide, *Stopped tasks error messages*, *Task definition troubleshooting*; Amazon CloudWatch Logs API,
//! `GetLogEvents`.

mod causes;
mod hosts;
mod targets;

use aws_sdk_cloudwatchlogs::types::OutputLogEvent;
use aws_sdk_ecs::types::{
    Container, ContainerCondition, ContainerDefinition, DesiredStatus, HealthStatus, Service, Task, TaskDefinition,
    TaskStopCode,
};

use self::causes::{Finding, finding};
use super::ask::{ask, in_time};
use super::permissions::Site;
use super::rollout::WAITING;
use super::{Aws, tasks};
use engine::{Call, Error, ErrorKind, Permission, Result};

/// What is said of a task that somebody stopped. Whatever reason they gave, or none, the code tells. Source: Amazon ECS API,
/// `Task`: `stopCode`.
const BY_HAND: &str = " (stopped by a call of StopTask)";

/// How many of the service's events are told.
const EVENTS: usize = 5;

/// How many stopped tasks are told.
const TASKS: usize = 3;

/// How many lines of the log are told.
const LINES: usize = 20;

/// How many of its last entries are searched for the cause, which may be told far up: a stack trace that follows it has a line
/// for each call. One answer holds up to 10,000 entries.
const SEARCHED: i32 = 200;

/// How many pages without an entry are passed over on the way to the last one that has some.
const PAGES: usize = 10;

/// All that is known of tasks that do not come up, in the words that a user reads.
#[derive(Default)]
struct Evidence {
    reason: String,
    stopped: Vec<String>,
    /// The tasks that have neither come up nor stopped, told where none has stopped.
    waiting: Vec<String>,
    events: Vec<String>,
    hosts: Vec<String>,
    targets: Vec<String>,
    /// All lines of the log that are searched for the cause, of which only the last are told.
    log: Vec<String>,
}

/// An explanation of why the tasks of that deployment of a service do not come up. What cannot be found out is left out:
/// the explanation never fails.
pub async fn explain(call: &Call<'_, Aws>, service: &Service, deployment: &str, reason: &str) -> Error {
    let arn = super::ids::ServiceArn::from(service.service_arn().unwrap_or_default());
    let call = &overtime(call);
    let (events, tasks, hosts, targets) = tokio::join!(
        events(call, arn.cluster_name(), arn.service_name()),
        tasks_of(call, arn.cluster_name(), arn.service_name(), deployment),
        hosts::told(call, service),
        targets::told(call, service),
    );
    Evidence {
        reason: reason.to_owned(),
        events: events.unwrap_or_default(),
        hosts,
        targets,
        ..of_tasks(call, &tasks).await
    }
    .told()
}

/// An explanation of why a task that was run by itself does not run.
pub async fn explain_task(call: &Call<'_, Aws>, task: &Task, reason: &str) -> Error {
    Evidence {
        reason: reason.to_owned(),
        ..of_tasks(&overtime(call), std::slice::from_ref(task)).await
    }
    .told()
}

/// The tasks that the deployment started: those that stopped, the latest first, or those that have not come up where none
/// has. Those that an update stopped are its predecessor's, and tell nothing. Source: Amazon ECS API, `Task`: `startedBy`.
async fn tasks_of(call: &Call<'_, Aws>, cluster: &str, service: &str, deployment: &str) -> Vec<Task> {
    for status in [DesiredStatus::Stopped, DesiredStatus::Running] {
        let tasks = tasks::of_service(call, cluster, service, status).await;
        let mut tasks = tasks.unwrap_or_default();
        tasks.retain(|task| task.started_by() == Some(deployment));
        tasks.sort_by_key(|task| {
            let moment = task.stopped_at().or(task.created_at());
            std::cmp::Reverse(moment.map(aws_smithy_types::DateTime::secs))
        });
        tasks.truncate(TASKS);
        if !tasks.is_empty() {
            return tasks;
        }
    }
    Vec::new()
}

/// What tasks tell, and the log of the first that failed by itself: another one may have been stopped before it began.
async fn of_tasks(call: &Call<'_, Aws>, tasks: &[Task]) -> Evidence {
    let failed = tasks.iter().find(|task| failed_container(task).is_some());
    let telling = failed.or(tasks.first());
    let definition = match telling {
        Some(task) => definition(call, task).await.ok().flatten(),
        None => None,
    };
    let log = match (telling, &definition) {
        (Some(task), Some(definition)) => log(call, task, definition).await.unwrap_or_default(),
        _ => Vec::new(),
    };
    let (stopped, waiting): (Vec<&Task>, Vec<&Task>) =
        tasks.iter().partition(|task| task.last_status() == Some("STOPPED"));
    Evidence {
        stopped: stopped
            .into_iter()
            .map(|task| stopped_line(task, definition.as_ref()))
            .collect(),
        waiting: waiting.into_iter().map(waiting_line).collect(),
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
    let services = call.world.reads.ecs.services.all(cluster, service);
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

/// The end of what the task's first failed container wrote, or its main one where none has failed.
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
        .limit(SEARCHED);
    let mut token = None;
    for _ in 0..PAGES {
        let request = request.clone().set_next_token(token.clone());
        let answer = ask(call, "logs:GetLogEvents", request.send()).await?;
        // A page may be empty though there are more: the end is where the token stays the same.
        if !answer.events().is_empty() || answer.next_backward_token == token {
            let entries = answer.events().iter().filter_map(OutputLogEvent::message);
            return Ok(entries
                .flat_map(str::lines)
                .map(|line| line.trim_end().to_owned())
                .collect());
        }
        token = answer.next_backward_token;
    }
    Ok(Vec::new())
}

fn failed_container(task: &Task) -> Option<&Container> {
    let mut containers = task.containers().iter();
    containers.find(|container| container.exit_code().is_some_and(|code| code != 0))
}

/// The log group and stream of a task: `PREFIX/CONTAINER/TASK-ID`. Source: Amazon ECS developer guide, *Send Amazon ECS
/// logs to CloudWatch*.
fn stream(definition: &TaskDefinition, task: &Task) -> Option<(String, String)> {
    let failed = failed_container(task);
    let containers = definition.container_definitions();
    let container = match failed {
        Some(failed) => containers.iter().find(|container| container.name() == failed.name())?,
        None => containers
            .iter()
            .find(|container| container.essential() != Some(false))?,
    };
    let name = container.name()?;
    let options = container.log_configuration()?.options()?;
    let id = task.task_arn()?.rsplit('/').next()?;
    let prefix = options.get("awslogs-stream-prefix")?;
    Some((options.get("awslogs-group")?.clone(), format!("{prefix}/{name}/{id}")))
}

impl Evidence {
    /// All that AWS says.
    fn of_aws(&self) -> impl Iterator<Item = &str> {
        let lists = [&self.stopped, &self.waiting, &self.events, &self.hosts, &self.targets];
        let lines = lists.into_iter().flatten().map(String::as_str);
        std::iter::once(self.reason.as_str()).chain(lines)
    }

    fn told(mut self) -> Error {
        let Finding { remedy, line } = finding(&self);
        let last = self.log.split_off(self.log.len().saturating_sub(LINES));
        let further_up = line.and_then(|line| self.log.get(line).cloned());
        let mut paragraphs = vec![self.reason];
        let mut section = |title: &str, lines: Vec<String>| {
            if !lines.is_empty() {
                paragraphs.push(format!("{title}:\n  {}", lines.join("\n  ")));
            }
        };
        section("Stopped tasks", self.stopped);
        section("Tasks that have not come up", self.waiting);
        section("The service's last events", self.events);
        section("Hosts", self.hosts);
        section("The load balancer's targets", self.targets);
        section("Further up in the log", further_up.into_iter().collect());
        section("Last lines of the log", last);
        Error::new(ErrorKind::Unhealthy, WAITING, paragraphs.join("\n\n")).with_remedy(remedy)
    }
}

fn id(task: &Task) -> &str {
    let id = task.task_arn().and_then(|arn| arn.rsplit('/').next());
    id.unwrap_or("a task")
}

/// How a task stands that has neither come up nor stopped: `0123: RUNNING, UNHEALTHY`.
fn waiting_line(task: &Task) -> String {
    let health = task.health_status().map(HealthStatus::as_str);
    let health = health.filter(|health| *health != HealthStatus::UnknownValue.as_str());
    let status = task.last_status().unwrap_or("of unknown status");
    let facts: Vec<&str> = std::iter::once(status).chain(health).collect();
    format!("{}: {}", id(task), facts.join(", "))
}

fn stopped_line(task: &Task, definition: Option<&TaskDefinition>) -> String {
    let mut line = format!(
        "{}: {}{}",
        id(task),
        task.stopped_reason().unwrap_or("stopped, without a reason"),
        if task.stop_code() == Some(&TaskStopCode::UserInitiated) {
            BY_HAND
        } else {
            ""
        },
    );
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
pub fn permissions(site: Site<'_>, cluster: &str) -> Vec<Permission> {
    [
        site.anywhere().helpful([
            "autoscaling:DescribeAutoScalingGroups",
            "autoscaling:DescribeScalingActivities",
            "ecs:DescribeTaskDefinition",
            "elasticloadbalancing:DescribeTargetHealth",
        ]),
        site.at("ecs", "capacity-provider/*")
            .helpful(["ecs:DescribeCapacityProviders"]),
        site.at("ecs", format!("cluster/{cluster}"))
            .helpful(["ecs:DescribeClusters"]),
    ]
    .concat()
}

#[cfg(test)]
mod tests;
