//! How a service is scaled: after a metric that is to stay near a value. Sources: Application Auto Scaling API,
//! `PutScalingPolicy`, `DescribeScalingPolicies`, `DeleteScalingPolicy`.

mod metric;

use aws_sdk_applicationautoscaling::types::{
    PolicyType, ScalableDimension, ScalingPolicy as Described, ServiceNamespace,
    TargetTrackingScalingPolicyConfiguration,
};

use aws::Aws;
use aws::ask::{ask, in_time};
use aws::error::unless_absent;
use aws::ids::ServiceArn;
use aws::permissions::Site;
use aws::retry::hosts::{SCALING_IN_CHANGE, SCALING_TOO_EARLY};
use aws::retry::retry_while;
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

pub use metric::{ScalingMetric, TargetValue};

engine::spec! {
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

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScalingPolicyOutput {
    /// The ARN.
    pub arn: String,
}

/// AWS's cooldown for services where none is said (Application Auto Scaling API,
/// `TargetTrackingScalingPolicyConfiguration`).
const DEFAULT_COOLDOWN_SECONDS: i32 = 300;
/// What stands between service and name in an identity; no ARN of a service has it.
const MARK: char = '#';

async fn describe(call: &Call<'_, Aws>, resource: &str, name: &str) -> Result<Option<Described>> {
    let policies = &call.world.reads.scaling.policies;
    let found = policies.one((), (resource.to_owned(), name.to_owned()));
    in_time(call, "application-autoscaling:DescribeScalingPolicies", found).await
}

/// The service's ARN and the name, which together are what every call takes.
fn identity(service: &ServiceArn, name: &str, arn: &str) -> Identity {
    Identity {
        id: format!("{service}{MARK}{name}"),
        arn: Some(arn.to_owned()),
    }
}

/// The other way round.
fn address(identity: &Identity) -> (ServiceArn, &str) {
    let (service, name) = identity.id.split_once(MARK).unwrap_or((&identity.id, ""));
    (service.into(), name)
}

impl ScalingPolicy {
    /// Makes the policy or changes it: the API has one call for both. Answers its ARN.
    async fn put(&self, call: &Call<'_, Aws>, resource: &str, name: &str) -> Result<String> {
        let tracking = TargetTrackingScalingPolicyConfiguration::builder()
            .target_value(self.target.get()?.to_f64())
            .set_predefined_metric_specification(self.metric.get()?.predefined()?)
            .scale_in_cooldown(*self.scale_in_cooldown.get()?)
            .scale_out_cooldown(*self.scale_out_cooldown.get()?)
            .disable_scale_in(*self.disable_scale_in.get()?)
            .build()
            .map_err(|error| Error::bug("application-autoscaling:PutScalingPolicy", error.to_string()))?;
        let request = call
            .world
            .appautoscaling
            .put_scaling_policy()
            .service_namespace(ServiceNamespace::Ecs)
            .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
            .resource_id(resource)
            .policy_name(name)
            .policy_type(PolicyType::TargetTrackingScaling)
            .target_tracking_scaling_policy_configuration(tracking);
        let answer = retry_while(call, &SCALING_TOO_EARLY, || {
            ask(call, "application-autoscaling:PutScalingPolicy", request.clone().send())
        })
        .await?;
        Ok(answer.policy_arn)
    }

    /// The spec that the policy would be made by.
    fn reported(service: ServiceArn, policy: &Described) -> Self {
        let tracking = policy.target_tracking_scaling_policy_configuration();
        let cooldown = |told: Option<i32>| told.unwrap_or(DEFAULT_COOLDOWN_SECONDS);
        Self {
            service: service.into(),
            name: policy.policy_name().into(),
            metric: tracking
                .map_or_else(
                    || ScalingMetric::Other(policy.policy_type().as_str().to_owned()),
                    ScalingMetric::told,
                )
                .into(),
            target: TargetValue::from_f64(tracking.map_or(0.0, TargetTrackingScalingPolicyConfiguration::target_value))
                .into(),
            scale_in_cooldown: cooldown(tracking.and_then(TargetTrackingScalingPolicyConfiguration::scale_in_cooldown))
                .into(),
            scale_out_cooldown: cooldown(
                tracking.and_then(TargetTrackingScalingPolicyConfiguration::scale_out_cooldown),
            )
            .into(),
            disable_scale_in: tracking
                .and_then(TargetTrackingScalingPolicyConfiguration::disable_scale_in)
                .unwrap_or_default()
                .into(),
        }
    }
}

impl Component<Aws> for ScalingPolicy {
    const TYPE: &'static str = "scaling_policy";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    const TAGGED: bool = false;
    /// Source: Application Auto Scaling API, `DeregisterScalableTarget`: its scaling policies go with it.
    const GOES_WITH: Option<&'static str> = Some("service");
    type Output = ScalingPolicyOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        [
            site.scaled_services().called([
                "application-autoscaling:DeleteScalingPolicy",
                "application-autoscaling:PutScalingPolicy",
            ]),
            site.anywhere()
                .called(["application-autoscaling:DescribeScalingPolicies"]),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let (Some(service), Some(name)) = (self.service.known(), self.name.known()) else {
            return Ok(None);
        };
        let found = describe(call, &service.resource_id(), name).await?;
        Ok(found.map(|policy| identity(service, name, policy.policy_arn())))
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, ScalingPolicyOutput>>> {
        let (service, name) = address(identity);
        let Some(policy) = describe(call, &service.resource_id(), name).await? else {
            return Ok(None);
        };
        Ok(Some(Observed {
            identity: self::identity(&service, name, policy.policy_arn()),
            spec: Self::reported(service, &policy),
            output: ScalingPolicyOutput {
                arn: policy.policy_arn().to_owned(),
            },
            tags: None,
        }))
    }

    /// The API answers a second creator by changing the first one's policy, so that only a look tells.
    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<ScalingPolicyOutput>> {
        let (service, name) = (self.service.get()?, self.name.get()?);
        let resource = service.resource_id();
        if describe(call, &resource, name).await?.is_some() {
            let message = format!(
                "the service {} has a scaling policy {name} already",
                service.service_name()
            );
            return Err(Error::new(
                ErrorKind::AlreadyExists,
                "application-autoscaling:PutScalingPolicy",
                message,
            ));
        }
        let arn = self.put(call, &resource, name).await?;
        Ok(Created {
            identity: identity(service, name, &arn),
            output: ScalingPolicyOutput { arn },
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, ScalingPolicyOutput>,
        _fields: &[&'static str],
    ) -> Result<ScalingPolicyOutput> {
        let (service, name) = address(&have.identity);
        let arn = self.put(call, &service.resource_id(), name).await?;
        Ok(ScalingPolicyOutput { arn })
    }

    /// Policies carry no tags.
    async fn retag(&self, _call: &Call<'_, Aws>, _identity: &Identity, _set: &Tags, _remove: &[String]) -> Result<()> {
        Ok(())
    }

    /// The alarms that watch the metric go with the policy.
    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let (service, name) = address(identity);
        let request = call
            .world
            .appautoscaling
            .delete_scaling_policy()
            .service_namespace(ServiceNamespace::Ecs)
            .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
            .resource_id(service.resource_id())
            .policy_name(name);
        let gone = retry_while(call, &SCALING_IN_CHANGE, || {
            ask(
                call,
                "application-autoscaling:DeleteScalingPolicy",
                request.clone().send(),
            )
        });
        unless_absent(gone.await).map(drop)
    }
}

#[cfg(test)]
mod tests;
