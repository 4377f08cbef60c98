//! Tests of joined reads: how many calls several deployments cost, and that each gets its own.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::testing::{Answer, Asked, Stage};
use engine::{Call, Key};

#[tokio::test(start_paused = true)]
async fn more_services_than_one_call_describes_take_two() {
    let stage = Stage::answering(|asked| {
        let service = |name: &String| format!(r#"{{"serviceName": "{name}", "status": "ACTIVE"}}"#);
        let found: Vec<_> = asked.listed("services").iter().map(service).collect();
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
        let items: Vec<_> = asked.listed(list).iter().filter(exists).map(item).collect();
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
            let names = asked.listed("PolicyNames");
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
    let calls = stage.counted();
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
