//! What does not go together in a detector's configuration, told before anything is asked of AWS.

use super::model::{Detector, Persistence};
use super::running::is_task;
use crate::shared::capacity::Capacity;
use crate::shared::{capacity, environment, existing, fargate, load_balancer};
use framework::{Attr, Diagnostic, Diagnostics, Path};

/// Checks what spans attributes. Unknown values pass.
pub fn validate(model: &Detector, diagnostics: &mut Diagnostics) {
    match &model.capacity {
        Some(capacity) => on_hosts(model, capacity, diagnostics),
        None => on_fargate(model, diagnostics),
    }
    writers(model, diagnostics);
    balancing(model, diagnostics);
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

fn on_fargate(model: &Detector, diagnostics: &mut Diagnostics) {
    let cpu = or_default(&model.cpu, super::vendor::CPU);
    let memory = or_default(&model.memory, super::vendor::MEMORY);
    if let (Some(cpu), Some(memory)) = (cpu, memory) {
        diagnostics.extend(fargate::size(cpu, memory));
    }
    diagnostics.extend(fargate::platform(
        &model.platform_version,
        model.persistence.as_ref().map(|_| "persistence"),
        !model.ephemeral_storage_gib.is_null(),
        Path::of(["platform_version"]),
    ));
}

/// What only Fargate has is refused with hosts, as AWS does. Source: Amazon ECS API, `CreateService`.
fn on_hosts(model: &Detector, capacity: &Capacity, diagnostics: &mut Diagnostics) {
    capacity::validate(capacity, diagnostics);
    let of_fargate = [
        (
            "assign_public_ip",
            model.assign_public_ip.known() == Some(&true),
            "tasks on hosts get no public address; load_balancer { scheme = \"internet-facing\" } lets the Internet in",
        ),
        (
            "platform_version",
            !model.platform_version.is_null(),
            "hosts have no platform version",
        ),
        (
            "ephemeral_storage_gib",
            !model.ephemeral_storage_gib.is_null(),
            "tasks on hosts share their disk, whose size is capacity { volume_size_gib = … }",
        ),
    ];
    for (name, _, why) in of_fargate.iter().filter(|(_, set, _)| *set) {
        diagnostics.push(
            Diagnostic::error(
                "A setting of Fargate on hosts",
                format!(
                    "{name} goes only with Fargate, and capacity runs the tasks on hosts: {why}. Remove one of the two."
                ),
            )
            .at(Path::of([*name])),
        );
    }
}

fn balancing(model: &Detector, diagnostics: &mut Diagnostics) {
    let Some(block) = &model.load_balancer else {
        if !model.health_check_grace_period_seconds.is_null() {
            diagnostics.push(
                Diagnostic::error(
                    "Nobody asks for the health of the tasks",
                    "health_check_grace_period_seconds delays the load balancer's opinion of a new task. Add load_balancer {}, or \
                     remove it.",
                )
                .at(Path::of(["health_check_grace_period_seconds"])),
            );
        }
        return;
    };
    load_balancer::validate(block, diagnostics);
    if is_task(model) {
        diagnostics.push(
            Diagnostic::error(
                "A single task behind a load balancer",
                "Only a service registers its tasks with a load balancer. Set run_as = \"service\", or remove load_balancer.",
            )
            .at(Path::of(["run_as"])),
        );
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
    if count != 1 && is_task(model) {
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
