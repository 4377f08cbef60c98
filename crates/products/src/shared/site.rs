//! Looking at what a deployment is to stand on: the VPC, its subnets, and the parts the user brings. Reads only.

use std::collections::BTreeMap;

use super::Existing;
use crate::wiring::known_list;
use aws::lookups::{Brought, Surroundings};
use aws::{Aws, lookups};
use engine::{Error, Permission};
use framework::{Attr, Diagnostic, Diagnostics, Path};

/// A list of texts as the configuration has it.
pub type List = Attr<Vec<Attr<String>>>;

/// The VPC's address ranges; unknown while the VPC is.
pub async fn vpc_ranges(aws: &Aws, vpc_id: &Attr<String>) -> Result<List, Diagnostic> {
    let Some(id) = vpc_id.known() else {
        return Ok(Attr::Unknown);
    };
    let path = Path::of(["vpc_id"]);
    let vpc = lookups::vpc(aws, &lookups::VpcQuery::Id(id.as_str().into()))
        .await
        .map_err(|error| failed("the VPC", &error, path.clone()))?;
    let Some(vpc) = vpc else {
        return Err(absent("VPC", id, aws, path));
    };
    Ok(Attr::Known(vpc.cidr_blocks.into_iter().map(Attr::Known).collect()))
}

/// What leads out of the VPC, as far as that can be told yet. Where it cannot be looked at, who needs to know is told so.
pub async fn surroundings(aws: &Aws, vpc_id: &Attr<String>) -> Surroundings {
    let vpc = vpc_id.known().map(|id| id.as_str().into());
    Surroundings::of(aws, vpc.into_iter().collect())
        .await
        .unwrap_or_default()
}

/// The VPC that the subnets are in; null where there is none of them.
pub async fn vpc_of(aws: &Aws, subnet_ids: &List, attribute: &str) -> Result<Attr<String>, Diagnostics> {
    let ids = known_list(subnet_ids).unwrap_or_default();
    let wanted: Vec<_> = ids.iter().map(|id| id.as_str().into()).collect();
    let found = lookups::subnets(aws, &wanted)
        .await
        .map_err(|error| failed("the subnets", &error, Path::of([attribute])))?;
    Ok(found.first().map(|subnet| subnet.vpc_id.to_string()).into())
}

/// The subnets of an attribute: each must be there, in the VPC, and in a zone of its own. While they are unknown, none.
pub async fn subnets(
    aws: &Aws,
    vpc_id: &Attr<String>,
    subnet_ids: &List,
    path: Path,
) -> Result<Vec<lookups::Subnet>, Diagnostics> {
    let Some(ids) = known_list(subnet_ids).filter(|ids| !ids.is_empty()) else {
        return Ok(Vec::new());
    };
    let wanted: Vec<_> = ids.iter().map(|id| id.as_str().into()).collect();
    let found = lookups::subnets(aws, &wanted)
        .await
        .map_err(|error| failed("the subnets", &error, path.clone()))?;
    let mut diagnostics = Diagnostics::new();
    let mut zones: BTreeMap<&str, &str> = BTreeMap::new();
    for (index, id) in ids.iter().enumerate() {
        let place = path.index(index);
        let Some(subnet) = found.iter().find(|subnet| subnet.id.as_str() == id) else {
            diagnostics.push(absent("subnet", id, aws, place));
            continue;
        };
        if let Some(vpc) = vpc_id.known()
            && subnet.vpc_id.as_str() != vpc
        {
            diagnostics.push(
                Diagnostic::error(
                    "Subnet of another VPC",
                    format!(
                        "{id} is in {}, while vpc_id is {vpc}. Name subnets of that VPC.",
                        subnet.vpc_id
                    ),
                )
                .at(place),
            );
            continue;
        }
        if let Some(other) = zones.insert(&subnet.zone, id) {
            diagnostics.push(
                Diagnostic::error(
                    "Two subnets in one zone",
                    format!(
                        "{other} and {id} are both in {}. A file system has one mount target in each zone, and a load balancer one \
                         subnet, so name one subnet per zone.",
                        subnet.zone
                    ),
                )
                .at(place),
            );
        }
    }
    if diagnostics.has_errors() {
        Err(diagnostics)
    } else {
        Ok(found)
    }
}

/// The zone of each of the subnets, in the attribute's order; unknown while the subnets are.
pub fn zones(subnet_ids: &List, subnets: &[lookups::Subnet]) -> List {
    let Some(ids) = known_list(subnet_ids) else {
        return Attr::Unknown;
    };
    let zone_of = |id: &String| subnets.iter().find(|subnet| subnet.id.as_str() == id);
    let zones = ids
        .iter()
        .map(|id| zone_of(id).map(|subnet| subnet.zone.clone()).into());
    Attr::Known(zones.collect())
}

/// Whether the parts that the user brings are there, and the groups in the VPC.
pub async fn brought(aws: &Aws, vpc_id: &Attr<String>, existing: Option<&Existing>) -> Diagnostics {
    let Some(existing) = existing else {
        return Diagnostics::new();
    };
    let cluster = async {
        let arn = existing.cluster_arn.known()?;
        let path = Path::of(["existing", "cluster_arn"]);
        let found = lookups::cluster_exists(aws, &arn.as_str().into()).await;
        verdict(found, "ECS cluster", arn, aws, path)
    };
    let role = |arn: &Attr<String>, name: &'static str| {
        let arn = arn.known().cloned();
        async move {
            let arn = arn?;
            let path = Path::of(["existing", name]);
            let found = lookups::role_exists(aws, &arn.as_str().into()).await;
            verdict(found, "IAM role", &arn, aws, path)
        }
    };
    let log_group = async {
        let name = existing.log_group_name.known()?;
        let path = Path::of(["existing", "log_group_name"]);
        let found = lookups::log_group_exists(aws, &name.as_str().into()).await;
        verdict(found, "log group", name, aws, path)
    };
    let (cluster, task, execution, log_group, groups) = tokio::join!(
        cluster,
        role(&existing.task_role_arn, "task_role_arn"),
        role(&existing.execution_role_arn, "execution_role_arn"),
        log_group,
        groups(aws, vpc_id, &existing.security_group_ids),
    );
    [cluster, task, execution, log_group]
        .into_iter()
        .flatten()
        .chain(groups)
        .collect()
}

/// What looking at the network and at the parts that the user brings takes.
pub fn permissions(aws: &Aws, existing: Option<&Existing>) -> Vec<Permission> {
    let mut permissions = lookups::sees_networks(aws);
    if let Some(existing) = existing {
        let roles = [&existing.task_role_arn, &existing.execution_role_arn].into_iter();
        let roles = roles.filter_map(|arn| Some(Brought::Role(arn.known()?.as_str().into())));
        let cluster = existing.cluster_arn.known();
        let cluster = cluster.map(|arn| Brought::Cluster(arn.as_str().into()));
        let log_group = existing.log_group_name.known().map(|_| Brought::LogGroup);
        let brought = roles.chain(cluster).chain(log_group);
        permissions.extend(brought.flat_map(|brought| lookups::sees(aws, &brought)));
    }
    permissions
}

async fn groups(aws: &Aws, vpc_id: &Attr<String>, group_ids: &List) -> Diagnostics {
    let Some(ids) = known_list(group_ids).filter(|ids| !ids.is_empty()) else {
        return Diagnostics::new();
    };
    let path = Path::of(["existing", "security_group_ids"]);
    let wanted: Vec<_> = ids.iter().map(|id| id.as_str().into()).collect();
    let found = match lookups::security_groups(aws, &wanted).await {
        Ok(found) => found,
        Err(error) => return failed("the security groups", &error, path).into(),
    };
    let problem = |(index, id): (usize, &String)| {
        let place = path.index(index);
        let Some(group) = found.iter().find(|group| group.id.as_str() == id) else {
            return Some(absent("security group", id, aws, place));
        };
        let vpc = vpc_id.known().filter(|vpc| group.vpc_id.as_str() != vpc.as_str())?;
        Some(
            Diagnostic::error(
                "Security group of another VPC",
                format!("{id} is in {}, while vpc_id is {vpc}.", group.vpc_id),
            )
            .at(place),
        )
    };
    ids.iter().enumerate().filter_map(problem).collect()
}

/// What a look for one object says.
pub fn verdict(found: Result<bool, Error>, what: &str, id: &str, aws: &Aws, path: Path) -> Option<Diagnostic> {
    match found {
        Ok(true) => None,
        Ok(false) => Some(absent(what, id, aws, path)),
        Err(error) => Some(failed(&format!("the {what}"), &error, path)),
    }
}

/// Something named in the configuration is not there.
pub fn absent(what: &str, id: &str, aws: &Aws, path: Path) -> Diagnostic {
    Diagnostic::error(
        format!("No such {what}"),
        format!(
            "Account {} has no {what} {id} in {}. Nothing was made.",
            aws.account_id, aws.region
        ),
    )
    .at(path)
}

/// AWS refused a look.
pub fn failed(what: &str, error: &Error, path: Path) -> Diagnostic {
    Diagnostic::error(format!("Could not look at {what}"), error.explained()).at(path)
}
