//! What may go out of a security group whose rules name a group that names this one: neither of two such groups can be
//! made with all its rules, so these are an object of their own. Sources: Amazon EC2 API, `DescribeSecurityGroups`,
//! `AuthorizeSecurityGroupEgress`, `RevokeSecurityGroupEgress`.

use std::collections::BTreeSet;

use aws::Aws;
use aws::error::unless_absent;
use aws::ids::SecurityGroupId;
use aws::permissions::Site;
use aws::retry::{GROUP_UNKNOWN_YET, retry_while};
use aws::security_rules::{self, Rule, align, describe, rules};
use engine::{Call, Component, Created, Error, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// All rules for what may go out of a group; one that somebody else added is drift. They exist as long as there is any.
    pub struct SecurityGroupEgress {
        /// The group.
        replace group: SecurityGroupId,
        /// The rules: at least one.
        update rules: BTreeSet<Rule>,
    }
}

/// The rules of a group; `None` where the group, or every rule of it, is gone.
async fn told(call: &Call<'_, Aws>, group: &str) -> Result<Option<BTreeSet<Rule>>> {
    let rules = describe(call, group)
        .await?
        .map(|group| rules(group.ip_permissions_egress()));
    Ok(rules.filter(|rules| !rules.is_empty()))
}

fn identity(group: &str) -> Identity {
    Identity {
        id: group.to_owned(),
        arn: None,
    }
}

impl SecurityGroupEgress {
    async fn align(call: &Call<'_, Aws>, group: &str, rules: &BTreeSet<Rule>) -> Result<()> {
        retry_while(call, &GROUP_UNKNOWN_YET, || align(call, group, None, Some(rules))).await
    }
}

impl Component<Aws> for SecurityGroupEgress {
    const TYPE: &'static str = "security_group_egress";
    const REPLACEMENT: Replacement = Replacement::CreateFirst;
    const TAGGED: bool = false;
    type Output = ();

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        [
            site.anywhere().called(["ec2:DescribeSecurityGroups"]),
            security_rules::permissions(site),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(group) = self.group.known() else {
            return Ok(None);
        };
        Ok(told(call, group.as_str()).await?.map(|_| identity(group.as_str())))
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, ()>>> {
        let Some(rules) = told(call, &identity.id).await? else {
            return Ok(None);
        };
        Ok(Some(Observed {
            identity: identity.clone(),
            spec: Self {
                group: SecurityGroupId::from(identity.id.as_str()).into(),
                rules: rules.into(),
            },
            output: (),
            tags: None,
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<()>> {
        let group = self.group.get()?;
        Self::align(call, group.as_str(), self.rules.get()?).await?;
        Ok(Created {
            identity: identity(group.as_str()),
            output: (),
        })
    }

    async fn update(&self, call: &Call<'_, Aws>, have: &Observed<Self, ()>, _fields: &[&'static str]) -> Result<()> {
        Self::align(call, &have.identity.id, self.rules.get()?).await
    }

    async fn retag(&self, _call: &Call<'_, Aws>, _identity: &Identity, _set: &Tags, _remove: &[String]) -> Result<()> {
        Err(Error::bug("tag a security group's egress", "it carries no tags"))
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        unless_absent(Self::align(call, &identity.id, &BTreeSet::new()).await).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::Peer;
    use aws::testing::{Answer, Stage};

    fn described(egress: &str) -> String {
        format!(
            "<DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId><ipPermissionsEgress>{egress}\
             </ipPermissionsEgress></item></securityGroupInfo></DescribeSecurityGroupsResponse>"
        )
    }

    fn wanted() -> SecurityGroupEgress {
        SecurityGroupEgress {
            group: SecurityGroupId::from("sg-1").into(),
            rules: BTreeSet::from([Rule::tcp(8080, Peer::Group("sg-2".into()), "tasks")]).into(),
        }
    }

    #[tokio::test]
    async fn a_group_that_lets_nothing_out_has_none() {
        let stage = Stage::answering(|_| Answer::xml(described("")));
        assert_eq!(wanted().find(&stage.call()).await.unwrap(), None);
    }

    #[tokio::test]
    async fn the_one_rule_is_added_and_read_back() {
        let rule = "<item><ipProtocol>tcp</ipProtocol><fromPort>8080</fromPort><toPort>8080</toPort><groups><item>\
                    <groupId>sg-2</groupId><description>tasks</description></item></groups></item>";
        let stage = Stage::answering(move |asked| {
            let body = if asked.operation == "DescribeSecurityGroups" {
                described("")
            } else {
                "<AuthorizeSecurityGroupEgressResponse><return>true</return></AuthorizeSecurityGroupEgressResponse>"
                    .into()
            };
            Answer::xml(body)
        });
        wanted().create(&stage.call()).await.unwrap();
        assert!(
            stage.operations().contains(&"AuthorizeSecurityGroupEgress".to_owned()),
            "{:?}",
            stage.operations()
        );

        let stage = Stage::answering(move |_| Answer::xml(described(rule)));
        let have = wanted().read(&stage.call(), &identity("sg-1")).await.unwrap().unwrap();
        assert_eq!(have.spec.rules.known(), wanted().rules.known());
    }
}
