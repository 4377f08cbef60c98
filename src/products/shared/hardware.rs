//! What AWS says of the instances that a configuration asks for: their kind's figures, where it is offered, their image.

use super::capacity::{Capacity, Host};
use super::site::{absent, failed};
use crate::aws::Aws;
use crate::aws::ids::ImageId;
use crate::aws::lookups::{self, Architecture, Image, ImageFamily, InstanceType, Subnet};
use crate::framework::{Attr, Diagnostic, Path};

/// The kind of instance of that name, which the region must have.
///
/// # Errors
/// Where it has none, or AWS does not tell; at that path.
pub async fn kind(aws: &Aws, name: &str, path: &Path) -> Result<InstanceType, Diagnostic> {
    lookups::instance_type(aws, name)
        .await
        .map_err(|error| failed("the instance type", &error, path.clone()))?
        .ok_or_else(|| absent("instance type", name, aws, path.clone()))
}

/// Tells of a kind of instance that zones of the subnets do not offer: an error where none of them does.
///
/// # Errors
/// Where AWS does not tell.
pub async fn offered(aws: &Aws, name: &str, subnets: &[Subnet], path: Path) -> Result<Option<Diagnostic>, Diagnostic> {
    if subnets.is_empty() {
        return Ok(None);
    }
    let zones = lookups::offering_zones(aws, name)
        .await
        .map_err(|error| failed("the zones that offer the instance type", &error, path.clone()))?;
    let list = |words: Vec<&str>| words.join(", ");
    let (with, without): (Vec<&Subnet>, Vec<&Subnet>) = subnets.iter().partition(|subnet| zones.contains(&subnet.zone));
    let bare = || list(without.iter().map(|subnet| subnet.zone.as_str()).collect());
    let offering = list(zones.iter().map(String::as_str).collect());
    let where_else = if zones.is_empty() { "no zone" } else { &offering };
    Ok(match (with.is_empty(), without.is_empty()) {
        (_, true) => None,
        (true, false) => Some(
            Diagnostic::error(
                "No zone with such an instance type",
                format!(
                    "AWS offers {name} in {where_else} of {}, and the subnets are in {}. Choose another instance_type, or \
                     subnets of those zones.",
                    aws.region,
                    bare()
                ),
            )
            .at(path),
        ),
        (false, false) => Some(
            Diagnostic::warning(
                "A zone without such an instance type",
                format!(
                    "AWS offers {name} in {offering}; in {} none can start, so all stand in the other zones. To have them in \
                     every zone, choose another instance_type.",
                    bare()
                ),
            )
            .at(path),
        ),
    })
}

/// Refuses an image for processors that the kind of instance does not have.
///
/// # Errors
/// At that path.
pub fn fits(image: &Image, kind: &InstanceType, path: Path) -> Result<(), Diagnostic> {
    if kind.architectures.contains(&image.architecture) {
        return Ok(());
    }
    let problem = format!(
        "{} is for {}, which a {} does not have.",
        image.id, image.architecture, kind.name
    );
    Err(Diagnostic::error("An image for other processors", problem).at(path))
}

/// Whether images for this kind are those for ARM processors.
pub fn is_arm(kind: &InstanceType) -> bool {
    !kind.architectures.contains(&Architecture::X86_64) && kind.architectures.contains(&Architecture::Arm64)
}

/// The hosts' figures and image. The image of before stays, unless the block names another, asks for the current one, or its
/// kind of host needs another; what is unknown stays so.
pub async fn look(aws: &Aws, capacity: &Capacity, before: &Attr<Host>) -> Result<Attr<Host>, Diagnostic> {
    let (Some(name), false) = (capacity.instance_type.known(), capacity.ami_id.is_unknown()) else {
        return Ok(Attr::Unknown);
    };
    let path = Path::of(["capacity", "instance_type"]);
    let kind = kind(aws, name, &path).await?;
    let kept = before.known().filter(|_| capacity.update_ami.known() != Some(&true));
    let image = image(aws, capacity, &kind, kept).await?;
    let named = !capacity.ami_id.is_null();
    fits(
        &image,
        &kind,
        if named { Path::of(["capacity", "ami_id"]) } else { path },
    )?;
    Ok(Attr::Known(Host {
        ami_id: Attr::Known(image.id.to_string()),
        root_device: Attr::Known(image.root_device),
        instance_type: Attr::Known(kind.name),
        architecture: Attr::Known(
            match image.architecture {
                Architecture::Arm64 => "ARM64",
                _ => "X86_64",
            }
            .to_owned(),
        ),
        vcpus: Attr::Known(i64::from(kind.vcpus)),
        memory: Attr::Known(kind.memory_mib),
        gpus: Attr::Known(i64::from(kind.gpus)),
        network_interfaces: Attr::Known(i64::from(kind.network_interfaces)),
    }))
}

async fn image(aws: &Aws, capacity: &Capacity, kind: &InstanceType, kept: Option<&Host>) -> Result<Image, Diagnostic> {
    let path = Path::of(["capacity", "ami_id"]);
    let look = async |id: ImageId| {
        lookups::image(aws, &id)
            .await
            .map_err(|error| failed("the hosts' image", &error, path.clone()))
            .map(|image| (id, image))
    };
    if let Some(given) = capacity.ami_id.known() {
        let (id, image) = look(ImageId::from(given.as_str())).await?;
        return image.ok_or_else(|| absent("machine image", id.as_str(), aws, path.clone()));
    }
    // Of hosts that were imported, no more than their kind and image is known yet.
    let same_line = |host: &&Host| {
        if host.instance_type.known() == Some(&kind.name) {
            return true;
        }
        let gpus = host.gpus.known().is_some_and(|gpus| (*gpus > 0) == (kind.gpus > 0));
        gpus && host
            .architecture
            .known()
            .is_some_and(|word| (word == "ARM64") == is_arm(kind))
    };
    if let Some(id) = kept.filter(same_line).and_then(|host| host.ami_id.known())
        && let (_, Some(image)) = look(ImageId::from(id.as_str())).await?
    {
        return Ok(image);
    }
    let family = match (kind.gpus > 0, is_arm(kind)) {
        (true, _) => ImageFamily::EcsGpu,
        (false, true) => ImageFamily::EcsArm,
        (false, false) => ImageFamily::EcsX86,
    };
    let id = lookups::recommended(aws, family)
        .await
        .map_err(|error| failed("the ECS-optimised image", &error, path.clone()))?
        .ok_or_else(|| absent("ECS-optimised image", family.parameter(), aws, path.clone()))?;
    let (id, image) = look(id).await?;
    image.ok_or_else(|| absent("machine image", id.as_str(), aws, path.clone()))
}
