//! The `components` map: how the parts of a deployment show in Terraform.

use serde::{Deserialize, Serialize};

use engine::{Identity, Status};
use framework::{Attr, Type};

/// One part as the state shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The kind of object: `ecs_service`.
    #[serde(rename = "type")]
    pub kind: Attr<String>,
    /// Its id, as its own API takes it.
    pub id: Attr<String>,
    /// Its ARN, where it has one.
    pub arn: Attr<String>,
    /// How it is: `ready`, `missing`, `drifted: what`, `pending`.
    pub status: Attr<String>,
}

/// The type of one entry.
pub fn part_type() -> Type {
    Type::object([
        ("type", Type::String),
        ("id", Type::String),
        ("arn", Type::String),
        ("status", Type::String),
    ])
}

/// An object that stands, as far as is known as wanted.
pub fn standing(kind: &str, identity: &Identity) -> Part {
    Part {
        kind: Attr::Known(kind.to_owned()),
        id: Attr::Known(identity.id.clone()),
        arn: identity.arn.clone().into(),
        status: Attr::Known(Status::Ready.to_string()),
    }
}
