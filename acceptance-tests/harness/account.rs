//! A real AWS account, on which the tests run with `TF_ACC=1`: the one that the environment's credentials are for.
//!
//! Nobody else may work in it meanwhile: whatever comes or goes there is taken for the test's own doing.

use std::collections::BTreeSet;

use super::Vpc;
use super::stand_in::tool_output;

/// Whether the tests are to run on it.
pub fn is_asked_for() -> bool {
    std::env::var("TF_ACC").is_ok_and(|value| value == "1")
}

/// The VPC to deploy in: `TF_ACC_VPC_ID`, `TF_ACC_PUBLIC_SUBNET_IDS` and `TF_ACC_PRIVATE_SUBNET_IDS`, the ids separated by
/// commas, two of each in the same two zones.
pub fn vpc() -> Vpc {
    let text = |name: &str| {
        let value = std::env::var(name).ok().filter(|value| !value.is_empty());
        value.unwrap_or_else(|| panic!("with TF_ACC=1, {name} must be set: see acceptance-tests/README.md"))
    };
    let ids = |name: &str| text(name).split(',').map(str::to_owned).collect();
    Vpc {
        vpc_id: text("TF_ACC_VPC_ID"),
        public_subnet_ids: ids("TF_ACC_PUBLIC_SUBNET_IDS"),
        private_subnet_ids: ids("TF_ACC_PRIVATE_SUBNET_IDS"),
    }
}

/// Every object in it, as `kind id`.
pub fn inventory() -> BTreeSet<String> {
    let said = tool_output("stand_in.account", &[], "");
    serde_json::from_str(&said).unwrap_or_else(|_| panic!("no inventory: {said}"))
}
