//! What does not go together in a detector's configuration, told before anything is asked of AWS.

use super::model::{Detector, Persistence};
use crate::framework::{Attr, Diagnostic, Diagnostics, Path};
use crate::products::checks;
use crate::products::shared::{environment, existing, fargate};

/// Checks what spans attributes. Unknown values pass.
pub fn validate(model: &Detector, diagnostics: &mut Diagnostics) {
    fargate_size(model, diagnostics);
    writers(model, diagnostics);
    diagnostics.extend(fargate::platform(
        &model.platform_version,
        model.persistence.as_ref().map(|_| "persistence"),
        !model.ephemeral_storage_gib.is_null(),
        Path::of(["platform_version"]),
    ));
    environment::validate(&model.environment, &model.secrets, diagnostics);
    if let Some(persistence) = &model.persistence {
        foreign_file_system(persistence, diagnostics);
    }
    ingress(model, diagnostics);
    if let Some(existing) = &model.existing {
        let (insights, boundary) = (&model.container_insights, &model.permissions_boundary);
        existing::validate(existing, insights, boundary, diagnostics);
    }
}

fn fargate_size(model: &Detector, diagnostics: &mut Diagnostics) {
    let cpu = or_default(&model.cpu, super::vendor::CPU);
    let memory = or_default(&model.memory, super::vendor::MEMORY);
    let (Some(cpu), Some(memory)) = (cpu, memory) else {
        return;
    };
    // Which sizes of CPU there are, the attribute itself says.
    if checks::fargate_memory(cpu).is_some() {
        diagnostics.extend(fargate::size(cpu, memory));
    }
}

fn writers(model: &Detector, diagnostics: &mut Diagnostics) {
    let count = model.desired_count.known().copied().unwrap_or(1);
    if count > 1 && model.persistence.is_some() {
        diagnostics.push(
            Diagnostic::error(
                "One volume has one writer",
                format!(
                    "desired_count = {count} would run {count} detectors on one volume, and two that write to it destroy its \
                     data. Leave desired_count at 1 (or 0), or leave persistence out."
                ),
            )
            .at(Path::of(["desired_count"])),
        );
    }
    if count != 1 && model.run_as.known().is_some_and(|word| word == "task") {
        diagnostics.push(
            Diagnostic::error(
                "One task is one task",
                format!("run_as = \"task\" runs a single task; desired_count = {count} needs run_as = \"service\"."),
            )
            .at(Path::of(["desired_count"])),
        );
    }
}

fn foreign_file_system(persistence: &Persistence, diagnostics: &mut Diagnostics) {
    if !persistence.file_system_id.is_null() {
        let settings = [
            ("encrypted", !persistence.encrypted.is_null()),
            ("kms_key_id", !persistence.kms_key_id.is_null()),
            ("backup", !persistence.backup.is_null()),
            ("performance_mode", !persistence.performance_mode.is_null()),
            ("throughput_mode", !persistence.throughput_mode.is_null()),
            ("transition_to_ia", !persistence.transition_to_ia.is_null()),
            ("retain_on_destroy", !persistence.retain_on_destroy.is_null()),
        ];
        for (name, _) in settings.iter().filter(|(_, set)| *set) {
            diagnostics.push(
                Diagnostic::error(
                    "A setting of a file system that is not ours",
                    format!(
                        "file_system_id names a file system of your own, which the deployment never changes, so {name} would \
                         have no effect. Remove one of the two."
                    ),
                )
                .at(Path::of(["persistence", name])),
            );
        }
    }
    if persistence.encrypted.known() == Some(&false) && !persistence.kms_key_id.is_null() {
        diagnostics.push(
            Diagnostic::error(
                "A key for a volume that is not encrypted",
                "kms_key_id goes only with an encrypted volume. Remove it, or remove encrypted = false.",
            )
            .at(Path::of(["persistence", "kms_key_id"])),
        );
    }
    if persistence.performance_mode.known().is_some_and(|mode| mode == "maxIO")
        && persistence
            .throughput_mode
            .known()
            .is_some_and(|mode| mode == "elastic")
    {
        diagnostics.push(
            Diagnostic::error(
                "EFS has no elastic throughput for maxIO",
                "performance_mode = \"maxIO\" goes only with throughput_mode = \"bursting\".",
            )
            .at(Path::of(["persistence", "throughput_mode"])),
        );
    }
    let folder = persistence.root_directory.known();
    if persistence.access_point.is_some() && folder.is_some_and(|folder| folder != "/") {
        diagnostics.push(
            Diagnostic::error(
                "Two root directories",
                "Through an access point ECS mounts the access point's own path; root_directory must then be left out.",
            )
            .at(Path::of(["persistence", "root_directory"])),
        );
    }
}

fn ingress(model: &Detector, diagnostics: &mut Diagnostics) {
    let Some(ingress) = &model.ingress else { return };
    if model
        .existing
        .as_ref()
        .is_some_and(|existing| !existing.security_group_ids.is_null())
    {
        diagnostics.push(
            Diagnostic::error(
                "Ingress to groups that are not ours",
                "existing.security_group_ids brings the task's security groups, which the deployment never changes, so \
                 ingress would have no effect. Remove one of the two.",
            )
            .at(Path::of(["existing", "security_group_ids"])),
        );
    }
    let empty = |list: &Attr<Vec<Attr<String>>>| list.is_null() || list.known().is_some_and(Vec::is_empty);
    if empty(&ingress.cidr_blocks) && empty(&ingress.security_group_ids) {
        diagnostics.push(
            Diagnostic::error(
                "An ingress that lets nobody in",
                "Name cidr_blocks or security_group_ids, or remove the block: then the VPC's own ranges are let in.",
            )
            .at(Path::of(["ingress", "cidr_blocks"])),
        );
    }
}

/// A value where it is known, with the default where there is none.
fn or_default(attr: &Attr<i64>, default: i64) -> Option<i64> {
    match attr {
        Attr::Null => Some(default),
        Attr::Unknown => None,
        Attr::Known(value) => Some(*value),
    }
}
