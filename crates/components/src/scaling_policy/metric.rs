//! What a policy measures, and what value that should stay near.

use aws_sdk_applicationautoscaling::types::{
    MetricType, PredefinedMetricSpecification, TargetTrackingScalingPolicyConfiguration,
};

use engine::{Error, Result};

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

impl ScalingMetric {
    /// As the API takes it.
    ///
    /// # Errors
    /// A bug of ours where it is none that we know.
    pub(super) fn predefined(&self) -> Result<Option<PredefinedMetricSpecification>> {
        let (kind, label) = match self {
            Self::Cpu => (MetricType::EcsServiceAverageCpuUtilization, None),
            Self::Memory => (MetricType::EcsServiceAverageMemoryUtilization, None),
            Self::RequestsPerTarget { resource_label } => (MetricType::AlbRequestCountPerTarget, Some(resource_label)),
            Self::Other(name) => {
                let message = format!("{name} is not a metric that policies are made for");
                return Err(Error::bug("application-autoscaling:PutScalingPolicy", message));
            }
        };
        PredefinedMetricSpecification::builder()
            .predefined_metric_type(kind)
            .set_resource_label(label.cloned())
            .build()
            .map(Some)
            .map_err(|error| Error::bug("application-autoscaling:PutScalingPolicy", error.to_string()))
    }

    /// As the API tells it.
    pub(super) fn told(tracking: &TargetTrackingScalingPolicyConfiguration) -> Self {
        let Some(metric) = tracking.predefined_metric_specification() else {
            return Self::Other("a customized metric".to_owned());
        };
        match metric.predefined_metric_type() {
            MetricType::EcsServiceAverageCpuUtilization => Self::Cpu,
            MetricType::EcsServiceAverageMemoryUtilization => Self::Memory,
            MetricType::AlbRequestCountPerTarget => Self::RequestsPerTarget {
                resource_label: metric.resource_label().unwrap_or_default().to_owned(),
            },
            other => Self::Other(other.as_str().to_owned()),
        }
    }
}

impl TargetValue {
    /// A whole number: percent, or requests a minute.
    pub const fn whole(value: i32) -> Self {
        Self(value as i64 * 1000)
    }

    /// The number, where it is a whole one.
    pub fn as_whole(self) -> Option<i64> {
        (self.0 % 1000 == 0).then_some(self.0 / 1000)
    }

    /// To the nearest thousandth, as the API tells it. Targets are far smaller than what is lost above 2^52.
    #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
    pub(super) fn from_f64(value: f64) -> Self {
        Self((value * 1000.0).round() as i64)
    }

    /// As the API takes it.
    #[expect(clippy::cast_precision_loss, reason = "targets are far smaller than 2^52")]
    pub(super) fn to_f64(self) -> f64 {
        self.0 as f64 / 1000.0
    }
}
