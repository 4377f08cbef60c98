//! An auto scaling group of EC2 hosts. Sources: Amazon EC2 Auto Scaling API, `CreateAutoScalingGroup`,
//! `UpdateAutoScalingGroup`, `DescribeAutoScalingGroups`, `EnableMetricsCollection`, `PutNotificationConfiguration`,
//! `StartInstanceRefresh`, `SetInstanceProtection`, `DeleteAutoScalingGroup`.

mod hosts;
mod metrics;
mod notices;
mod refresh;

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_autoscaling::types::{AutoScalingGroup as Described, LaunchTemplateSpecification};
use tokio::time::Instant;

use aws::ask::{ask, in_time};
use aws::error::lacking;
use aws::ids::{AutoScalingGroupArn, LaunchTemplateId, SubnetId, is_told};
use aws::permissions::{Site, text};
use aws::retry::hosts::{
    AUTO_SCALING_GROUP_BUSY, AUTO_SCALING_GROUP_IN_CHANGE, PROFILE_UNKNOWN_YET, TEMPLATE_UNKNOWN_YET,
};
use aws::retry::retry_while;
use aws::wait::{Pace, wait_until};
use aws::{Aws, service_linked_role, tags};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// An auto scaling group. How many hosts run is no part of it: that is the capacity provider's to decide, between
    /// `min_size` and `max_size`.
    pub struct AutoScalingGroup {
        /// The name, unique in the region of an account: up to 255 characters.
        replace name: String,
        /// What hosts are made of.
        update launch_template: LaunchTemplateId,
        /// Which version of it. Hosts that run already keep theirs, unless `instance_refresh` says otherwise.
        update launch_template_version: i64,
        /// Where hosts run.
        update subnets: BTreeSet<SubnetId>,
        /// The fewest hosts, which is also how many there are at first.
        update min_size: i32,
        /// The most hosts.
        update max_size: i32,
        /// For how many seconds a new host does not count in the group's metrics; `None`: it counts at once.
        update instance_warmup: Option<i32>,
        /// Whether the group's own metrics are collected.
        update group_metrics: bool,
        /// Whether new hosts are protected from scale-in, as managed termination protection needs it.
        update protect_from_scale_in: bool,
        /// The ARN of the SNS topic that hears of launches, terminations and the failures of both.
        update notification_topic: Option<String>,
        /// Whether a new version of the launch template replaces the hosts that run, one by one. It is kept by us alone.
        update instance_refresh: bool,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoScalingGroupOutput {
    /// The ARN.
    pub arn: AutoScalingGroupArn,
    /// The name.
    pub name: String,
}

/// How long a group that is to go may take to part with its hosts before it is told to drop them. A task that stops has
/// two minutes at most; what takes longer is held by somebody's lifecycle hook, and its host is going anyway.
const PATIENCE: Duration = Duration::from_mins(10);
/// What AWS calls a group that is on its way out.
const GOING: &str = "Delete in progress";

impl AutoScalingGroup {
    fn template(&self) -> Result<LaunchTemplateSpecification> {
        Ok(LaunchTemplateSpecification::builder()
            .launch_template_id(self.launch_template.get()?.as_str())
            .version(self.launch_template_version.get()?.to_string())
            .build())
    }

    fn zones(&self) -> Result<String> {
        let subnets = self.subnets.get()?;
        Ok(subnets.iter().map(SubnetId::as_str).collect::<Vec<_>>().join(","))
    }

    /// Brings the settings of the group itself to what the spec says. Its desired capacity moves by itself where it is
    /// out of bounds.
    async fn settle_settings(&self, call: &Call<'_, Aws>, name: &str, fields: &[&str]) -> Result<()> {
        // What was set once is only taken back by this number.
        let warmup = self.instance_warmup.get()?.unwrap_or(-1);
        let request = call
            .world
            .autoscaling
            .update_auto_scaling_group()
            .auto_scaling_group_name(name)
            .launch_template(self.template()?)
            .vpc_zone_identifier(self.zones()?)
            .min_size(*self.min_size.get()?)
            .max_size(*self.max_size.get()?)
            .set_default_instance_warmup(fields.contains(&"instance_warmup").then_some(warmup))
            .new_instances_protected_from_scale_in(*self.protect_from_scale_in.get()?);
        retry_while(call, &AUTO_SCALING_GROUP_IN_CHANGE, || {
            retry_while(call, &PROFILE_UNKNOWN_YET, || {
                retry_while(call, &TEMPLATE_UNKNOWN_YET, || {
                    ask(call, "autoscaling:UpdateAutoScalingGroup", request.clone().send())
                })
            })
        })
        .await
        .map(drop)
    }

    /// The spec that the group would be made by.
    fn reported(&self, group: &Described, topics: &notices::Topics) -> Self {
        let template = group.launch_template();
        let subnets = group.vpc_zone_identifier().unwrap_or_default();
        let subnets = subnets.split(',').map(str::trim).filter(|id| !id.is_empty());
        let version = template.and_then(|template| template.version()).unwrap_or_default();
        Self {
            name: group.auto_scaling_group_name().unwrap_or_default().into(),
            launch_template: template
                .and_then(|template| template.launch_template_id())
                .map_or_else(|| LaunchTemplateId::from(""), Into::into)
                .into(),
            // `$Latest` and `$Default` are no version of ours.
            launch_template_version: version.parse().unwrap_or(0).into(),
            subnets: subnets.map(SubnetId::from).collect::<BTreeSet<_>>().into(),
            min_size: group.min_size().unwrap_or_default().into(),
            max_size: group.max_size().unwrap_or_default().into(),
            instance_warmup: group.default_instance_warmup().filter(|seconds| *seconds >= 0).into(),
            group_metrics: metrics::collected(self.group_metrics.known(), group.enabled_metrics()).into(),
            protect_from_scale_in: group.new_instances_protected_from_scale_in().unwrap_or_default().into(),
            notification_topic: topics.reported(self.notification_topic.known()).into(),
            instance_refresh: self.instance_refresh.clone(),
        }
    }
}

/// The group of that name in whatever state.
async fn described(call: &Call<'_, Aws>, name: &str) -> Result<Option<Described>> {
    let groups = &call.world.reads.scaling.groups;
    in_time(call, "autoscaling:DescribeAutoScalingGroups", groups.one((), name)).await
}

/// The group, unless it is on its way out.
async fn standing(call: &Call<'_, Aws>, name: &str) -> Result<Option<Described>> {
    let group = described(call, name).await?;
    Ok(group.filter(|group| group.status() != Some(GOING)))
}

/// Auto Scaling calls a name that no group has an invalid one.
fn is_absent(error: &Error) -> bool {
    error.kind == ErrorKind::NotFound || error.message.contains("AutoScalingGroup name not found")
}

fn identity(group: &Described) -> Result<Identity> {
    let arn = group
        .auto_scaling_group_arn()
        .filter(is_told)
        .ok_or_else(|| lacking("autoscaling:DescribeAutoScalingGroups", "ARN of the group"))?;
    Ok(Identity {
        id: group.auto_scaling_group_name().unwrap_or_default().to_owned(),
        arn: Some(arn.to_owned()),
    })
}

fn output(group: &Described) -> Result<AutoScalingGroupOutput> {
    let Identity { id, arn } = identity(group)?;
    Ok(AutoScalingGroupOutput {
        arn: arn.unwrap_or_default().into(),
        name: id,
    })
}

impl Component<Aws> for AutoScalingGroup {
    const TYPE: &'static str = "auto_scaling_group";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = AutoScalingGroupOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let group = text(&self.name);
        let group = site.at(
            "autoscaling",
            format!("autoScalingGroup:*:autoScalingGroupName/{group}"),
        );
        [
            group.called([
                "autoscaling:CancelInstanceRefresh",
                "autoscaling:CreateAutoScalingGroup",
                "autoscaling:CreateOrUpdateTags",
                "autoscaling:DeleteAutoScalingGroup",
                "autoscaling:DeleteNotificationConfiguration",
                "autoscaling:DeleteTags",
                "autoscaling:DisableMetricsCollection",
                "autoscaling:EnableMetricsCollection",
                "autoscaling:PutNotificationConfiguration",
                "autoscaling:SetInstanceProtection",
                "autoscaling:StartInstanceRefresh",
                "autoscaling:UpdateAutoScalingGroup",
            ]),
            site.anywhere().called([
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeNotificationConfigurations",
            ]),
            // Who makes a group of a launch template must be allowed what the group does with it.
            site.instances(|place| place.behind(["ec2:RunInstances"])),
            site.ec2("launch-template").ours().behind(["ec2:RunInstances"]),
            site.instance_tags(),
            site.linked_role("autoscaling.amazonaws.com")
                .helpful(["iam:CreateServiceLinkedRole"]),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(name) = self.name.known() else { return Ok(None) };
        standing(call, name).await?.as_ref().map(identity).transpose()
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, AutoScalingGroupOutput>>> {
        let name = identity.id.as_str();
        let (group, topics) = tokio::join!(standing(call, name), notices::topics(call, name));
        let Some(group) = group? else { return Ok(None) };
        Ok(Some(Observed {
            identity: self::identity(&group)?,
            spec: self.reported(&group, &topics?),
            output: output(&group)?,
            tags: Some(tags::from_autoscaling(group.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<AutoScalingGroupOutput>> {
        service_linked_role::ensure(call, "autoscaling.amazonaws.com").await;
        let name = self.name.get()?;
        let request = call
            .world
            .autoscaling
            .create_auto_scaling_group()
            .auto_scaling_group_name(name)
            .launch_template(self.template()?)
            .vpc_zone_identifier(self.zones()?)
            .min_size(*self.min_size.get()?)
            .max_size(*self.max_size.get()?)
            .set_default_instance_warmup(*self.instance_warmup.get()?)
            .new_instances_protected_from_scale_in(*self.protect_from_scale_in.get()?)
            .set_tags(Some(tags::to_autoscaling(name, call.tags)));
        retry_while(call, &PROFILE_UNKNOWN_YET, || {
            retry_while(call, &TEMPLATE_UNKNOWN_YET, || {
                ask(call, "autoscaling:CreateAutoScalingGroup", request.clone().send())
            })
        })
        .await?;
        let collected = async {
            if *self.group_metrics.get()? {
                metrics::collect(call, name).await?;
            }
            Ok(())
        };
        let told = async {
            match self.notification_topic.get()? {
                Some(topic) => notices::send_to(call, name, topic).await,
                None => Ok(()),
            }
        };
        // The answer to the create holds nothing, and the group may not be known everywhere yet.
        let known = wait_until(call, Pace::Moments, "the auto scaling group is known", || {
            described(call, name)
        });
        let ((), (), group) = tokio::try_join!(collected, told, known)?;
        Ok(Created {
            identity: identity(&group)?,
            output: output(&group)?,
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, AutoScalingGroupOutput>,
        fields: &[&'static str],
    ) -> Result<AutoScalingGroupOutput> {
        let name = have.identity.id.as_str();
        let elsewhere = ["group_metrics", "notification_topic", "instance_refresh"];
        if fields.iter().any(|field| !elsewhere.contains(field)) {
            self.settle_settings(call, name, fields).await?;
        }
        for field in fields {
            match *field {
                "group_metrics" if *self.group_metrics.get()? => metrics::collect(call, name).await?,
                "group_metrics" => metrics::stop(call, name).await?,
                "notification_topic" => notices::align(call, name, self.notification_topic.get()?.as_deref()).await?,
                "protect_from_scale_in" => {
                    hosts::protect(call, name, *self.protect_from_scale_in.get()?).await?;
                }
                _ => {}
            }
        }
        let is_remade = fields.contains(&"launch_template") || fields.contains(&"launch_template_version");
        if is_remade && *self.instance_refresh.get()? {
            refresh::start(call, name).await?;
        }
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        let (autoscaling, name) = (&call.world.autoscaling, identity.id.as_str());
        if !set.is_empty() {
            let request = autoscaling.create_or_update_tags();
            let request = request.set_tags(Some(tags::to_autoscaling(name, set)));
            ask(call, "autoscaling:CreateOrUpdateTags", request.send()).await?;
        }
        if !remove.is_empty() {
            let request = autoscaling.delete_tags();
            let request = request.set_tags(Some(tags::names_to_autoscaling(name, remove)));
            ask(call, "autoscaling:DeleteTags", request.send()).await?;
        }
        Ok(())
    }

    /// Lets the hosts go as a scale-in would, so that tasks are moved off them; after [`PATIENCE`] the group is dropped
    /// with the hosts that it still has.
    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let name = identity.id.as_str();
        match hosts::let_go(call, name, Instant::now() + PATIENCE).await {
            Ok(()) => {
                let request = call.world.autoscaling.delete_auto_scaling_group();
                let request = request.auto_scaling_group_name(name).force_delete(true);
                let deleted = retry_while(call, &AUTO_SCALING_GROUP_BUSY, || {
                    ask(call, "autoscaling:DeleteAutoScalingGroup", request.clone().send())
                });
                match deleted.await {
                    Err(error) if is_absent(&error) => return Ok(()),
                    other => other?,
                };
            }
            Err(error) if is_absent(&error) => return Ok(()),
            // Of one that is on its way out nothing can be changed any more.
            Err(_) if matches!(standing(call, name).await, Ok(None)) => {}
            Err(error) => return Err(error),
        }
        wait_until(
            call,
            Pace::Seconds,
            &format!("the auto scaling group {name} is gone"),
            || async { Ok(described(call, name).await?.is_none().then_some(())) },
        )
        .await
    }
}

#[cfg(test)]
mod tests;
