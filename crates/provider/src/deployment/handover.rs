//! What a plan hands to its apply, in private state. Terraform plans once more right before it applies, with everything known:
//! what that plan looked at need not be looked at again.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use aws::Aws;
use framework::{Diagnostics, Private};
use products::Product;

/// What a plan hands on. An apply keeps nothing of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handover<C> {
    /// Whether the prior object is protected. Terraform plans a replacement in two calls, and the second, with no prior state,
    /// shows only by this that it is not a plain create.
    pub protected: bool,
    /// What was seen of the site, where all of it could be seen.
    pub site: Option<Seen<C>>,
}

/// A site where nothing is in the way.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen<C> {
    /// What was chosen, and is open in the plan.
    pub choice: C,
}

impl<C> Default for Handover<C> {
    fn default() -> Self {
        Self {
            protected: false,
            site: None,
        }
    }
}

impl<C: Serialize + DeserializeOwned> Handover<C> {
    /// What was handed over; nothing where there is none, or none that this version of the provider wrote: whoever is handed
    /// nothing looks for himself.
    pub fn of(private: &[u8]) -> Self {
        serde_json::from_slice(private).unwrap_or_default()
    }

    /// As private state.
    pub fn to_private(&self) -> Private {
        if !self.protected && self.site.is_none() {
            return Private::new();
        }
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Fills into a plan what it left open of the site: what it chose, or where it handed nothing over and `changed` says that
    /// there is something to see, what a look finds now.
    pub async fn settle<P>(self, product: &P, aws: &Aws, model: &mut P::Model, changed: bool) -> Diagnostics
    where
        P: Product<Choice = C>,
    {
        if let Some(seen) = self.site {
            product.choose(seen.choice, model);
            return Diagnostics::new();
        }
        if !changed {
            return Diagnostics::new();
        }
        let visit = product.visit_site(aws, model).await;
        product.choose(visit.choice, model);
        visit.diagnostics
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Through private state and back.
    fn handed<C: Serialize + DeserializeOwned>(handover: &Handover<C>) -> Handover<C> {
        Handover::of(&handover.to_private())
    }

    #[test]
    fn what_was_seen_arrives_even_where_nothing_was_chosen() {
        let chosen = Handover {
            protected: true,
            site: Some(Seen {
                choice: Some("ami-1".to_owned()),
            }),
        };
        let arrived = handed(&chosen);
        assert!(arrived.protected);
        assert_eq!(arrived.site.unwrap().choice.as_deref(), Some("ami-1"));

        let nothing_to_choose = Handover {
            protected: false,
            site: Some(Seen { choice: () }),
        };
        assert!(handed(&nothing_to_choose).site.is_some());
    }

    #[test]
    fn who_has_nothing_to_hand_over_leaves_no_private_state() {
        assert!(Handover::<()>::default().to_private().is_empty());
        let empty = handed(&Handover::<()>::default());
        assert!(!empty.protected && empty.site.is_none());
    }

    #[test]
    fn what_another_version_wrote_is_as_good_as_nothing() {
        let written = [
            "",
            "protected",
            "{}",
            "null",
            r#"{"protected": true, "site": {"choice": 5}}"#,
            r#"{"protected": true, "site": {"choice": "ami-1", "more": true}}"#,
            r#"{"protected": true, "site": null, "more": true}"#,
        ];
        for private in written {
            let handover = Handover::<String>::of(private.as_bytes());
            assert!(!handover.protected && handover.site.is_none(), "{private}");
        }
    }
}
