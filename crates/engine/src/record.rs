//! What is known to exist of a deployment: what the state holds and the user sees as `components`.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use super::component::Identity;
use super::key::Key;
use super::spec::Field;

/// Key → part, of everything that exists, existed, or is still to be made.
pub type Record = BTreeMap<Key, Part>;

/// One part of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The kind: `ecs_service`.
    pub kind: String,
    /// The identifier its API takes; `None` while it is not made.
    pub id: Option<String>,
    /// The ARN, where it has one.
    pub arn: Option<String>,
    /// How it compares with what is wanted.
    pub status: Status,
}

impl Part {
    /// A part that stands.
    pub fn standing(kind: &str, identity: &Identity, status: Status) -> Self {
        Self {
            kind: kind.to_owned(),
            id: Some(identity.id.clone()),
            arn: identity.arn.clone(),
            status,
        }
    }

    /// A part that is still to be made.
    pub fn pending(kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            id: None,
            arn: None,
            status: Status::Pending,
        }
    }

    /// Its address, where it was ever made.
    pub fn identity(&self) -> Option<Identity> {
        self.id.clone().map(|id| Identity {
            id,
            arn: self.arn.clone(),
        })
    }
}

/// How a part compares with what is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It is as wanted.
    Ready,
    /// It was made and is gone.
    Missing,
    /// It stands, but these fields are not as wanted; `unfinished` among them where it was not seen to its end.
    Drifted(Vec<String>),
    /// Without an id: it is still to be made. With one: it was being made or changed, and that was not seen to its end.
    Pending,
    /// It stands, but its tags do not say that it is ours: by whom it is owned instead. It is never touched.
    Foreign(String),
    /// What another version of this program wrote and this one does not know.
    Unknown(String),
}

/// What stands among the drifted fields of a part whose making or changing was not seen to its end.
const UNFINISHED: &str = "unfinished";

impl Status {
    /// The status of an object of ours that stands.
    pub(super) fn of(differs: &[Field], unfinished: bool) -> Self {
        let fields = differs.iter().map(|field| field.name);
        match (unfinished, differs.is_empty()) {
            (false, true) => Self::Ready,
            (false, false) => Self::Drifted(fields.map(str::to_owned).collect()),
            (true, true) => Self::Pending,
            (true, false) => Self::Drifted([UNFINISHED].into_iter().chain(fields).map(str::to_owned).collect()),
        }
    }

    /// Whether it was being made or changed, and that was not seen to its end.
    pub(super) fn is_unfinished(&self) -> bool {
        match self {
            Self::Pending => true,
            Self::Drifted(fields) => fields.iter().any(|field| field == UNFINISHED),
            _ => false,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready => f.write_str("ready"),
            Self::Missing => f.write_str("missing"),
            Self::Drifted(fields) => write!(f, "drifted: {}", fields.join(", ")),
            Self::Pending => f.write_str("pending"),
            Self::Foreign(owner) => write!(f, "foreign: {owner}"),
            Self::Unknown(text) => f.write_str(text),
        }
    }
}

impl FromStr for Status {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "ready" => Self::Ready,
            "missing" => Self::Missing,
            "pending" => Self::Pending,
            _ => {
                if let Some(fields) = text.strip_prefix("drifted: ") {
                    Self::Drifted(fields.split(", ").map(str::to_owned).collect())
                } else if let Some(owner) = text.strip_prefix("foreign: ") {
                    Self::Foreign(owner.to_owned())
                } else {
                    Self::Unknown(text.to_owned())
                }
            }
        })
    }
}
