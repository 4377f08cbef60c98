//! Running tasks and where they are. Source: Amazon ECS API, `ListTasks`, `DescribeTasks`; Amazon EC2 API,
//! `DescribeNetworkInterfaces` (a task's public address is known to its network interface alone).

use aws_sdk_ecs::types::{DesiredStatus, Task};

use super::Aws;
use super::error::{ask, unless_absent};
use crate::engine::{Call, Result};

/// Where a task can be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Addresses {
    /// Its public address, where it has one.
    pub(super) public: Option<String>,
    /// Its private address.
    pub(super) private: Option<String>,
}

/// Where the newest running task of a service can be reached.
pub(super) async fn addresses_of_service(call: &Call<'_, Aws>, cluster: &str, service: &str) -> Result<Addresses> {
    let tasks = of_service(call, cluster, service, DesiredStatus::Running).await?;
    let running = tasks.iter().filter(|task| task.last_status() == Some("RUNNING"));
    match running.max_by_key(|task| task.started_at().map(aws_smithy_types::DateTime::secs)) {
        Some(task) => addresses(call, task).await,
        None => Ok(Addresses::default()),
    }
}

/// The tasks of a service that are meant to run, or that were stopped within the last hour.
pub(super) async fn of_service(
    call: &Call<'_, Aws>,
    cluster: &str,
    service: &str,
    status: DesiredStatus,
) -> Result<Vec<Task>> {
    let request = call
        .world
        .ecs
        .list_tasks()
        .cluster(cluster)
        .service_name(service)
        .desired_status(status);
    let Some(listed) = unless_absent(ask(call, "ecs:ListTasks", request.send()).await)? else {
        return Ok(Vec::new());
    };
    if listed.task_arns().is_empty() {
        return Ok(Vec::new());
    }
    let request = call
        .world
        .ecs
        .describe_tasks()
        .cluster(cluster)
        .set_tasks(listed.task_arns);
    let described = ask(call, "ecs:DescribeTasks", request.send()).await?;
    Ok(described.tasks.unwrap_or_default())
}

/// Where a task can be reached, by its network interface.
pub(super) async fn addresses(call: &Call<'_, Aws>, task: &Task) -> Result<Addresses> {
    let details = || {
        task.attachments()
            .iter()
            .filter(|attachment| attachment.r#type() == Some("ElasticNetworkInterface"))
            .flat_map(|attachment| attachment.details())
    };
    let detail = |name: &str| {
        details()
            .find(|pair| pair.name() == Some(name))
            .and_then(|pair| pair.value())
            .map(str::to_owned)
    };
    let private = detail("privateIPv4Address");
    let Some(interface) = detail("networkInterfaceId") else {
        return Ok(Addresses { public: None, private });
    };
    let request = call
        .world
        .ec2
        .describe_network_interfaces()
        .network_interface_ids(interface);
    let answer = unless_absent(ask(call, "ec2:DescribeNetworkInterfaces", request.send()).await)?;
    let found = answer.iter().flat_map(|answer| answer.network_interfaces()).next();
    let public = found
        .and_then(|found| found.association())
        .and_then(|association| association.public_ip());
    Ok(Addresses {
        public: public.map(str::to_owned),
        private,
    })
}
