//! Checks of texts.

use std::ops::RangeInclusive;

use super::{Validator, Violation};
use crate::framework::timeouts::parse_duration;
use crate::protocol::Value;

/// A check of a text by a function.
struct Text<F> {
    must: String,
    passes: F,
}

impl<F: Fn(&str) -> bool + Send + Sync> Validator for Text<F> {
    fn check(&self, value: &Value) -> Vec<Violation> {
        match value {
            Value::String(text) if !(self.passes)(text) => vec![Violation::new(&self.must)],
            _ => Vec::new(),
        }
    }
}

/// A text that a function takes; `must` finishes the sentence "The value must …".
pub fn matches(must: impl Into<String>, passes: impl Fn(&str) -> bool + Send + Sync) -> impl Validator {
    Text {
        must: must.into(),
        passes,
    }
}

/// A text of so many characters.
pub fn length(range: RangeInclusive<usize>) -> impl Validator {
    matches(
        format!("have {} to {} characters", range.start(), range.end()),
        move |text| range.contains(&text.chars().count()),
    )
}

/// One of these texts, in just that spelling.
pub fn one_of<const N: usize>(allowed: [&'static str; N]) -> impl Validator {
    let quoted: Vec<String> = allowed.iter().map(|text| format!("{text:?}")).collect();
    matches(format!("be one of {}", quoted.join(", ")), move |text| {
        allowed.contains(&text)
    })
}

/// A duration such as `30m` or `1h30m`.
pub fn duration() -> impl Validator {
    matches("be a duration such as \"30m\" or \"1h30m\"", |text| {
        parse_duration(text).is_some()
    })
}
