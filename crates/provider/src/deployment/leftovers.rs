//! What an earlier deployment of the same name left behind: a create whose process died, a state that was lost.

use super::report;
use aws::Aws;
use engine::{self, ErrorKind, Failure, Graph, Record, Run};
use framework::Diagnostics;

/// What there is to take over: everything that carries this deployment's name and another id. The run's `adopt` must be
/// set, so that the engine makes it ours.
pub async fn to_adopt(graph: &Graph<Aws>, run: &Run<Aws>) -> Result<Record, Diagnostics> {
    let survey = engine::discover(graph, run)
        .await
        .map_err(|error| report::bug(&error))?;
    if !survey.failures.is_empty() {
        return Err(report::failures(&survey.failures));
    }
    let is_left = |key| {
        survey
            .objects
            .get(key)
            .is_some_and(|object| object.owner().is_namesake())
    };
    Ok(survey
        .record
        .iter()
        .filter(|(key, _)| is_left(key))
        .map(|(key, part)| (key.clone(), part.clone()))
        .collect())
}

/// Tells in the failures that met another deployment's object everything that stands of that deployment, and the ways on.
pub async fn explain(type_name: &str, graph: &Graph<Aws>, run: &Run<Aws>, failures: &mut [Failure]) {
    let Ok(survey) = engine::discover(graph, run).await else {
        return;
    };
    let parts = survey.objects.iter().filter(|(_, object)| object.owner().is_namesake());
    let lines: Vec<String> = parts
        .map(|(key, object)| format!("  {key}: {}", object.identity().id))
        .collect();
    if lines.is_empty() {
        return;
    }
    let name = &run.name;
    let ways = format!(
        "These objects carry the name {name} and another deployment's id:\n{}\n\nWhere a state still knows them, choose \
         another name. Where none does any more: a whole deployment comes back with `terraform import {type_name}.… \
         {name}`; the remains of a create that did not end are taken over by the next apply with adopt_existing = true.",
        lines.join("\n")
    );
    for failure in failures
        .iter_mut()
        .filter(|failure| failure.error.kind == ErrorKind::Foreign)
    {
        failure.error.remedy = Some(ways.clone());
    }
}
