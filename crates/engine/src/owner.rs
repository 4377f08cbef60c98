//! Whose an object is: told by its tags alone, since a name proves nothing.

use std::fmt;

use super::component::Tags;
use super::key::{DeploymentId, Key};

/// The tag that holds the id of the deployment that owns an object.
pub const TAG_DEPLOYMENT_ID: &str = "thatdot:deployment-id";
/// The tag that holds that deployment's name.
pub const TAG_DEPLOYMENT: &str = "thatdot:deployment";
/// The tag that holds the object's key within that deployment.
pub const TAG_COMPONENT: &str = "thatdot:component";

/// Whose an object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// It carries the id of this deployment.
    Ours,
    /// It carries the name of this deployment and the component's key, but another id: left by an earlier create that
    /// did not end, or held by another state. It may be adopted.
    Namesake(DeploymentId),
    /// It carries another deployment's id, and another name or key.
    Other {
        /// That deployment's id.
        id: DeploymentId,
        /// Its name, where the object tells.
        name: Option<String>,
    },
    /// It carries no ownership tag: somebody made it by hand or with another tool.
    Nobody,
}

impl Owner {
    /// Whether it is another deployment of this name.
    pub fn is_namesake(&self) -> bool {
        matches!(self, Self::Namesake(_))
    }

    /// Whether a tag of that name tells whose an object is.
    pub fn is_tag(name: &str) -> bool {
        [TAG_DEPLOYMENT_ID, TAG_DEPLOYMENT, TAG_COMPONENT].contains(&name)
    }

    /// Whose the object with these tags is, asked by the component `key` of the deployment `id` named `name`.
    pub fn of(tags: &Tags, id: &DeploymentId, name: &str, key: &Key) -> Self {
        let Some(owner) = tags.get(TAG_DEPLOYMENT_ID) else {
            return Self::Nobody;
        };
        if owner == id.as_str() {
            return Self::Ours;
        }
        let owner = DeploymentId::from_text(owner);
        let its_name = tags.get(TAG_DEPLOYMENT);
        let same_key = tags.get(TAG_COMPONENT).is_some_and(|k| k == key.base().as_str());
        if same_key && its_name.is_some_and(|n| n == name) {
            Self::Namesake(owner)
        } else {
            Self::Other {
                id: owner,
                name: its_name.cloned(),
            }
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ours => f.write_str("is owned by this deployment"),
            Self::Namesake(id) => write!(f, "is owned by the deployment {id} of the same name"),
            Self::Other { id, name: Some(name) } => write!(f, "is owned by the deployment {id} ({name})"),
            Self::Other { id, name: None } => write!(f, "is owned by the deployment {id}"),
            Self::Nobody => f.write_str("carries no ownership tag"),
        }
    }
}
