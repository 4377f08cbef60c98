//! The typed configuration and state of a `thatdot_operator`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::parts::Part;
use framework::{Attr, Timeouts};

/// Everything the resource holds: what the user wrote and what the provider computed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Operator {
    /// The operator's name, from which every AWS name is derived.
    pub name: Attr<String>,
    /// `single` or `per_service`.
    pub policies: Attr<String>,
    /// Whether the operator meters its use with the AWS Marketplace.
    pub marketplace: Attr<bool>,
    /// Whether it has AWS's full-access policies of ECS and EFS.
    pub full_access_policies: Attr<bool>,
    /// The region of the image repository; the provider's where it is left out.
    pub ecr_region: Attr<String>,
    /// The permissions boundary of user or role.
    pub permissions_boundary: Attr<String>,
    /// The path of policies, user and role.
    pub iam_path: Attr<String>,
    /// The user's tags.
    pub tags: Attr<BTreeMap<String, Attr<String>>>,
    /// Whether a destroy is refused.
    pub deletion_protection: Attr<bool>,
    /// `auto`, `rollback` or `keep`.
    pub on_create_failure: Attr<String>,
    /// Whether parts that a lost state left behind are taken over.
    pub adopt_existing: Attr<bool>,
    /// The user that operates.
    pub user: Option<User>,
    /// The role that operates.
    pub role: Option<Role>,
    /// How long operations may take.
    pub timeouts: Option<Timeouts>,

    /// The operator's own id.
    pub id: Attr<String>,
    /// The ARNs of the policies: `all`, or each by its service.
    pub policy_arns: Attr<BTreeMap<String, Attr<String>>>,
    /// The user's name.
    pub user_name: Attr<String>,
    /// The user's ARN.
    pub user_arn: Attr<String>,
    /// The role's name.
    pub role_name: Attr<String>,
    /// The role's ARN.
    pub role_arn: Attr<String>,
    /// The user's tags and the provider's default ones.
    pub tags_all: Attr<BTreeMap<String, Attr<String>>>,
    /// The AWS objects the operator is made of.
    pub components: Attr<BTreeMap<String, Attr<Part>>>,
}

/// `user {}`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Whether it is deleted with the credentials that others gave it.
    pub force_destroy: Attr<bool>,
}

/// `role {}`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// The trust policy, in JSON.
    pub trust_policy: Attr<String>,
    /// Who may assume it.
    pub trusted_arns: Attr<Vec<Attr<String>>>,
}

impl Operator {
    /// Whether the policies are split per service.
    pub fn is_split(&self) -> bool {
        self.policies.known().is_some_and(|word| word == "per_service")
    }

    /// Whether AWS's full-access policies are attached; they are unless the configuration says otherwise.
    pub fn has_full_access(&self) -> bool {
        self.full_access_policies.known() != Some(&false)
    }

    /// Whether the Marketplace's policy is attached.
    pub fn is_metered(&self) -> bool {
        self.marketplace.known() == Some(&true)
    }

    /// How many policies user or role has.
    pub fn attachments(&self) -> usize {
        let own = if self.is_split() {
            super::vendor::SERVICES.len()
        } else {
            1
        };
        let full_access = if self.has_full_access() {
            super::vendor::FULL_ACCESS.len()
        } else {
            0
        };
        own + full_access + usize::from(self.is_metered())
    }
}
