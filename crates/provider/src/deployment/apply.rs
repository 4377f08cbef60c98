//! Creating, updating and deleting: running the engine, and telling honestly what it left.

use std::collections::BTreeSet;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::handover::Handover;
use super::plan::is_protected;
use super::run::{Limit, known_tags, run as start};
use super::{components, home, leftovers, preflight, report};
use crate::Context;
use ::components::kinds;
use aws::Aws;
use engine::{self, DeploymentId, ErrorKind, Graph, Key, Outcome, Part, Record, Run};
use framework::{Applied, Attr, Create, Delete, Diagnostic, Diagnostics, Path, Private, Severity, Update};
use products::{Design, Moment, OnCreateFailure, Product, Resolver};

/// Makes a deployment.
pub async fn create<P: Product>(
    product: &P,
    context: &Context,
    cancel: &CancellationToken,
    request: Create<P::Model>,
) -> Applied<P::Model> {
    let Create {
        planned: mut model,
        config,
        private,
    } = request;
    let mut diagnostics = product
        .look_up(&context.aws, &config, None, &mut model, Moment::Apply)
        .await;
    if !diagnostics.has_errors() {
        let handover = Handover::of(&private);
        diagnostics.append(handover.settle(product, &context.aws, &mut model, true).await);
    }
    if diagnostics.has_errors() {
        return applied(None, diagnostics);
    }
    let common = product.common(&mut model);
    *common.id = Attr::Known(DeploymentId::generate().as_str().to_owned());
    let policy = OnCreateFailure::from_word(common.on_create_failure.known().map(String::as_str));
    let run = start(product, context, &mut model, Limit::Create, cancel, BTreeSet::new());
    let design = product.design(&with_secrets(product, &model, &config), &context.aws);

    diagnostics.append(preflight::check(product, context, &model, &[&design.graph], &run.name).await);
    if diagnostics.has_errors() {
        return applied(None, diagnostics);
    }
    let before = if run.adopt {
        leftovers::to_adopt(&design.graph, &run).await
    } else {
        Ok(Record::new())
    };
    let before = match before {
        Ok(before) => before,
        Err(refusals) => {
            diagnostics.append(refusals);
            return applied(None, diagnostics);
        }
    };
    let mut outcome = match engine::converge(None, &design.graph, &before, &run).await {
        Ok(outcome) => outcome,
        Err(error) => {
            return applied(None, report::bug(&error).into());
        }
    };
    if outcome.failures.is_empty() {
        if outcome.interrupted {
            diagnostics.push(report::interrupted(&outcome));
        }
        settle(product, &design, &mut model, &outcome);
        return applied(Some(model), diagnostics);
    }

    if outcome
        .failures
        .iter()
        .any(|failure| failure.error.kind == ErrorKind::Foreign)
    {
        leftovers::explain(product.type_name(), &design.graph, &run, &mut outcome.failures).await;
    }
    diagnostics.append(report::failures(&outcome.failures));
    // A destroy must be able to clear away what a failed create leaves.
    *product.common(&mut model).deletion_protection = Attr::Known(false);
    if rolls_back(product, policy, &outcome) {
        let undoing = start(
            product,
            context,
            &mut model,
            Limit::Delete,
            &CancellationToken::new(),
            BTreeSet::new(),
        );
        outcome = roll_back(&design.graph, outcome, &undoing, &mut diagnostics).await;
        if outcome.record.is_empty() {
            return applied(None, diagnostics);
        }
    } else {
        diagnostics.push(report::kept(&outcome));
        name_unmade(&design.graph, &mut outcome.record);
    }
    settle(product, &design, &mut model, &outcome);
    applied(Some(model), diagnostics)
}

/// What an operation left. What the plan handed over has served: the state keeps nothing of it.
fn applied<M>(state: Option<M>, diagnostics: Diagnostics) -> Applied<M> {
    Applied {
        state,
        private: Private::new(),
        diagnostics,
    }
}

/// Deletes what a create made. What it adopted stays, and is nobody's state: its tags tell the next create.
async fn roll_back(graph: &Graph<Aws>, outcome: Outcome, undoing: &Run<Aws>, diagnostics: &mut Diagnostics) -> Outcome {
    let mut left = match engine::undo(graph, &outcome, undoing).await {
        Ok(undone) => undone,
        Err(error) => {
            diagnostics.push(report::bug(&error));
            return outcome;
        }
    };
    let adopted: Vec<Key> = outcome.adopted.into_iter().collect();
    // What may have been made and could not be looked for has no id yet, and must not be forgotten.
    left.record
        .retain(|key, part| (part.id.is_some() || outcome.made.contains(key)) && !adopted.contains(key));
    if !adopted.is_empty() {
        diagnostics.push(report::still_adopted(&adopted));
    }
    if !left.record.is_empty() {
        diagnostics.append(report::undo_failures(&left));
    }
    left
}

/// Whether a failed create is to be undone. What was made stays, as evidence, when all of it was made and only what runs
/// on it does not come up.
fn rolls_back<P: Product>(product: &P, policy: OnCreateFailure, outcome: &Outcome) -> bool {
    match policy {
        OnCreateFailure::Keep => false,
        OnCreateFailure::Rollback => true,
        OnCreateFailure::Auto => outcome.failures.iter().any(|failure| !product.is_evidence(failure)),
    }
}

/// Changes a deployment in place.
pub async fn update<P: Product>(
    product: &P,
    context: &Context,
    cancel: &CancellationToken,
    request: Update<P::Model>,
) -> Applied<P::Model> {
    let Update {
        mut prior,
        planned: mut model,
        config,
        private,
    } = request;
    if let Err(elsewhere) = home::check(product.common(&mut prior).components, &context.aws) {
        return applied(Some(prior), elsewhere.into());
    }
    let mut diagnostics = product
        .look_up(&context.aws, &config, Some(&prior), &mut model, Moment::Apply)
        .await;
    if !diagnostics.has_errors() {
        let changed = product.site_changed(&prior, &model);
        let handover = Handover::of(&private);
        diagnostics.append(handover.settle(product, &context.aws, &mut model, changed).await);
    }
    if diagnostics.has_errors() {
        return applied(Some(prior), diagnostics);
    }
    let mut prior_design = product.design(&prior, &context.aws);
    let mut design = product.design(&with_secrets(product, &model, &config), &context.aws);
    product.succeed(&prior, &model, &mut design.graph);
    let before = product.common(&mut prior);
    let record = components::to_record(before.components);
    prior_design.graph.recall(&record, Some(&design.graph), &kinds());
    let tags_before = known_tags(before.tags_all);
    let planned = product.common(&mut model);
    let tags_now = known_tags(planned.tags_all);
    let promised = components::promised(planned.components)
        .unwrap_or_else(|| still_kept(&record, &prior_design.graph, &design.graph));
    for key in promised {
        design.graph.promise(&key);
    }
    let stale = tags_before
        .into_keys()
        .filter(|name| !tags_now.contains_key(name))
        .collect();
    let run = start(product, context, &mut model, Limit::Update, cancel, stale);
    let graphs = [&design.graph, &prior_design.graph];
    diagnostics.append(preflight::check(product, context, &model, &graphs, &run.name).await);
    if diagnostics.has_errors() {
        return applied(Some(prior), diagnostics);
    }
    let mut outcome = match engine::converge(Some(&prior_design.graph), &design.graph, &record, &run).await {
        Ok(outcome) => outcome,
        Err(error) => {
            return applied(Some(prior), report::bug(&error).into());
        }
    };
    if !outcome.failures.is_empty() {
        diagnostics.append(report::failures(&outcome.failures));
        name_unmade(&design.graph, &mut outcome.record);
    } else if outcome.interrupted {
        let unplanned = outcome.record.keys().any(|key| design.graph.kind(key).is_none());
        let told = report::interrupted(&outcome);
        // A part that was to go and still stands is in no plan: Terraform takes such a state with an error alone.
        let severity = if unplanned { Severity::Error } else { told.severity };
        diagnostics.push(Diagnostic { severity, ..told });
    }
    diagnostics.append(report::notes(&run.notes));
    diagnostics.extend(report::left(&outcome));
    if !outcome.is_complete() {
        product.keep_unapplied(&prior, &mut model, &|key| outcome.settled.contains(key));
    }
    settle(product, &design, &mut model, &outcome);
    applied(Some(model), diagnostics)
}

/// The parts whose object a plan that left the map of parts open has kept: it kept no more than one that knows everything
/// does, and told their ids and ARNs as outputs.
fn still_kept(record: &Record, prior: &Graph<Aws>, wanted: &Graph<Aws>) -> Vec<Key> {
    // A malformed graph is told by the run that follows.
    let foretold = engine::preview(record, Some(prior), wanted, false);
    foretold.map_or_else(|_| Vec::new(), |foretold| foretold.kept().cloned().collect())
}

/// The model with its write-only values, which the configuration alone holds. It makes the graph and goes no further:
/// the model that becomes the state never has them.
fn with_secrets<P: Product>(product: &P, model: &P::Model, config: &P::Model) -> P::Model {
    let mut model = model.clone();
    product.take_secrets(config, &mut model);
    model
}

/// Names in the record, as pending, what is wanted and was not made.
fn name_unmade(graph: &Graph<Aws>, record: &mut Record) {
    for key in graph.keys() {
        if let Some(kind) = graph.kind(key).filter(|_| !record.contains_key(key)) {
            record.insert(key.clone(), Part::pending(kind));
        }
    }
}

/// Deletes a deployment.
pub async fn delete<P: Product>(
    product: &P,
    context: &Context,
    cancel: &CancellationToken,
    request: Delete<P::Model>,
) -> Applied<P::Model> {
    let Delete { prior: mut model, .. } = request;
    if is_protected(product, &mut model) {
        let refusal = Diagnostic::error(
            "Deletion protection is on",
            "This deployment's deletion_protection is true, so nothing was deleted. It is to be destroyed because it is \
             tainted or because its replacement was asked for: run `terraform untaint` on it (or drop -replace), set \
             deletion_protection = false, apply that, and then try again.",
        )
        .at(Path::of(["deletion_protection"]));
        return applied(Some(model), refusal.into());
    }
    if let Err(elsewhere) = home::check(product.common(&mut model).components, &context.aws) {
        return applied(Some(model), elsewhere.into());
    }
    let mut design = product.design(&model, &context.aws);
    let mut record = components::to_record(product.common(&mut model).components);
    design.graph.recall(&record, None, &kinds());
    // What the state does not know may stand all the same: cut out of it by hand, or made by a run that was killed.
    name_unmade(&design.graph, &mut record);
    let run = start(product, context, &mut model, Limit::Delete, cancel, BTreeSet::new());
    let outcome = match engine::destroy(&design.graph, &record, &run).await {
        Ok(outcome) => outcome,
        Err(error) => {
            return applied(Some(model), report::bug(&error).into());
        }
    };
    let mut diagnostics = report::failures(&outcome.failures);
    diagnostics.extend(report::left(&outcome));
    if product.outlives(&model) {
        diagnostics.append(report::notes(&run.notes));
    }
    if outcome.record.is_empty() {
        return applied(None, diagnostics);
    }
    if outcome.failures.is_empty() {
        diagnostics.push(report::interrupted_destroy(&outcome.record));
    }
    settle(product, &design, &mut model, &outcome);
    applied(Some(model), diagnostics)
}

/// Does the work of one operation, and logs how long all of it took.
pub async fn timed<M>(operation: &str, type_name: &str, work: impl Future<Output = Applied<M>>) -> Applied<M> {
    let started = Instant::now();
    let applied = work.await;
    let seconds = started.elapsed().as_secs_f64();
    let end = if applied.diagnostics.has_errors() {
        "failed"
    } else {
        "done"
    };
    info!("{type_name}: {operation} {end} after {seconds:.1} s");
    applied
}

/// Writes into the model what a run left.
fn settle<P: Product>(product: &P, design: &Design<P::Wiring>, model: &mut P::Model, outcome: &Outcome) {
    *product.common(model).components = components::from_record(&outcome.record);
    product.publish(&design.wiring, model, &Resolver::Done(&outcome.outputs));
}
