//! Reading: what became of each part.

use std::collections::BTreeSet;

use tokio_util::sync::CancellationToken;

use super::components;
use super::home;
use super::report;
use super::run::{Limit, run};
use crate::engine::{self, Status, Survey};
use crate::framework::{Diagnostic, Diagnostics, Read, ReadResult};
use crate::products::{Product, Resolver};
use crate::provider::Context;

/// Reads a deployment. A part that is gone stays in the map, as `missing`; a deployment of which nothing is left is gone.
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
    if let Err(elsewhere) = home::check(product.common(&mut model).components, &context.aws) {
        return ReadResult {
            state: Some(model),
            private,
            diagnostics: elsewhere.into(),
        };
    }
    let record = components::to_record(product.common(&mut model).components);
    let run = run(product, context, &mut model, Limit::Read, cancel, BTreeSet::new());
    let mut design = product.design(&model, &context.aws);
    let mut survey = match looked(engine::survey(&design.graph, &record, &run).await) {
        Ok(survey) => survey,
        Err(diagnostics) => {
            return ReadResult {
                state: Some(model),
                private,
                diagnostics,
            };
        }
    };
    match product.absorb(&context.aws, &mut model, &survey).await {
        Ok(None) => {}
        Ok(Some(record)) => {
            design = product.design(&model, &context.aws);
            survey = match looked(engine::survey(&design.graph, &record, &run).await) {
                Ok(survey) => survey,
                Err(diagnostics) => {
                    return ReadResult {
                        state: Some(model),
                        private,
                        diagnostics,
                    };
                }
            };
        }
        Err(error) => {
            let diagnostics = Diagnostic::error(format!("Could not read {}", run.name), error.explained()).into();
            return ReadResult {
                state: Some(model),
                private,
                diagnostics,
            };
        }
    }
    let all_missing = !record.is_empty() && survey.record.values().all(|part| part.status == Status::Missing);
    if all_missing && !lives_on(product, context, &mut model, &run.name).await {
        return ReadResult {
            state: None,
            private,
            diagnostics: report::gone(product.type_name(), &run.name).into(),
        };
    }
    let diagnostics = report::changed_outside(&run.name, &record, &survey.record);
    *product.common(&mut model).components = components::from_record(&survey.record);
    product.publish(&design.wiring, &mut model, &Resolver::Done(&survey.outputs));
    ReadResult {
        state: Some(model),
        private,
        diagnostics,
    }
}

/// Whether a deployment whose parts are all missing stands all the same, in parts that its state does not know: those that a
/// change had put in the place of all others, which was killed before it could say so. The next apply finds them by their names.
async fn lives_on<P: Product>(product: &P, context: &Context, model: &mut P::Model, name: &str) -> bool {
    let found = product.recover(&context.aws, name).await;
    let ours = product.common(model).id.known();
    found.is_ok_and(|(_, deployment, _)| ours.is_some_and(|id| id == deployment.as_str()))
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
