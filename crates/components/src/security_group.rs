//! A security group with its rules. Sources: Amazon EC2 API, `CreateSecurityGroup`, `DescribeSecurityGroups`,
//! `AuthorizeSecurityGroupIngress`, `RevokeSecurityGroupIngress` (and their egress siblings),
//! `UpdateSecurityGroupRuleDescriptionsIngress`, `DeleteSecurityGroup`.

mod blockers;

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};

use aws::Aws;
use aws::ask::{ask, in_time};
use aws::error::{lacking, unless_absent};
use aws::ids::{SecurityGroupId, VpcId, is_told};
use aws::permissions::Site;
use aws::retry::{GROUP_IN_USE, GROUP_UNKNOWN_YET, retry_while};
use aws::security_rules::{self, Rule, align, align_new, describe, forget_groups, rules};
use aws::tags;
use engine::{Call, Component, Created, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A security group. Its rules are exclusive: a rule that somebody else added is drift.
    pub struct SecurityGroup {
        /// The name, unique in the VPC: up to 255 characters.
        replace name: String,
        /// What it is for: up to 255 characters.
        replace description: String,
        /// The VPC.
        replace vpc_id: VpcId,
        /// What may come in.
        update ingress: BTreeSet<Rule>,
        /// What may go out; `None` where that is told apart from the group, because its rules name groups that name this
        /// one. A new group then lets nothing out.
        update egress: Option<BTreeSet<Rule>>,
    }
}

fn arn(call: &Call<'_, Aws>, id: &str) -> String {
    let Aws {
        partition,
        region,
        account_id,
        ..
    } = call.world;
    format!("arn:{partition}:ec2:{region}:{account_id}:security-group/{id}")
}

fn identity(call: &Call<'_, Aws>, id: &str, told: Option<&str>) -> Identity {
    Identity {
        id: id.to_owned(),
        arn: Some(told.map_or_else(|| arn(call, id), str::to_owned)),
    }
}

impl Component<Aws> for SecurityGroup {
    const TYPE: &'static str = "security_group";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = SecurityGroupId;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        [
            site.ec2_made("ec2:CreateSecurityGroup", ["security-group"]),
            // The VPC is part of the request.
            site.ec2_named("vpc", &self.vpc_id).behind(["ec2:CreateSecurityGroup"]),
            site.ec2("security-group").ours().called(["ec2:DeleteSecurityGroup"]),
            site.anywhere().called(["ec2:DescribeSecurityGroups"]),
            site.anywhere().helpful(["ec2:DescribeNetworkInterfaces"]),
            site.ec2_retagged("security-group"),
            security_rules::permissions(site),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let (Some(name), Some(vpc)) = (self.name.known(), self.vpc_id.known()) else {
            return Ok(None);
        };
        let groups = &call.world.reads.ec2.security_groups_by_name;
        let group = in_time(
            call,
            "ec2:DescribeSecurityGroups",
            groups.one(vpc.as_str(), name.as_str()),
        )
        .await?;
        Ok(group.and_then(|group| Some(identity(call, group.group_id()?, group.security_group_arn()))))
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, SecurityGroupId>>> {
        let Some(group) = describe(call, &identity.id).await? else {
            return Ok(None);
        };
        Ok(Some(Observed {
            identity: self::identity(call, &identity.id, group.security_group_arn()),
            spec: Self {
                name: group.group_name().unwrap_or_default().into(),
                description: group.description().unwrap_or_default().into(),
                vpc_id: VpcId::from(group.vpc_id().unwrap_or_default()).into(),
                ingress: rules(group.ip_permissions()).into(),
                egress: match self.egress.known() {
                    Some(None) => None,
                    _ => Some(rules(group.ip_permissions_egress())),
                }
                .into(),
            },
            output: identity.id.as_str().into(),
            tags: Some(tags::from_ec2(group.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<SecurityGroupId>> {
        let tagged = TagSpecification::builder()
            .resource_type(ResourceType::SecurityGroup)
            .set_tags(Some(tags::to_ec2(call.tags)))
            .build();
        let request = call
            .world
            .ec2
            .create_security_group()
            .group_name(self.name.get()?)
            .description(self.description.get()?)
            .vpc_id(self.vpc_id.get()?)
            .tag_specifications(tagged);
        let answer = ask(call, "ec2:CreateSecurityGroup", request.send()).await?;
        let id = answer
            .group_id()
            .filter(is_told)
            .ok_or_else(|| lacking("ec2:CreateSecurityGroup", "group id"))?;
        let none = BTreeSet::new();
        let (ingress, egress) = (self.ingress.get()?, self.egress.get()?.as_ref().unwrap_or(&none));
        retry_while(call, &GROUP_UNKNOWN_YET, || align_new(call, id, ingress, egress)).await?;
        Ok(Created {
            identity: identity(call, id, answer.security_group_arn()),
            output: id.into(),
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, SecurityGroupId>,
        fields: &[&'static str],
    ) -> Result<SecurityGroupId> {
        let ingress = fields.contains(&"ingress").then(|| self.ingress.get()).transpose()?;
        let egress = fields.contains(&"egress").then(|| self.egress.get()).transpose()?;
        let egress = egress.and_then(Option::as_ref);
        retry_while(call, &GROUP_UNKNOWN_YET, || {
            align(call, &have.identity.id, ingress, egress)
        })
        .await?;
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        let ec2 = &call.world.ec2;
        if !set.is_empty() {
            let request = ec2
                .create_tags()
                .resources(&identity.id)
                .set_tags(Some(tags::to_ec2(set)));
            ask(call, "ec2:CreateTags", request.send()).await?;
        }
        if !remove.is_empty() {
            let names = remove.iter().map(|name| Tag::builder().key(name).build()).collect();
            let request = ec2.delete_tags().resources(&identity.id).set_tags(Some(names));
            ask(call, "ec2:DeleteTags", request.send()).await?;
        }
        Ok(())
    }

    /// Waits for the network interfaces that still have the group. Where it is refused, rules of ours that name other
    /// groups are taken away first, so that two groups which name each other can both go.
    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let id = identity.id.as_str();
        let attempt = || {
            ask(
                call,
                "ec2:DeleteSecurityGroup",
                call.world.ec2.delete_security_group().group_id(id).send(),
            )
        };
        let deleted = match attempt().await {
            Err(error) if (GROUP_IN_USE.is)(&error) => {
                forget_groups(call, id).await?;
                retry_while(call, &GROUP_IN_USE, attempt).await
            }
            other => other,
        };
        match deleted {
            Err(error) if error.kind == ErrorKind::Conflict => Err(blockers::explain(call, id, error).await),
            other => unless_absent(other).map(drop),
        }
    }
}

#[cfg(test)]
mod tests;
