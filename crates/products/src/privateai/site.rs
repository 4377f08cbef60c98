//! Looking at what a deployment is to stand on: VPC, subnets and their ways out, the kind and image of the hosts, the parts
//! the user brings. Reads only.

mod bastion;
mod egress;

use serde::{Deserialize, Serialize};

use super::model::PrivateAi;
use super::running;
use crate::product::Visit;
use crate::shared::capacity::Host;
use crate::shared::hardware::{self, HostImage, Look};
use crate::shared::room::{can_roll, rolling, stuck, tasks_at_most, too_small};
use crate::shared::site::{self, verdict};
use crate::shared::ways_out::PublicAddress;
use crate::shared::{image_platform, load_balancer, ways_out};
use aws::Aws;
use aws::lookups::{self, Brought, EndpointService, Subnet, Surroundings};
use engine::Permission;
use framework::{Attr, Diagnostic, Diagnostics, Path};

/// The images that were chosen just now, being neither named nor kept.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Images {
    hosts: Option<HostImage>,
    bastion: Option<String>,
}

impl Images {
    /// Fills them in where a visit left them open.
    pub fn fill_in(self, model: &mut PrivateAi) {
        hardware::choose(self.hosts, &mut model.host);
        if let Some(id) = self.bastion {
            model.bastion_ami_id = Attr::Known(id);
        }
    }
}

/// Whether what is looked at here may have changed between two models.
pub fn changed(prior: &PrivateAi, model: &PrivateAi) -> bool {
    let brought = |model: &PrivateAi| {
        let secret = model.license.as_ref().map(|license| license.secret_arn.clone());
        let bastion = model.bastion.as_ref();
        let bastion = bastion.map(|block| {
            (
                block.ami_id.clone(),
                block.instance_type.clone(),
                block.subnet_id.clone(),
            )
        });
        (
            secret,
            bastion,
            model.has_file_system(),
            model.existing.clone(),
            model.hosts(),
            model.load_balancer.clone(),
        )
    };
    let sizes = |model: &PrivateAi| {
        (
            model.cpu.clone(),
            model.memory.clone(),
            model.desired_count.clone(),
            model.deployment_minimum_healthy_percent.clone(),
            model.deployment_maximum_percent.clone(),
        )
    };
    prior.vpc_id != model.vpc_id
        || prior.private_subnet_ids != model.private_subnet_ids
        || prior.public_subnet_ids != model.public_subnet_ids
        || model.vpc_cidr_blocks.known().is_none()
        || model.availability_zones.known().is_none()
        || brought(prior) != brought(model)
        || sizes(prior) != sizes(model)
        || prior.image != model.image
        || prior.secrets != model.secrets
        || prior.egress_cidr_blocks != model.egress_cidr_blocks
        || model
            .hosts()
            .is_some_and(|capacity| capacity.update_ami.known() == Some(&true))
}

/// What looking takes.
pub fn permissions(model: &PrivateAi, aws: &Aws) -> Vec<Permission> {
    let mut permissions = site::permissions(aws, model.existing.as_ref());
    permissions.extend(image_platform::permissions(aws, &model.image));
    if model.hosts().is_some() || model.bastion.is_some() {
        permissions.extend(lookups::sees_hosts(aws));
    }
    if let Some(arn) = model.license.as_ref().and_then(|license| license.secret_arn.known()) {
        permissions.extend(lookups::sees(aws, &Brought::Secret(arn.as_str().into())));
    }
    permissions
}

/// Reports what does not fit, and fills in the VPC's address ranges and the hosts' and the bastion's figures and images. What
/// is unknown is left for later. Images that have to be chosen are the answer's.
pub async fn visit(aws: &Aws, model: &mut PrivateAi) -> Visit<Images> {
    let (ranges, around, private, public, brought, secret, hosts, bastion, platforms) = tokio::join!(
        site::vpc_ranges(aws, &model.vpc_id),
        site::surroundings(aws, &model.vpc_id),
        site::subnets(
            aws,
            &model.vpc_id,
            &model.private_subnet_ids,
            Path::of(["private_subnet_ids"])
        ),
        site::subnets(
            aws,
            &model.vpc_id,
            &model.public_subnet_ids,
            Path::of(["public_subnet_ids"])
        ),
        site::brought(aws, &model.vpc_id, model.existing.as_ref()),
        secret(aws, model),
        hosts(aws, model),
        bastion::look(aws, model),
        image_platform::look(aws, &model.image),
    );
    let mut diagnostics = brought;
    diagnostics.extend(secret);
    match ranges {
        Ok(ranges) => model.vpc_cidr_blocks = ranges,
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            return diagnostics.into();
        }
    }
    let mut sound = |subnets: Result<Vec<Subnet>, Diagnostics>| {
        subnets.unwrap_or_else(|problems| {
            diagnostics.append(problems);
            Vec::new()
        })
    };
    let (private, public) = (sound(private), sound(public));
    model.availability_zones = site::zones(&model.private_subnet_ids, &private);
    let before = model.host.clone();
    let (has_host, has_bastion) = (hosts.is_ok(), bastion.is_ok());
    let mut choice = Images::default();
    match hosts {
        Ok(look) => (model.host, choice.hosts) = (look.host, look.chosen),
        Err(problem) => diagnostics.push(problem),
    }
    match bastion {
        Ok((told, chosen)) => (model.bastion_ami_id, choice.bastion) = (told, chosen),
        Err(problem) => diagnostics.push(problem),
    }
    let (hosts_stand, bastion_stands, balancer, ways_out) = tokio::join!(
        hosts_stand(aws, has_host.then_some(&*model), &private),
        bastion::stands(aws, has_bastion.then_some(&*model), &private, &public),
        balancer(aws, &around, model, &private, &public),
        ways_out(aws, &around, model, &private),
    );
    diagnostics.extend(hosts_stand);
    diagnostics.extend(bastion_stands);
    if diagnostics.has_errors() {
        return diagnostics.into();
    }
    diagnostics.append(balancer);
    diagnostics.append(ways_out);
    diagnostics.append(room(model));
    if !diagnostics.has_errors() {
        diagnostics.extend(move_on(&before, model));
    }
    let on_hosts = model.hosts().is_some().then_some(&model.host);
    diagnostics.extend(image_platform::check(
        &model.image,
        platforms.ok().flatten().as_deref(),
        on_hosts,
    ));
    Visit { choice, diagnostics }
}

/// Whether a load balancer can stand where it is to.
async fn balancer(
    aws: &Aws,
    around: &Surroundings,
    model: &PrivateAi,
    private: &[Subnet],
    public: &[Subnet],
) -> Diagnostics {
    let Some(block) = &model.load_balancer else {
        return Diagnostics::new();
    };
    let tasks = load_balancer::Named {
        subnets: private,
        attribute: "private_subnet_ids",
    };
    let outside = load_balancer::Named {
        subnets: public,
        attribute: "public_subnet_ids",
    };
    let usual = if block.faces_internet() { outside } else { tasks };
    load_balancer::look(aws, around, &model.vpc_id, block, usual, tasks).await
}

/// Whether the tasks can move from the hosts of before to those of now.
fn move_on(before: &Attr<Host>, model: &PrivateAi) -> Option<Diagnostic> {
    let desired = model.desired_count.known().copied()?;
    let size = running::task_size(model)?;
    stuck(before.known()?, model.host.known()?, &model.hosts()?, size, desired)
}

/// A secret of the user's must be there, with a value.
async fn secret(aws: &Aws, model: &PrivateAi) -> Option<Diagnostic> {
    let arn = model.license.as_ref()?.secret_arn.known()?;
    let path = Path::of(["license", "secret_arn"]);
    // Behind the ARN may stand a JSON key, a version stage and a version id.
    let plain: String = arn.splitn(8, ':').take(7).collect::<Vec<_>>().join(":");
    let found = lookups::secret_exists(aws, &plain.as_str().into()).await;
    verdict(found, "secret", arn, aws, path)
}

/// What AWS says of the hosts, where there are any.
async fn hosts(aws: &Aws, model: &PrivateAi) -> Result<Look, Diagnostic> {
    match model.hosts() {
        Some(capacity) => hardware::look(aws, &capacity, &model.host).await,
        None => Ok(Look::default()),
    }
}

/// Whether hosts of their kind can start in the subnets; nothing to tell without a model.
async fn hosts_stand(aws: &Aws, model: Option<&PrivateAi>, private: &[Subnet]) -> Option<Diagnostic> {
    let capacity = model?.hosts()?;
    let path = Path::of(["capacity", "instance_type"]);
    hardware::offered(aws, capacity.instance_type.known()?, private, path).await
}

/// Whether hosts and tasks reach what they need to start.
async fn ways_out(aws: &Aws, around: &Surroundings, model: &PrivateAi, private: &[Subnet]) -> Diagnostics {
    let mut needed = ways_out::of_tasks(model.hosts().is_some());
    needed.extend(ways_out::of_secrets(&model.secrets));
    if model.license.is_some() && !needed.contains(&EndpointService::SecretsManager) {
        needed.push(EndpointService::SecretsManager);
    }
    let address = PublicAddress::Never;
    let mut diagnostics = ways_out::insist(aws, around, private, &needed, address, "private_subnet_ids").await;
    if !diagnostics.has_errors() {
        diagnostics.extend(egress::check(aws, around, model, private, &needed).await);
    }
    diagnostics
}

/// Whether the hosts can hold the tasks, and a new version of them can roll out.
fn room(model: &PrivateAi) -> Diagnostics {
    let (Some(capacity), Some(host), Some(size), Some(desired)) = (
        model.hosts(),
        model.host.known(),
        running::task_size(model),
        model.desired_count.known().copied(),
    ) else {
        return Diagnostics::new();
    };
    if let Some(problem) = too_small(&capacity, host, size, desired) {
        return problem.into();
    }
    let (Some(room), Some(hosts)) = (tasks_at_most(&capacity, host, size), capacity.max_size.known().copied()) else {
        return Diagnostics::new();
    };
    let (minimum, maximum) = (
        &model.deployment_minimum_healthy_percent,
        &model.deployment_maximum_percent,
    );
    if (minimum.is_null() && maximum.is_null()) || minimum.is_unknown() || maximum.is_unknown() {
        return Diagnostics::new();
    }
    let standard = rolling(desired, room);
    let at_least = minimum.known().copied().unwrap_or(standard.0);
    let at_most = maximum.known().copied().unwrap_or(standard.1);
    if can_roll(desired, room, at_least, at_most) {
        return Diagnostics::new();
    }
    let attribute = if minimum.is_null() {
        "deployment_maximum_percent"
    } else {
        "deployment_minimum_healthy_percent"
    };
    let problem = format!(
        "With a minimum of {at_least} % and a maximum of {at_most} % of {desired} tasks, and room for {room}, no task of a new \
         version could start before an old one stops, and none may stop: an update would hang. Raise capacity.max_size to {}, or \
         let deployment_minimum_healthy_percent be {}.",
        hosts + 1,
        100 * (desired - 1) / desired.max(1)
    );
    Diagnostic::error("No room for a rolling update", problem)
        .at(Path::of([attribute]))
        .into()
}
