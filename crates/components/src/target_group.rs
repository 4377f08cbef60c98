//! A group of addresses that a load balancer sends requests to. Source: Elastic Load Balancing API (2015-12-01),
//! `CreateTargetGroup`, `DescribeTargetGroups`, `DescribeTags`, `ModifyTargetGroup`, `ModifyTargetGroupAttributes`,
//! `DeleteTargetGroup`.

use aws_sdk_elasticloadbalancingv2::types::{
    Matcher, ProtocolEnum, TargetGroup as Described, TargetGroupAttribute, TargetGroupIpAddressTypeEnum, TargetTypeEnum,
};

use aws::ask::{ask, in_time};
use aws::error::{lacking, unless_absent};
use aws::ids::{TargetGroupArn, VpcId, is_told};
use aws::permissions::{Site, text};
use aws::retry::{TARGET_GROUP_IN_USE, retry_while};
use aws::tags::{are_of, to_elb};
use aws::{Aws, elb};
use engine::{Call, Component, Created, Identity, Observed, Permission, Replacement, Result, Tags};

/// The port on which a target gets requests is asked how it is, too.
const TRAFFIC_PORT: &str = "traffic-port";
const DEREGISTRATION_DELAY: &str = "deregistration_delay.timeout_seconds";
/// What AWS gives a target that goes, in seconds, where it was told nothing.
const DEFAULT_DELAY: i32 = 300;

engine::spec! {
    /// A target group of addresses, which speak HTTP/1.1. A new one can stand beside the one it replaces, because its
    /// name ends with letters that were never used before.
    pub struct TargetGroup {
        /// How its name begins: up to 23 letters, digits and hyphens, none at either end.
        replace name_prefix: String,
        /// The VPC.
        replace vpc_id: VpcId,
        /// The targets' port, where they do not say another.
        replace port: i32,
        /// How it is told that a target is well.
        update health_check: HealthCheck,
        /// How many seconds a target that goes may finish what it was asked: 0 to 3600.
        update deregistration_delay: i32,
    }
}

/// How a load balancer tells that a target is well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthCheck {
    /// What is asked for.
    pub path: String,
    /// How many seconds lie between two questions: 5 to 300.
    pub interval: i32,
    /// How many seconds an answer may take: 2 to 120, less than the interval.
    pub timeout: i32,
    /// After how many good answers in a row a target is well: 2 to 10.
    pub healthy: i32,
    /// After how many bad ones it is not: 2 to 10.
    pub unhealthy: i32,
    /// Which HTTP codes are good answers: `200`, `200,202`, `200-299`.
    pub matcher: String,
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetGroupOutput {
    /// The ARN.
    pub arn: TargetGroupArn,
    /// `targetgroup/NAME/ID`.
    pub full_name: String,
    /// The name.
    pub name: String,
}

impl Component<Aws> for TargetGroup {
    const TYPE: &'static str = "target_group";
    const REPLACEMENT: Replacement = Replacement::CreateFirst;
    type Output = TargetGroupOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let groups = site.at(
            "elasticloadbalancing",
            format!("targetgroup/{}*/*", text(&self.name_prefix)),
        );
        [
            groups.called([
                "elasticloadbalancing:AddTags",
                "elasticloadbalancing:CreateTargetGroup",
                "elasticloadbalancing:DeleteTargetGroup",
                "elasticloadbalancing:ModifyTargetGroup",
                "elasticloadbalancing:ModifyTargetGroupAttributes",
                "elasticloadbalancing:RemoveTags",
            ]),
            site.anywhere().called([
                "elasticloadbalancing:DescribeTags",
                "elasticloadbalancing:DescribeTargetGroupAttributes",
                "elasticloadbalancing:DescribeTargetGroups",
            ]),
        ]
        .concat()
    }

    /// By its tags. While one takes the place of another both carry them: the one that is as it should be comes first.
    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let pages = call
            .world
            .elbv2
            .describe_target_groups()
            .into_paginator()
            .items()
            .send();
        let pages = pages.collect::<std::result::Result<Vec<_>, _>>();
        let groups = ask(call, "elasticloadbalancing:DescribeTargetGroups", pages).await?;
        let arns: Vec<String> = groups
            .iter()
            .filter_map(|group| group.target_group_arn.clone())
            .collect();
        let tags = elb::tags_of(call, &arns).await?;
        let ours = |group: &&Described| {
            let tags = group.target_group_arn().and_then(|arn| tags.get(arn));
            tags.is_some_and(|tags| are_of(call, tags))
        };
        let found: Vec<&Described> = groups.iter().filter(ours).collect();
        let fits = found.iter().find(|group| self.is_as_wanted(group));
        fits.or(found.first()).map(|group| identity(group)).transpose()
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, TargetGroupOutput>>> {
        let arn = arn(identity);
        let (found, delay, tags) = tokio::join!(described(call, arn), delay(call, arn), elb::tags_of_one(call, arn));
        let (Some(found), Some(delay), Some(tags)) = (found?, unless_absent(delay)?, unless_absent(tags)?) else {
            return Ok(None);
        };
        let health_check = HealthCheck {
            path: asked_for(&found),
            interval: found.health_check_interval_seconds().unwrap_or_default(),
            timeout: found.health_check_timeout_seconds().unwrap_or_default(),
            healthy: found.healthy_threshold_count().unwrap_or_default(),
            unhealthy: found.unhealthy_threshold_count().unwrap_or_default(),
            matcher: found
                .matcher()
                .and_then(Matcher::http_code)
                .unwrap_or_default()
                .to_owned(),
        };
        let spec = Self {
            name_prefix: prefix(found.target_group_name().unwrap_or_default()).into(),
            vpc_id: VpcId::from(found.vpc_id().unwrap_or_default()).into(),
            port: found.port().unwrap_or_default().into(),
            health_check: health_check.into(),
            deregistration_delay: delay.into(),
        };
        Ok(Some(Observed {
            identity: self::identity(&found)?,
            spec,
            output: output(&found)?,
            tags: Some(tags),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<TargetGroupOutput>> {
        let check = self.health_check.get()?;
        let request = call
            .world
            .elbv2
            .create_target_group()
            .name(fresh_name(self.name_prefix.get()?))
            .target_type(TargetTypeEnum::Ip)
            .protocol(ProtocolEnum::Http)
            .protocol_version("HTTP1")
            .ip_address_type(TargetGroupIpAddressTypeEnum::Ipv4)
            .vpc_id(self.vpc_id.get()?.as_str())
            .port(*self.port.get()?)
            .health_check_enabled(true)
            .health_check_protocol(ProtocolEnum::Http)
            .health_check_port(TRAFFIC_PORT)
            .health_check_path(&check.path)
            .health_check_interval_seconds(check.interval)
            .health_check_timeout_seconds(check.timeout)
            .healthy_threshold_count(check.healthy)
            .unhealthy_threshold_count(check.unhealthy)
            .matcher(Matcher::builder().http_code(&check.matcher).build())
            .set_tags(Some(to_elb(call.tags)));
        let answer = ask(call, "elasticloadbalancing:CreateTargetGroup", request.send()).await?;
        let made = answer
            .target_groups()
            .first()
            .ok_or_else(|| lacking("elasticloadbalancing:CreateTargetGroup", "target group"))?;
        let identity = identity(made)?;
        self.delay(call, arn(&identity)).await?;
        Ok(Created {
            identity,
            output: output(made)?,
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, TargetGroupOutput>,
        fields: &[&'static str],
    ) -> Result<TargetGroupOutput> {
        let arn = arn(&have.identity);
        if fields.contains(&"health_check") {
            let check = self.health_check.get()?;
            let request = call
                .world
                .elbv2
                .modify_target_group()
                .target_group_arn(arn)
                .health_check_enabled(true)
                .health_check_protocol(ProtocolEnum::Http)
                .health_check_port(TRAFFIC_PORT)
                .health_check_path(&check.path)
                .health_check_interval_seconds(check.interval)
                .health_check_timeout_seconds(check.timeout)
                .healthy_threshold_count(check.healthy)
                .unhealthy_threshold_count(check.unhealthy)
                .matcher(Matcher::builder().http_code(&check.matcher).build());
            ask(call, "elasticloadbalancing:ModifyTargetGroup", request.send()).await?;
        }
        if fields.contains(&"deregistration_delay") {
            self.delay(call, arn).await?;
        }
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        elb::retag(call, identity, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let request = call.world.elbv2.delete_target_group().target_group_arn(arn(identity));
        let deleted = retry_while(call, &TARGET_GROUP_IN_USE, || {
            ask(call, "elasticloadbalancing:DeleteTargetGroup", request.clone().send())
        });
        match deleted.await {
            Err(error) if (TARGET_GROUP_IN_USE.is)(&error) => Err(error.with_remedy(
                "A listener or a rule that this deployment did not make sends to the target group. Take it away, and destroy \
                 again.",
            )),
            other => unless_absent(other).map(drop),
        }
    }
}

impl TargetGroup {
    /// Whether a group is what this spec asks for in everything that cannot be changed.
    fn is_as_wanted(&self, group: &Described) -> bool {
        let name = group.target_group_name().map(prefix);
        self.name_prefix.known().map(String::as_str) == name
            && self.vpc_id.known().map(VpcId::as_str) == group.vpc_id()
            && self.port.known().copied() == group.port()
    }

    async fn delay(&self, call: &Call<'_, Aws>, arn: &str) -> Result<()> {
        let attribute = TargetGroupAttribute::builder()
            .key(DEREGISTRATION_DELAY)
            .value(self.deregistration_delay.get()?.to_string())
            .build();
        let request = call
            .world
            .elbv2
            .modify_target_group_attributes()
            .target_group_arn(arn)
            .attributes(attribute);
        ask(call, "elasticloadbalancing:ModifyTargetGroupAttributes", request.send())
            .await
            .map(drop)
    }
}

/// A name that no group has or had: 1 + 8 characters longer than its prefix.
fn fresh_name(prefix: &str) -> String {
    let unique = chance::uuid().simple().to_string();
    format!("{prefix}-{}", &unique[..8])
}

/// What a name begins with.
fn prefix(name: &str) -> &str {
    name.rsplit_once('-').map_or(name, |(prefix, _)| prefix)
}

fn arn(identity: &Identity) -> &str {
    identity.arn.as_deref().unwrap_or(&identity.id)
}

async fn described(call: &Call<'_, Aws>, arn: &str) -> Result<Option<Described>> {
    let found = call.world.reads.elb.target_groups.one((), arn);
    in_time(call, "elasticloadbalancing:DescribeTargetGroups", found).await
}

/// What targets are asked for. Where it is not over HTTP, at another port or not at all, that is told with it, so that it
/// shows as another check.
fn asked_for(group: &Described) -> String {
    let path = group.health_check_path().unwrap_or_default();
    let protocol = group.health_check_protocol().map_or("HTTP", ProtocolEnum::as_str);
    let port = group.health_check_port().unwrap_or(TRAFFIC_PORT);
    match (group.health_check_enabled(), protocol, port) {
        (Some(false), ..) => format!("nothing, instead of {path}"),
        (_, "HTTP", TRAFFIC_PORT) => path.to_owned(),
        _ => format!("{protocol}:{port}{path}"),
    }
}

/// How many seconds a target that goes has.
async fn delay(call: &Call<'_, Aws>, arn: &str) -> Result<i32> {
    let request = call
        .world
        .elbv2
        .describe_target_group_attributes()
        .target_group_arn(arn);
    let answer = ask(
        call,
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        request.send(),
    )
    .await?;
    let delay = answer
        .attributes()
        .iter()
        .find(|attribute| attribute.key() == Some(DEREGISTRATION_DELAY));
    let delay = delay.and_then(|attribute| attribute.value()?.parse().ok());
    Ok(delay.unwrap_or(DEFAULT_DELAY))
}

fn identity(group: &Described) -> Result<Identity> {
    let arn = group
        .target_group_arn()
        .filter(is_told)
        .ok_or_else(|| lacking("elasticloadbalancing:DescribeTargetGroups", "ARN"))?;
    Ok(Identity {
        id: group.target_group_name().unwrap_or(arn).to_owned(),
        arn: Some(arn.to_owned()),
    })
}

fn output(group: &Described) -> Result<TargetGroupOutput> {
    let arn = identity(group)?.arn.unwrap_or_default();
    let arn = TargetGroupArn::from(arn);
    Ok(TargetGroupOutput {
        full_name: arn.full_name().to_owned(),
        name: arn.name().to_owned(),
        arn,
    })
}

#[cfg(test)]
mod tests;
