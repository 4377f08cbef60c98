//! What an earlier deployment of the same name left behind: a create whose process died, a state that was lost.

use super::report;
use crate::aws::Aws;
use crate::engine::{self, Record, Run};
use crate::framework::{Diagnostic, Diagnostics};
use crate::products::Product;
use crate::provider::Context;

/// What there is to take over: everything that carries this deployment's name and another id. The run's `adopt` must be
/// set, so that the engine makes it ours.
pub async fn to_adopt<P: Product>(product: &P, context: &Context, run: &Run<Aws>) -> Result<Record, Diagnostics> {
    let survey = engine::discover(&product.traces(&run.name, &context.aws), run).await.map_err(|error| report::bug(&error))?;
    if !survey.failures.is_empty() {
        return Err(report::failures(&survey.failures));
    }
    Ok(survey.record.into_iter().filter(|(key, _)| survey.objects.get(key).is_some_and(|object| object.owner().is_namesake())).collect())
}

/// A list of what stands in the way of a create, with the ways on; nothing where nothing was found.
pub async fn listed<P: Product>(product: &P, context: &Context, run: &Run<Aws>) -> Option<Diagnostic> {
    let survey = engine::discover(&product.traces(&run.name, &context.aws), run).await.ok()?;
    let parts = survey.objects.iter().filter(|(_, object)| object.owner().is_namesake());
    let lines: Vec<String> = parts.map(|(key, object)| format!("  {key}: {}", object.identity().id)).collect();
    if lines.is_empty() {
        return None;
    }
    let (type_name, name) = (product.type_name(), &run.name);
    Some(Diagnostic::warning(
        "There is a deployment of this name, or what is left of one",
        format!(
            "These objects carry the name {name} and another deployment's id:\n{}\n\nWhere a state still knows them, choose \
             another name. Where none does any more: a whole deployment comes back with `terraform import {type_name}.… \
             {name}`; the remains of a create that did not end are taken over by the next apply with adopt_existing = true.",
            lines.join("\n")
        ),
    ))
}
