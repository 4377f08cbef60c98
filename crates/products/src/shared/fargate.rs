//! What Fargate has and what it has not.

use crate::checks;
use framework::{Attr, Diagnostic, Path};

/// Refuses a pair of `cpu` and `memory` that Fargate does not have.
pub fn size(cpu: i64, memory: i64) -> Option<Diagnostic> {
    let Some(sizes) = checks::fargate_memory(cpu) else {
        return Some(
            Diagnostic::error(
                "Fargate has no such size",
                format!("Fargate has tasks of 256, 512, 1024, 2048, 4096, 8192 or 16384 CPU units; cpu = {cpu} is none of them."),
            )
            .at(Path::of(["cpu"])),
        );
    };
    if sizes.contains(&memory) {
        return None;
    }
    let list = sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Some(
        Diagnostic::error(
            "Fargate has no such size",
            format!("With cpu = {cpu}, Fargate has memory (in MiB) of {list}; memory = {memory} is none of them."),
        )
        .at(Path::of(["memory"])),
    )
}

/// Refuses a platform version that cannot do what is asked of it. `mounting` names what needs EFS, where something does.
pub fn platform(version: &Attr<String>, mounting: Option<&str>, sizes_disk: bool, path: Path) -> Option<Diagnostic> {
    let version = version.known()?;
    if checks::mounts_efs(version) || !checks::is_platform_version(version) {
        return None;
    }
    let why = match mounting {
        Some(what) => format!("cannot mount EFS, which {what} needs"),
        None if sizes_disk => "has no ephemeral_storage_gib to set".to_owned(),
        None => "is one that AWS has retired".to_owned(),
    };
    Some(
        Diagnostic::error(
            "Platform version too old",
            format!("Fargate platform version {version} {why}. Use 1.4.0 or later, or LATEST."),
        )
        .at(path),
    )
}
