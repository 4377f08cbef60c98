//! Joined reads of Elastic Load Balancing, by ARNs.

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{Listener, LoadBalancer, TagDescription, TargetGroup};

use crate::batch::Batcher;
use crate::error::refusal;
use crate::on_demand::OnDemand;

/// How many objects one call describes. Source: Elastic Load Balancing API (2015-12-01), `DescribeTags` and
/// `DescribeLoadBalancers`.
const BALANCING: usize = 20;

/// Joined reads of Elastic Load Balancing. It refuses ARNs of what is gone as not found.
pub struct Elb {
    pub listeners: Batcher<(), String, Listener>,
    pub load_balancers: Batcher<(), String, LoadBalancer>,
    pub tags: Batcher<(), String, TagDescription>,
    pub target_groups: Batcher<(), String, TargetGroup>,
}

/// A batcher of one operation.
macro_rules! by_arn {
    ($client:expr, $operation:ident, $attempted:literal, $ask:ident, $found:ident, $arn:ident) => {{
        let client = $client.clone();
        Batcher::new(
            BALANCING,
            |arn: &String, found| found.$arn() == Some(arn),
            move |(), arns: Vec<String>| {
                let request = client.$operation().$ask(Some(arns));
                async move {
                    let answer = request.send().await;
                    Ok(answer
                        .map_err(|error| refusal($attempted, &error))?
                        .$found
                        .unwrap_or_default())
                }
            },
        )
    }};
}

impl Elb {
    /// The reads of that client.
    pub(super) fn new(elbv2: &OnDemand<Client>) -> Self {
        Self {
            listeners: by_arn!(
                elbv2,
                describe_listeners,
                "elasticloadbalancing:DescribeListeners",
                set_listener_arns,
                listeners,
                listener_arn
            ),
            load_balancers: by_arn!(
                elbv2,
                describe_load_balancers,
                "elasticloadbalancing:DescribeLoadBalancers",
                set_load_balancer_arns,
                load_balancers,
                load_balancer_arn
            ),
            tags: by_arn!(
                elbv2,
                describe_tags,
                "elasticloadbalancing:DescribeTags",
                set_resource_arns,
                tag_descriptions,
                resource_arn
            ),
            target_groups: by_arn!(
                elbv2,
                describe_target_groups,
                "elasticloadbalancing:DescribeTargetGroups",
                set_target_group_arns,
                target_groups,
                target_group_arn
            ),
        }
    }
}
