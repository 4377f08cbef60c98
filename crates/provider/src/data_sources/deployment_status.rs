//! `thatdot_deployment_status`: how a deployment is doing, and what it answers.

mod endpoint;
mod model;

use async_trait::async_trait;

pub use self::model::Model;
use self::model::{Event, Task};
use crate::Context;
use aws::Aws;
use aws::lookups::{self, RunningService, RunningTask, TasksOf};
use engine::Error;
use framework::{Attr, DataSource, Diagnostic, Diagnostics, Path, ReadData, Schema};

/// The data source.
#[derive(Debug, Clone, Copy)]
pub struct DeploymentStatus;

/// What is asked about.
struct Asked {
    cluster: String,
    service: String,
    /// Whether it is a deployment by its name, whose single task may run without a service.
    by_name: bool,
    path: Path,
}

#[async_trait]
impl DataSource<Context> for DeploymentStatus {
    type Model = Model;

    fn type_name(&self) -> &'static str {
        "thatdot_deployment_status"
    }

    fn schema(&self) -> Schema {
        model::schema()
    }

    fn validate(&self, config: &Model, diagnostics: &mut Diagnostics) {
        let unknown = [&config.name, &config.service_arn, &config.cluster, &config.service];
        if unknown.into_iter().any(Attr::is_unknown) {
            return;
        }
        let pair = (!config.cluster.is_null(), !config.service.is_null());
        let ways = [!config.name.is_null(), !config.service_arn.is_null(), pair.0 || pair.1];
        if ways.into_iter().filter(|way| *way).count() != 1 || pair.0 != pair.1 {
            diagnostics.push(
                Diagnostic::error(
                    "Which deployment?",
                    "Give name, or service_arn, or cluster together with service.",
                )
                .at(Path::of(["name"])),
            );
        }
    }

    async fn read(&self, request: ReadData<'_, Context, Model>) -> Result<(Model, Diagnostics), Diagnostics> {
        let ReadData { context, config } = request;
        let aws = &context.aws;
        let asked = asked(&config);
        let failed = |error: Error| Diagnostic::error("Could not look at the deployment", error.explained());
        let service = lookups::running_service(aws, &asked.cluster, &asked.service)
            .await
            .map_err(failed)?;
        let of = match &service {
            Some(_) => TasksOf::Service(&asked.service),
            None if asked.by_name => TasksOf::Family(&asked.service),
            None => return Err(nothing(aws, &asked).into()),
        };
        let tasks = lookups::running_tasks(aws, &asked.cluster, of).await.map_err(failed)?;
        if service.is_none() && tasks.is_empty() {
            return Err(nothing(aws, &asked).into());
        }
        let endpoint = endpoint::ask(&aws.web, &config, &tasks).await;
        Ok((found(config, &asked, service, tasks, endpoint), Diagnostics::new()))
    }
}

fn asked(config: &Model) -> Asked {
    let text = |attr: &Attr<String>| attr.known().cloned().unwrap_or_default();
    if let Some(arn) = config.service_arn.known() {
        let arn = aws::ids::ServiceArn::from(arn.as_str());
        return Asked {
            cluster: arn.cluster_name().to_owned(),
            service: arn.service_name().to_owned(),
            by_name: false,
            path: Path::of(["service_arn"]),
        };
    }
    if let Some(name) = config.name.known() {
        return Asked {
            cluster: name.clone(),
            service: name.clone(),
            by_name: true,
            path: Path::of(["name"]),
        };
    }
    Asked {
        cluster: text(&config.cluster),
        service: text(&config.service),
        by_name: false,
        path: Path::of(["service"]),
    }
}

fn nothing(aws: &Aws, asked: &Asked) -> Diagnostic {
    let advice = if asked.by_name {
        " Where the deployment is in a cluster of your own, give its service_arn."
    } else {
        ""
    };
    Diagnostic::error(
        "No such deployment",
        format!(
            "In account {}, region {}, nothing of the name {} runs in the cluster {}.{advice}",
            aws.account_id, aws.region, asked.service, asked.cluster
        ),
    )
    .at(asked.path.clone())
}

fn found(
    config: Model,
    asked: &Asked,
    service: Option<RunningService>,
    tasks: Vec<RunningTask>,
    endpoint: endpoint::Endpoint,
) -> Model {
    let of = |get: fn(&RunningService) -> i32| service.as_ref().map(|service| i64::from(get(service))).into();
    let revision = service.as_ref().and_then(|service| service.task_definition.clone());
    let revision = revision.or_else(|| tasks.first().and_then(|task| task.task_definition.clone()));
    let running = tasks.iter().filter(|task| task.status == "RUNNING").count();
    Model {
        id: Attr::Known(format!("{}/{}", asked.cluster, asked.service)),
        status: service.as_ref().map(|service| service.status.clone()).into(),
        desired_count: of(|service| service.desired_count),
        running_count: Attr::Known(i64::try_from(running).unwrap_or(i64::MAX)),
        pending_count: of(|service| service.pending_count),
        rollout_state: service
            .as_ref()
            .and_then(|service| service.rollout_state.clone())
            .into(),
        rollout_state_reason: service
            .as_ref()
            .and_then(|service| service.rollout_reason.clone())
            .into(),
        task_definition_arn: revision.map(String::from).into(),
        events: Attr::Known(
            service
                .into_iter()
                .flat_map(|service| service.events)
                .map(|event| Attr::Known(Event::from(event)))
                .collect(),
        ),
        tasks: Attr::Known(tasks.into_iter().map(|task| Attr::Known(Task::from(task))).collect()),
        url: endpoint.url.into(),
        reachable: Attr::Known(endpoint.reason.is_none()),
        reason: endpoint.reason.into(),
        http_status: endpoint.status.map(i64::from).into(),
        app_version: endpoint.app_version.into(),
        healthz_status: endpoint.healthz.map(i64::from).into(),
        ..config
    }
}
