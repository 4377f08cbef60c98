//! The licence: kept in Secrets Manager, and written into a volume by a container of the product's own image before the
//! product starts. Nobody logs on to anything.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{License, PrivateAi};
use super::vendor;
use crate::shared::admission::{nothing, with_groups};
use crate::shared::mount_targets;
use crate::wiring::input;
use aws::ids::{FileSystemId, RoleArn, SecurityGroupId};
use aws::{Aws, Sealed};
use components::{
    Access, Condition, Container, EfsFileSystem, EfsVolume, Mount, PerformanceMode, Secret, ThroughputMode, Volume,
};
use engine::{Graph, Input, Key};

/// The key of the file system.
pub const FILE_SYSTEM: &str = "efs_file_system";
/// The key of the secret.
pub const SECRET: &str = "secret_license";
/// The variable by which the licence reaches the container that writes it.
const VARIABLE: &str = "LICENSE";
/// The port of NFS. Source: Private AI guide, *Create Security Groups*.
const NFS: u16 = 2049;

/// The secret's ARN: ours, or the user's.
pub fn secret(graph: &mut Graph<Aws>, model: &PrivateAi, license: &License) -> Input<String> {
    if !license.secret_arn.is_null() {
        return input(&license.secret_arn, |arn| arn, String::new());
    }
    let basis = model.basis();
    let handle = graph.add(
        Key::new(SECRET),
        Secret {
            name: input(&model.name, |name| format!("thatdot/{name}/license"), String::new()),
            description: basis.described("licence"),
            kms_key_id: input(&license.kms_key_id, Some, None),
            recovery_window_in_days: input(
                &license.recovery_window_in_days,
                |days| i32::try_from(days).unwrap_or(0),
                0,
            ),
            content_version: input(&license.content_wo_version, |version| version, 1),
            content: Sealed::new(license.content_wo.known().cloned()).into(),
        },
    );
    handle.output("arn", |output| output.arn.to_string())
}

/// The version that the containers start with: a new one starts new tasks.
pub fn version(license: &License) -> Option<String> {
    license.content_wo_version.known().map(ToString::to_string)
}

/// The container that puts the licence in its place and ends. It has the product's own image, so that a network without a
/// way out needs no other, and is root, because the volume is root's at first; every user may read what it writes.
pub fn container(image: &str, secret: String, version: Option<String>) -> Container {
    let file = format!("{}/{}", vendor::LICENSE_FOLDER, vendor::LICENSE_FILE);
    // Tasks that start at once write a file each, and put it in its place whole.
    let script = format!(
        "new=$(mktemp {file}.XXXXXX) && printf '%s' \"${VARIABLE}\" > \"$new\" && chmod 644 \"$new\" && mv -f \"$new\" {file}"
    );
    let mut container = Container::new(vendor::LICENSE_CONTAINER, image);
    container.essential = false;
    container.user = Some("0".to_owned());
    container.entry_point = Some(vec!["/bin/sh".to_owned(), "-c".to_owned()]);
    container.command = Some(vec![script]);
    container.secrets = BTreeMap::from([(VARIABLE.to_owned(), secret)]);
    container.environment = version
        .map(|version| ("LICENSE_VERSION".to_owned(), version))
        .into_iter()
        .collect();
    container.mounts = mounts(false);
    container
}

/// The secret that such a container writes, where it is one.
pub fn secret_of(container: &Container) -> Option<String> {
    let writes = container.name == vendor::LICENSE_CONTAINER;
    container.secrets.get(VARIABLE).filter(|_| writes).cloned()
}

/// The licence's folder in a container.
pub fn mounts(read_only: bool) -> BTreeMap<String, Mount> {
    let mount = Mount {
        volume: vendor::VOLUME.to_owned(),
        read_only,
    };
    BTreeMap::from([(vendor::LICENSE_FOLDER.to_owned(), mount)])
}

/// What the product waits for.
pub fn awaited() -> BTreeMap<String, Condition> {
    BTreeMap::from([(vendor::LICENSE_CONTAINER.to_owned(), Condition::Success)])
}

/// The volume that the licence is in.
pub fn volumes(file_system: Option<&Input<FileSystemId>>) -> Input<Vec<Volume>> {
    match file_system {
        None => vec![Volume::Task(vendor::VOLUME.to_owned())].into(),
        Some(id) => id.clone().with("volume", (), |file_system, ()| {
            vec![Volume::Efs(EfsVolume {
                name: vendor::VOLUME.to_owned(),
                file_system,
                root_directory: "/".to_owned(),
                access_point: None,
                iam: true,
            })]
        }),
    }
}

/// The file system, and what must stand before it can be mounted.
pub struct Storage {
    /// The file system.
    pub id: Input<FileSystemId>,
    /// What must stand before it can be mounted.
    pub before_mounts: Vec<Key>,
}

/// Adds a file system that only these roles can mount, only from these groups.
pub fn file_system(
    graph: &mut Graph<Aws>,
    model: &PrivateAi,
    roles: Input<BTreeSet<RoleArn>>,
    from: Input<Vec<SecurityGroupId>>,
) -> Storage {
    let basis = model.basis();
    let file_system = graph.add(
        Key::new(FILE_SYSTEM),
        EfsFileSystem {
            encrypted: true.into(),
            kms_key_id: None.into(),
            performance_mode: PerformanceMode::GeneralPurpose.into(),
            throughput_mode: ThroughputMode::Bursting.into(),
            transition_to_ia: None.into(),
            backup: true.into(),
            access: roles.with("access", (), |roles, ()| Access::Only(roles)),
        },
    );
    let id = file_system.output("id", |output| output.id.clone());
    let ingress = with_groups(nothing(), from, NFS, "NFS");
    let group = basis.security_group(graph, "nfs", "file system", ingress, Some(BTreeSet::new()).into());
    let groups = group.output("id", |id| BTreeSet::from([id.clone()]));
    let mut before_mounts = vec![file_system.key().clone()];
    before_mounts.extend(mount_targets::add(graph, &model.private_subnet_ids, &id, &groups));
    Storage { id, before_mounts }
}

/// Copies what only the configuration holds.
pub fn take(config: &PrivateAi, model: &mut PrivateAi) {
    if let (Some(config), Some(license)) = (&config.license, &mut model.license) {
        license.content_wo = config.content_wo.clone();
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn whoever_reads_the_licence_while_it_is_written_finds_it_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(vendor::LICENSE_FILE);
        let [script] = &container("image", "arn".to_owned(), None).command.unwrap()[..] else {
            panic!("one script")
        };
        let script = script.replace(vendor::LICENSE_FOLDER, folder.path().to_str().unwrap());
        let licences = ["1", "2"].map(|sign| sign.repeat(30_000));
        let write = |licence: &String| {
            Command::new("/bin/sh")
                .args(["-c", &script])
                .env(VARIABLE, licence)
                .spawn()
        };
        for _ in 0..10 {
            let writers: Vec<_> = licences.iter().map(|licence| write(licence).unwrap()).collect();
            for mut writer in writers {
                assert!(writer.wait().unwrap().success());
                assert!(licences.contains(&std::fs::read_to_string(&path).unwrap()));
            }
        }
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 1, "the licence alone");
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o644, "every user may read it");
    }
}
