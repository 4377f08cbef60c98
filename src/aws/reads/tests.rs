//! Tests of joined reads: how many calls several deployments cost, and that each gets its own.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::DesiredStatus;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::aws::components::{ContainerInsights, EcsCluster, SecurityGroup};
use crate::aws::ids::{ClusterArn, VpcId};
use crate::aws::testing::{Answer, Asked, Stage};
use crate::aws::{lookups, tasks};
use crate::engine::{Call, Component, Identity, Key};

const CLUSTER: &str = "arn:aws:ecs:us-east-1:123456789012:cluster";

/// The ids that an EC2 request filters by.
fn filtered(asked: &Asked) -> Vec<String> {
    let values = asked.body.split('&').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        (name.starts_with("Filter.1.Value.")).then(|| value.to_owned())
    });
    values.collect()
}

/// The names in an ECS request.
fn listed(asked: &Asked, member: &str) -> Vec<String> {
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    let names = body[member].as_array().into_iter().flatten();
    names.filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// An AWS where everything exists that does not end in 7.
fn aws(asked: &Asked) -> Answer {
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
            let names = listed(asked, "clusters");
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
            let found: Vec<_> = listed(asked, "tasks").iter().map(task).collect();
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

/// How often each operation was called.
fn counted(stage: &Stage) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for operation in stage.operations() {
        *counts.entry(operation).or_default() += 1;
    }
    counts
}

#[tokio::test(start_paused = true)]
async fn twelve_deployments_read_at_once_cost_one_call_for_each_kind() {
    let stage = Stage::answering(aws);
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
    let calls = counted(&stage);
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

#[tokio::test(start_paused = true)]
async fn more_services_than_one_call_describes_take_two() {
    let stage = Stage::answering(|asked| {
        let service = |name: &String| format!(r#"{{"serviceName": "{name}", "status": "ACTIVE"}}"#);
        let found: Vec<_> = listed(asked, "services").iter().map(service).collect();
        Answer::json(format!(r#"{{"services": [{}]}}"#, found.join(",")))
    });
    let names: Vec<_> = (0..12).map(|n| format!("service-{n}")).collect();
    let found = join_all(
        names
            .iter()
            .map(|name| stage.aws.reads.ecs.services.all("shared", name.as_str())),
    )
    .await;
    for (name, found) in names.iter().zip(found) {
        assert_eq!(found.unwrap()[0].service_name(), Some(name.as_str()));
    }
    assert_eq!(stage.operations(), ["DescribeServices"; 2]);
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_cluster_that_is_gone_is_no_failure() {
    let stage = Stage::answering(|_| Answer::refused("ClusterNotFoundException", "Cluster not found."));
    assert_eq!(stage.aws.reads.ecs.services.all("gone", "a").await.unwrap(), []);
    assert_eq!(stage.aws.reads.ecs.tasks.one("gone", "arn:task/a").await.unwrap(), None);
}

/// The sets in which EC2 answers, each with the name of the id in it.
const SETS: [(&str, &str, &str); 9] = [
    ("DescribeAddresses", "addressesSet", "allocationId"),
    ("DescribeFlowLogs", "flowLogSet", "flowLogId"),
    ("DescribeInternetGateways", "internetGatewaySet", "internetGatewayId"),
    ("DescribeLaunchTemplates", "launchTemplates", "launchTemplateName"),
    ("DescribeNatGateways", "natGatewaySet", "natGatewayId"),
    ("DescribeRouteTables", "routeTableSet", "routeTableId"),
    ("DescribeVolumes", "volumeSet", "volumeId"),
    ("DescribeVpcEndpoints", "vpcEndpointSet", "vpcEndpointId"),
    ("DescribeVpcs", "vpcSet", "vpcId"),
];

/// The values that a request of EC2 or of Auto Scaling lists.
fn values(asked: &Asked) -> Vec<String> {
    let lists = |name: &str| name.contains(".Value.") || name.contains(".member.");
    let pairs = asked.body.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .filter(|(name, _)| lists(name))
        .map(|(_, value)| value.to_owned())
        .collect()
}

/// An AWS where everything exists that does not end in 7.
fn world(asked: &Asked) -> Answer {
    let exists = |id: &&String| !id.ends_with('7');
    let operation = asked.operation.as_str();
    if let Some((_, set, id)) = SETS.iter().find(|(name, ..)| *name == operation) {
        let item = |value: &String| format!("<item><{id}>{value}</{id}></item>");
        let items: String = values(asked).iter().filter(exists).map(item).collect();
        return Answer::xml(format!(
            "<{operation}Response><{set}>{items}</{set}></{operation}Response>"
        ));
    }
    let json = |list: &str, set: &str, item: &dyn Fn(&String) -> Value| {
        let items: Vec<_> = listed(asked, list).iter().filter(exists).map(item).collect();
        Answer::json(json!({ set: items }).to_string())
    };
    let scaled = |resource: &str| {
        json!({"ServiceNamespace": "ecs", "ResourceId": resource, "ScalableDimension": "ecs:service:DesiredCount",
               "CreationTime": 0})
    };
    match operation {
        "DescribeAutoScalingGroups" => {
            let member =
                |name: &String| format!("<member><AutoScalingGroupName>{name}</AutoScalingGroupName></member>");
            let members: String = values(asked).iter().filter(exists).map(member).collect();
            Answer::xml(format!(
                "<{operation}Response><{operation}Result><AutoScalingGroups>{members}</AutoScalingGroups>\
                 </{operation}Result></{operation}Response>"
            ))
        }
        "DescribeInstances" => {
            let item = |id: &String| {
                format!("<item><instancesSet><item><instanceId>{id}</instanceId></item></instancesSet></item>")
            };
            let items: String = values(asked).iter().filter(exists).map(item).collect();
            Answer::xml(format!(
                "<{operation}Response><reservationSet>{items}</reservationSet></{operation}Response>"
            ))
        }
        "DescribeCapacityProviders" => json("capacityProviders", "capacityProviders", &|name| json!({"name": name})),
        "DescribeLogGroups" => json(
            "logGroupIdentifiers",
            "logGroups",
            &|name| json!({"logGroupName": name}),
        ),
        "DescribeRepositories" => json(
            "repositoryNames",
            "repositories",
            &|name| json!({"repositoryName": name}),
        ),
        "DescribeScalableTargets" => json("ResourceIds", "ScalableTargets", &|resource| {
            let mut target = scaled(resource);
            target["MinCapacity"] = json!(1);
            target["MaxCapacity"] = json!(2);
            target["RoleARN"] = json!("arn:role");
            target
        }),
        // Two services have policies of each name.
        _ => {
            let policy = |name: &String, service: &str| {
                let mut policy = scaled(service);
                policy["PolicyName"] = json!(name);
                policy["PolicyARN"] = json!(format!("arn:{service}/{name}"));
                policy["PolicyType"] = json!("TargetTrackingScaling");
                policy
            };
            let names = listed(asked, "PolicyNames");
            let policies = names
                .iter()
                .flat_map(|name| ["service/a", "service/b"].map(|service| policy(name, service)));
            Answer::json(json!({"ScalingPolicies": policies.collect::<Vec<_>>()}).to_string())
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_kind_that_aws_describes_many_of_is_read_by_one_call_and_what_is_gone_is_left_out() {
    let stage = Stage::answering(world);
    let reads = &stage.aws.reads;
    let one = async |n: usize| {
        let id = format!("x-{n}");
        let (ec2, id) = (&reads.ec2, id.as_str());
        let found = tokio::join!(
            ec2.addresses.of_id(id),
            ec2.flow_logs.of_id(id),
            ec2.instances.of_id(id),
            ec2.internet_gateways.of_id(id),
            ec2.launch_templates_by_name.one((), id),
            ec2.nat_gateways.of_id(id),
            ec2.route_tables.of_id(id),
            ec2.volumes.of_id(id),
            ec2.vpc_endpoints.of_id(id),
            ec2.vpcs.of_id(id),
            reads.ecs.capacity_providers.one((), id),
            reads.scaling.groups.one((), id),
            reads.scaling.targets.one((), id),
            reads.stores.log_groups.one((), id),
            reads.stores.repositories.one((), id),
        );
        let policy = reads
            .scaling
            .policies
            .one((), ("service/b".to_owned(), id.to_owned()))
            .await;
        assert_eq!(policy.unwrap().unwrap().policy_arn(), format!("arn:service/b/{id}"));
        [
            found.0.unwrap().is_some(),
            found.1.unwrap().is_some(),
            found.2.unwrap().is_some(),
            found.3.unwrap().is_some(),
            found.4.unwrap().is_some(),
            found.5.unwrap().is_some(),
            found.6.unwrap().is_some(),
            found.7.unwrap().is_some(),
            found.8.unwrap().is_some(),
            found.9.unwrap().is_some(),
            found.10.unwrap().is_some(),
            found.11.unwrap().is_some(),
            found.12.unwrap().is_some(),
            found.13.unwrap().is_some(),
            found.14.unwrap().is_some(),
        ]
    };
    for (n, found) in join_all((0..12).map(one)).await.into_iter().enumerate() {
        assert_eq!(found, [n != 7; 15], "{n}");
    }
    let calls = counted(&stage);
    assert_eq!(calls.len(), 16, "{calls:?}");
    assert!(calls.values().all(|count| *count == 1), "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn parts_are_looked_for_by_their_tags_in_one_call_and_each_gets_its_own() {
    let stage = Stage::answering(|asked| {
        let tag = |key: &str, value: &str| format!("<item><key>thatdot:{key}</key><value>{value}</value></item>");
        let subnets = ["a", "b"].iter().flat_map(|zone| {
            ["demo", "other"].map(|name| {
                let tags = tag("deployment", name) + &tag("component", &format!("subnet_{zone}"));
                format!("<item><subnetId>{name}-{zone}</subnetId><tagSet>{tags}</tagSet></item>")
            })
        });
        let subnets: String = subnets.collect();
        assert!(
            asked.body.contains("subnet_a") && asked.body.contains("subnet_b"),
            "{}",
            asked.body
        );
        Answer::xml(format!(
            "<DescribeSubnetsResponse><subnetSet>{subnets}</subnetSet></DescribeSubnetsResponse>"
        ))
    });
    let keys = ["subnet_a", "subnet_b"].map(Key::new);
    let found = join_all(keys.iter().map(async |key| {
        let call = Call { key, ..stage.call() };
        stage.aws.reads.ec2.subnets.tagged(&call).await.unwrap()
    }));
    for (zone, found) in ["a", "b"].iter().zip(found.await) {
        let ids: Vec<_> = found.iter().map(|subnet| subnet.subnet_id().unwrap()).collect();
        assert_eq!(ids, [format!("demo-{zone}")]);
    }
    assert_eq!(stage.operations(), ["DescribeSubnets"]);
}
