//! `existing {}`: parts of the user's own, used instead of being made.

use serde::{Deserialize, Serialize};

use crate::checks;
use framework::validators::{arn, custom, each, length, non_empty};
use framework::{Attr, Attribute, Block, Diagnostic, Diagnostics, Path, Type};

/// `existing {}`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Existing {
    /// A cluster.
    pub cluster_arn: Attr<String>,
    /// A task role.
    pub task_role_arn: Attr<String>,
    /// An execution role.
    pub execution_role_arn: Attr<String>,
    /// Groups of the task, instead of ours.
    pub security_group_ids: Attr<Vec<Attr<String>>>,
    /// A log group.
    pub log_group_name: Attr<String>,
}

impl Existing {
    /// Whether it brings nothing.
    pub fn is_empty(&self) -> bool {
        self.cluster_arn.is_null()
            && self.task_role_arn.is_null()
            && self.execution_role_arn.is_null()
            && self.security_group_ids.is_null()
            && self.log_group_name.is_null()
    }
}

/// The block. `task_role` and `security_groups` say what the product expects of these two.
pub fn block(task_role: &'static str, security_groups: &'static str) -> Block {
    Block::single(
        "existing",
        "Parts of your own that the deployment uses instead of making them. It never changes or deletes them.",
        vec![
            Attribute::string("cluster_arn", "An ECS cluster.")
                .optional()
                .validate(arn("ecs")),
            Attribute::string("task_role_arn", task_role)
                .optional()
                .validate(arn("iam")),
            Attribute::string(
                "execution_role_arn",
                "The role that fetches the image and the secrets and writes the logs.",
            )
            .optional()
            .validate(arn("iam")),
            Attribute::set("security_group_ids", Type::String, security_groups)
                .optional()
                .validate(non_empty())
                .validate(each(custom("a security group id such as sg-0123456789abcdef0", |s| {
                    checks::is_id(s, "sg")
                }))),
            Attribute::string(
                "log_group_name",
                "A CloudWatch log group; `log_retention_in_days` then does not apply.",
            )
            .optional()
            .validate(length(1..=512)),
        ],
        vec![],
    )
}

/// Refuses settings of parts that are not ours.
pub fn validate(
    existing: &Existing,
    container_insights: &Attr<bool>,
    permissions_boundary: &Attr<String>,
    diagnostics: &mut Diagnostics,
) {
    let mut refuse = |name: &str, attribute: &str| {
        diagnostics.push(
            Diagnostic::error(
                "A setting of a part that is not ours",
                format!(
                    "existing.{name} brings a part of your own, which the deployment never changes, so {attribute} would \
                     have no effect. Remove one of the two."
                ),
            )
            .at(Path::of([attribute])),
        );
    };
    if !existing.cluster_arn.is_null() && container_insights.known() == Some(&true) {
        refuse("cluster_arn", "container_insights");
    }
    let both_roles = !existing.task_role_arn.is_null() && !existing.execution_role_arn.is_null();
    if both_roles && !permissions_boundary.is_null() {
        refuse("task_role_arn", "permissions_boundary");
    }
}
