//! What a service's load balancers say of its tasks. Source: Elastic Load Balancing API (2015-12-01),
//! `DescribeTargetHealth`.

use aws_sdk_ecs::types::Service;
use aws_sdk_elasticloadbalancingv2::types::{TargetHealthDescription, TargetHealthStateEnum};

use crate::Aws;
use crate::ask::ask;
use engine::{Call, Result};

/// A line for each target that is not healthy. What cannot be found out is left out.
pub(super) async fn told(call: &Call<'_, Aws>, service: &Service) -> Vec<String> {
    let groups = service
        .load_balancers()
        .iter()
        .filter_map(|target| target.target_group_arn());
    let answers = futures::future::join_all(groups.map(|group| targets(call, group))).await;
    let targets = answers.into_iter().filter_map(Result::ok).flatten();
    targets.filter_map(|target| line(&target)).collect()
}

async fn targets(call: &Call<'_, Aws>, group: &str) -> Result<Vec<TargetHealthDescription>> {
    let request = call.world.elbv2.describe_target_health().target_group_arn(group);
    let answer = ask(call, "elasticloadbalancing:DescribeTargetHealth", request.send()).await?;
    Ok(answer.target_health_descriptions.unwrap_or_default())
}

fn line(target: &TargetHealthDescription) -> Option<String> {
    let health = target.target_health()?;
    let state = health
        .state()
        .filter(|state| **state != TargetHealthStateEnum::Healthy)?;
    let address = target.target().and_then(|target| target.id()).unwrap_or("a task");
    let reason = health.reason().map(|reason| reason.as_str().to_owned());
    let facts: Vec<_> = reason
        .into_iter()
        .chain(health.description().map(str::to_owned))
        .collect();
    Some(if facts.is_empty() {
        format!("{address}: {state}")
    } else {
        format!("{address}: {state} ({})", facts.join(": "))
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::LoadBalancer;

    use super::*;
    use crate::testing::{Answer, Stage};

    #[tokio::test]
    async fn targets_that_are_not_healthy_are_told_with_the_reason() {
        let stage = Stage::answering(|_| {
            Answer::xml(
                "<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions>\
                 <member><Target><Id>10.0.0.5</Id><Port>8080</Port></Target><TargetHealth><State>unhealthy</State>\
                 <Reason>Target.ResponseCodeMismatch</Reason>\
                 <Description>Health checks failed with these codes: [503]</Description></TargetHealth></member>\
                 <member><Target><Id>10.0.0.6</Id></Target><TargetHealth><State>healthy</State></TargetHealth></member>\
                 </TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>",
            )
        });
        let service = Service::builder()
            .load_balancers(LoadBalancer::builder().target_group_arn("arn").build())
            .build();
        assert_eq!(
            told(&stage.call(), &service).await,
            ["10.0.0.5: unhealthy (Target.ResponseCodeMismatch: Health checks failed with these codes: [503])"]
        );
    }

    #[tokio::test]
    async fn a_service_without_a_load_balancer_has_none_to_ask() {
        let stage = Stage::answering(|_| Answer::Lost);
        assert!(told(&stage.call(), &Service::builder().build()).await.is_empty());
        assert!(stage.asked().is_empty());
    }
}
