//! Terraform's numbers.

use std::fmt;

use bigdecimal::{BigDecimal, ToPrimitive};

/// An exact number of any size, equal and ordered by value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(BigDecimal);

impl Number {
    /// The number as a whole one, where it is whole and fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.is_integer().then(|| self.0.to_i64()).flatten()
    }

    /// The nearest floating-point number.
    pub fn to_f64(&self) -> Option<f64> {
        self.0.to_f64()
    }

    /// The exact decimal.
    pub fn as_decimal(&self) -> &BigDecimal {
        &self.0
    }
}

impl From<BigDecimal> for Number {
    fn from(value: BigDecimal) -> Self {
        Self(value.normalized())
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        BigDecimal::from(value).into()
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        BigDecimal::from(value).into()
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_plain_string())
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
