//! Terraform's numbers.

use std::fmt;
use std::str::FromStr;

use bigdecimal::{BigDecimal, ToPrimitive};
use thiserror::Error;

/// How many digits a number may have before or after its decimal point. Terraform itself keeps 155 significant ones; the
/// bound keeps a text such as `1e999999999` from becoming a gigabyte of zeros.
const MOST_DIGITS: u64 = 4096;

/// An exact number, equal and ordered by value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(BigDecimal);

/// A text or a float is no number, or one of too many digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no number of at most {MOST_DIGITS} digits")]
pub struct NotANumber;

impl Number {
    /// The number as a whole one, where it is whole and fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.is_integer().then(|| self.0.to_i64()).flatten()
    }

    /// The number as a whole one that is not negative, where it is and fits.
    pub fn as_u64(&self) -> Option<u64> {
        self.0.is_integer().then(|| self.0.to_u64()).flatten()
    }

    /// The nearest floating-point number.
    pub fn to_f64(&self) -> Option<f64> {
        self.0.to_f64()
    }

    /// The exact decimal.
    pub fn as_decimal(&self) -> &BigDecimal {
        &self.0
    }

    /// Just the value that the bits of a floating-point number stand for: `0.1_f64` has 55 digits.
    pub fn from_bits_of(value: f64) -> Result<Self, NotANumber> {
        BigDecimal::try_from(value)
            .map_err(|_| NotANumber)
            .map(|decimal| Self::normal(&decimal))
    }

    fn normal(decimal: &BigDecimal) -> Self {
        Self(decimal.normalized())
    }
}

impl FromStr for Number {
    type Err = NotANumber;

    /// Reads decimal notation, with or without an exponent: `-12`, `0.5`, `1e3`.
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let short = text.len() as u64 <= MOST_DIGITS;
        if !short
            || !text
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'))
        {
            return Err(NotANumber);
        }
        let number = BigDecimal::from_str(text)
            .map(|decimal| Self::normal(&decimal))
            .map_err(|_| NotANumber)?;
        let within = number.0.fractional_digit_count().unsigned_abs() <= MOST_DIGITS;
        within.then_some(number).ok_or(NotANumber)
    }
}

impl TryFrom<f64> for Number {
    type Error = NotANumber;

    /// The shortest decimal that means this floating-point number: `0.1` for `0.1_f64`, as a user writes it.
    fn try_from(value: f64) -> Result<Self, NotANumber> {
        value.to_string().parse()
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::normal(&value.into())
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self::normal(&value.into())
    }
}

impl fmt::Display for Number {
    /// Without an exponent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_plain_string())
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notation_does_not_tell_numbers_apart() {
        let number = |text: &str| text.parse::<Number>().unwrap();
        assert_eq!(number("1e3"), number("1000.0"));
        assert_eq!(number("1e3").to_string(), "1000");
        assert_eq!(number("-0"), Number::from(0_i64));
        assert_eq!(Number::try_from(0.1).unwrap(), number("0.1"));
        assert_ne!(Number::from_bits_of(0.1).unwrap(), number("0.1"));
        assert!(number("2") < number("10"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "x",
            "1_000",
            "NaN",
            "Infinity",
            "1e999999999",
            "1e-999999999",
            "--1",
            "0x10",
            "1e99999999999999999999",
        ] {
            assert_eq!(text.parse::<Number>(), Err(NotANumber), "{text}");
        }
        assert_eq!(Number::try_from(f64::NAN), Err(NotANumber));
        assert_eq!(Number::try_from(f64::INFINITY), Err(NotANumber));
        assert_eq!(Number::from_bits_of(f64::NEG_INFINITY), Err(NotANumber));
    }

    #[test]
    fn only_whole_numbers_that_fit_become_integers() {
        let number = |text: &str| text.parse::<Number>().unwrap();
        assert_eq!(number("9223372036854775807").as_i64(), Some(i64::MAX));
        assert_eq!(number("9223372036854775808").as_i64(), None);
        assert_eq!(number("18446744073709551615").as_u64(), Some(u64::MAX));
        assert_eq!(number("-1").as_u64(), None);
        assert_eq!(number("1.5").as_i64(), None);
    }
}
