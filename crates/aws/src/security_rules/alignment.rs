//! Making a group's rules what they should be, with the fewest calls: what is missing is allowed before what is surplus
//! is taken away, so that nobody is cut off in between.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{IpPermission, SecurityGroup};

use super::describe;
use super::rule::{Peer, Rule, rules};
use crate::Aws;
use crate::ask::ask;
use engine::{Call, Error, ErrorKind, Result};

/// How often the rules are looked at anew when they changed between look and call.
const LOOKS: u32 = 3;

#[derive(Debug, Clone, Copy)]
enum Direction {
    Ingress,
    Egress,
}

/// What to do to one direction's rules.
#[derive(Debug, Default, PartialEq, Eq)]
struct Change<'r> {
    allow: Vec<&'r Rule>,
    describe: Vec<&'r Rule>,
    take_away: Vec<&'r Rule>,
}

impl<'r> Change<'r> {
    fn between(have: &'r BTreeSet<Rule>, wanted: &'r BTreeSet<Rule>) -> Self {
        let known = |rule: &Rule, among: &BTreeSet<Rule>| among.iter().any(|other| other.allows_same(rule));
        let (describe, allow) = wanted
            .iter()
            .filter(|rule| !have.contains(rule))
            .partition(|rule| known(rule, have));
        let take_away = have.iter().filter(|rule| !known(rule, wanted)).collect();
        Self {
            allow,
            describe,
            take_away,
        }
    }
}

/// Brings the rules of the given directions to what is wanted.
pub async fn align(
    call: &Call<'_, Aws>,
    id: &str,
    ingress: Option<&BTreeSet<Rule>>,
    egress: Option<&BTreeSet<Rule>>,
) -> Result<()> {
    let mut looks = 1;
    loop {
        match once(call, id, ingress, egress).await {
            // An earlier attempt whose answer was lost did its work, or somebody else is changing the rules.
            Err(error) if looks < LOOKS && is_outdated(&error) => looks += 1,
            other => return other,
        }
    }
}

/// Brings the rules of a group that was just made to what is wanted. What EC2 gives to a new group is known, so nothing waits
/// for a look at it; what else it may have, in a VPC with IPv6 addresses, goes afterwards. Source: Amazon VPC user guide,
/// *Security group rules*.
pub async fn align_new(
    call: &Call<'_, Aws>,
    id: &str,
    ingress: &BTreeSet<Rule>,
    egress: &BTreeSet<Rule>,
) -> Result<()> {
    let (nothing, given) = (BTreeSet::new(), BTreeSet::from([Rule::all(Peer::anywhere(), "")]));
    let (inward, outward) = (Change::between(&nothing, ingress), Change::between(&given, egress));
    let brought = tokio::try_join!(
        admit(call, id, Direction::Ingress, &inward),
        admit(call, id, Direction::Egress, &outward),
        // Nobody has the group yet whom this could cut off.
        take_away(call, id, Direction::Egress, &outward.take_away),
        take_away_surplus(call, id, [&given, egress]),
    );
    match brought {
        // An earlier attempt did some of it.
        Err(error) if is_outdated(&error) => align(call, id, Some(ingress), Some(egress)).await,
        other => other.map(drop),
    }
}

/// Takes away every way out that is not among these.
async fn take_away_surplus(call: &Call<'_, Aws>, id: &str, but: [&BTreeSet<Rule>; 2]) -> Result<()> {
    let group = existing(call, id).await?;
    let have = rules(group.ip_permissions_egress());
    let among = |rule: &Rule| {
        but.iter()
            .any(|rules| rules.iter().any(|other| other.allows_same(rule)))
    };
    let surplus: Vec<_> = have.iter().filter(|rule| !among(rule)).collect();
    take_away(call, id, Direction::Egress, &surplus).await
}

fn is_outdated(error: &Error) -> bool {
    matches!(
        error.code.as_deref(),
        Some("InvalidPermission.Duplicate" | "InvalidPermission.NotFound")
    )
}

async fn once(
    call: &Call<'_, Aws>,
    id: &str,
    ingress: Option<&BTreeSet<Rule>>,
    egress: Option<&BTreeSet<Rule>>,
) -> Result<()> {
    let group = existing(call, id).await?;
    let bring = async |direction, have: &[IpPermission], wanted: Option<&BTreeSet<Rule>>| match wanted {
        Some(wanted) => apply(call, id, direction, &Change::between(&rules(have), wanted)).await,
        None => Ok(()),
    };
    tokio::try_join!(
        bring(Direction::Ingress, group.ip_permissions(), ingress),
        bring(Direction::Egress, group.ip_permissions_egress(), egress),
    )?;
    Ok(())
}

/// The group of that id, which must be there.
async fn existing(call: &Call<'_, Aws>, id: &str) -> Result<SecurityGroup> {
    describe(call, id).await?.ok_or_else(|| {
        let mut error = Error::new(
            ErrorKind::NotFound,
            "ec2:DescribeSecurityGroups",
            format!("{id} does not exist"),
        );
        error.code = Some("InvalidGroup.NotFound".to_owned());
        error
    })
}

async fn apply(call: &Call<'_, Aws>, id: &str, direction: Direction, change: &Change<'_>) -> Result<()> {
    admit(call, id, direction, change).await?;
    take_away(call, id, direction, &change.take_away).await
}

/// Allows what is missing, and says what rules are for.
async fn admit(call: &Call<'_, Aws>, id: &str, direction: Direction, change: &Change<'_>) -> Result<()> {
    let ec2 = &call.world.ec2;
    if !change.allow.is_empty() {
        let rules = permissions(&change.allow);
        match direction {
            Direction::Ingress => {
                let request = ec2
                    .authorize_security_group_ingress()
                    .group_id(id)
                    .set_ip_permissions(Some(rules));
                ask(call, "ec2:AuthorizeSecurityGroupIngress", request.send()).await?;
            }
            Direction::Egress => {
                let request = ec2
                    .authorize_security_group_egress()
                    .group_id(id)
                    .set_ip_permissions(Some(rules));
                ask(call, "ec2:AuthorizeSecurityGroupEgress", request.send()).await?;
            }
        }
    }
    if !change.describe.is_empty() {
        let rules = permissions(&change.describe);
        match direction {
            Direction::Ingress => {
                let request = ec2.update_security_group_rule_descriptions_ingress().group_id(id);
                let request = request.set_ip_permissions(Some(rules));
                ask(call, "ec2:UpdateSecurityGroupRuleDescriptionsIngress", request.send()).await?;
            }
            Direction::Egress => {
                let request = ec2.update_security_group_rule_descriptions_egress().group_id(id);
                let request = request.set_ip_permissions(Some(rules));
                ask(call, "ec2:UpdateSecurityGroupRuleDescriptionsEgress", request.send()).await?;
            }
        }
    }
    Ok(())
}

async fn take_away(call: &Call<'_, Aws>, id: &str, direction: Direction, rules: &[&Rule]) -> Result<()> {
    if rules.is_empty() {
        return Ok(());
    }
    let ec2 = &call.world.ec2;
    let rules = permissions(rules);
    match direction {
        Direction::Ingress => {
            let request = ec2
                .revoke_security_group_ingress()
                .group_id(id)
                .set_ip_permissions(Some(rules));
            ask(call, "ec2:RevokeSecurityGroupIngress", request.send())
                .await
                .map(drop)
        }
        Direction::Egress => {
            let request = ec2
                .revoke_security_group_egress()
                .group_id(id)
                .set_ip_permissions(Some(rules));
            ask(call, "ec2:RevokeSecurityGroupEgress", request.send())
                .await
                .map(drop)
        }
    }
}

/// Takes away every rule that names a group.
pub async fn forget_groups(call: &Call<'_, Aws>, id: &str) -> Result<()> {
    let Some(group) = describe(call, id).await? else {
        return Ok(());
    };
    for (direction, permissions) in [
        (Direction::Ingress, group.ip_permissions()),
        (Direction::Egress, group.ip_permissions_egress()),
    ] {
        let rules = rules(permissions);
        let naming: Vec<_> = rules.iter().filter(|rule| rule.names_group()).collect();
        match take_away(call, id, direction, &naming).await {
            Err(error) if error.kind == ErrorKind::NotFound => {}
            other => other?,
        }
    }
    Ok(())
}

fn permissions(rules: &[&Rule]) -> Vec<IpPermission> {
    rules.iter().map(|rule| rule.permission()).collect()
}
