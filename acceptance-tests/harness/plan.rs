//! A plan, as `terraform show -json` tells it.

use serde_json::Value;

use super::Attributes;

/// A saved plan.
#[derive(Debug)]
pub struct Plan(Value);

/// What a plan does with one object.
#[derive(Debug)]
pub struct Change {
    /// `["create"]`, `["update"]`, `["delete", "create"]`, `["no-op"]` and the like.
    pub actions: Vec<String>,
    /// The object as it is.
    pub before: Attributes,
    /// The object as it will be; what is unknown is left out.
    pub after: Attributes,
    /// `true` wherever a value is unknown.
    pub unknown: Attributes,
}

impl Plan {
    /// A plan of that JSON.
    pub fn new(json: Value) -> Self {
        Self(json)
    }

    /// What becomes of the object at that address.
    pub fn change(&self, address: &str) -> Change {
        let changes = self.0["resource_changes"].as_array().map_or(&[][..], Vec::as_slice);
        let change = &changes
            .iter()
            .find(|change| change["address"] == address)
            .expect("the object is in the plan")["change"];
        let actions = change["actions"].as_array().expect("actions");
        Change {
            actions: actions
                .iter()
                .map(|action| action.as_str().expect("a word").to_owned())
                .collect(),
            before: Attributes::new(change["before"].clone()),
            after: Attributes::new(change["after"].clone()),
            unknown: Attributes::new(change["after_unknown"].clone()),
        }
    }
}
