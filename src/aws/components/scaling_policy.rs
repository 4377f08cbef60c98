//! How a service is scaled: after a metric that is to stay near a value. Sources: Application Auto Scaling API,
//! `PutScalingPolicy`, `DescribeScalingPolicies`, `DeleteScalingPolicy`.

use crate::aws::ids::ServiceArn;

crate::spec! {
    /// A target tracking policy.
    pub struct ScalingPolicy {
        /// The service, which must be a scalable target: refer to the target's output.
        replace service: ServiceArn,
        /// The name, unique among the service's policies: up to 256 characters.
        replace name: String,
        /// What is measured.
        update metric: ScalingMetric,
        /// What the metric should stay near.
        update target: TargetValue,
        /// How many seconds after a scale-in the next may follow.
        update scale_in_cooldown: i32,
        /// How many seconds after a scale-out the next may follow.
        update scale_out_cooldown: i32,
        /// Whether this policy only ever adds tasks.
        update disable_scale_in: bool,
    }
}

/// What a scaling policy measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScalingMetric {
    /// The service's average use of its reserved CPU, in percent.
    Cpu,
    /// The service's average use of its reserved memory, in percent.
    Memory,
    /// How many requests a minute each task gets from a load balancer.
    RequestsPerTarget {
        /// `app/NAME/ID/targetgroup/NAME/ID`: the last parts of both ARNs, as the API wants it.
        resource_label: String,
    },
    /// One that is none of these, in AWS's words.
    Other(String),
}

/// What a metric should stay near, to a thousandth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetValue(i64);

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScalingPolicyOutput {
    /// The ARN.
    pub arn: String,
}
