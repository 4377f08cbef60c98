//! A capacity provider, by which an ECS cluster scales an auto scaling group. Sources: Amazon ECS API,
//! `CreateCapacityProvider`, `DescribeCapacityProviders`, `UpdateCapacityProvider`, `DeleteCapacityProvider`; Amazon ECS
//! developer guide, *Amazon ECS capacity providers for EC2 workloads*.

use aws_sdk_ecs::types::{
    self as sdk, CapacityProvider as Described, CapacityProviderStatus, CapacityProviderUpdateStatus, ManagedDraining,
    ManagedScaling, ManagedScalingStatus, ManagedTerminationProtection,
};

use aws::ask::{ask, in_time};
use aws::error::lacking;
use aws::ids::{AutoScalingGroupArn, CapacityProviderName, is_told};
use aws::permissions::Site;
use aws::retry::hosts::{ASSOCIATION_LINGERS, CAPACITY_IN_CHANGE, GROUP_NOT_FREE_YET};
use aws::retry::{ROLE_UNKNOWN_YET, retry_while};
use aws::wait::{Pace, wait_until};
use aws::{Aws, ecs_tags, tags};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A capacity provider with managed scaling.
    pub struct CapacityProvider {
        /// The name: up to 255 letters, digits, hyphens and underscores, not beginning with `aws`, `ecs` or `fargate`. One
        /// that scales another group must have another name, because the old one stands until no service uses it.
        replace name: CapacityProviderName,
        /// The group that it scales, which no other capacity provider may have.
        replace group: AutoScalingGroupArn,
        /// How much of the hosts' room should be used, in percent: 1 to 100. Below 100, some is kept spare.
        update target_capacity: i32,
        /// Whether tasks are moved off a host before it goes.
        update managed_draining: bool,
        /// Whether hosts with tasks are never scaled in; the group must protect its hosts from scale-in then.
        update managed_termination_protection: bool,
        /// After how many seconds a new host counts in the scaling metric, up to 10000; `None`: AWS's default, 300.
        update instance_warmup_period: Option<i32>,
        /// The fewest hosts that are added at once, 1 to 10000; `None`: AWS's default, 1.
        update minimum_scaling_step_size: Option<i32>,
        /// The most hosts that are added at once, 1 to 10000; `None`: AWS's default, 10000.
        update maximum_scaling_step_size: Option<i32>,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapacityProviderOutput {
    /// The name.
    pub name: CapacityProviderName,
    /// The ARN.
    pub arn: String,
}

/// What AWS takes where nothing is said (Amazon ECS API, `ManagedScaling`).
const DEFAULT_WARMUP_SECONDS: i32 = 300;
const DEFAULT_SMALLEST_STEP: i32 = 1;
const DEFAULT_LARGEST_STEP: i32 = 10_000;

impl CapacityProvider {
    /// The name of a deployment's provider for a group, or of all of them for `*`. It may not begin with `aws`, `ecs` or
    /// `fargate`, which a deployment's name may. Source: Amazon ECS API, `CreateCapacityProvider`.
    pub fn named(deployment: &str, group: &str) -> CapacityProviderName {
        format!("thatdot-{deployment}-{group}").into()
    }

    /// Every setting is said, AWS's defaults too: an update keeps what it is not told.
    fn scaling(&self) -> Result<ManagedScaling> {
        Ok(ManagedScaling::builder()
            .status(ManagedScalingStatus::Enabled)
            .target_capacity(*self.target_capacity.get()?)
            .instance_warmup_period(self.instance_warmup_period.get()?.unwrap_or(DEFAULT_WARMUP_SECONDS))
            .minimum_scaling_step_size(self.minimum_scaling_step_size.get()?.unwrap_or(DEFAULT_SMALLEST_STEP))
            .maximum_scaling_step_size(self.maximum_scaling_step_size.get()?.unwrap_or(DEFAULT_LARGEST_STEP))
            .build())
    }

    fn draining(&self) -> Result<ManagedDraining> {
        Ok(if *self.managed_draining.get()? {
            ManagedDraining::Enabled
        } else {
            ManagedDraining::Disabled
        })
    }

    fn protection(&self) -> Result<ManagedTerminationProtection> {
        Ok(if *self.managed_termination_protection.get()? {
            ManagedTerminationProtection::Enabled
        } else {
            ManagedTerminationProtection::Disabled
        })
    }

    /// The spec that the provider would be made by.
    fn reported(&self, provider: &Described) -> Self {
        let of_group = provider.auto_scaling_group_provider();
        let scaling = of_group.and_then(sdk::AutoScalingGroupProvider::managed_scaling);
        let is_scaling = scaling.and_then(ManagedScaling::status) == Some(&ManagedScalingStatus::Enabled);
        // Without managed scaling the target means nothing, and any differs from it.
        let target = scaling.and_then(ManagedScaling::target_capacity).filter(|_| is_scaling);
        let draining = of_group.and_then(sdk::AutoScalingGroupProvider::managed_draining);
        let protection = of_group.and_then(sdk::AutoScalingGroupProvider::managed_termination_protection);
        Self {
            name: CapacityProviderName::from(provider.name().unwrap_or_default()).into(),
            group: AutoScalingGroupArn::from(of_group.map_or("", |of_group| of_group.auto_scaling_group_arn())).into(),
            target_capacity: target.unwrap_or_default().into(),
            managed_draining: (draining == Some(&ManagedDraining::Enabled)).into(),
            managed_termination_protection: (protection == Some(&ManagedTerminationProtection::Enabled)).into(),
            instance_warmup_period: unless_default(
                self.instance_warmup_period.known(),
                scaling.and_then(ManagedScaling::instance_warmup_period),
                DEFAULT_WARMUP_SECONDS,
            )
            .into(),
            minimum_scaling_step_size: unless_default(
                self.minimum_scaling_step_size.known(),
                scaling.and_then(ManagedScaling::minimum_scaling_step_size),
                DEFAULT_SMALLEST_STEP,
            )
            .into(),
            maximum_scaling_step_size: unless_default(
                self.maximum_scaling_step_size.known(),
                scaling.and_then(ManagedScaling::maximum_scaling_step_size),
                DEFAULT_LARGEST_STEP,
            )
            .into(),
        }
    }
}

/// What is reported; nothing, where AWS's default is reported and nothing else is wanted.
fn unless_default(wanted: Option<&Option<i32>>, reported: Option<i32>, default: i32) -> Option<i32> {
    reported.filter(|value| *value != default || wanted == Some(&Some(default)))
}

/// The provider of that name or ARN in whatever state.
async fn described(call: &Call<'_, Aws>, name: &str) -> Result<Option<Described>> {
    let providers = &call.world.reads.ecs.capacity_providers;
    in_time(call, "ecs:DescribeCapacityProviders", providers.one((), name)).await
}

/// Whether it is there to stay; a deleted one lingers as `INACTIVE`.
fn stands(provider: &Described) -> bool {
    let goes = [
        CapacityProviderUpdateStatus::DeleteInProgress,
        CapacityProviderUpdateStatus::DeleteComplete,
    ];
    let is_going = provider.update_status().is_some_and(|status| goes.contains(status));
    provider.status() != Some(&CapacityProviderStatus::Inactive) && !is_going
}

/// Waits until the provider can be associated with a cluster.
async fn ready(call: &Call<'_, Aws>, name: &str) -> Result<Described> {
    wait_until(
        call,
        Pace::Seconds,
        &format!("the capacity provider {name} is ready"),
        || async {
            let Some(provider) = described(call, name).await? else {
                return Ok(None);
            };
            match provider.update_status() {
                Some(
                    CapacityProviderUpdateStatus::CreateInProgress | CapacityProviderUpdateStatus::UpdateInProgress,
                ) => Ok(None),
                Some(CapacityProviderUpdateStatus::CreateFailed | CapacityProviderUpdateStatus::UpdateFailed) => {
                    Err(failed("ecs:DescribeCapacityProviders", &provider))
                }
                _ => Ok((provider.status() == Some(&CapacityProviderStatus::Active)).then_some(provider)),
            }
        },
    )
    .await
}

/// A change that ECS took and then did not carry out.
fn failed(attempted: &str, provider: &Described) -> Error {
    let status = provider.update_status().map_or("FAILED", |status| status.as_str());
    let reason = provider.update_status_reason().unwrap_or("ECS gives no reason");
    let name = provider.name().unwrap_or_default();
    let mut error = Error::new(ErrorKind::Conflict, attempted, reason);
    error.code = Some(status.to_owned());
    error.with_remedy(format!(
        "See what the reason names: a cluster that still has the capacity provider {name}, or the auto scaling group that it \
         scales. Then apply or destroy again."
    ))
}

fn identity(provider: &Described) -> Result<Identity> {
    let arn = provider
        .capacity_provider_arn()
        .filter(is_told)
        .ok_or_else(|| lacking("ecs:DescribeCapacityProviders", "ARN of the capacity provider"))?;
    Ok(Identity {
        id: provider.name().unwrap_or_default().to_owned(),
        arn: Some(arn.to_owned()),
    })
}

fn output(provider: &Described) -> Result<CapacityProviderOutput> {
    let Identity { id, arn } = identity(provider)?;
    Ok(CapacityProviderOutput {
        name: id.into(),
        arn: arn.unwrap_or_default(),
    })
}

/// ECS refuses a name that is taken as it refuses any bad input.
fn taken(error: Error) -> Error {
    if error.message.contains("capacity provider already exists") {
        return Error {
            kind: ErrorKind::AlreadyExists,
            ..error
        };
    }
    error
}

impl Component<Aws> for CapacityProvider {
    const TYPE: &'static str = "capacity_provider";
    /// Its service moves from the old one to the new one.
    const REPLACEMENT: Replacement = Replacement::CreateFirst;
    type Output = CapacityProviderOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let any = Self::named(deployment, "*");
        let name = self.name.known().unwrap_or(&any);
        let provider = site.at("ecs", format!("capacity-provider/{name}"));
        let groups = format!("autoScalingGroup:*:autoScalingGroupName/{deployment}-*");
        let group = match self.group.known() {
            Some(arn) => site.exactly(arn.as_str()),
            None => site.at("autoscaling", groups).ours(),
        };
        [
            provider.called([
                "ecs:CreateCapacityProvider",
                "ecs:DeleteCapacityProvider",
                "ecs:DescribeCapacityProviders",
                "ecs:TagResource",
                "ecs:UntagResource",
                "ecs:UpdateCapacityProvider",
            ]),
            // ECS marks the group as its own, in the caller's name.
            group.behind(["autoscaling:CreateOrUpdateTags"]),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(name) = self.name.known() else { return Ok(None) };
        let found = described(call, name.as_str()).await?.filter(stands);
        found.as_ref().map(identity).transpose()
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, CapacityProviderOutput>>> {
        let Some(provider) = described(call, &identity.id).await?.filter(stands) else {
            return Ok(None);
        };
        Ok(Some(Observed {
            identity: self::identity(&provider)?,
            spec: self.reported(&provider),
            output: output(&provider)?,
            tags: Some(tags::from_ecs(provider.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<CapacityProviderOutput>> {
        let name = self.name.get()?.as_str();
        let of_group = sdk::AutoScalingGroupProvider::builder()
            .auto_scaling_group_arn(self.group.get()?.as_str())
            .managed_scaling(self.scaling()?)
            .managed_termination_protection(self.protection()?)
            .managed_draining(self.draining()?)
            .build()
            .map_err(|error| Error::bug("ecs:CreateCapacityProvider", error.to_string()))?;
        let request = call
            .world
            .ecs
            .create_capacity_provider()
            .name(name)
            .auto_scaling_group_provider(of_group)
            .set_tags(Some(tags::to_ecs(call.tags)));
        retry_while(call, &GROUP_NOT_FREE_YET, || {
            retry_while(call, &ROLE_UNKNOWN_YET, || {
                ask(call, "ecs:CreateCapacityProvider", request.clone().send())
            })
        })
        .await
        .map_err(taken)?;
        let provider = ready(call, name).await?;
        Ok(Created {
            identity: identity(&provider)?,
            output: output(&provider)?,
        })
    }

    async fn settle(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        ready(call, &identity.id).await.map(drop)
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, CapacityProviderOutput>,
        _fields: &[&'static str],
    ) -> Result<CapacityProviderOutput> {
        let changes = sdk::AutoScalingGroupProviderUpdate::builder()
            .managed_scaling(self.scaling()?)
            .managed_termination_protection(self.protection()?)
            .managed_draining(self.draining()?)
            .build();
        let request = call
            .world
            .ecs
            .update_capacity_provider()
            .name(&have.identity.id)
            .auto_scaling_group_provider(changes);
        retry_while(call, &GROUP_NOT_FREE_YET, || {
            retry_while(call, &CAPACITY_IN_CHANGE, || {
                ask(call, "ecs:UpdateCapacityProvider", request.clone().send())
            })
        })
        .await?;
        output(&ready(call, &have.identity.id).await?)
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        ecs_tags::retag(call, identity, set, remove).await
    }

    /// ECS answers a delete that it will not carry out with a success whose status says so.
    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let name = identity.id.as_str();
        let look = || async { Ok::<_, Error>(described(call, name).await?.filter(|found| !is_gone(found))) };
        let deleted = retry_while(call, &ASSOCIATION_LINGERS, || async {
            let request = call.world.ecs.delete_capacity_provider().capacity_provider(name);
            let answer = ask(call, "ecs:DeleteCapacityProvider", request.send()).await?;
            refuse_failure(answer.capacity_provider())?;
            wait_until(
                call,
                Pace::Seconds,
                &format!("the capacity provider {name} is gone"),
                || async {
                    let left = look().await?;
                    refuse_failure(left.as_ref())?;
                    Ok(left.is_none().then_some(()))
                },
            )
            .await
        });
        match deleted.await {
            // Of one that is gone ECS says so in words alone. What cannot be seen leaves the refusal as it is.
            Err(_) if matches!(look().await, Ok(None)) => Ok(()),
            other => other,
        }
    }
}

fn is_gone(provider: &Described) -> bool {
    provider.status() == Some(&CapacityProviderStatus::Inactive)
        || provider.update_status() == Some(&CapacityProviderUpdateStatus::DeleteComplete)
}

fn refuse_failure(provider: Option<&Described>) -> Result<()> {
    match provider {
        Some(provider) if provider.update_status() == Some(&CapacityProviderUpdateStatus::DeleteFailed) => {
            Err(failed("ecs:DeleteCapacityProvider", provider))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
