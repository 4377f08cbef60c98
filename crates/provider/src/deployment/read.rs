//! Reading: what became of each part.

use std::collections::BTreeSet;

use tokio_util::sync::CancellationToken;

use super::components;
use super::home;
use super::report;
use super::run::{Limit, run};
use crate::Context;
use aws::Aws;
use engine::{self, Owner, Run, Status, Survey};
use framework::{Diagnostic, Diagnostics, Read, ReadResult};
use products::{Product, Resolver};

/// Reads a deployment. A part that is gone stays in the map, as `missing`; a deployment of which nothing is left is gone. Of one
/// that could not be read, the state stays.
pub async fn read<P: Product>(
    product: &P,
    context: &Context,
    cancel: &CancellationToken,
    request: Read<P::Model>,
) -> ReadResult<P::Model> {
    let Read {
        state: mut model,
        private,
    } = request;
    let (stands, diagnostics) = match refresh(product, context, cancel, &mut model).await {
        Ok(Seen::Standing(news)) => (true, news),
        Ok(Seen::Gone(name)) => (false, report::gone(product.type_name(), &name).into()),
        Err(diagnostics) => (true, diagnostics),
    };
    ReadResult {
        state: stands.then_some(model),
        private,
        diagnostics,
    }
}

/// What became of a deployment.
enum Seen {
    /// It stands, and this is to be told of it.
    Standing(Diagnostics),
    /// Nothing of the deployment of that name is left.
    Gone(String),
}

/// Brings the model up to date with what stands.
///
/// # Errors
/// What could not be read.
async fn refresh<P: Product>(
    product: &P,
    context: &Context,
    cancel: &CancellationToken,
    model: &mut P::Model,
) -> Result<Seen, Diagnostics> {
    home::check(product.common(model).components, &context.aws)?;
    let record = components::to_record(product.common(model).components);
    let run = run(product, context, model, Limit::Read, cancel, BTreeSet::new());
    let mut design = product.design(model, &context.aws);
    let mut survey = looked(engine::survey(&design.graph, &record, &run).await)?;
    let absorbed = product.absorb(&context.aws, model, &survey).await;
    let absorbed =
        absorbed.map_err(|error| Diagnostic::error(format!("Could not read {}", run.name), error.explained()))?;
    if let Some(record) = absorbed {
        design = product.design(model, &context.aws);
        survey = looked(engine::survey(&design.graph, &record, &run).await)?;
    }
    let all_missing = !record.is_empty() && survey.record.values().all(|part| part.status == Status::Missing);
    if all_missing && !lives_on(product, &run).await? {
        return Ok(Seen::Gone(run.name));
    }
    *product.common(model).components = components::from_record(&survey.record);
    product.publish(&design.wiring, model, &Resolver::Done(&survey.outputs));
    Ok(Seen::Standing(report::changed_outside(
        &run.name,
        &record,
        &survey.record,
    )))
}

/// Whether a deployment whose parts are all missing stands all the same, in parts that its state does not know: those that a
/// change had put in the place of all others, which was killed before it could say so. The next apply finds them by their names.
///
/// # Errors
/// Where that could not be looked for.
async fn lives_on<P: Product>(product: &P, run: &Run<Aws>) -> Result<bool, Diagnostics> {
    let found = looked(engine::discover(&product.anchor(&run.name), run).await)?;
    Ok(found.objects.values().any(|object| *object.owner() == Owner::Ours))
}

/// A survey in which everything could be read.
fn looked(survey: engine::Result<Survey>) -> Result<Survey, Diagnostics> {
    let survey = survey.map_err(|error| report::bug(&error))?;
    if survey.failures.is_empty() {
        Ok(survey)
    } else {
        Err(report::failures(&survey.failures))
    }
}
