//! Looking at what a deployment is to stand on: VPC, subnets and their ways out, the kind and image of the hosts, the parts
//! the user brings. Reads only.

use ipnet::IpNet;

use super::model::{Bastion, PrivateAi};
use super::{running, vendor};
use crate::aws::Aws;
use crate::aws::ids::ImageId;
use crate::aws::lookups::{self, Brought, EndpointService, ImageFamily, InstanceType, Subnet};
use crate::engine::Permission;
use crate::framework::{Attr, Diagnostic, Diagnostics, Path};
use crate::products::product::Moment;
use crate::products::shared::capacity::Host;
use crate::products::shared::room::{can_roll, rolling, stuck, tasks_at_most, too_small};
use crate::products::shared::site::{self, absent, failed, verdict};
use crate::products::shared::ways_out::PublicAddress;
use crate::products::shared::{hardware, image_platform, load_balancer, ways_out};
use crate::products::wiring::known_list;

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
    permissions.extend(lookups::sees_platforms(aws));
    if model.hosts().is_some() || model.bastion.is_some() {
        permissions.extend(lookups::sees_hosts(aws));
    }
    if let Some(arn) = model.license.as_ref().and_then(|license| license.secret_arn.known()) {
        permissions.extend(lookups::sees(aws, &Brought::Secret(arn.as_str().into())));
    }
    permissions
}

/// Reports what does not fit, and fills in the VPC's address ranges and the hosts' and the bastion's figures and images. What
/// is unknown is left for later.
pub async fn visit(aws: &Aws, model: &mut PrivateAi, moment: Moment) -> Diagnostics {
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
    let before = model.host.clone();
    diagnostics.append(hosts(aws, model, &private, moment).await);
    diagnostics.append(bastion(aws, model, &public, moment).await);
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
    if !diagnostics.has_errors() {
        diagnostics.extend(move_on(&before, model));
    }
    let on_hosts = model.hosts().is_some().then_some(&model.host);
    diagnostics.extend(image_platform::check(aws, &model.image, on_hosts).await);
    diagnostics
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

async fn hosts(aws: &Aws, model: &mut PrivateAi, private: &[Subnet], moment: Moment) -> Diagnostics {
    let Some(capacity) = model.hosts() else {
        model.host = Attr::Null;
        return Diagnostics::new();
    };
    match hardware::look(aws, &capacity, &model.host, moment).await {
        Ok(host) => model.host = host,
        Err(problem) => return problem.into(),
    }
    let Some(name) = capacity.instance_type.known() else {
        return Diagnostics::new();
    };
    let offered = hardware::offered(aws, name, private, Path::of(["capacity", "instance_type"])).await;
    offered.unwrap_or_else(Some).into_iter().collect()
}

/// The bastion's image: the user's, the one it has, or the current one for its processors.
async fn bastion(aws: &Aws, model: &mut PrivateAi, public: &[Subnet], moment: Moment) -> Diagnostics {
    let Some(block) = &model.bastion else {
        model.bastion_ami_id = Attr::Null;
        return Diagnostics::new();
    };
    let path = Path::of(["bastion", "instance_type"]);
    let name = match &block.instance_type {
        Attr::Unknown => {
            model.bastion_ami_id = Attr::Unknown;
            return Diagnostics::new();
        }
        Attr::Known(name) => name.as_str(),
        Attr::Null => vendor::BASTION_TYPE,
    };
    let kind = match hardware::kind(aws, name, &path).await {
        Ok(kind) => kind,
        Err(problem) => return problem.into(),
    };
    let image = match bastion_image(aws, block, &kind, &model.bastion_ami_id, moment).await {
        Ok(image) => image,
        Err(problem) => return problem.into(),
    };
    let stands = match &block.subnet_id {
        Attr::Null => public.first(),
        Attr::Known(id) => public.iter().find(|subnet| subnet.id.as_str() == id),
        Attr::Unknown => None,
    };
    let offered = hardware::offered(aws, name, stands.map_or(&[], std::slice::from_ref), path).await;
    model.bastion_ami_id = image;
    offered.unwrap_or_else(Some).into_iter().collect()
}

/// An image that it has is not changed unasked, even where AWS shows it no more. Which one is to be chosen, a plan leaves open:
/// AWS may recommend another when it is applied.
async fn bastion_image(
    aws: &Aws,
    block: &Bastion,
    kind: &InstanceType,
    before: &Attr<String>,
    moment: Moment,
) -> Result<Attr<String>, Diagnostic> {
    let path = Path::of(["bastion", "ami_id"]);
    let look = async |id: &str| {
        let found = lookups::image(aws, &ImageId::from(id)).await;
        found.map_err(|error| failed("the bastion's image", &error, path.clone()))
    };
    match (&block.ami_id, before.known()) {
        (Attr::Unknown, _) => return Ok(Attr::Unknown),
        (Attr::Known(id), _) => {
            let image = look(id).await?;
            let image = image.ok_or_else(|| absent("machine image", id, aws, path.clone()))?;
            hardware::fits(&image, kind, path.clone())?;
            hardware::holds(
                &image,
                super::bastion::DISK.into(),
                "Choose one that is smaller, such as Amazon Linux 2023's own.",
                path,
            )?;
            return Ok(Attr::Known(id.clone()));
        }
        (Attr::Null, Some(kept)) => {
            if look(kept)
                .await?
                .is_none_or(|image| kind.architectures.contains(&image.architecture))
            {
                return Ok(Attr::Known(kept.clone()));
            }
        }
        (Attr::Null, None) => {}
    }
    let family = if hardware::is_arm(kind) {
        ImageFamily::PlainArm
    } else {
        ImageFamily::PlainX86
    };
    let found = lookups::recommended(aws, family).await;
    let found = found.map_err(|error| failed("the Amazon Linux 2023 image", &error, path.clone()))?;
    let id = found.ok_or_else(|| absent("Amazon Linux 2023 image", family.parameter(), aws, path.clone()))?;
    Ok(match moment {
        Moment::Plan => Attr::Unknown,
        Moment::Apply => Attr::Known(id.to_string()),
    })
}

/// Whether hosts and tasks reach what they need to start.
async fn ways_out(aws: &Aws, model: &PrivateAi, private: &[Subnet]) -> Diagnostics {
    let mut needed = ways_out::of_tasks(model.hosts().is_some());
    needed.extend(ways_out::of_secrets(&model.secrets));
    if model.license.is_some() && !needed.contains(&EndpointService::SecretsManager) {
        needed.push(EndpointService::SecretsManager);
    }
    let mut diagnostics = ways_out::check(aws, private, &needed, PublicAddress::Never, "private_subnet_ids").await;
    if !diagnostics.has_errors() && stays_inside(model) {
        diagnostics.extend(ways_out::confined(aws, private, &needed, "egress_cidr_blocks").await);
    }
    diagnostics
}

/// Whether hosts and tasks may connect to the VPC's own addresses alone.
fn stays_inside(model: &PrivateAi) -> bool {
    let ranges = |list: &site::List| -> Option<Vec<IpNet>> {
        known_list(list)?.iter().map(|range| range.parse().ok()).collect()
    };
    let (Some(out), Some(inside)) = (ranges(&model.egress_cidr_blocks), ranges(&model.vpc_cidr_blocks)) else {
        return false;
    };
    !out.is_empty() && out.iter().all(|range| inside.iter().any(|vpc| vpc.contains(range)))
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
