//! Looking at what a detector is to stand on: the VPC, its subnets, and the parts the user brings.

use std::collections::BTreeMap;

use super::model::Detector;
use crate::aws::{Aws, lookups};
use crate::engine::Error;
use crate::framework::{Attr, Diagnostic, Diagnostics, Path};
use crate::products::wiring::known_list;

/// Whether what is looked at here may have changed between two models.
pub fn changed(prior: &Detector, model: &Detector) -> bool {
    let brought = |model: &Detector| {
        (
            model.existing.as_ref().map(|existing| {
                (
                    existing.cluster_arn.clone(),
                    existing.task_role_arn.clone(),
                    existing.execution_role_arn.clone(),
                    existing.security_group_ids.clone(),
                    existing.log_group_name.clone(),
                )
            }),
            model
                .persistence
                .as_ref()
                .map(|persistence| persistence.file_system_id.clone()),
        )
    };
    prior.vpc_id != model.vpc_id
        || prior.subnet_ids != model.subnet_ids
        || model.vpc_cidr_blocks.known().is_none()
        || brought(prior) != brought(model)
}

/// Reports what does not fit, and fills in the VPC's address ranges. What is unknown is left for later.
pub async fn visit(aws: &Aws, model: &mut Detector) -> Diagnostics {
    let (vpc, subnets, brought) = tokio::join!(vpc(aws, model), subnets(aws, model), brought(aws, model));
    let mut diagnostics = brought;
    match vpc {
        Ok(ranges) => model.vpc_cidr_blocks = ranges,
        Err(diagnostic) => {
            // Of which VPC the subnets are does not matter before there is one.
            diagnostics.push(diagnostic);
            return diagnostics;
        }
    }
    match subnets {
        Ok(subnets) if diagnostics.has_errors() || subnets.is_empty() => {}
        Ok(subnets) => diagnostics.append(file_system(aws, model, &subnets).await),
        Err(problems) => diagnostics.append(problems),
    }
    diagnostics
}

/// The VPC that the subnets are in.
pub async fn vpc_of(aws: &Aws, model: &Detector) -> Result<Attr<String>, Diagnostics> {
    let ids = known_list(&model.subnet_ids).unwrap_or_default();
    let wanted: Vec<_> = ids.iter().map(|id| id.as_str().into()).collect();
    let path = Path::of(["subnet_ids"]);
    let found = lookups::subnets(aws, &wanted)
        .await
        .map_err(|error| failed("the subnets", &error, path))?;
    Ok(found.first().map(|subnet| subnet.vpc_id.to_string()).into())
}

async fn vpc(aws: &Aws, model: &Detector) -> Result<Attr<Vec<Attr<String>>>, Diagnostic> {
    let Some(id) = model.vpc_id.known() else {
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

async fn subnets(aws: &Aws, model: &Detector) -> Result<Vec<lookups::Subnet>, Diagnostics> {
    let path = Path::of(["subnet_ids"]);
    let Some(ids) = known_list(&model.subnet_ids) else {
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
        if let Some(vpc) = model.vpc_id.known()
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
                        "{other} and {id} are both in {}. A file system has one mount target in each zone, so name one subnet \
                         per zone.",
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

async fn brought(aws: &Aws, model: &Detector) -> Diagnostics {
    let Some(existing) = &model.existing else {
        return Diagnostics::new();
    };
    let cluster = async {
        let arn = existing.cluster_arn.known()?;
        let path = Path::of(["existing", "cluster_arn"]);
        verdict(
            lookups::cluster_exists(aws, &arn.as_str().into()).await,
            "ECS cluster",
            arn,
            aws,
            path,
        )
    };
    let role = |arn: &Attr<String>, name: &'static str| {
        let arn = arn.known().cloned();
        async move {
            let arn = arn?;
            let path = Path::of(["existing", name]);
            verdict(
                lookups::role_exists(aws, &arn.as_str().into()).await,
                "IAM role",
                &arn,
                aws,
                path,
            )
        }
    };
    let log_group = async {
        let name = existing.log_group_name.known()?;
        let path = Path::of(["existing", "log_group_name"]);
        verdict(
            lookups::log_group_exists(aws, &name.as_str().into()).await,
            "log group",
            name,
            aws,
            path,
        )
    };
    let (cluster, task, execution, log_group, groups) = tokio::join!(
        cluster,
        role(&existing.task_role_arn, "task_role_arn"),
        role(&existing.execution_role_arn, "execution_role_arn"),
        log_group,
        groups(aws, model),
    );
    [cluster, task, execution, log_group]
        .into_iter()
        .flatten()
        .chain(groups)
        .collect()
}

async fn groups(aws: &Aws, model: &Detector) -> Diagnostics {
    let Some(existing) = &model.existing else {
        return Diagnostics::new();
    };
    let Some(ids) = known_list(&existing.security_group_ids).filter(|ids| !ids.is_empty()) else {
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
        let vpc = model
            .vpc_id
            .known()
            .filter(|vpc| group.vpc_id.as_str() != vpc.as_str())?;
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

/// A file system of the user's own must have a mount target in every zone that the task may run in.
async fn file_system(aws: &Aws, model: &Detector, subnets: &[lookups::Subnet]) -> Diagnostics {
    let Some(id) = model
        .persistence
        .as_ref()
        .and_then(|persistence| persistence.file_system_id.known())
    else {
        return Diagnostics::new();
    };
    let path = Path::of(["persistence", "file_system_id"]);
    let targets = match lookups::mount_targets(aws, &id.as_str().into()).await {
        Ok(Some(targets)) => targets,
        Ok(None) => return absent("file system", id, aws, path).into(),
        Err(error) => return failed("the file system", &error, path).into(),
    };
    let bare = subnets
        .iter()
        .filter(|subnet| !targets.iter().any(|target| target.zone == subnet.zone));
    bare.map(|subnet| {
        Diagnostic::error(
            "No mount target in a zone",
            format!(
                "{id} has no mount target in {} (the zone of {}), so a task there could not mount it. Make one, or leave the \
                 subnet out.",
                subnet.zone, subnet.id
            ),
        )
        .at(path.clone())
    })
    .collect()
}

fn verdict(found: Result<bool, Error>, what: &str, id: &str, aws: &Aws, path: Path) -> Option<Diagnostic> {
    match found {
        Ok(true) => None,
        Ok(false) => Some(absent(what, id, aws, path)),
        Err(error) => Some(failed(&format!("the {what}"), &error, path)),
    }
}

fn absent(what: &str, id: &str, aws: &Aws, path: Path) -> Diagnostic {
    Diagnostic::error(
        format!("No such {what}"),
        format!(
            "Account {} has no {what} {id} in {}. Nothing was made.",
            aws.account_id, aws.region
        ),
    )
    .at(path)
}

fn failed(what: &str, error: &Error, path: Path) -> Diagnostic {
    Diagnostic::error(format!("Could not look at {what}"), error.explained()).at(path)
}
