//! Settings that no AWS object has a field for. They are kept in tags of the task definition, so that an import finds
//! them again; a setting at its default is left out.

use std::collections::BTreeMap;

use super::product::Common;
use engine::Tags;
use framework::Attr;

/// The tag that holds the settings, as `name=value` words. Values are drawn from the characters that every service takes
/// in a tag.
pub const SETTINGS: &str = "thatdot:settings";

/// The tag that holds the ARN of a cluster that the user brought.
pub const CLUSTER: &str = "thatdot:cluster";

/// The tag that holds the subnets a single task may run in, of which ECS reports only the one that it runs in.
pub const SUBNETS: &str = "thatdot:subnets";

/// The tag that holds the settings of a deployment; none where all are at their defaults.
pub fn to_tags<'a>(words: impl IntoIterator<Item = (&'a str, String)>, cluster: Option<&str>) -> Tags {
    let words: Vec<String> = words
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut tags = Tags::new();
    if !words.is_empty() {
        tags.insert(SETTINGS.to_owned(), words.join(" "));
    }
    if let Some(cluster) = cluster {
        tags.insert(CLUSTER.to_owned(), cluster.to_owned());
    }
    tags
}

/// The settings that the tags hold.
pub fn from_tags(tags: &Tags) -> BTreeMap<String, String> {
    let words = tags.get(SETTINGS).into_iter().flat_map(|text| text.split(' '));
    words
        .filter_map(|word| word.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// A truth value where it is not the default.
pub fn flag<'a>(name: &'a str, attr: &Attr<bool>, default: bool) -> Option<(&'a str, String)> {
    attr.known()
        .filter(|value| **value != default)
        .map(|value| (name, value.to_string()))
}

/// A word where it is not the default.
pub fn word<'a>(name: &'a str, attr: &Attr<String>, default: &str) -> Option<(&'a str, String)> {
    attr.known()
        .filter(|value| *value != default)
        .map(|value| (name, value.clone()))
}

/// The settings that every deployment has.
pub fn of_common(common: &Common<'_>) -> Vec<(&'static str, String)> {
    let settings = [
        flag("deletion_protection", common.deletion_protection, false),
        word("on_create_failure", common.on_create_failure, "auto"),
        flag("adopt_existing", common.adopt_existing, false),
    ];
    settings.into_iter().flatten().collect()
}

/// Takes the settings that every deployment has, or their defaults.
pub fn into_common(words: &BTreeMap<String, String>, common: &mut Common<'_>) {
    let on = |name: &str| words.get(name).is_some_and(|value| value == "true");
    *common.deletion_protection = Attr::Known(on("deletion_protection"));
    *common.on_create_failure = Attr::Known(words.get("on_create_failure").map_or("auto", String::as_str).to_owned());
    *common.adopt_existing = Attr::Known(on("adopt_existing"));
}
