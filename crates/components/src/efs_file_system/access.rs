//! Who may mount a file system: its resource policy (Amazon EFS user guide, "Using IAM to control file system data access").

use std::collections::BTreeSet;
use std::time::Duration;

use aws::Aws;
use aws::ask::ask;
use aws::error::unless_absent;
use aws::ids::RoleArn;
use aws::policy::{Policy, Statement};
use aws::retry::{Condition, FILE_SYSTEM_NOT_AVAILABLE, retry_while};
use engine::{Call, Error, Result};

use super::EfsFileSystemOutput;

/// What a client of a file system may do: mount, write, and act as root.
const CLIENT_ACTIONS: [&str; 3] = [
    "elasticfilesystem:ClientMount",
    "elasticfilesystem:ClientWrite",
    "elasticfilesystem:ClientRootAccess",
];

/// A role that was just made is not known to EFS yet, which then calls the policy invalid (Amazon EFS API,
/// `PutFileSystemPolicy`, "Errors").
const PRINCIPAL_UNKNOWN_YET: Condition = Condition {
    ends_when: "EFS knows the new role and has ended an earlier change",
    limit: Duration::from_mins(2),
    is: |error| error.code.as_deref() == Some("InvalidPolicyException") || (FILE_SYSTEM_NOT_AVAILABLE.is)(error),
};

/// Who may mount a file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Everybody who reaches a mount target: there is no policy.
    Everybody,
    /// These roles alone, through a mount target, and over TLS alone.
    Only(BTreeSet<RoleArn>),
    /// A policy that is not ours, as it is.
    Other(String),
}

impl Access {
    fn policy(roles: &BTreeSet<RoleArn>, file_system_arn: &str) -> Policy {
        Policy::new([
            Statement::allow(CLIENT_ACTIONS)
                .to_roles(roles)
                .on([file_system_arn])
                .when("Bool", "elasticfilesystem:AccessedViaMountTarget", ["true"]),
            Statement::deny(["*"])
                .to_everybody()
                .on([file_system_arn])
                .when("Bool", "aws:SecureTransport", ["false"]),
        ])
    }

    /// What it means that AWS reports that policy, or none.
    pub(super) fn told(policy: Option<&str>, file_system_arn: &str) -> Self {
        policy.map_or(Self::Everybody, |text| Self::of_policy(text, file_system_arn))
    }

    /// What a policy that AWS reports means.
    fn of_policy(text: &str, file_system_arn: &str) -> Self {
        let Ok(policy) = Policy::parse(text) else {
            return Self::Other(text.to_owned());
        };
        let roles: BTreeSet<RoleArn> = policy
            .principals()
            .into_iter()
            .filter(|name| *name != "*")
            .map(RoleArn::from)
            .collect();
        if !roles.is_empty() && policy == Self::policy(&roles, file_system_arn) {
            Self::Only(roles)
        } else {
            Self::Other(text.to_owned())
        }
    }
}

/// The policy of the file system, which says who may mount it. One without answers `PolicyNotFound`.
pub(super) async fn policy(call: &Call<'_, Aws>, id: &str) -> Result<Option<String>> {
    let request = call.world.efs.describe_file_system_policy().file_system_id(id);
    let answer = ask(call, "elasticfilesystem:DescribeFileSystemPolicy", request.send()).await;
    // A file system that is gone answers the same class; the description read beside this one tells that.
    Ok(unless_absent(answer)?.and_then(|answer| answer.policy))
}

/// Has the file system mounted by those roles alone. A role that was just made is refused for a while.
pub(super) async fn put(call: &Call<'_, Aws>, file_system: &EfsFileSystemOutput, access: &Access) -> Result<()> {
    let Access::Only(roles) = access else {
        let attempted = "set who may mount the file system";
        return Err(Error::bug(
            attempted,
            format!("it is for roles alone, and not {access:?}"),
        ));
    };
    let policy = Access::policy(roles, &file_system.arn).to_json();
    let request = call
        .world
        .efs
        .put_file_system_policy()
        .file_system_id(file_system.id.as_str())
        .policy(policy);
    retry_while(call, &PRINCIPAL_UNKNOWN_YET, || {
        ask(call, "elasticfilesystem:PutFileSystemPolicy", request.clone().send())
    })
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1";

    fn roles(names: &[&str]) -> BTreeSet<RoleArn> {
        let arn = |name: &&str| format!("arn:aws:iam::123456789012:role/{name}").into();
        names.iter().map(arn).collect()
    }

    #[test]
    fn our_own_policy_is_known_again() {
        for names in [&["task"][..], &["bastion", "task"]] {
            let text = Access::policy(&roles(names), ARN).to_json();
            assert_eq!(Access::of_policy(&text, ARN), Access::Only(roles(names)));
        }
    }

    #[test]
    fn a_policy_that_admits_more_is_a_difference() {
        let another = Access::policy(&roles(&["task"]), ARN)
            .to_json()
            .replace("role/task", "role/other");
        assert_ne!(Access::of_policy(&another, ARN), Access::Only(roles(&["task"])));
        let wider = Access::policy(&roles(&["task"]), ARN)
            .to_json()
            .replace("ClientWrite", "*");
        assert_eq!(Access::of_policy(&wider, ARN), Access::Other(wider.clone()));
        let without_tls =
            Policy::new([Statement::allow(CLIENT_ACTIONS).to_roles(&roles(&["task"])).on([ARN])]).to_json();
        assert_eq!(Access::of_policy(&without_tls, ARN), Access::Other(without_tls.clone()));
    }
}
