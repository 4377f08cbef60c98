//! Which value of a secret is ours.

use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;

use engine::Tags;

/// The tag that says which value is ours: the number that the configuration gives it, and Secrets Manager's name for it.
pub(super) const TAG: &str = "thatdot:content-version";

/// The number of a value that is not ours; no configuration's own.
pub(super) const FOREIGN: i64 = i64::MIN;

/// A value that is about to be put.
pub(super) struct Version {
    /// What Secrets Manager is to call it, and the token by which it knows a request that is sent twice.
    pub(super) id: String,
    number: i64,
}

impl Version {
    /// A new one.
    pub(super) fn new(number: i64) -> Self {
        Self {
            id: chance::client_token(),
            number,
        }
    }

    /// Adds the note that it is ours.
    pub(super) fn mark(&self, tags: &mut Tags) {
        tags.insert(TAG.to_owned(), format!("{}:{}", self.number, self.id));
    }
}

/// The name of the value that whoever asks for the secret gets.
pub(super) fn current(found: &DescribeSecretOutput) -> Option<&str> {
    let versions = found.version_ids_to_stages()?;
    let is_current = |stages: &[String]| stages.iter().any(|stage| stage == "AWSCURRENT");
    versions
        .iter()
        .find(|(_, stages)| is_current(stages))
        .map(|(id, _)| id.as_str())
}

/// The number of the current value, by the note about ours.
pub(super) fn number(tags: &Tags, current: Option<&str>) -> i64 {
    let noted = tags.get(TAG).and_then(|note| note.split_once(':'));
    match noted {
        Some((number, id)) if Some(id) == current => number.parse().unwrap_or(FOREIGN),
        _ => FOREIGN,
    }
}
