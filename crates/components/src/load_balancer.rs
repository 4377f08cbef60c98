//! An application load balancer. Source: Elastic Load Balancing API (2015-12-01), `CreateLoadBalancer`,
//! `DescribeLoadBalancers`, `ModifyLoadBalancerAttributes`, `SetSubnets`, `SetSecurityGroups`, `DeleteLoadBalancer`.

mod attributes;
mod leaving;

use std::collections::BTreeSet;

use aws_sdk_elasticloadbalancingv2::types::{
    IpAddressType, LoadBalancer as Described, LoadBalancerAttribute, LoadBalancerSchemeEnum, LoadBalancerState,
    LoadBalancerStateEnum, LoadBalancerTypeEnum,
};

use aws::ask::{ask, in_time};
use aws::choice;
use aws::error::{lacking, unless_absent};
use aws::ids::{LoadBalancerArn, SecurityGroupId, SubnetId, is_told};
use aws::permissions::{Site, text};
use aws::wait::{Pace, wait_until};
use aws::{Aws, elb, service_linked_role, tags};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// An application load balancer, IPv4.
    pub struct LoadBalancer {
        /// Its name, unique in account and region: up to 32 letters, digits and hyphens, none at either end, and not
        /// beginning with `internal-`.
        replace name: String,
        /// From where it can be reached.
        replace scheme: Scheme,
        /// Where it stands: one subnet in each of two zones at least.
        update subnets: BTreeSet<SubnetId>,
        /// What guards it.
        update security_groups: BTreeSet<SecurityGroupId>,
        /// After how many seconds without a byte a connection is closed: 1 to 4000.
        update idle_timeout: i32,
        /// Whether AWS refuses to delete it. A delete that is asked of us takes away what we were told to put on, and
        /// never what somebody else put on.
        update deletion_protection: bool,
        /// Where each request is written down; `None`: nowhere.
        update access_logs: Option<AccessLogs>,
        /// Whether headers whose names are not valid are removed instead of handed on.
        update drop_invalid_headers: bool,
    }
}

choice! {
    /// From where a load balancer can be reached.
    pub enum Scheme {
        /// Only from where its private addresses can be.
        Internal = "internal",
        /// From the Internet.
        InternetFacing = "internet-facing",
    }
}

/// Where a load balancer writes down each request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessLogs {
    /// The S3 bucket, of the same region, whose policy lets Elastic Load Balancing write to it.
    pub bucket: String,
    /// The path in the bucket, without slashes at either end; empty: the bucket's root.
    pub prefix: String,
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadBalancerOutput {
    /// The ARN.
    pub arn: LoadBalancerArn,
    /// The host name by which it is reached.
    pub dns_name: String,
    /// The Route 53 hosted zone of that name, for alias records.
    pub zone_id: String,
}

impl Component<Aws> for LoadBalancer {
    const TYPE: &'static str = "load_balancer";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = LoadBalancerOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let name = text(&self.name);
        let balancer = site.at("elasticloadbalancing", format!("loadbalancer/app/{name}/*"));
        [
            balancer.called([
                "elasticloadbalancing:AddTags",
                "elasticloadbalancing:CreateLoadBalancer",
                "elasticloadbalancing:DeleteLoadBalancer",
                "elasticloadbalancing:ModifyLoadBalancerAttributes",
                "elasticloadbalancing:RemoveTags",
                "elasticloadbalancing:SetSecurityGroups",
                "elasticloadbalancing:SetSubnets",
            ]),
            site.anywhere().called([
                "elasticloadbalancing:DescribeLoadBalancerAttributes",
                "elasticloadbalancing:DescribeLoadBalancers",
                "elasticloadbalancing:DescribeTags",
            ]),
            // Its network interfaces are waited for.
            site.anywhere().called(["ec2:DescribeNetworkInterfaces"]),
            site.linked_role("elasticloadbalancing.amazonaws.com")
                .helpful(["iam:CreateServiceLinkedRole"]),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(name) = self.name.known() else { return Ok(None) };
        named(call, name).await?.as_ref().map(identity).transpose()
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, LoadBalancerOutput>>> {
        let arn = arn(identity);
        let (found, attributes, tags) = tokio::join!(
            described(call, arn),
            attributes::read(call, arn),
            elb::tags_of_one(call, arn)
        );
        let (Some(found), Some(attributes), Some(tags)) = (found?, unless_absent(attributes)?, unless_absent(tags)?)
        else {
            return Ok(None);
        };
        let zones = found.availability_zones().iter();
        let subnets: BTreeSet<SubnetId> = zones.filter_map(|zone| Some(zone.subnet_id()?.into())).collect();
        let groups: BTreeSet<SecurityGroupId> = found.security_groups().iter().map(|id| id.as_str().into()).collect();
        let spec = Self {
            name: found.load_balancer_name().unwrap_or_default().into(),
            scheme: Scheme::from(found.scheme().map(LoadBalancerSchemeEnum::as_str).unwrap_or_default()).into(),
            subnets: subnets.into(),
            security_groups: groups.into(),
            idle_timeout: attributes.idle_timeout.into(),
            deletion_protection: attributes.deletion_protection.into(),
            access_logs: attributes.access_logs.into(),
            drop_invalid_headers: attributes.drop_invalid_headers.into(),
        };
        Ok(Some(Observed {
            identity: self::identity(&found)?,
            spec,
            output: output(&found)?,
            tags: Some(tags),
        }))
    }

    /// Looks first, because AWS answers the same name with the same settings with the object that stands.
    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<LoadBalancerOutput>> {
        let name = self.name.get()?;
        if let Some(found) = named(call, name).await? {
            return Err(taken(name, &identity(&found)?));
        }
        service_linked_role::ensure(call, "elasticloadbalancing.amazonaws.com").await;
        let request = call
            .world
            .elbv2
            .create_load_balancer()
            .name(name)
            .r#type(LoadBalancerTypeEnum::Application)
            .ip_address_type(IpAddressType::Ipv4)
            .scheme(LoadBalancerSchemeEnum::from(self.scheme.get()?.as_str()))
            .set_subnets(Some(self.subnets.get()?.iter().map(String::from).collect()))
            .set_security_groups(Some(self.security_groups.get()?.iter().map(String::from).collect()))
            .set_tags(Some(tags::to_elb(call.tags)));
        let answer = ask(call, "elasticloadbalancing:CreateLoadBalancer", request.send()).await?;
        let made = answer
            .load_balancers()
            .first()
            .ok_or_else(|| lacking("elasticloadbalancing:CreateLoadBalancer", "load balancer"))?;
        let identity = identity(made)?;
        let attributes = attributes::write(call, arn(&identity), attributes::wanted(self, None)?);
        let ((), active) = tokio::try_join!(attributes, active(call, arn(&identity)))?;
        Ok(Created {
            identity,
            output: output(&active)?,
        })
    }

    async fn settle(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        active(call, arn(identity)).await.map(drop)
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, LoadBalancerOutput>,
        fields: &[&'static str],
    ) -> Result<LoadBalancerOutput> {
        let (elb, arn) = (&call.world.elbv2, arn(&have.identity));
        // Moving to other subnets may need the new groups' rules, and never the other way round.
        if fields.contains(&"security_groups") {
            let groups = self.security_groups.get()?.iter().map(String::from).collect();
            let request = elb
                .set_security_groups()
                .load_balancer_arn(arn)
                .set_security_groups(Some(groups));
            ask(call, "elasticloadbalancing:SetSecurityGroups", request.send()).await?;
        }
        if fields.contains(&"subnets") {
            let subnets = self.subnets.get()?.iter().map(String::from).collect();
            let request = elb.set_subnets().load_balancer_arn(arn).set_subnets(Some(subnets));
            ask(call, "elasticloadbalancing:SetSubnets", request.send()).await?;
        }
        attributes::write(call, arn, attributes::wanted(self, Some(fields))?).await?;
        output(&active(call, arn).await?)
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        elb::retag(call, identity, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let arn = arn(identity);
        let ours = self.deletion_protection.known() == Some(&true);
        leaving::delete(call, arn, ours).await?;
        leaving::interfaces_gone(call, &LoadBalancerArn::from(arn)).await
    }
}

fn arn(identity: &Identity) -> &str {
    identity.arn.as_deref().unwrap_or(&identity.id)
}

/// The load balancer of exactly that name.
async fn named(call: &Call<'_, Aws>, name: &str) -> Result<Option<Described>> {
    let request = call.world.elbv2.describe_load_balancers().names(name);
    let answer = ask(call, "elasticloadbalancing:DescribeLoadBalancers", request.send()).await;
    Ok(unless_absent(answer)?.and_then(|answer| answer.load_balancers?.into_iter().next()))
}

async fn described(call: &Call<'_, Aws>, arn: &str) -> Result<Option<Described>> {
    let found = call.world.reads.elb.load_balancers.one((), arn);
    in_time(call, "elasticloadbalancing:DescribeLoadBalancers", found).await
}

/// Waits until the load balancer takes requests.
async fn active(call: &Call<'_, Aws>, arn: &str) -> Result<Described> {
    wait_until(call, Pace::Minutes, "the load balancer is active", || async {
        let Some(found) = described(call, arn).await? else {
            return Ok(None);
        };
        match found.state().and_then(LoadBalancerState::code) {
            Some(LoadBalancerStateEnum::Active | LoadBalancerStateEnum::ActiveImpaired) => Ok(Some(found)),
            Some(LoadBalancerStateEnum::Failed) => Err(failed(&found)),
            _ => Ok(None),
        }
    })
    .await
}

fn failed(found: &Described) -> Error {
    let reason = found
        .state()
        .and_then(LoadBalancerState::reason)
        .unwrap_or("AWS gave no reason");
    let name = found.load_balancer_name().unwrap_or_default();
    let message = format!("the load balancer {name} could not be set up: {reason}");
    Error::new(
        ErrorKind::Invalid,
        "elasticloadbalancing:DescribeLoadBalancers",
        message,
    )
    .with_remedy("Check that each of its subnets has at least eight free addresses, then apply again.")
}

fn taken(name: &str, stands: &Identity) -> Error {
    let message = format!("a load balancer named {name} exists already: {}", arn(stands));
    Error::new(
        ErrorKind::AlreadyExists,
        "elasticloadbalancing:CreateLoadBalancer",
        message,
    )
}

fn identity(found: &Described) -> Result<Identity> {
    let arn = found
        .load_balancer_arn()
        .filter(is_told)
        .ok_or_else(|| lacking("elasticloadbalancing:DescribeLoadBalancers", "ARN"))?;
    Ok(Identity {
        id: found.load_balancer_name().unwrap_or(arn).to_owned(),
        arn: Some(arn.to_owned()),
    })
}

fn output(found: &Described) -> Result<LoadBalancerOutput> {
    let lacks = |what| lacking("elasticloadbalancing:DescribeLoadBalancers", what);
    Ok(LoadBalancerOutput {
        arn: found.load_balancer_arn().ok_or_else(|| lacks("ARN"))?.into(),
        dns_name: found.dns_name().ok_or_else(|| lacks("DNS name"))?.to_owned(),
        zone_id: found.canonical_hosted_zone_id().unwrap_or_default().to_owned(),
    })
}

/// One setting, as AWS takes it.
fn attribute(key: &str, value: impl Into<String>) -> LoadBalancerAttribute {
    LoadBalancerAttribute::builder().key(key).value(value).build()
}

#[cfg(test)]
mod tests;
