//! An instance profile, by which EC2 instances have a role. Sources: AWS IAM API, `CreateInstanceProfile`,
//! `GetInstanceProfile`, `AddRoleToInstanceProfile`, `RemoveRoleFromInstanceProfile`, `DeleteInstanceProfile`.

use crate::aws::ids::{InstanceProfileArn, RoleArn};

crate::spec! {
    /// An instance profile.
    pub struct InstanceProfile {
        /// The name, unique in the account whatever the path: up to 128 letters, digits and `_+=,.@-`.
        replace name: String,
        /// The path, which begins and ends with a slash.
        replace path: String,
        /// The one role that it holds.
        update role: RoleArn,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceProfileOutput {
    /// The ARN.
    pub arn: InstanceProfileArn,
    /// The name.
    pub name: String,
}
