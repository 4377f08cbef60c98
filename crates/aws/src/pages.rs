//! Listings of several pages for which the SDK has no paginator. Its paginators end where a page tells its own token again; so do
//! we, as an error.

use engine::{Error, ErrorKind, Result};

/// The way through the pages of a listing.
pub struct Pages {
    attempted: &'static str,
    token: Option<String>,
}

impl Pages {
    /// Before the first page of what that operation lists.
    pub fn of(attempted: &'static str) -> Self {
        Self { attempted, token: None }
    }

    /// The token with which the next page is asked for, by what the page before told; `None` where that was the last one.
    ///
    /// # Errors
    /// The page told the token that it was asked for with: such a listing never ends.
    pub fn after(&mut self, told: Option<String>) -> Result<Option<String>> {
        let next = told.filter(|token| !token.is_empty());
        if next.is_some() && next == self.token {
            return Err(Error::new(
                ErrorKind::Other,
                self.attempted,
                "AWS answered a page with the token of that very page, so that the listing would never end",
            )
            .with_remedy("This is not how AWS answers. Check the endpoint; if it is AWS's own, apply again."));
        }
        self.token.clone_from(&next);
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_followed_until_there_is_none() {
        let mut pages = Pages::of("ec2:DescribeThings");
        assert_eq!(pages.after(Some("a".into())).unwrap().as_deref(), Some("a"));
        assert_eq!(pages.after(Some("b".into())).unwrap().as_deref(), Some("b"));
        assert_eq!(pages.after(Some(String::new())).unwrap(), None);
        assert_eq!(pages.after(None).unwrap(), None);
    }

    #[test]
    fn a_token_that_comes_twice_is_an_error_that_names_the_operation() {
        let mut pages = Pages::of("ec2:DescribeThings");
        pages.after(Some("a".into())).unwrap();
        let error = pages.after(Some("a".into())).unwrap_err();
        assert_eq!(error.attempted, "ec2:DescribeThings");
        assert!(error.remedy.is_some(), "{error}");
    }
}
