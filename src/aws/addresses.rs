//! Where a Fargate task can be reached: the addresses of its network interface (Amazon ECS API, `DescribeTasks`; Amazon
//! EC2 API, `DescribeNetworkInterfaces`).

use std::collections::BTreeSet;

use aws_sdk_ec2::types::NetworkInterface;
use aws_sdk_ecs::types::Task;

use super::Aws;
use super::error::{ask, unless_absent};
use super::ids::{SecurityGroupId, SubnetId};
use crate::engine::{Call, Result};

/// How a task stands in the network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Addresses {
    /// Its public address.
    pub(super) public_ip: Option<String>,
    /// Its private address.
    pub(super) private_ip: Option<String>,
    /// Its subnet.
    pub(super) subnet: Option<SubnetId>,
    /// Its groups.
    pub(super) security_groups: BTreeSet<SecurityGroupId>,
}

impl Addresses {
    /// Looks up how a task stands in the network. A task that has no interface (any more) has nothing of it.
    pub(super) async fn of_task(call: &Call<'_, Aws>, task: &Task) -> Result<Self> {
        let Some(id) = detail(task, "networkInterfaceId") else { return Ok(Self::default()) };
        let request = call.world.ec2.describe_network_interfaces().network_interface_ids(id);
        let answer = unless_absent(ask(call, "ec2:DescribeNetworkInterfaces", request.send()).await)?;
        let interface = answer.and_then(|answer| answer.network_interfaces?.into_iter().next());
        Ok(interface.map(|interface| Self::from(&interface)).unwrap_or_default())
    }
}

impl From<&NetworkInterface> for Addresses {
    fn from(interface: &NetworkInterface) -> Self {
        Self {
            public_ip: interface.association().and_then(|association| association.public_ip()).map(str::to_owned),
            private_ip: interface.private_ip_address().map(str::to_owned),
            subnet: interface.subnet_id().map(Into::into),
            security_groups: interface.groups().iter().filter_map(|group| group.group_id()).map(Into::into).collect(),
        }
    }
}

/// A detail of the task's elastic network interface.
fn detail<'a>(task: &'a Task, name: &str) -> Option<&'a str> {
    task.attachments()
        .iter()
        .filter(|attachment| attachment.r#type() == Some("ElasticNetworkInterface"))
        .flat_map(|attachment| attachment.details())
        .find(|detail| detail.name() == Some(name))
        .and_then(|detail| detail.value())
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::{Attachment, KeyValuePair};

    use super::*;
    use crate::aws::testing::{Answer, Stage};

    fn task() -> Task {
        let interface = KeyValuePair::builder().name("networkInterfaceId").value("eni-1").build();
        let attachment = Attachment::builder().r#type("ElasticNetworkInterface").details(interface).build();
        Task::builder().attachments(attachment).build()
    }

    #[tokio::test]
    async fn the_interface_tells_the_addresses() {
        let stage = Stage::answering(|_| {
            Answer::xml(
                "<DescribeNetworkInterfacesResponse><networkInterfaceSet><item><privateIpAddress>10.0.0.5</privateIpAddress>\
                 <subnetId>subnet-1</subnetId><groupSet><item><groupId>sg-1</groupId></item></groupSet>\
                 <association><publicIp>203.0.113.9</publicIp></association></item></networkInterfaceSet>\
                 </DescribeNetworkInterfacesResponse>",
            )
        });
        let found = Addresses::of_task(&stage.call(), &task()).await.unwrap();
        assert_eq!(found.public_ip.as_deref(), Some("203.0.113.9"));
        assert_eq!(found.private_ip.as_deref(), Some("10.0.0.5"));
        assert_eq!(found.security_groups, BTreeSet::from(["sg-1".into()]));
    }

    #[tokio::test]
    async fn a_task_without_an_interface_has_no_address_and_nobody_is_asked() {
        let stage = Stage::answering(|_| Answer::Lost);
        let found = Addresses::of_task(&stage.call(), &Task::builder().build()).await.unwrap();
        assert_eq!(found, Addresses::default());
        assert!(stage.asked().is_empty());
    }

    #[tokio::test]
    async fn an_interface_that_went_meanwhile_is_no_failure() {
        let stage = Stage::answering(|_| Answer::refused_ec2("InvalidNetworkInterfaceID.NotFound", "eni-1 does not exist"));
        assert_eq!(Addresses::of_task(&stage.call(), &task()).await.unwrap(), Addresses::default());
    }
}
