//! What a configuration must hold.

use std::collections::BTreeSet;

use super::{Entries, entries, get, standing};
use crate::schema::{Attribute, Block, Body};
use crate::validators::Violation;
use protocol::{Diagnostic, Diagnostics, Nesting, Path, Step, Value};

/// How much of a text a message shows.
const SHOWN: usize = 120;

/// Required attributes, validators, exclusions and deprecations, at every depth. What is unknown passes.
pub(crate) fn check_config(body: &Body, config: &Value, diagnostics: &mut Diagnostics) {
    if let Some(entries) = entries(config) {
        check_body(body, entries, &Path::root(), diagnostics);
    }
}

fn check_body(body: &Body, config: &Entries, at: &Path, diagnostics: &mut Diagnostics) {
    for attribute in &body.attributes {
        check_attribute(
            attribute,
            get(config, attribute.name()),
            &at.attribute(attribute.name()),
            diagnostics,
        );
    }
    for block in &body.blocks {
        check_block(
            block,
            get(config, block.name()),
            &at.attribute(block.name()),
            diagnostics,
        );
    }
    check_exclusions(body, config, at, diagnostics);
}

fn check_attribute(attribute: &Attribute, value: &Value, at: &Path, diagnostics: &mut Diagnostics) {
    match value {
        Value::Unknown => return,
        Value::Null => {
            if attribute.is_required() {
                let detail = format!("{at} is required: it must have a value that is not null.");
                diagnostics.push(Diagnostic::error("Missing required argument", detail).at(at.clone()));
            }
            return;
        }
        _ => {}
    }
    if let Some(instead) = attribute.deprecation() {
        diagnostics.push(Diagnostic::warning("Deprecated argument", format!("{at}: {instead}")).at(at.clone()));
    }
    for violation in attribute
        .validators()
        .iter()
        .flat_map(|validator| validator.check(value))
    {
        diagnostics.push(refusal(value, violation, at, |_| attribute.is_secret()));
    }
}

fn check_block(block: &Block, value: &Value, at: &Path, diagnostics: &mut Diagnostics) {
    let standing = standing(value);
    if let (Some(instead), false) = (block.deprecation(), standing.is_empty()) {
        diagnostics.push(Diagnostic::warning("Deprecated block", format!("{at}: {instead}")).at(at.clone()));
    }
    for (index, one) in standing.iter().enumerate() {
        let Some(entries) = entries(one) else { continue };
        let here = if block.nesting() == Nesting::Single {
            at.clone()
        } else {
            at.index(index)
        };
        for violation in block.validators().iter().flat_map(|validator| validator.check(entries)) {
            let secret = |name: &str| block.body().attribute(name).is_none_or(Attribute::is_secret);
            diagnostics.push(refusal(one, violation, &here, secret));
        }
        check_body(block.body(), entries, &here, diagnostics);
    }
}

/// The error for a violation, which shows the value unless it is secret or has parts. `is_secret` is asked for the first
/// attribute on the way to it.
fn refusal(value: &Value, violation: Violation, at: &Path, is_secret: impl Fn(&str) -> bool) -> Diagnostic {
    let first = violation.steps.first().map_or("", |step| match step {
        Step::Attribute(name) => name,
        Step::Key(_) | Step::Index(_) => "",
    });
    let secret = is_secret(first);
    let here = violation
        .steps
        .iter()
        .fold(at.clone(), |path, step| path.step(step.clone()));
    let shown = violation
        .steps
        .iter()
        .try_fold(value, step_into)
        .and_then(written)
        .filter(|_| !secret);
    let mut detail = match shown {
        Some(shown) => format!("{here} is {shown}. It must {}.", violation.must),
        None => format!("{here} must {}.", violation.must),
    };
    if let Some(hint) = violation.hint.filter(|_| !secret) {
        detail = format!("{detail} {hint}");
    }
    Diagnostic::error(format!("Invalid value of {here}"), detail).at(here)
}

fn step_into<'a>(value: &'a Value, step: &Step) -> Option<&'a Value> {
    match (value, step) {
        (Value::Map(entries), Step::Attribute(name) | Step::Key(name)) => entries.get(name),
        (Value::List(items), Step::Index(index)) => items.get(*index),
        _ => None,
    }
}

fn written(value: &Value) -> Option<String> {
    match value {
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) if text.chars().count() > SHOWN => {
            Some(format!("{:?} (and more)", text.chars().take(SHOWN).collect::<String>()))
        }
        Value::String(text) => Some(format!("{text:?}")),
        _ => None,
    }
}

fn check_exclusions(body: &Body, config: &Entries, at: &Path, diagnostics: &mut Diagnostics) {
    let of_attributes = body
        .attributes
        .iter()
        .map(|attribute| (attribute.name(), attribute.conflicts()));
    let of_blocks = body.blocks.iter().map(|block| (block.name(), block.conflicts()));
    let is_set = |name: &str| match get(config, name) {
        Value::Null | Value::Unknown => false,
        Value::List(items) if body.block(name).is_some() => !items.is_empty(),
        _ => true,
    };
    let mut told = BTreeSet::new();
    for (name, others) in of_attributes.chain(of_blocks) {
        for other in others
            .iter()
            .map(String::as_str)
            .filter(|other| is_set(name) && is_set(other))
        {
            if told.insert((name.min(other), name.max(other))) {
                let (here, there) = (at.attribute(name), at.attribute(other));
                let detail = format!("{here} and {there} exclude each other: set only one of them.");
                diagnostics.push(Diagnostic::error("Conflicting configuration", detail).at(here));
            }
        }
    }
}
