//! The two roles of a task: the one that the container has, and the one that starts it.

use std::collections::{BTreeMap, BTreeSet};

use super::design::{brought, described};
use super::model::Detector;
use crate::aws::components::{IamRole, OUR_INLINE_POLICIES};
use crate::aws::ids::{PolicyArn, RoleArn};
use crate::aws::policy::{Policy, Statement};
use crate::aws::{Aws, ManagedPolicy};
use crate::engine::{Graph, Input, Key};
use crate::framework::Attr;
use crate::products::wiring::input;

/// Whom both roles trust. Source: Amazon ECS developer guide, *Amazon ECS task IAM role*.
const ECS_TASKS: &str = "ecs-tasks.amazonaws.com";

/// The role that the container has: it meters its use with the AWS Marketplace. Source: the vendor's guide, *Create a
/// role to run the ECS Task as*.
pub fn task(graph: &mut Graph<Aws>, model: &Detector, aws: &Aws) -> Input<RoleArn> {
    if let Some(arn) = brought(model, |existing| &existing.task_role_arn) {
        return arn;
    }
    let metering = [
        ManagedPolicy::MarketplaceMeteringFullAccess,
        ManagedPolicy::MarketplaceMeteringRegisterUsage,
    ];
    let mut inline = BTreeMap::new();
    if model.enable_execute_command.known() == Some(&true) {
        inline.insert(own("execute-command"), execute_command());
    }
    let foreign = model
        .persistence
        .as_ref()
        .map_or(&Attr::Null, |persistence| &persistence.file_system_id);
    let inline = match foreign {
        Attr::Null => Input::Known(inline),
        Attr::Unknown => Input::Unknown,
        Attr::Known(id) => {
            let arn = format!(
                "arn:{}:elasticfilesystem:{}:{}:file-system/{id}",
                aws.partition, aws.region, aws.account_id
            );
            inline.insert(own("file-system"), mount(&arn));
            Input::Known(inline)
        }
    };
    role(graph, model, aws, "task", BTreeSet::from(metering), inline)
}

/// The role that starts the container: it fetches the image and the secrets and writes the logs.
pub fn execution(graph: &mut Graph<Aws>, model: &Detector, aws: &Aws) -> Input<RoleArn> {
    if let Some(arn) = brought(model, |existing| &existing.execution_role_arn) {
        return arn;
    }
    let inline = match &model.secrets {
        Attr::Null => Input::Known(BTreeMap::new()),
        Attr::Unknown => Input::Unknown,
        Attr::Known(secrets) => match secrets
            .values()
            .map(|arn| arn.known().cloned())
            .collect::<Option<Vec<_>>>()
        {
            Some(arns) if arns.is_empty() => Input::Known(BTreeMap::new()),
            Some(arns) => Input::Known(BTreeMap::from([(own("secrets"), read_secrets(&arns))])),
            None => Input::Unknown,
        },
    };
    role(
        graph,
        model,
        aws,
        "execution",
        BTreeSet::from([ManagedPolicy::EcsTaskExecution]),
        inline,
    )
}

fn role(
    graph: &mut Graph<Aws>,
    model: &Detector,
    aws: &Aws,
    part: &'static str,
    managed_policies: BTreeSet<ManagedPolicy>,
    inline_policies: Input<BTreeMap<String, Policy>>,
) -> Input<RoleArn> {
    let region = aws.region.clone();
    let sources = format!("arn:{}:ecs:{region}:{}:*", aws.partition, aws.account_id);
    let handle = graph.add(
        Key::new(format!("iam_role_{part}")),
        IamRole {
            // Roles belong to an account, deployments to a region of it.
            name: input(&model.name, |name| format!("{name}-{region}-{part}"), String::new()),
            path: input(&model.iam_path, |path| path, "/".to_owned()),
            description: described(&model.name, &format!("{part} role")),
            trust: Policy::trust(ECS_TASKS, &aws.account_id, &sources).into(),
            managed_policies: managed_policies.into(),
            inline_policies,
            permissions_boundary: input(&model.permissions_boundary, |arn| Some(PolicyArn::from(arn)), None),
        },
    );
    handle.output("arn", Clone::clone)
}

fn own(name: &str) -> String {
    format!("{OUR_INLINE_POLICIES}{name}")
}

/// Source: Amazon ECS developer guide, *Monitor Amazon ECS containers with ECS Exec*.
fn execute_command() -> Policy {
    let actions = [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ];
    Policy::new([Statement::allow(actions).on(["*"])])
}

/// Source: Amazon EFS user guide, *Using IAM to control access to file systems*.
fn mount(file_system_arn: &str) -> Policy {
    let actions = [
        "elasticfilesystem:ClientMount",
        "elasticfilesystem:ClientWrite",
        "elasticfilesystem:ClientRootAccess",
    ];
    Policy::new([Statement::allow(actions).on([file_system_arn])])
}

/// Source: Amazon ECS developer guide, *Pass sensitive data to an Amazon ECS container*.
fn read_secrets(arns: &[String]) -> Policy {
    let (parameters, secrets): (Vec<_>, Vec<_>) = arns.iter().partition(|arn| arn.contains(":ssm:"));
    // Behind a secret's ARN may stand a JSON key, a version stage and a version id, which are no part of the resource.
    let secrets: Vec<String> = secrets
        .into_iter()
        .map(|arn| arn.splitn(8, ':').take(7).collect::<Vec<_>>().join(":"))
        .collect();
    let mut statements = Vec::new();
    if !secrets.is_empty() {
        statements.push(Statement::allow(["secretsmanager:GetSecretValue"]).on(secrets));
    }
    if !parameters.is_empty() {
        statements.push(Statement::allow(["ssm:GetParameters"]).on(parameters.into_iter().cloned()));
    }
    Policy::new(statements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_read_by_their_own_arns_alone() {
        let secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf";
        let parameter = "arn:aws:ssm:us-east-1:123456789012:parameter/b";
        let policy = read_secrets(&[format!("{secret}:password::"), parameter.to_owned()]).to_json();
        assert!(
            policy.contains(&format!("\"{secret}\"")) && policy.contains(&format!("\"{parameter}\"")),
            "{policy}"
        );
        assert!(!policy.contains('*'), "{policy}");
    }
}
