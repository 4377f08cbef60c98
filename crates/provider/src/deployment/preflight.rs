//! `preflight`: before the first write, and where a look fails while planning, IAM is asked whether the caller may do all of
//! it, so that what is missing shows at once and not one denial at a time.

use std::collections::BTreeSet;

use crate::Context;
use aws::Aws;
use aws::grant::{covers, granting, smallest};
use aws::simulation;
use engine::{Graph, Permission};
use framework::{Diagnostic, Diagnostics};
use products::Product;

/// Who needs what is needed for looking, before there are parts.
const LOOKS: &str = "what is looked at while planning";

/// Reports every permission that the parts of these graphs and the look at what they stand on need and the caller lacks;
/// nothing where `preflight` is off.
pub async fn check<P: Product>(
    product: &P,
    context: &Context,
    model: &P::Model,
    graphs: &[&Graph<Aws>],
    name: &str,
) -> Diagnostics {
    if !context.preflight {
        return Diagnostics::new();
    }
    let aws = &context.aws;
    let of_parts = graphs.iter().flat_map(|graph| graph.permissions(aws, name));
    let of_looks = product.looks(model, aws).into_iter();
    let needed: Vec<(&str, Permission)> = of_parts
        .map(|(key, permission)| (key.as_str(), permission))
        .chain(of_looks.map(|permission| (LOOKS, permission)))
        .collect();
    let all: Vec<Permission> = needed.iter().map(|(_, permission)| permission.clone()).collect();
    match simulation::missing(aws, &smallest(&all)).await {
        Ok(missing) if missing.is_empty() => Diagnostics::new(),
        Ok(missing) => report(name, &missing, &needed).into(),
        Err(error) => Diagnostic::error(
            "The preflight could not be made",
            format!(
                "The provider's `preflight` asks IAM what the caller may do. {}\n\nTo go on without it, set preflight = false.",
                error.explained()
            ),
        )
        .into(),
    }
}

fn report(name: &str, missing: &[&Permission], needed: &[(&str, Permission)]) -> Diagnostic {
    let line = |missing: &&Permission| {
        let of = needed.iter().filter(|(_, permission)| covers(missing, permission));
        let who: BTreeSet<&str> = of.map(|(who, _)| *who).collect();
        let who = who.into_iter().collect::<Vec<_>>().join(", ");
        format!("  {} on {}, for {who}", missing.action, missing.resource)
    };
    let lines: Vec<String> = missing.iter().map(line).collect();
    let lacking: Vec<Permission> = missing.iter().map(|&permission| permission.clone()).collect();
    Diagnostic::error(
        format!(
            "Not allowed to deploy {name}: {} permissions are missing",
            missing.len()
        ),
        format!(
            "By IAM's own simulation the caller may not do this, which the deployment needs. Nothing was changed.\n\n{}\n\nThis \
             policy grants it:\n\n{}\n\nThe data source thatdot_deployer_policy tells the whole policy.",
            lines.join("\n"),
            granting(&lacking).to_json()
        ),
    )
}
