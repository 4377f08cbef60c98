//! Creating, updating and deleting: running the engine, and telling honestly what it left.

use super::plan::is_protected;
use super::report;
use super::run::{Limit, known_tags, run};
use super::{components, uncancelled};
use crate::engine::{self, CancellationToken, DeploymentId, ErrorKind, Outcome, Record};
use crate::framework::{Applied, Attr, Create, Delete, Diagnostic, Diagnostics, Path, Update};
use crate::products::{Design, OnCreateFailure, Product, Resolver};
use crate::provider::Context;

/// Makes a deployment.
pub async fn create<P: Product>(
    product: &P,
    context: &Context,
    cancel: &CancellationToken,
    request: Create<P::Model>,
) -> Applied<P::Model> {
    let Create { planned: mut model, private, .. } = request;
    let mut diagnostics = product.visit_site(&context.aws, &mut model).await;
    if diagnostics.has_errors() {
        return Applied { state: None, private, diagnostics };
    }
    let common = product.common(&mut model);
    *common.id = Attr::Known(DeploymentId::generate().as_str().to_owned());
    let policy = OnCreateFailure::from_word(common.on_create_failure.known().map(String::as_str));
    let run = run(context, &common, Limit::Create, cancel, Vec::new());
    let design = product.design(&model, &context.aws);

    let leftovers = match report::leftovers(product, context, &run).await {
        Ok(leftovers) => leftovers,
        Err(error) => {
            diagnostics.append(error);
            return Applied { state: None, private, diagnostics };
        }
    };
    let mut outcome = engine::converge(None, &design.graph, leftovers, &run).await;

    if !outcome.failures.is_empty() && rolls_back(policy, &outcome) {
        let undo = super::run::run(context, &product.common(&mut model), Limit::Delete, &uncancelled(), Vec::new());
        let told = report::failures(&outcome.failures);
        outcome = engine::undo(&design.graph, outcome, &undo).await;
        diagnostics.append(told);
        if outcome.record.is_empty() {
            return Applied { state: None, private, diagnostics };
        }
        diagnostics.append(report::undo_failures(&outcome));
        *product.common(&mut model).deletion_protection = Attr::Known(false);
        settle(product, &design, &mut model, &outcome);
        return Applied { state: Some(model), private, diagnostics };
    }
    if !outcome.failures.is_empty() {
        diagnostics.append(report::failures(&outcome.failures));
        diagnostics.push(report::kept(&outcome));
        *product.common(&mut model).deletion_protection = Attr::Known(false);
    } else if outcome.interrupted {
        diagnostics.push(report::interrupted(&outcome));
    }
    settle(product, &design, &mut model, &outcome);
    Applied { state: Some(model), private, diagnostics }
}

/// Whether a failed create is to be undone. What was made stays, as evidence, when all of it was made and only what runs
/// on it does not come up.
fn rolls_back(policy: OnCreateFailure, outcome: &Outcome) -> bool {
    match policy {
        OnCreateFailure::Keep => false,
        OnCreateFailure::Rollback => true,
        OnCreateFailure::Auto => outcome.failures.iter().any(|failure| failure.error.kind != ErrorKind::Unhealthy),
    }
}

/// Changes a deployment in place.
pub async fn update<P: Product>(
    product: &P,
    context: &Context,
    cancel: &CancellationToken,
    request: Update<P::Model>,
) -> Applied<P::Model> {
    let Update { mut prior, planned: mut model, private, .. } = request;
    let mut diagnostics = Diagnostics::new();
    if product.site_changed(&prior, &model) {
        diagnostics = product.visit_site(&context.aws, &mut model).await;
        if diagnostics.has_errors() {
            return Applied { state: Some(prior), private, diagnostics };
        }
    }
    let prior_design = product.design(&prior, &context.aws);
    let design = product.design(&model, &context.aws);
    let before = product.common(&mut prior);
    let record = components::to_record(before.components);
    let tags_before = known_tags(before.tags_all);

    let common = product.common(&mut model);
    let tags_now = known_tags(common.tags_all);
    let stale = tags_before.into_keys().filter(|name| !tags_now.contains_key(name)).collect();
    let run = run(context, &common, Limit::Update, cancel, stale);
    let outcome = engine::converge(Some(&prior_design.graph), &design.graph, record, &run).await;

    if !outcome.failures.is_empty() {
        diagnostics.append(report::failures(&outcome.failures));
    } else if outcome.interrupted {
        diagnostics.push(report::interrupted(&outcome));
    }
    settle(product, &design, &mut model, &outcome);
    Applied { state: Some(model), private, diagnostics }
}

/// Deletes a deployment.
pub async fn delete<P: Product>(
    product: &P,
    context: &Context,
    cancel: &CancellationToken,
    request: Delete<P::Model>,
) -> Applied<P::Model> {
    let Delete { prior: mut model, private } = request;
    if is_protected(product, &mut model) {
        let refusal = Diagnostic::error(
            "Deletion protection is on",
            "This deployment's deletion_protection is true, so nothing was deleted. It is to be destroyed because it is \
             tainted or because its replacement was asked for: run `terraform untaint` on it (or drop -replace), set \
             deletion_protection = false, apply that, and then try again.",
        )
        .at(Path::of(["deletion_protection"]));
        return Applied { state: Some(model), private, diagnostics: refusal.into() };
    }
    let design = product.design(&model, &context.aws);
    let common = product.common(&mut model);
    let record = components::to_record(common.components);
    let run = run(context, &common, Limit::Delete, cancel, Vec::new());
    let outcome = engine::destroy(&design.graph, record, &run).await;
    if outcome.record.is_empty() && outcome.failures.is_empty() {
        return Applied { state: None, private, diagnostics: Diagnostics::new() };
    }
    let mut diagnostics = report::failures(&outcome.failures);
    if outcome.failures.is_empty() {
        diagnostics.push(report::interrupted_destroy(&outcome.record));
    }
    settle_record(product, &mut model, &outcome.record);
    Applied { state: Some(model), private, diagnostics }
}

/// Writes into the model what a run left.
fn settle<P: Product>(product: &P, design: &Design<P::Wiring>, model: &mut P::Model, outcome: &Outcome) {
    settle_record(product, model, &outcome.record);
    product.publish(&design.wiring, model, &Resolver::Done(&outcome.outputs));
}

fn settle_record<P: Product>(product: &P, model: &mut P::Model, record: &Record) {
    *product.common(model).components = components::from_record(record);
}
