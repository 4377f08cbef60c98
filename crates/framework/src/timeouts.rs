//! The `timeouts` block: how long operations may take.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use bigdecimal::{BigDecimal, ToPrimitive};
use serde::{Deserialize, Serialize};

use super::attr::Attr;
use super::schema::{Attribute, Block};
use super::validators;

/// The `timeouts` block in a model: `timeouts: Option<Timeouts>`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeouts(BTreeMap<String, Attr<String>>);

impl Timeouts {
    /// What the user wrote for that operation, where that is a duration.
    pub fn get(&self, operation: &str) -> Option<Duration> {
        self.0.get(operation)?.known().and_then(|text| parse_duration(text))
    }
}

impl Block {
    /// The `timeouts` block, with an optional duration for each operation and what it is when left out.
    pub fn timeouts(defaults: &[(&str, Duration)]) -> Self {
        let attributes = defaults.iter().map(|(operation, default)| {
            let description = format!(
                "How long {operation} may take, such as `30m` or `1h30m`. Defaults to `{}`.",
                format_duration(*default)
            );
            Attribute::string(*operation, description).validate(validators::duration())
        });
        Self::single(
            "timeouts",
            "How long operations may take.",
            attributes.collect(),
            Vec::new(),
        )
    }
}

/// A duration as Go writes them: decimal numbers, each with a unit of `ns`, `us`, `µs`, `ms`, `s`, `m` or `h`, in any
/// order; or `0`. `None` for anything else, negative ones, and those beyond [`Duration`].
pub fn parse_duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let number_ends = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let (number, after) = rest.split_at(number_ends);
        let unit_ends = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_ends);
        let nanoseconds_each: u64 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60 * 1_000_000_000,
            "h" => 3_600 * 1_000_000_000,
            _ => return None,
        };
        total = total.checked_add(times(number, nanoseconds_each)?)?;
        rest = after;
    }
    Some(total)
}

/// A decimal number of units, cut to whole nanoseconds.
fn times(number: &str, nanoseconds_each: u64) -> Option<Duration> {
    if !number.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let nanoseconds = (BigDecimal::from_str(number).ok()? * nanoseconds_each).to_u128()?;
    let seconds = u64::try_from(nanoseconds / 1_000_000_000).ok()?;
    Some(Duration::new(seconds, u32::try_from(nanoseconds % 1_000_000_000).ok()?))
}

/// As [`parse_duration`] reads it, to the second: `1h30m`.
fn format_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let mut text = String::new();
    for (n, unit) in parts.into_iter().filter(|(n, _)| *n > 0) {
        text = format!("{text}{n}{unit}");
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_go_reads_them() {
        let of = |text: &str| parse_duration(text);
        assert_eq!(of("1h30m"), Some(Duration::from_mins(90)));
        assert_eq!(of("1.5h"), Some(Duration::from_mins(90)));
        assert_eq!(of("90s"), Some(Duration::from_secs(90)));
        assert_eq!(of(".5s"), Some(Duration::from_millis(500)));
        assert_eq!(of("2ms3us4ns"), Some(Duration::from_nanos(2_003_004)));
        assert_eq!(of("1µs"), Some(Duration::from_micros(1)));
        assert_eq!(of("0"), Some(Duration::ZERO));
        for text in [
            "",
            "+",
            "30",
            "m",
            "-1m",
            "1.2.3s",
            ".s",
            "1 m",
            "1d",
            "99999999999999999999h",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_left_out_or_no_duration_is_none() {
        let timeouts = Timeouts(BTreeMap::from([
            ("create".to_owned(), Attr::Known("5m".to_owned())),
            ("update".to_owned(), Attr::Known("soon".to_owned())),
            ("delete".to_owned(), Attr::Null),
        ]));
        assert_eq!(timeouts.get("create"), Some(Duration::from_mins(5)));
        for operation in ["update", "delete", "read"] {
            assert_eq!(timeouts.get(operation), None);
        }
    }

    #[test]
    fn defaults_are_told_as_users_write_them() {
        assert_eq!(format_duration(Duration::from_mins(90)), "1h30m");
        assert_eq!(format_duration(Duration::from_secs(61)), "1m1s");
    }
}
