//! Whether a schema is one that Terraform takes and our rules can act on.

use std::collections::BTreeSet;

use super::{Attribute, Block, Body};
use protocol::{Nesting, Path, conform};

/// One sentence for each mistake, in the order of the schema.
pub(super) fn problems(body: &Body) -> Vec<String> {
    let mut problems = Vec::new();
    walk(body, &Path::root(), false, &mut problems);
    problems
}

fn walk(body: &Body, at: &Path, in_set: bool, problems: &mut Vec<String>) {
    let names: Vec<&str> = body
        .attributes
        .iter()
        .map(Attribute::name)
        .chain(body.blocks.iter().map(Block::name))
        .collect();
    let mut seen = BTreeSet::new();
    for name in &names {
        let here = || at.attribute(name);
        if !seen.insert(*name) {
            problems.push(format!("{} is defined twice.", here()));
        }
        if !is_identifier(name) {
            problems.push(format!("{} is no name that HCL can write.", here()));
        }
    }
    let conflicts = body.attributes.iter().map(|a| (a.name(), a.conflicts()));
    for (name, others) in conflicts.chain(body.blocks.iter().map(|b| (b.name(), b.conflicts()))) {
        for other in others
            .iter()
            .filter(|other| !names.contains(&other.as_str()) || *other == name)
        {
            problems.push(format!(
                "{} excludes {other}, which does not stand beside it.",
                at.attribute(name)
            ));
        }
    }
    for attribute in &body.attributes {
        let here = || at.attribute(attribute.name());
        if attribute.is_write_only() && attribute.is_computed() {
            problems.push(format!(
                "{} is write-only, so it cannot be computed or have a default.",
                here()
            ));
        }
        if attribute.is_write_only() && in_set {
            problems.push(format!(
                "{} is write-only inside a set block, which Terraform refuses.",
                here()
            ));
        }
        if let Some(default) = attribute.default_value() {
            if !attribute.is_computed() || attribute.is_read_only() {
                problems.push(format!(
                    "{} has a default, so it must be optional and computed.",
                    here()
                ));
            }
            if default.is_null() || !default.is_wholly_known() || conform(default.clone(), attribute.ty()).is_err() {
                problems.push(format!("{} has a default that does not conform to its type.", here()));
            }
        }
        if attribute.is_read_only() && !attribute.validators().is_empty() {
            problems.push(format!(
                "{} is only computed, so its validators could never act.",
                here()
            ));
        }
    }
    for block in &body.blocks {
        let here = at.attribute(block.name());
        let (min, max) = block.bounds();
        let sound = match block.nesting() {
            Nesting::Single => min == max && (0..=1).contains(&min),
            Nesting::List | Nesting::Set => min >= 0 && (max == 0 || (min..).contains(&max)),
        };
        if !sound {
            problems.push(format!("{here} cannot stand at least {min} and at most {max} times."));
        }
        walk(block.body(), &here, in_set || block.nesting() == Nesting::Set, problems);
    }
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
