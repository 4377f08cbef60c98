//! Which images a repository keeps. Source: Amazon ECR user guide, *Lifecycle policy properties*.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which images a repository keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lifecycle {
    /// All: there is no policy.
    All,
    /// The newest ones, so many.
    Newest(i32),
    /// A policy that says something else.
    Other(String),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Policy {
    rules: Vec<Rule>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rule {
    #[serde(rename = "rulePriority")]
    priority: i32,
    #[serde(default)]
    description: String,
    selection: Selection,
    action: Action,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Selection {
    tag_status: String,
    count_type: String,
    count_number: i32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    #[serde(rename = "type")]
    kind: String,
}

const ANY: &str = "any";
const MORE_THAN: &str = "imageCountMoreThan";
const EXPIRE: &str = "expire";

impl Lifecycle {
    /// The policy's text; `None` where there is to be none.
    pub(super) fn to_policy(&self) -> Option<String> {
        let count = match self {
            Self::All => return None,
            Self::Other(text) => return Some(text.clone()),
            Self::Newest(count) => *count,
        };
        let policy = Policy {
            rules: vec![Rule {
                priority: 1,
                description: format!("keep the newest {count} images"),
                selection: Selection {
                    tag_status: ANY.to_owned(),
                    count_type: MORE_THAN.to_owned(),
                    count_number: count,
                },
                action: Action {
                    kind: EXPIRE.to_owned(),
                },
            }],
        };
        serde_json::to_string(&policy).ok()
    }

    /// What a policy says.
    pub(super) fn parse(text: &str) -> Self {
        let policy: Option<Policy> = serde_json::from_str(text).ok();
        match policy.as_ref().map(|policy| policy.rules.as_slice()) {
            Some([rule])
                if rule.selection.tag_status == ANY
                    && rule.selection.count_type == MORE_THAN
                    && rule.action.kind == EXPIRE =>
            {
                Self::Newest(rule.selection.count_number)
            }
            _ => Self::Other(text.to_owned()),
        }
    }
}

impl fmt::Display for Lifecycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all images"),
            Self::Newest(count) => write!(f, "the newest {count} images"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_understood_as_it_was_meant() {
        let policy = Lifecycle::Newest(5).to_policy().unwrap();
        assert_eq!(Lifecycle::parse(&policy), Lifecycle::Newest(5));
        assert_eq!(Lifecycle::All.to_policy(), None);
    }

    #[test]
    fn a_policy_of_another_kind_is_a_difference() {
        let untagged = r#"{"rules": [{"rulePriority": 1, "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14}, "action": {"type": "expire"}}]}"#;
        assert_eq!(Lifecycle::parse(untagged), Lifecycle::Other(untagged.to_owned()));
        assert!(matches!(Lifecycle::parse("no policy"), Lifecycle::Other(_)));
    }
}
