//! Parts that a user brings: cluster, role, log group, file system, secret.

use aws_sdk_efs::types::LifeCycleState;

use crate::error::{refusal, unless_absent};
use crate::ids::{ClusterArn, FileSystemId, LogGroupName, RoleArn, SecretArn, SubnetId, TaskDefinitionArn};
use crate::{Aws, CapacityProviderShare};
use engine::Result;

/// Where a file system can be mounted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountTarget {
    /// Its id.
    pub id: String,
    /// Its subnet.
    pub subnet_id: SubnetId,
    /// Its availability zone, by name.
    pub zone: String,
}

/// Whether there is a cluster that services can be made in (Amazon ECS API, `DescribeClusters`): a deleted one lingers
/// as INACTIVE.
pub async fn cluster_exists(aws: &Aws, cluster: &ClusterArn) -> Result<bool> {
    let found = aws.reads.ecs.clusters.one((), cluster.as_str()).await?;
    Ok(found.is_some_and(|found| found.status() == Some("ACTIVE")))
}

/// What a cluster can place tasks on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterCapacity {
    /// Its capacity providers, by name.
    pub providers: Vec<String>,
    /// Where tasks go for which nothing else is asked.
    pub default_strategy: Vec<CapacityProviderShare>,
}

/// What a cluster can place tasks on; `None` when there is no such cluster (Amazon ECS API, `DescribeClusters`).
pub async fn cluster_capacity(aws: &Aws, cluster: &ClusterArn) -> Result<Option<ClusterCapacity>> {
    let found = aws.reads.ecs.clusters.one((), cluster.as_str()).await?;
    Ok(found.map(|found| ClusterCapacity {
        providers: found.capacity_providers().to_vec(),
        default_strategy: found
            .default_capacity_provider_strategy()
            .iter()
            .map(CapacityProviderShare::told)
            .collect(),
    }))
}

/// The image of a container of a task definition; `None` where there is no such revision or container (Amazon ECS API,
/// `DescribeTaskDefinition`).
pub async fn container_image(aws: &Aws, definition: &TaskDefinitionArn, container: &str) -> Result<Option<String>> {
    let answer = aws
        .ecs
        .describe_task_definition()
        .task_definition(definition.as_str())
        .send()
        .await;
    let answer = answer.map_err(|error| refusal("ecs:DescribeTaskDefinition", &error))?;
    let containers = answer
        .task_definition()
        .map(aws_sdk_ecs::types::TaskDefinition::container_definitions)
        .unwrap_or_default();
    let found = containers.iter().find(|found| found.name() == Some(container));
    Ok(found.and_then(|found| found.image()).map(str::to_owned))
}

/// Whether there is a role of that very ARN (AWS IAM API, `GetRole`, which asks by name alone).
pub async fn role_exists(aws: &Aws, role: &RoleArn) -> Result<bool> {
    let answer = aws.iam.get_role().role_name(role.role_name()).send().await;
    let found = unless_absent(answer.map_err(|error| refusal("iam:GetRole", &error)))?;
    Ok(found
        .and_then(|found| found.role)
        .is_some_and(|found| found.arn() == role.as_str()))
}

/// Whether there is a log group of that name (Amazon CloudWatch Logs API, `DescribeLogGroups`).
pub async fn log_group_exists(aws: &Aws, name: &LogGroupName) -> Result<bool> {
    Ok(aws.reads.stores.log_groups.one((), name.as_str()).await?.is_some())
}

/// Where a file system can be mounted; `None` when there is no such file system (Amazon EFS API, `DescribeMountTargets`).
pub async fn mount_targets(aws: &Aws, file_system: &FileSystemId) -> Result<Option<Vec<MountTarget>>> {
    let answer: std::result::Result<Vec<_>, _> = aws
        .efs
        .describe_mount_targets()
        .file_system_id(file_system.as_str())
        .into_paginator()
        .items()
        .send()
        .collect()
        .await;
    let found = unless_absent(answer.map_err(|error| refusal("elasticfilesystem:DescribeMountTargets", &error)))?;
    Ok(found.map(|targets| {
        targets
            .into_iter()
            .filter(|target| {
                !matches!(
                    target.life_cycle_state,
                    LifeCycleState::Deleting | LifeCycleState::Deleted
                )
            })
            .map(|target| MountTarget {
                id: target.mount_target_id,
                subnet_id: target.subnet_id.into(),
                zone: target.availability_zone_name.unwrap_or_default(),
            })
            .collect()
    }))
}

/// Whether there is a secret of that ARN whose value can be had: one that is scheduled for deletion gives none (AWS Secrets
/// Manager API, `DescribeSecret`).
pub async fn secret_exists(aws: &Aws, secret: &SecretArn) -> Result<bool> {
    let answer = aws
        .secretsmanager
        .describe_secret()
        .secret_id(secret.as_str())
        .send()
        .await;
    let found = unless_absent(answer.map_err(|error| refusal("secretsmanager:DescribeSecret", &error)))?;
    Ok(found.is_some_and(|found| found.deleted_date().is_none()))
}
