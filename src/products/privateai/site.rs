//! Looking at what a deployment is to stand on: VPC, subnets and their ways out, the kind and image of the hosts, the parts
//! the user brings. Reads only.

use super::model::PrivateAi;
use super::running;
use crate::aws::ids::ImageId;
use crate::aws::lookups::{self, EndpointService, ImageFamily};
use crate::aws::{Aws, lookups::Subnet};
use crate::framework::{Attr, Diagnostic, Diagnostics, Path};
use crate::products::shared::room::{can_roll, rolling, tasks_at_most, too_small};
use crate::products::shared::site::{self, absent, failed, verdict};
use crate::products::shared::{hardware, load_balancer, ways_out};

/// Whether what is looked at here may have changed between two models.
pub fn changed(prior: &PrivateAi, model: &PrivateAi) -> bool {
    let brought = |model: &PrivateAi| {
        let secret = model.license.as_ref().map(|license| license.secret_arn.clone());
        let bastion = model.bastion.as_ref().map(|bastion| bastion.ami_id.clone());
        (
            secret,
            bastion,
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
        || model
            .hosts()
            .is_some_and(|capacity| capacity.update_ami.known() == Some(&true))
}

/// Reports what does not fit, and fills in the VPC's address ranges and the hosts' and the bastion's figures and images. What
/// is unknown is left for later.
pub async fn visit(aws: &Aws, model: &mut PrivateAi) -> Diagnostics {
    let (ranges, private, public, brought, secret) = tokio::join!(
        site::vpc_ranges(aws, &model.vpc_id),
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
    );
    let mut diagnostics = brought;
    diagnostics.extend(secret);
    match ranges {
        Ok(ranges) => model.vpc_cidr_blocks = ranges,
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            return diagnostics;
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
    diagnostics.append(hosts(aws, model).await);
    diagnostics.append(bastion(aws, model).await);
    if diagnostics.has_errors() {
        return diagnostics;
    }
    if let Some(block) = &model.load_balancer {
        let usual = if block.faces_internet() {
            (&public, "public_subnet_ids")
        } else {
            (&private, "private_subnet_ids")
        };
        diagnostics.append(load_balancer::look(aws, &model.vpc_id, block, usual.0, usual.1).await);
    }
    diagnostics.append(ways_out(aws, model, &private).await);
    diagnostics.append(room(model));
    diagnostics
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

async fn hosts(aws: &Aws, model: &mut PrivateAi) -> Diagnostics {
    let Some(capacity) = model.hosts() else {
        model.host = Attr::Null;
        return Diagnostics::new();
    };
    match hardware::look(aws, &capacity, &model.host).await {
        Ok(host) => {
            model.host = host;
            Diagnostics::new()
        }
        Err(problem) => problem.into(),
    }
}

/// The bastion's image: the user's, the one it has, or the current one.
async fn bastion(aws: &Aws, model: &mut PrivateAi) -> Diagnostics {
    let Some(block) = &model.bastion else {
        model.bastion_ami_id = Attr::Null;
        return Diagnostics::new();
    };
    let path = Path::of(["bastion", "ami_id"]);
    model.bastion_ami_id = match (&block.ami_id, &model.bastion_ami_id) {
        (Attr::Unknown, _) => Attr::Unknown,
        (Attr::Known(id), _) => match lookups::image(aws, &ImageId::from(id.as_str())).await {
            Ok(Some(_)) => Attr::Known(id.clone()),
            Ok(None) => return absent("machine image", id, aws, path).into(),
            Err(error) => return failed("the bastion's image", &error, path).into(),
        },
        (Attr::Null, kept @ Attr::Known(_)) => kept.clone(),
        (Attr::Null, _) => match lookups::recommended(aws, ImageFamily::PlainX86).await {
            Ok(Some(id)) => Attr::Known(id.to_string()),
            Ok(None) => return absent("Amazon Linux 2023 image", "for x86_64", aws, path).into(),
            Err(error) => return failed("the Amazon Linux 2023 image", &error, path).into(),
        },
    };
    Diagnostics::new()
}

/// Whether hosts and tasks reach what they need to start.
async fn ways_out(aws: &Aws, model: &PrivateAi, private: &[Subnet]) -> Diagnostics {
    let mut needed = ways_out::of_tasks(model.hosts().is_some());
    needed.extend(ways_out::of_secrets(&model.secrets));
    if model.license.is_some() && !needed.contains(&EndpointService::SecretsManager) {
        needed.push(EndpointService::SecretsManager);
    }
    ways_out::check(aws, private, &needed, "private_subnet_ids").await
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
