//! Running tasks and where they are. Source: Amazon ECS API, `ListTasks`, `DescribeTasks`; Amazon EC2 API,
//! `DescribeNetworkInterfaces` (a task's public address is known to its network interface alone).

use std::collections::BTreeSet;

use aws_sdk_ec2::types::NetworkInterface;
use aws_sdk_ecs::types::{Attachment, DesiredStatus, Task};
use futures::future::{join_all, try_join_all};

use super::Aws;
use super::ask::{ask_first, in_time};
use super::error::unless_absent;
use super::ids::{SecurityGroupId, SubnetId};
use super::permissions::Site;
use engine::{Call, Permission, Result};

/// Where a task is and how it can be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Its public address, where it has one.
    pub public: Option<String>,
    /// Its private address.
    pub private: Option<String>,
    /// Its subnet.
    pub subnet: Option<SubnetId>,
    /// Its groups; `None` while it has no network interface.
    pub security_groups: Option<BTreeSet<SecurityGroupId>>,
}

impl Addresses {
    /// Those of a task that has one at least.
    pub fn known(public: Option<&String>, private: Option<&String>) -> Option<Self> {
        public.or(private)?;
        Some(Self {
            public: public.cloned(),
            private: private.cloned(),
            ..Self::default()
        })
    }
}

/// The newest of the tasks that run.
pub fn newest(tasks: &[Task]) -> Option<&Task> {
    let running = tasks.iter().filter(|task| task.last_status() == Some("RUNNING"));
    running.max_by_key(|task| task.started_at().map(aws_smithy_types::DateTime::secs))
}

/// The tasks of a service that are meant to run, or that were stopped within the last hour.
pub async fn of_service(
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
    let arns = request.into_paginator().items().send();
    let arns = ask_first(call, "ecs:ListTasks", arns.collect::<std::result::Result<Vec<_>, _>>()).await;
    let listed = unless_absent(arns)?.unwrap_or_default();
    let tasks = listed.iter().map(|arn| call.world.reads.ecs.tasks.one(cluster, arn));
    let tasks = in_time(call, "ecs:DescribeTasks", try_join_all(tasks)).await?;
    Ok(tasks.into_iter().flatten().collect())
}

/// What a task says itself of its network interface.
fn detail(task: &Task, name: &str) -> Option<String> {
    let attachments = task.attachments().iter();
    let interfaces = attachments.filter(|attachment| attachment.r#type() == Some("ElasticNetworkInterface"));
    let mut details = interfaces.flat_map(Attachment::details);
    let pair = details.find(|pair| pair.name() == Some(name))?;
    pair.value().map(str::to_owned)
}

/// Where a task can be reached that has no public address, which it tells itself.
pub fn private_address(task: &Task) -> Addresses {
    Addresses {
        private: detail(task, "privateIPv4Address"),
        ..Addresses::default()
    }
}

/// Where a task can be reached, by its network interface.
pub async fn addresses(call: &Call<'_, Aws>, task: &Task) -> Result<Addresses> {
    let Some(interface) = detail(task, "networkInterfaceId") else {
        return Ok(private_address(task));
    };
    let found = call.world.reads.ec2.network_interfaces.seen(call, &interface).await?;
    let public = found
        .as_ref()
        .and_then(|found| found.association())
        .and_then(|association| association.public_ip());
    let groups = |interface: &NetworkInterface| {
        let ids = interface.groups().iter().filter_map(|group| group.group_id());
        ids.map(Into::into).collect()
    };
    Ok(Addresses {
        public: public.map(str::to_owned),
        private: detail(task, "privateIPv4Address"),
        subnet: found.as_ref().and_then(|found| found.subnet_id()).map(Into::into),
        security_groups: found.as_ref().map(groups),
    })
}

/// Where those of the tasks can be reached that run.
pub async fn addresses_of_running(call: &Call<'_, Aws>, tasks: &[Task]) -> Vec<Addresses> {
    let running = tasks.iter().filter(|task| task.last_status() == Some("RUNNING"));
    let found = join_all(running.map(|task| addresses(call, task))).await;
    found.into_iter().map(Result::unwrap_or_default).collect()
}

/// What looking at tasks of a cluster takes.
pub fn permissions(site: Site<'_>, cluster: &str) -> Vec<Permission> {
    [
        site.at("ecs", format!("task/{cluster}/*"))
            .called(["ecs:DescribeTasks"]),
        site.in_cluster(cluster).called(["ecs:ListTasks"]),
        site.anywhere().called(["ec2:DescribeNetworkInterfaces"]),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::KeyValuePair;

    use super::*;
    use crate::testing::{Answer, Stage};

    fn task() -> Task {
        let detail = |name: &str, value: &str| KeyValuePair::builder().name(name).value(value).build();
        let attachment = Attachment::builder()
            .r#type("ElasticNetworkInterface")
            .details(detail("networkInterfaceId", "eni-1"))
            .details(detail("privateIPv4Address", "10.0.0.5"))
            .build();
        Task::builder().attachments(attachment).build()
    }

    #[tokio::test]
    async fn the_interface_tells_where_a_task_is() {
        let stage = Stage::answering(|_| {
            Answer::xml(
                "<DescribeNetworkInterfacesResponse><networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId><subnetId>subnet-1</subnetId>\
                 <groupSet><item><groupId>sg-1</groupId></item></groupSet>\
                 <association><publicIp>203.0.113.9</publicIp></association></item></networkInterfaceSet>\
                 </DescribeNetworkInterfacesResponse>",
            )
        });
        let found = addresses(&stage.call(), &task()).await.unwrap();
        assert_eq!(found.public.as_deref(), Some("203.0.113.9"));
        assert_eq!(found.private.as_deref(), Some("10.0.0.5"));
        assert_eq!(found.subnet, Some("subnet-1".into()));
        assert_eq!(found.security_groups, Some(BTreeSet::from(["sg-1".into()])));
    }

    #[tokio::test]
    async fn a_task_without_an_interface_has_no_address_and_nobody_is_asked() {
        let stage = Stage::answering(|_| Answer::Lost);
        let found = addresses(&stage.call(), &Task::builder().build()).await.unwrap();
        assert_eq!(found, Addresses::default());
        assert!(stage.asked().is_empty());
    }

    #[tokio::test]
    async fn an_interface_that_went_meanwhile_is_no_failure() {
        let stage = Stage::answering(|_| Answer::xml("<DescribeNetworkInterfacesResponse/>"));
        let found = addresses(&stage.call(), &task()).await.unwrap();
        assert_eq!((found.public, found.security_groups), (None, None));
    }
}
