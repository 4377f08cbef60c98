//! What there is to tell of the hosts that a service's tasks wait for. Sources: Amazon ECS API,
//! `DescribeCapacityProviders`, `DescribeClusters`; Amazon EC2 Auto Scaling API, `DescribeAutoScalingGroups`,
//! `DescribeScalingActivities`.

use aws_sdk_autoscaling::types::{Activity, AutoScalingGroup, LifecycleState, ScalingActivityStatusCode};
use aws_sdk_ecs::types::{CapacityProvider, Service};

use crate::Aws;
use crate::ask::ask;
use crate::ids::ClusterArn;
use engine::{Call, Result};

/// What is said of hosts that run while the cluster has none.
pub(super) const STAY_AWAY: &str = "hosts that have not joined the cluster";

/// A line or two for each auto scaling group that the service's capacity providers scale. What cannot be found out is
/// left out.
pub(super) async fn told(call: &Call<'_, Aws>, service: &Service) -> Vec<String> {
    let providers: Vec<_> = service
        .capacity_provider_strategy()
        .iter()
        .map(|item| item.capacity_provider().to_owned())
        .filter(|name| !name.starts_with("FARGATE"))
        .collect();
    if providers.is_empty() {
        return Vec::new();
    }
    let cluster = ClusterArn::from(service.cluster_arn().unwrap_or_default());
    let (groups, joined) = tokio::join!(groups(call, providers), joined(call, &cluster));
    let (groups, joined) = (groups.unwrap_or_default(), joined.ok().flatten());
    let mut lines = Vec::new();
    for name in groups {
        let (group, failure) = tokio::join!(group(call, &name), failure(call, &name));
        if let Ok(Some(group)) = group {
            lines.push(counts(&name, &group));
            if in_service(&group) > 0 && joined == Some(0) {
                lines.push(format!("{name} has {STAY_AWAY} {}", cluster.cluster_name()));
            }
        }
        if let Ok(Some(failure)) = failure {
            lines.push(format!("{name} could not launch a host: {failure}"));
        }
    }
    lines
}

/// The names of the groups that the providers scale.
async fn groups(call: &Call<'_, Aws>, providers: Vec<String>) -> Result<Vec<String>> {
    let request = call
        .world
        .ecs
        .describe_capacity_providers()
        .set_capacity_providers(Some(providers));
    let answer = ask(call, "ecs:DescribeCapacityProviders", request.send()).await?;
    Ok(answer.capacity_providers().iter().filter_map(group_name).collect())
}

/// What follows the last slash of `arn:…:autoScalingGroup:UUID:autoScalingGroupName/NAME`; the name may hold slashes itself.
fn group_name(provider: &CapacityProvider) -> Option<String> {
    let arn = provider.auto_scaling_group_provider()?.auto_scaling_group_arn();
    arn.split_once("autoScalingGroupName/").map(|(_, name)| name.to_owned())
}

async fn group(call: &Call<'_, Aws>, name: &str) -> Result<Option<AutoScalingGroup>> {
    let request = call
        .world
        .autoscaling
        .describe_auto_scaling_groups()
        .auto_scaling_group_names(name);
    let answer = ask(call, "autoscaling:DescribeAutoScalingGroups", request.send()).await?;
    Ok(answer.auto_scaling_groups.unwrap_or_default().into_iter().next())
}

/// Why the group could not launch a host the last time it tried, where it has not launched one since. The newest
/// activities come first. One whose host ends before it is in service is cancelled (zalando-incubator/kubernetes-on-aws#4583,
/// hashicorp/waypoint#1447).
async fn failure(call: &Call<'_, Aws>, name: &str) -> Result<Option<String>> {
    let request = call
        .world
        .autoscaling
        .describe_scaling_activities()
        .auto_scaling_group_name(name);
    let answer = ask(call, "autoscaling:DescribeScalingActivities", request.send()).await?;
    Ok(last_failure(answer.activities()).map(str::to_owned))
}

fn last_failure(activities: &[Activity]) -> Option<&str> {
    let ended = |activity: &&Activity| {
        matches!(
            activity.status_code(),
            Some(
                ScalingActivityStatusCode::Successful
                    | ScalingActivityStatusCode::Failed
                    | ScalingActivityStatusCode::Cancelled
            )
        )
    };
    let last = activities.iter().find(ended)?;
    if last.status_code() == Some(&ScalingActivityStatusCode::Successful) {
        None
    } else {
        last.status_message().or(last.cause())
    }
}

/// How many hosts have joined the cluster.
async fn joined(call: &Call<'_, Aws>, cluster: &ClusterArn) -> Result<Option<i32>> {
    let request = call.world.ecs.describe_clusters().clusters(cluster.as_str());
    let answer = ask(call, "ecs:DescribeClusters", request.send()).await?;
    let cluster = answer.clusters().first();
    Ok(cluster.map(aws_sdk_ecs::types::Cluster::registered_container_instances_count))
}

fn in_service(group: &AutoScalingGroup) -> usize {
    let instances = group.instances().iter();
    instances
        .filter(|instance| instance.lifecycle_state() == Some(&LifecycleState::InService))
        .count()
}

fn counts(name: &str, group: &AutoScalingGroup) -> String {
    format!(
        "{name} has {} of {} wanted hosts in service, at most {}",
        in_service(group),
        group.desired_capacity().unwrap_or_default(),
        group.max_size().unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::CapacityProviderStrategyItem;
    use serde_json::json;

    use super::*;
    use crate::testing::{Answer, Stage};

    fn service(provider: &str) -> Service {
        let item = CapacityProviderStrategyItem::builder()
            .capacity_provider(provider)
            .weight(1);
        Service::builder()
            .cluster_arn("arn:aws:ecs:us-east-1:123456789012:cluster/demo")
            .capacity_provider_strategy(item.build().unwrap())
            .build()
    }

    fn activity(code: &str, message: &str) -> String {
        format!("<member><StatusCode>{code}</StatusCode><StatusMessage>{message}</StatusMessage></member>")
    }

    fn stage(instances: &'static str, activities: String, joined: i32) -> Stage {
        Stage::answering(move |asked| match asked.operation.as_str() {
            "DescribeCapacityProviders" => Answer::json(
                json!({"capacityProviders": [{"autoScalingGroupProvider": {"autoScalingGroupArn":
                    "arn:aws:autoscaling:us-east-1:1:autoScalingGroup:u-u-i-d:autoScalingGroupName/demo"}}]})
                .to_string(),
            ),
            "DescribeClusters" => {
                Answer::json(json!({"clusters": [{"registeredContainerInstancesCount": joined}]}).to_string())
            }
            "DescribeAutoScalingGroups" => Answer::xml(format!(
                "<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups><member>\
                 <AutoScalingGroupName>demo</AutoScalingGroupName><DesiredCapacity>1</DesiredCapacity><MaxSize>2</MaxSize>\
                 <Instances>{instances}</Instances></member></AutoScalingGroups></DescribeAutoScalingGroupsResult>\
                 </DescribeAutoScalingGroupsResponse>"
            )),
            _ => Answer::xml(format!(
                "<DescribeScalingActivitiesResponse><DescribeScalingActivitiesResult><Activities>{activities}</Activities>\
                 </DescribeScalingActivitiesResult></DescribeScalingActivitiesResponse>"
            )),
        })
    }

    const HOST: &str = "<member><InstanceId>i-1</InstanceId><LifecycleState>InService</LifecycleState></member>";

    #[tokio::test]
    async fn hosts_that_cannot_be_launched_are_told_with_awss_reason() {
        let activities = activity("InProgress", "") + &activity("Failed", "no capacity") + &activity("Successful", "");
        let stage = stage("", activities, 0);
        let lines = told(&stage.call(), &service("demo")).await;
        assert_eq!(
            lines,
            [
                "demo has 0 of 1 wanted hosts in service, at most 2",
                "demo could not launch a host: no capacity"
            ]
        );
    }

    #[tokio::test]
    async fn a_host_that_ends_before_it_is_in_service_is_told() {
        let activities = activity("Cancelled", "Client error on launch") + &activity("Successful", "");
        let stage = stage("", activities, 0);
        let lines = told(&stage.call(), &service("demo")).await;
        assert_eq!(lines[1], "demo could not launch a host: Client error on launch");
    }

    #[tokio::test]
    async fn a_failure_that_a_success_followed_is_history() {
        let activities = activity("Successful", "") + &activity("Failed", "no capacity");
        let stage = stage(HOST, activities, 1);
        let lines = told(&stage.call(), &service("demo")).await;
        assert_eq!(lines, ["demo has 1 of 1 wanted hosts in service, at most 2"]);
    }

    #[tokio::test]
    async fn hosts_that_stay_away_from_the_cluster_are_told() {
        let stage = stage(HOST, String::new(), 0);
        let lines = told(&stage.call(), &service("demo")).await;
        assert_eq!(lines[1], "demo has hosts that have not joined the cluster demo");
    }

    #[tokio::test]
    async fn on_fargate_there_are_no_hosts_to_ask_about() {
        let stage = Stage::answering(|_| Answer::Lost);
        assert!(told(&stage.call(), &service("FARGATE_SPOT")).await.is_empty());
        assert!(stage.asked().is_empty());
    }

    #[tokio::test]
    async fn what_cannot_be_found_out_is_left_out() {
        let stage = Stage::answering(|_| Answer::refused("AccessDeniedException", "no"));
        assert!(told(&stage.call(), &service("demo")).await.is_empty());
    }
}
