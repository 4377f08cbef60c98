//! What a bastion is to be made of, and whether it can stand where it is to. Reads only.

use crate::privateai::bastion::DISK;
use crate::privateai::model::{Bastion, PrivateAi};
use crate::privateai::vendor;
use crate::shared::hardware;
use crate::shared::site::{self, absent, failed};
use crate::wiring::known_list;
use aws::Aws;
use aws::ids::ImageId;
use aws::lookups::{self, ImageFamily, InstanceType, Subnet};
use framework::{Attr, Diagnostic, Diagnostics, Path};

/// The kind of instance that the bastion is; `None` while it is unknown.
fn kind_of(block: &Bastion) -> Option<&str> {
    match &block.instance_type {
        Attr::Unknown => None,
        Attr::Known(name) => Some(name),
        Attr::Null => Some(vendor::BASTION_TYPE),
    }
}

/// What can be told of the bastion's image in a plan, and the image where it was chosen just now.
type Told = (Attr<String>, Option<String>);

/// The bastion's image: the user's, the one it has, or the current one for its processors.
pub async fn look(aws: &Aws, model: &PrivateAi) -> Result<Told, Diagnostic> {
    let Some(block) = &model.bastion else {
        return Ok((Attr::Null, None));
    };
    let Some(name) = kind_of(block) else {
        return Ok((Attr::Unknown, None));
    };
    let kind = hardware::kind(aws, name, &Path::of(["bastion", "instance_type"])).await?;
    image(aws, block, &kind, &model.bastion_ami_id).await
}

/// Whether the bastion can start in its subnet, and mount the file system there; nothing to tell without a model.
pub async fn stands(aws: &Aws, model: Option<&PrivateAi>, private: &[Subnet], public: &[Subnet]) -> Diagnostics {
    let Some((model, block)) = model.and_then(|model| Some((model, model.bastion.as_ref()?))) else {
        return Diagnostics::new();
    };
    let (subnet, path) = match place(aws, model, block, public).await {
        Ok(place) => place,
        Err(problems) => return problems,
    };
    let (Some(subnet), Some(name)) = (subnet, kind_of(block)) else {
        return Diagnostics::new();
    };
    let mut diagnostics = Diagnostics::new();
    if model.has_file_system() {
        diagnostics.extend(without_mount_target(&subnet, private, public, path));
    }
    let kind = Path::of(["bastion", "instance_type"]);
    diagnostics.extend(hardware::offered(aws, name, std::slice::from_ref(&subnet), kind).await);
    diagnostics
}

/// The subnet that it is to stand in, and the attribute that says so; none while that is unknown.
async fn place(
    aws: &Aws,
    model: &PrivateAi,
    block: &Bastion,
    public: &[Subnet],
) -> Result<(Option<Subnet>, Path), Diagnostics> {
    if block.subnet_id.is_null() {
        let first = known_list(&model.public_subnet_ids).and_then(|ids| ids.into_iter().next());
        let subnet = first.and_then(|id| public.iter().find(|subnet| subnet.id.as_str() == id));
        return Ok((subnet.cloned(), Path::of(["public_subnet_ids"])));
    }
    let path = Path::of(["bastion", "subnet_id"]);
    let alone = Attr::Known(vec![block.subnet_id.clone()]);
    match site::subnets(aws, &model.vpc_id, &alone, path.clone()).await {
        Ok(found) => Ok((found.into_iter().next(), path)),
        // It is one id, not a list of them.
        Err(problems) => Err(problems.into_iter().map(|problem| problem.at(path.clone())).collect()),
    }
}

/// Refuses a bastion in a zone without a mount target: the file system's name is not known there. Sources: the vendor's guide,
/// *Create Bastion and Create License*, step 9; Amazon EFS user guide, *Mounting on Amazon EC2 with a DNS name*.
fn without_mount_target(bastion: &Subnet, private: &[Subnet], public: &[Subnet], path: Path) -> Option<Diagnostic> {
    let has_target = |subnet: &Subnet| private.iter().any(|target| target.zone == subnet.zone);
    if private.is_empty() || has_target(bastion) {
        return None;
    }
    let better = public.iter().find(|subnet| has_target(subnet));
    let advice = better.map_or_else(
        || "Add a private subnet of that zone, or a public one of a zone that has a private one.".to_owned(),
        |subnet| format!("Set bastion {{ subnet_id = \"{}\" }}, in {}.", subnet.id, subnet.zone),
    );
    let problem = format!(
        "The bastion would stand in {} ({}), and the licence's file system has its mount targets in the zones of \
         private_subnet_ids, so it could not be mounted there. {advice}",
        bastion.zone, bastion.id
    );
    Some(Diagnostic::error("No mount target in the bastion's zone", problem).at(path))
}

/// An image that it has is not changed unasked, even where AWS shows it no more. One that is chosen is not told: AWS may recommend
/// another when Terraform plans again.
async fn image(aws: &Aws, block: &Bastion, kind: &InstanceType, before: &Attr<String>) -> Result<Told, Diagnostic> {
    let path = Path::of(["bastion", "ami_id"]);
    let look = async |id: &str| {
        let found = lookups::image(aws, &ImageId::from(id)).await;
        found.map_err(|error| failed("the bastion's image", &error, path.clone()))
    };
    match (&block.ami_id, before.known()) {
        (Attr::Unknown, _) => return Ok((Attr::Unknown, None)),
        (Attr::Known(id), _) => {
            let image = look(id).await?;
            let image = image.ok_or_else(|| absent("machine image", id, aws, path.clone()))?;
            hardware::fits(&image, kind, path.clone())?;
            hardware::holds(
                &image,
                DISK.into(),
                "Choose one that is smaller, such as Amazon Linux 2023's own.",
                path,
            )?;
            return Ok((Attr::Known(id.clone()), None));
        }
        (Attr::Null, Some(kept)) => {
            if look(kept)
                .await?
                .is_none_or(|image| kind.architectures.contains(&image.architecture))
            {
                return Ok((Attr::Known(kept.clone()), None));
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
    Ok((Attr::Unknown, Some(id.to_string())))
}
