//! What many deployments cost that are read at once.

use std::collections::BTreeSet;

use aws::ids::{ClusterArn, VpcId};
use aws::testing::{Answer, Asked, Stage};
use aws::{lookups, tasks};
use aws_sdk_ecs::types::DesiredStatus;
use engine::{Component, Identity};
use futures::future::join_all;
use serde_json::Value;

use crate::{ContainerInsights, EcsCluster, SecurityGroup};

const CLUSTER: &str = "arn:aws:ecs:us-east-1:123456789012:cluster";

/// The ids that an EC2 request filters by.
fn filtered(asked: &Asked) -> Vec<String> {
    let values = asked.body.split('&').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        (name.starts_with("Filter.1.Value.")).then(|| value.to_owned())
    });
    values.collect()
}

/// An AWS where everything exists that does not end in 7.
fn world(asked: &Asked) -> Answer {
    let exists = |id: &String| !id.ends_with('7');
    let items = |set: &str, item: &dyn Fn(&String) -> String| {
        let items: String = filtered(asked).iter().filter(|id| exists(id)).map(item).collect();
        Answer::xml(format!(
            "<{0}Response><{set}>{items}</{set}></{0}Response>",
            asked.operation
        ))
    };
    match asked.operation.as_str() {
        "DescribeClusters" => {
            let names = asked.listed("clusters");
            let cluster = |arn: &String| {
                let name = arn.rsplit('/').next().unwrap();
                format!(r#"{{"clusterArn": "{CLUSTER}/{name}", "clusterName": "{name}", "status": "ACTIVE"}}"#)
            };
            let found: Vec<_> = names.iter().filter(|name| exists(name)).map(cluster).collect();
            Answer::json(format!(r#"{{"clusters": [{}]}}"#, found.join(",")))
        }
        "ListTasks" => {
            let service = serde_json::from_str::<Value>(&asked.body).unwrap()["serviceName"].clone();
            Answer::json(format!(r#"{{"taskArns": ["arn:task/{}"]}}"#, service.as_str().unwrap()))
        }
        "DescribeTasks" => {
            let task = |arn: &String| {
                let eni = arn.replace("arn:task/", "eni-");
                format!(
                    r#"{{"taskArn": "{arn}", "lastStatus": "RUNNING", "attachments": [{{"type": "ElasticNetworkInterface",
                        "details": [{{"name": "networkInterfaceId", "value": "{eni}"}}]}}]}}"#
                )
            };
            let found: Vec<_> = asked.listed("tasks").iter().map(task).collect();
            Answer::json(format!(r#"{{"tasks": [{}]}}"#, found.join(",")))
        }
        "DescribeNetworkInterfaces" => items("networkInterfaceSet", &|id| {
            format!(
                "<item><networkInterfaceId>{id}</networkInterfaceId><association><publicIp>{id}</publicIp></association></item>"
            )
        }),
        "DescribeSecurityGroups" => items("securityGroupInfo", &|id| {
            format!("<item><groupId>{id}</groupId><groupName>of {id}</groupName></item>")
        }),
        _ => items("subnetSet", &|id| {
            format!("<item><subnetId>{id}</subnetId><availabilityZone>zone of {id}</availabilityZone></item>")
        }),
    }
}

#[tokio::test(start_paused = true)]
async fn twelve_deployments_read_at_once_cost_one_call_for_each_kind() {
    let stage = Stage::answering(world);
    let deployment = async |n: usize| {
        let call = stage.call();
        let cluster = EcsCluster {
            name: format!("demo-{n}").into(),
            container_insights: ContainerInsights::Disabled.into(),
        };
        let at = Identity {
            id: format!("demo-{n}"),
            arn: Some(format!("{CLUSTER}/demo-{n}")),
        };
        let group = SecurityGroup {
            name: String::new().into(),
            description: String::new().into(),
            vpc_id: VpcId::from("vpc-1").into(),
            ingress: BTreeSet::new().into(),
            egress: None.into(),
        };
        let sg = Identity {
            id: format!("sg-{n}"),
            arn: None,
        };
        let subnets = [format!("subnet-{n}").as_str().into(), "subnet-99".into()];
        let service = format!("service-{n}");
        tokio::join!(
            cluster.read(&call, &at),
            group.read(&call, &sg),
            lookups::subnets(&stage.aws, &subnets),
            async {
                let tasks = tasks::of_service(&call, "shared", &service, DesiredStatus::Running).await?;
                tasks::addresses(&call, tasks::newest(&tasks).unwrap()).await
            },
        )
    };
    let read = join_all((0..12).map(deployment)).await;
    for (n, (cluster, group, subnets, addresses)) in read.into_iter().enumerate() {
        let cluster = cluster.unwrap().map(|cluster| cluster.output);
        let expected = format!("{CLUSTER}/demo-{n}");
        assert_eq!(cluster, (n != 7).then(|| ClusterArn::from(expected)));
        let group = group.unwrap().map(|group| group.spec.name.get().unwrap().clone());
        assert_eq!(group, (n != 7).then(|| format!("of sg-{n}")));
        let zones: Vec<_> = subnets.unwrap().into_iter().map(|subnet| subnet.zone).collect();
        let both = [
            (n != 7).then(|| format!("zone of subnet-{n}")),
            Some("zone of subnet-99".to_owned()),
        ];
        assert_eq!(zones, both.into_iter().flatten().collect::<Vec<_>>());
        assert_eq!(addresses.unwrap().public, (n != 7).then(|| format!("eni-service-{n}")));
    }
    let calls = stage.counted();
    let expected = [
        ("DescribeClusters", 1),
        ("DescribeNetworkInterfaces", 1),
        ("DescribeSecurityGroups", 1),
        ("DescribeSubnets", 1),
        ("DescribeTasks", 1),
        // ECS lists the tasks of one service at a time.
        ("ListTasks", 12),
    ];
    assert_eq!(calls, expected.map(|(name, count)| (name.to_owned(), count)).into());
}
