//! Environment variables of a container, plain and secret.

use std::collections::BTreeMap;

use framework::{Attr, Diagnostic, Diagnostics, Path};

/// A map of texts as the configuration has it.
pub type Entries = Attr<BTreeMap<String, Attr<String>>>;

/// The entries of a map where all of them are known; an absent map has none.
pub fn known_entries(map: &Entries) -> Option<BTreeMap<String, String>> {
    match map {
        Attr::Null => Some(BTreeMap::new()),
        Attr::Unknown => None,
        Attr::Known(entries) => entries
            .iter()
            .map(|(name, value)| Some((name.clone(), value.known()?.clone())))
            .collect(),
    }
}

/// The attribute that a map read from AWS stands for: an empty one was most likely left out.
pub fn entries(map: &BTreeMap<String, String>) -> Entries {
    if map.is_empty() {
        return Attr::Null;
    }
    let entry = |(name, value): (&String, &String)| (name.clone(), Attr::Known(value.clone()));
    Attr::Known(map.iter().map(entry).collect())
}

/// Refuses a name that is both plain and secret.
pub fn validate(environment: &Entries, secrets: &Entries, diagnostics: &mut Diagnostics) {
    let (Some(environment), Some(secrets)) = (environment.known(), secrets.known()) else {
        return;
    };
    for name in secrets.keys().filter(|name| environment.contains_key(*name)) {
        diagnostics.push(
            Diagnostic::error(
                "A variable is set twice",
                format!("{name} stands in environment and in secrets; ECS refuses that. Keep one of them."),
            )
            .at(Path::of(["secrets"]).key(name)),
        );
    }
}
