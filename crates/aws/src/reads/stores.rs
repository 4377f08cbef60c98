//! Joined reads of what keeps something: image repositories, log groups and file systems.

use aws_sdk_cloudwatchlogs::types::LogGroup;
use aws_sdk_ecr::types::Repository;
use aws_sdk_efs::types::MountTargetDescription;

use crate::batch::Batcher;
use crate::error::{refusal, with_id};
use crate::on_demand::OnDemand;

/// How many repositories one call describes. Source: Amazon ECR API, `DescribeRepositories`, `repositoryNames`.
const REPOSITORIES: usize = 100;
/// How many log groups one call describes. Source: Amazon CloudWatch Logs API, `DescribeLogGroups`,
/// `logGroupIdentifiers`, which stands beside no prefix and matches whole names.
const LOG_GROUPS: usize = 50;
/// How many mount targets of one file system are answered for at once: all that it has, which is one for each zone. Source:
/// Amazon EFS API, `DescribeMountTargets`, `FileSystemId`.
const MOUNT_TARGETS: usize = 100;

/// Joined reads of these services.
pub struct Stores {
    /// By name. ECR refuses names that no repository has as not found.
    pub repositories: Batcher<(), String, Repository>,
    /// By name.
    pub log_groups: Batcher<(), String, LogGroup>,
    /// By file system, and by id. One that is being deleted is still told.
    pub mount_targets: Batcher<String, String, MountTargetDescription>,
}

impl Stores {
    /// The reads of these clients.
    pub(super) fn new(
        ecr: &OnDemand<aws_sdk_ecr::Client>,
        efs: &OnDemand<aws_sdk_efs::Client>,
        logs: &OnDemand<aws_sdk_cloudwatchlogs::Client>,
    ) -> Self {
        Self {
            repositories: repositories(ecr.clone()),
            log_groups: log_groups(logs.clone()),
            mount_targets: mount_targets(efs.clone()),
        }
    }
}

fn repositories(ecr: OnDemand<aws_sdk_ecr::Client>) -> Batcher<(), String, Repository> {
    let is = |name: &String, found: &Repository| found.repository_name() == Some(name);
    Batcher::new(REPOSITORIES, is, move |(), names| {
        let pages = ecr
            .describe_repositories()
            .set_repository_names(Some(names))
            .into_paginator()
            .items()
            .send();
        async move {
            let found: Result<Vec<_>, _> = pages.collect().await;
            found.map_err(|error| refusal("ecr:DescribeRepositories", &error))
        }
    })
}

fn log_groups(logs: OnDemand<aws_sdk_cloudwatchlogs::Client>) -> Batcher<(), String, LogGroup> {
    let is = |name: &String, found: &LogGroup| found.log_group_name() == Some(name);
    Batcher::new(LOG_GROUPS, is, move |(), names| {
        let pages = logs
            .describe_log_groups()
            .set_log_group_identifiers(Some(names))
            .into_paginator()
            .items()
            .send();
        async move {
            let found: Result<Vec<_>, _> = pages.collect().await;
            found.map_err(|error| refusal("logs:DescribeLogGroups", &error))
        }
    })
}

fn mount_targets(efs: OnDemand<aws_sdk_efs::Client>) -> Batcher<String, String, MountTargetDescription> {
    const ATTEMPTED: &str = "elasticfilesystem:DescribeMountTargets";
    let is = |id: &String, found: &MountTargetDescription| found.mount_target_id == *id;
    Batcher::new(MOUNT_TARGETS, is, move |file_system, _| {
        let pages = efs
            .describe_mount_targets()
            .file_system_id(file_system)
            .into_paginator()
            .items()
            .send();
        async move {
            let found: Result<Vec<_>, _> = pages.collect().await;
            let found = found.map_err(|error| refusal(ATTEMPTED, &error))?.into_iter();
            let id = MountTargetDescription::mount_target_id;
            found
                .map(|found| with_id(ATTEMPTED, "mount target's id", found, id))
                .collect()
        }
    })
}
