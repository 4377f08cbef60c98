//! Joined reads of what keeps something: image repositories and log groups.

use aws_sdk_cloudwatchlogs::types::LogGroup;
use aws_sdk_ecr::types::Repository;

use crate::aws::batch::Batcher;
use crate::aws::error::refusal;

/// How many repositories one call describes. Source: Amazon ECR API, `DescribeRepositories`, `repositoryNames`.
const REPOSITORIES: usize = 100;
/// How many log groups one call describes. Source: Amazon CloudWatch Logs API, `DescribeLogGroups`,
/// `logGroupIdentifiers`, which stands beside no prefix and matches whole names.
const LOG_GROUPS: usize = 50;

/// Joined reads of both services.
pub(in crate::aws) struct Stores {
    /// By name. ECR refuses names that no repository has as not found.
    pub(in crate::aws) repositories: Batcher<(), String, Repository>,
    /// By name.
    pub(in crate::aws) log_groups: Batcher<(), String, LogGroup>,
}

impl Stores {
    /// The reads of these clients.
    pub(super) fn new(ecr: &aws_sdk_ecr::Client, logs: &aws_sdk_cloudwatchlogs::Client) -> Self {
        Self {
            repositories: repositories(ecr.clone()),
            log_groups: log_groups(logs.clone()),
        }
    }
}

fn repositories(ecr: aws_sdk_ecr::Client) -> Batcher<(), String, Repository> {
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

fn log_groups(logs: aws_sdk_cloudwatchlogs::Client) -> Batcher<(), String, LogGroup> {
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
