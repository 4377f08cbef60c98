//! What AWS says of the instances that a configuration asks for: their kind's figures, where it is offered, their image.

use serde::{Deserialize, Serialize};

use super::capacity::{Capacity, Host};
use super::site::{absent, failed};
use aws::Aws;
use aws::ids::ImageId;
use aws::lookups::{self, Architecture, Image, ImageFamily, InstanceType, Subnet};
use engine::Error;
use framework::{Attr, Diagnostic, Path};

/// An image for hosts that was chosen, being neither named nor kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostImage {
    ami_id: String,
    root_device: String,
}

/// What a look at hosts found. By default there are none.
#[derive(Debug, Default)]
pub struct Look {
    /// What AWS says of them, with their image unless that was chosen just now.
    pub host: Attr<Host>,
    /// The image, where it was.
    pub chosen: Option<HostImage>,
}

/// Fills in the image that was left open.
pub fn choose(chosen: Option<HostImage>, host: &mut Attr<Host>) {
    let (Some(image), Attr::Known(host)) = (chosen, host) else {
        return;
    };
    if host.recommended_ami_id.is_unknown() {
        host.recommended_ami_id = Attr::Known(image.ami_id.clone());
    }
    host.ami_id = Attr::Known(image.ami_id);
    host.root_device = Attr::Known(image.root_device);
}

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

/// Tells of a kind of instance that zones of the subnets do not offer: an error where none of them does, or AWS does not tell.
pub async fn offered(aws: &Aws, name: &str, subnets: &[Subnet], path: Path) -> Option<Diagnostic> {
    if subnets.is_empty() {
        return None;
    }
    let zones = match lookups::offering_zones(aws, name).await {
        Ok(zones) => zones,
        Err(error) => return Some(failed("the zones that offer the instance type", &error, path)),
    };
    let list = |words: Vec<&str>| words.join(", ");
    let (with, without): (Vec<&Subnet>, Vec<&Subnet>) = subnets.iter().partition(|subnet| zones.contains(&subnet.zone));
    let bare = || list(without.iter().map(|subnet| subnet.zone.as_str()).collect());
    let offering = list(zones.iter().map(String::as_str).collect());
    let where_else = if zones.is_empty() { "no zone" } else { &offering };
    match (with.is_empty(), without.is_empty()) {
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
    }
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

/// The hosts' figures and image. The image of before stays, unless the block names another, asks for the recommended one, or its
/// kind of host needs another; what is unknown stays so.
///
/// Terraform plans twice, once to show and once to apply, and refuses a plan that comes out differently. So an image is told only
/// where the configuration or the state names it; one that is chosen is left open, and filled in by [`choose`].
///
/// # Errors
/// Where there is no such kind or image, they do not fit, or AWS does not tell.
pub async fn look(aws: &Aws, capacity: &Capacity, before: &Attr<Host>) -> Result<Look, Diagnostic> {
    let (Some(name), false) = (capacity.instance_type.known(), capacity.ami_id.is_unknown()) else {
        return Ok(Look {
            host: Attr::Unknown,
            chosen: None,
        });
    };
    let path = Path::of(["capacity", "instance_type"]);
    let kind = kind(aws, name, &path).await?;
    let follows = capacity.update_ami.known() == Some(&true);
    let kept = before.known().filter(|host| is_of_line(host, &kind));
    let kept = kept.and_then(|host| {
        if follows {
            host.recommended_ami_id.known()
        } else {
            host.ami_id.known()
        }
    });
    let (image, is_chosen) = image(aws, capacity, &kind, kept).await?;
    let named = !capacity.ami_id.is_null();
    fits(
        &image,
        &kind,
        if named { Path::of(["capacity", "ami_id"]) } else { path },
    )?;
    if let Some(gib) = capacity.volume_size_gib.known() {
        holds(
            &image,
            *gib,
            "Raise volume_size_gib.",
            Path::of(["capacity", "volume_size_gib"]),
        )?;
    }
    let found = HostImage {
        ami_id: image.id.to_string(),
        root_device: image.root_device,
    };
    let (ami_id, root_device, chosen) = if is_chosen {
        (Attr::Unknown, Attr::Unknown, Some(found))
    } else {
        (Attr::Known(found.ami_id), Attr::Known(found.root_device), None)
    };
    let host = Attr::Known(Host {
        recommended_ami_id: if follows { ami_id.clone() } else { Attr::Null },
        ami_id,
        root_device,
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
    });
    Ok(Look { host, chosen })
}

/// Refuses an image that a disk of that size cannot hold: EC2 makes no volume that is smaller than its snapshot.
///
/// # Errors
/// At that path.
pub fn holds(image: &Image, disk_gib: i64, remedy: &str, path: Path) -> Result<(), Diagnostic> {
    if i64::from(image.root_size_gib) <= disk_gib {
        return Ok(());
    }
    let problem = format!(
        "{} needs a disk of {} GiB at least, and this one has {disk_gib}. {remedy}",
        image.id, image.root_size_gib
    );
    Err(Diagnostic::error("An image larger than the disk", problem).at(path))
}

/// Whether images for those hosts are images for this kind. Of hosts that were imported, no more than their kind and image is
/// known yet.
fn is_of_line(host: &Host, kind: &InstanceType) -> bool {
    if host.instance_type.known() == Some(&kind.name) {
        return true;
    }
    let gpus = host.gpus.known().is_some_and(|gpus| (*gpus > 0) == (kind.gpus > 0));
    gpus && host
        .architecture
        .known()
        .is_some_and(|word| (word == "ARM64") == is_arm(kind))
}

/// The image, and whether it was chosen just now: it is the one that AWS recommends, and neither named nor kept.
async fn image(
    aws: &Aws,
    capacity: &Capacity,
    kind: &InstanceType,
    kept: Option<&String>,
) -> Result<(Image, bool), Diagnostic> {
    let path = Path::of(["capacity", "ami_id"]);
    let look = async |id: &ImageId| {
        let found = lookups::image(aws, id).await;
        found.map_err(|error| failed("the hosts' image", &error, path.clone()))
    };
    if let Some(given) = capacity.ami_id.known() {
        let image = look(&ImageId::from(given.as_str())).await?;
        let image = image.ok_or_else(|| absent("machine image", given, aws, path.clone()))?;
        return Ok((image, false));
    }
    if let Some(id) = kept
        && let Some(image) = look(&ImageId::from(id.as_str())).await?
    {
        return Ok((image, false));
    }
    let family = family(kind);
    let id = lookups::recommended(aws, family)
        .await
        .map_err(|error| failed("the ECS-optimised image", &error, path.clone()))?
        .ok_or_else(|| absent("ECS-optimised image", family.parameter(), aws, path.clone()))?;
    let image = look(&id).await?;
    let image = image.ok_or_else(|| absent("machine image", id.as_str(), aws, path.clone()))?;
    Ok((image, true))
}

/// The images for hosts of that kind.
fn family(kind: &InstanceType) -> ImageFamily {
    match (kind.gpus > 0, is_arm(kind)) {
        (true, _) => ImageFamily::EcsGpu,
        (false, true) => ImageFamily::EcsArm,
        (false, false) => ImageFamily::EcsX86,
    }
}

/// Reads which image AWS recommends now, for hosts that are to follow it: the next plan takes it from here.
///
/// # Errors
/// Where AWS does not tell.
pub async fn follow(aws: &Aws, capacity: Option<&Capacity>, host: &mut Attr<Host>) -> Result<(), Error> {
    let follows = capacity.is_some_and(|capacity| capacity.update_ami.known() == Some(&true));
    let Attr::Known(host) = host else { return Ok(()) };
    let Some(name) = host.instance_type.known().filter(|_| follows) else {
        return Ok(());
    };
    if let Some(kind) = lookups::instance_type(aws, name).await?
        && let Some(id) = lookups::recommended(aws, family(&kind)).await?
    {
        host.recommended_ami_id = Attr::Known(id.to_string());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image() -> HostImage {
        HostImage {
            ami_id: "ami-new".to_owned(),
            root_device: "/dev/xvda".to_owned(),
        }
    }

    fn known(text: &str) -> Attr<String> {
        Attr::Known(text.to_owned())
    }

    #[test]
    fn a_chosen_image_fills_what_was_left_open() {
        let open = Host {
            ami_id: Attr::Unknown,
            root_device: Attr::Unknown,
            instance_type: known("m5.large"),
            ..Host::default()
        };
        let mut plain = Attr::Known(open.clone());
        choose(Some(image()), &mut plain);
        let filled = Host {
            ami_id: known("ami-new"),
            root_device: known("/dev/xvda"),
            ..open.clone()
        };
        assert_eq!(plain, Attr::Known(filled.clone()), "nobody asked which is recommended");

        let mut following = Attr::Known(Host {
            recommended_ami_id: Attr::Unknown,
            ..open
        });
        choose(Some(image()), &mut following);
        let filled = Host {
            recommended_ami_id: known("ami-new"),
            ..filled
        };
        assert_eq!(following, Attr::Known(filled));
    }

    #[test]
    fn where_nothing_was_chosen_everything_stays() {
        let named = Attr::Known(Host {
            ami_id: known("ami-own"),
            ..Host::default()
        });
        let mut host = named.clone();
        choose(None, &mut host);
        assert_eq!(host, named);
        let mut none = Attr::Null;
        choose(Some(image()), &mut none);
        assert_eq!(none, Attr::Null);
    }
}
