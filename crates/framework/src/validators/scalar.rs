//! Checks of texts and numbers.

use std::ops::RangeInclusive;

use super::{Check, Validator, Violation};
use crate::timeouts::parse_duration;
use protocol::Value;

/// A text that a function takes; the words finish the sentence "It must be …".
pub fn custom(words: impl Into<String>, passes: impl Fn(&str) -> bool + Send + Sync) -> impl Validator {
    text(format!("be {}", words.into()), passes)
}

/// A text of so many characters.
pub fn length(range: RangeInclusive<usize>) -> impl Validator {
    let must = match (range.start(), range.end()) {
        (least, most) if least == most => format!("have {least} characters"),
        (0, most) => format!("have at most {most} characters"),
        (least, most) => format!("have {least} to {most} characters"),
    };
    text(must, move |text| range.contains(&text.chars().count()))
}

/// One of these texts, in just that spelling, or of these numbers.
pub fn one_of<T: Into<Value>>(allowed: impl IntoIterator<Item = T>) -> impl Validator {
    let allowed: Vec<Value> = allowed.into_iter().map(Into::into).collect();
    let words: Vec<String> = allowed.iter().map(written).collect();
    let must = format!("be one of {}", words.join(", "));
    Check(move |value: &Value| (!allowed.contains(value)).then(|| Violation::new(&must)))
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Number(number) => number.to_string(),
        other => other.kind().to_owned(),
    }
}

/// A whole number within the range.
pub fn range(range: RangeInclusive<i64>) -> impl Validator {
    let must = format!("be a whole number from {} to {}", range.start(), range.end());
    Check(move |value: &Value| {
        let Value::Number(number) = value else { return None };
        let within = number.as_i64().is_some_and(|number| range.contains(&number));
        (!within).then(|| Violation::new(&must))
    })
}

/// A duration such as `30m` or `1h30m`, longer than none.
pub fn duration() -> impl Validator {
    custom("a duration such as \"30m\" or \"1h30m\"", |text| {
        parse_duration(text).is_some_and(|time| !time.is_zero())
    })
}

pub(super) fn text(must: String, passes: impl Fn(&str) -> bool + Send + Sync) -> impl Validator {
    Check(move |value: &Value| {
        let Value::String(text) = value else { return None };
        (!passes(text)).then(|| Violation::new(&must))
    })
}
