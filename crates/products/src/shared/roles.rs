//! The roles of a deployment: those of the task, and the policies that more than one product gives them.

use std::collections::{BTreeMap, BTreeSet};

use super::Basis;
use super::environment::Entries;
use crate::wiring::input;
use aws::ids::{PolicyArn, RoleArn};
use aws::policy::{Policy, Statement};
use aws::{Aws, ManagedPolicy};
use components::{IamRole, OUR_INLINE_POLICIES};
use engine::{Graph, Input, Key};
use framework::Attr;

/// Whom the roles of a task trust. Source: Amazon ECS developer guide, *Amazon ECS task IAM role*.
const ECS_TASKS: &str = "ecs-tasks.amazonaws.com";

/// Inline policies by their name.
pub type Inline = BTreeMap<String, Policy>;

/// The role that the container has, with what is asked of it beside the policies for `execute_command`.
pub fn task(
    graph: &mut Graph<Aws>,
    basis: &Basis<'_>,
    aws: &Aws,
    managed: BTreeSet<ManagedPolicy>,
    inline: Input<Inline>,
) -> Input<RoleArn> {
    if let Some(arn) = basis.brought(|existing| &existing.task_role_arn) {
        return arn;
    }
    let trust = trust_of_tasks(aws);
    role(graph, basis, aws, "task", trust, managed, inline)
}

/// The role that starts the container: it fetches the image and the secrets and writes the logs.
pub fn execution(graph: &mut Graph<Aws>, basis: &Basis<'_>, aws: &Aws, secrets: Input<Vec<String>>) -> Input<RoleArn> {
    if let Some(arn) = basis.brought(|existing| &existing.execution_role_arn) {
        return arn;
    }
    let inline = secrets.with("read secrets", (), |arns, ()| {
        if arns.is_empty() {
            return Inline::new();
        }
        Inline::from([(own("secrets"), read_secrets(&arns))])
    });
    let managed = BTreeSet::from([ManagedPolicy::EcsTaskExecution]);
    role(graph, basis, aws, "execution", trust_of_tasks(aws), managed, inline)
}

/// The ARNs that a map of secrets names.
pub fn secret_arns(secrets: &Entries) -> Input<Vec<String>> {
    let arns = match secrets {
        Attr::Null => Some(Vec::new()),
        Attr::Unknown => None,
        Attr::Known(secrets) => secrets.values().map(|arn| arn.known().cloned()).collect(),
    };
    arns.map_or(Input::Unknown, Input::Known)
}

/// Adds the role `NAME-REGION-PART`: roles belong to an account, deployments to a region of it.
pub fn role(
    graph: &mut Graph<Aws>,
    basis: &Basis<'_>,
    aws: &Aws,
    part: &str,
    trust: Policy,
    managed_policies: BTreeSet<ManagedPolicy>,
    inline_policies: Input<Inline>,
) -> Input<RoleArn> {
    let region = aws.region.clone();
    let handle = graph.add(
        Key::new(format!("iam_role_{part}")),
        IamRole {
            name: input(basis.name, |name| format!("{name}-{region}-{part}"), String::new()),
            path: input(basis.iam_path, |path| path, "/".to_owned()),
            description: basis.described(&format!("{part} role")),
            trust: trust.into(),
            managed_policies: managed_policies.into(),
            inline_policies,
            permissions_boundary: boundary(basis.permissions_boundary),
        },
    );
    handle.output("arn", Clone::clone)
}

/// What `permissions_boundary` asks for.
pub fn boundary(permissions_boundary: &Attr<String>) -> Input<Option<PolicyArn>> {
    input(permissions_boundary, |arn| Some(PolicyArn::from(arn)), None)
}

/// Tasks of this account and region, and nobody else's.
fn trust_of_tasks(aws: &Aws) -> Policy {
    let sources = format!("arn:{}:ecs:{}:{}:*", aws.partition, aws.region, aws.account_id);
    Policy::trust(ECS_TASKS, &aws.account_id, &sources)
}

/// The name of an inline policy of ours.
pub fn own(name: &str) -> String {
    format!("{OUR_INLINE_POLICIES}{name}")
}

/// What `aws ecs execute-command` needs of the task's role, where it is asked for. Source: Amazon ECS developer guide,
/// *Monitor Amazon ECS containers with ECS Exec*.
pub fn execute_command(wanted: &Attr<bool>) -> Inline {
    if wanted.known() != Some(&true) {
        return Inline::new();
    }
    let actions = [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ];
    let policy = Policy::new([Statement::allow(actions).on(["*"])]);
    Inline::from([(own("execute-command"), policy)])
}

/// What mounting a file system by IAM needs. Source: Amazon EFS user guide, *Using IAM to control access to file systems*.
pub fn mount(file_system_arn: &str) -> Policy {
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
