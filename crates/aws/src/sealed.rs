//! A value that AWS is told and never shows again.

use std::fmt;

/// A secret text on its way to AWS. It never shows in a debug output, and any two compare equal: AWS does not tell what
/// it holds, so whether it is to be sent again is told by a version that stands beside it.
#[derive(Clone, Default)]
pub struct Sealed(Option<String>);

impl Sealed {
    /// The secret; `None` where the configuration is not at hand (at plan, at destroy).
    pub fn new(text: Option<String>) -> Self {
        Self(text)
    }

    /// The secret, for the one request that carries it.
    pub fn open(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}

impl PartialEq for Sealed {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Eq for Sealed {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_and_is_no_difference() {
        let secret = Sealed::new(Some("hunter2".to_owned()));
        assert_eq!(format!("{secret:?}"), "Sealed");
        assert_eq!(secret, Sealed::default());
        assert_eq!(secret.open(), Some("hunter2"));
    }
}
