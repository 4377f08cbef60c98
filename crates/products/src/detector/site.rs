//! Looking at what a detector is to stand on: the VPC, its subnets, the kind and image of its hosts, and the parts the user
//! brings.

use std::time::Duration;

use tokio::time::timeout;

use super::model::Detector;
use crate::product::Visit;
use crate::shared::hardware::{self, HostImage, Look};
use crate::shared::room::too_small;
use crate::shared::ways_out::PublicAddress;
use crate::shared::{image_platform, load_balancer, marketplace, site, ways_out};
use aws::lookups::{Brought, Surroundings};
use aws::{Aws, lookups, simulation};
use engine::{Error, Permission};
use framework::{Attr, Diagnostic, Diagnostics, Path};

/// Whether what is looked at here may have changed between two models.
pub fn changed(prior: &Detector, model: &Detector) -> bool {
    let foreign = |model: &Detector| {
        let persistence = model.persistence.as_ref();
        persistence.map(|persistence| persistence.file_system_id.clone())
    };
    // Only hosts have no room for every size.
    let hosts = || model.capacity.iter();
    let sizes = |model: &Detector| {
        let sizes = (model.cpu.clone(), model.memory.clone(), model.desired_count.clone());
        hosts().next().map(|_| sizes)
    };
    prior.vpc_id != model.vpc_id
        || prior.subnet_ids != model.subnet_ids
        || prior.assign_public_ip != model.assign_public_ip
        || prior.secrets != model.secrets
        || model.vpc_cidr_blocks.known().is_none()
        || model.availability_zones.known().is_none()
        || prior.existing != model.existing
        || foreign(prior) != foreign(model)
        || prior.image != model.image
        || prior.capacity != model.capacity
        || prior.load_balancer != model.load_balancer
        || sizes(prior) != sizes(model)
        || hosts().any(|capacity| capacity.update_ami.known() == Some(&true))
}

/// What looking takes.
pub fn permissions(model: &Detector, aws: &Aws) -> Vec<Permission> {
    let mut permissions = site::permissions(aws, model.existing.as_ref());
    let foreign = model
        .persistence
        .as_ref()
        .and_then(|persistence| persistence.file_system_id.known());
    if let Some(id) = foreign {
        permissions.extend(lookups::sees(aws, &Brought::FileSystem(id.as_str().into())));
    }
    if let Some(role) = model
        .existing
        .as_ref()
        .and_then(|existing| existing.task_role_arn.known())
    {
        permissions.extend(simulation::of_role(aws, role));
    }
    permissions.extend(image_platform::permissions(aws, &model.image));
    if model.capacity.is_some() {
        permissions.extend(lookups::sees_hosts(aws));
    }
    permissions
}

/// Reports what does not fit, and fills in the VPC's address ranges, the subnets' zones and the hosts' figures. What is
/// unknown is left for later. An image that has to be chosen is the answer's.
pub async fn visit(aws: &Aws, model: &mut Detector) -> Visit<Option<HostImage>> {
    let (vpc, surroundings, subnets, brought, metering, host, platforms) = tokio::join!(
        site::vpc_ranges(aws, &model.vpc_id),
        site::surroundings(aws, &model.vpc_id),
        site::subnets(aws, &model.vpc_id, &model.subnet_ids, Path::of(["subnet_ids"])),
        site::brought(aws, &model.vpc_id, model.existing.as_ref()),
        metering(aws, model),
        hosts(aws, model),
        image_platform::look(aws, &model.image),
    );
    let mut diagnostics = brought;
    diagnostics.extend(metering);
    diagnostics.extend(subscription(&model.image, platforms.as_ref().err()));
    match vpc {
        Ok(ranges) => model.vpc_cidr_blocks = ranges,
        Err(diagnostic) => {
            // Of which VPC the subnets are does not matter before there is one.
            diagnostics.push(diagnostic);
            return diagnostics.into();
        }
    }
    if let Ok(subnets) = &subnets {
        model.availability_zones = site::zones(&model.subnet_ids, subnets);
    }
    let mut choice = None;
    match host {
        Ok(look) => (model.host, choice) = (look.host, look.chosen),
        Err(problem) => diagnostics.push(problem),
    }
    diagnostics.extend(room(model));
    let on_hosts = model.capacity.is_some().then_some(&model.host);
    diagnostics.extend(image_platform::check(
        &model.image,
        platforms.ok().flatten().as_deref(),
        on_hosts,
    ));
    match subnets {
        Ok(subnets) if diagnostics.has_errors() || subnets.is_empty() => {}
        Ok(subnets) => {
            let around = around(aws, &surroundings, model, &subnets);
            let (file_system, around) = tokio::join!(file_system(aws, model, &subnets), around);
            diagnostics.append(file_system);
            diagnostics.append(around);
        }
        Err(problems) => diagnostics.append(problems),
    }
    Visit { choice, diagnostics }
}

/// How long IAM may take over what is only a warning.
const PATIENCE: Duration = Duration::from_secs(15);

/// Warns of a task role of the user's own that may not meter: the detector does not start then. Who may not have IAM
/// simulate the role's policies, or is not answered soon, is told nothing.
async fn metering(aws: &Aws, model: &Detector) -> Option<Diagnostic> {
    let role = model.existing.as_ref()?.task_role_arn.known()?;
    let (may, reason) = timeout(PATIENCE, marketplace::role_may_meter(aws, role)).await.ok()?;
    let text = format!(
        "The detector meters its use with the AWS Marketplace when it starts, and ends where it cannot. {} \
         thatdot_marketplace_metering tells more.",
        reason?
    );
    let warning = Diagnostic::warning("The task role may not meter", text);
    (may == Some(false)).then(|| warning.at(Path::of(["existing", "task_role_arn"])))
}

/// Warns of an image that the AWS Marketplace keeps from this account.
fn subscription(image: &Attr<String>, refusal: Option<&Error>) -> Option<Diagnostic> {
    let image = image.known()?.parse().ok()?;
    let (Some(false), Some(reason)) = marketplace::subscribed(&image, refusal) else {
        return None;
    };
    let text = format!("No task would start. {reason} thatdot_marketplace_metering tells more.");
    Some(Diagnostic::warning("The image cannot be pulled", text).at(Path::of(["image"])))
}

/// What AWS says of the hosts, where there are any.
async fn hosts(aws: &Aws, model: &Detector) -> Result<Look, Diagnostic> {
    match &model.capacity {
        Some(capacity) => hardware::look(aws, capacity, &model.host).await,
        None => Ok(Look::default()),
    }
}

/// Whether hosts can hold the tasks.
fn room(model: &Detector) -> Option<Diagnostic> {
    let (capacity, size) = (model.capacity.as_ref()?, model.task_size()?);
    too_small(capacity, model.host.known()?, size, *model.desired_count.known()?)
}

/// Whether what runs reaches what it needs, and whether hosts and a load balancer can stand where they are to.
async fn around(aws: &Aws, surroundings: &Surroundings, model: &Detector, subnets: &[lookups::Subnet]) -> Diagnostics {
    let mut needed = ways_out::of_tasks(model.capacity.is_some());
    needed.extend(ways_out::of_secrets(&model.secrets));
    let address = match (&model.capacity, &model.assign_public_ip) {
        (Some(_), _) => PublicAddress::Never,
        (None, Attr::Unknown | Attr::Known(true)) => PublicAddress::On,
        (None, Attr::Null | Attr::Known(false)) => PublicAddress::Off,
    };
    let tasks = load_balancer::Named {
        subnets,
        attribute: "subnet_ids",
    };
    let balancer = async {
        match &model.load_balancer {
            Some(block) => load_balancer::look(aws, surroundings, &model.vpc_id, block, tasks, tasks).await,
            None => Diagnostics::new(),
        }
    };
    let ways_out = async {
        if model.capacity.is_some() {
            return ways_out::insist(aws, surroundings, subnets, &needed, address, "subnet_ids").await;
        }
        // Where a host joins no cluster, ECS waits in vain; a task on Fargate says itself what it could not reach.
        let found = ways_out::check(aws, surroundings, subnets, &needed, address, "subnet_ids").await;
        found.into_warnings()
    };
    let hosts = async {
        let kind = model.capacity.as_ref()?.instance_type.known()?;
        let path = Path::of(["capacity", "instance_type"]);
        hardware::offered(aws, kind, subnets, path).await
    };
    let (mut diagnostics, balancer, hosts) = tokio::join!(ways_out, balancer, hosts);
    diagnostics.append(balancer);
    diagnostics.extend(hosts);
    diagnostics
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
        Ok(None) => return site::absent("file system", id, aws, path).into(),
        Err(error) => return site::failed("the file system", &error, path).into(),
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
