//! Looking at what a detector is to stand on: the VPC, its subnets, and the parts the user brings.

use super::model::Detector;
use crate::aws::{Aws, lookups};
use crate::framework::{Diagnostic, Diagnostics, Path};
use crate::products::shared::{image_platform, site};

/// Whether what is looked at here may have changed between two models.
pub fn changed(prior: &Detector, model: &Detector) -> bool {
    let foreign = |model: &Detector| {
        let persistence = model.persistence.as_ref();
        persistence.map(|persistence| persistence.file_system_id.clone())
    };
    prior.vpc_id != model.vpc_id
        || prior.subnet_ids != model.subnet_ids
        || model.vpc_cidr_blocks.known().is_none()
        || model.availability_zones.known().is_none()
        || prior.existing != model.existing
        || foreign(prior) != foreign(model)
        || prior.image != model.image
}

/// Reports what does not fit, and fills in the VPC's address ranges and the subnets' zones. What is unknown is left for later.
pub async fn visit(aws: &Aws, model: &mut Detector) -> Diagnostics {
    let (vpc, subnets, brought, image) = tokio::join!(
        site::vpc_ranges(aws, &model.vpc_id),
        site::subnets(aws, &model.vpc_id, &model.subnet_ids, Path::of(["subnet_ids"])),
        site::brought(aws, &model.vpc_id, model.existing.as_ref()),
        image_platform::check(aws, &model.image, None),
    );
    let mut diagnostics = brought;
    diagnostics.extend(image);
    match vpc {
        Ok(ranges) => model.vpc_cidr_blocks = ranges,
        Err(diagnostic) => {
            // Of which VPC the subnets are does not matter before there is one.
            diagnostics.push(diagnostic);
            return diagnostics;
        }
    }
    if let Ok(subnets) = &subnets {
        model.availability_zones = site::zones(&model.subnet_ids, subnets);
    }
    match subnets {
        Ok(subnets) if diagnostics.has_errors() || subnets.is_empty() => {}
        Ok(subnets) => diagnostics.append(file_system(aws, model, &subnets).await),
        Err(problems) => diagnostics.append(problems),
    }
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
