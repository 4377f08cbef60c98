//! `preflight`: before the first write IAM is asked whether the caller may do all of it, so that what is missing shows at
//! once and not one denial at a time.

use std::collections::BTreeSet;

use crate::aws::Aws;
use crate::aws::grant::{covers, granting, smallest};
use crate::aws::simulation;
use crate::engine::{Graph, Key, Permission};
use crate::framework::{Diagnostic, Diagnostics};
use crate::provider::Context;

/// Reports every permission that the deployment's parts need and the caller lacks; nothing where `preflight` is off.
pub async fn check(context: &Context, graph: &Graph<Aws>, name: &str) -> Diagnostics {
    if !context.preflight {
        return Diagnostics::new();
    }
    let needed = graph.permissions(&context.aws, name);
    let all: Vec<Permission> = needed.iter().map(|(_, permission)| permission.clone()).collect();
    match simulation::missing(&context.aws, &smallest(&all)).await {
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

fn report(name: &str, missing: &[&Permission], needed: &[(&Key, Permission)]) -> Diagnostic {
    let line = |missing: &&Permission| {
        let of = needed.iter().filter(|(_, permission)| covers(missing, permission));
        let keys: BTreeSet<&str> = of.map(|(key, _)| key.as_str()).collect();
        let keys = keys.into_iter().collect::<Vec<_>>().join(", ");
        format!("  {} on {}, for {keys}", missing.action, missing.resource)
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
