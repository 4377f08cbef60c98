//! Reading: what became of each part.

use std::collections::BTreeSet;

use tokio_util::sync::CancellationToken;

use super::components;
use super::report;
use super::run::{Limit, run};
use crate::engine::{self, Status};
use crate::framework::{Read, ReadResult};
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
    let design = product.design(&model, &context.aws);
    let record = components::to_record(product.common(&mut model).components);
    let run = run(product, context, &mut model, Limit::Read, cancel, BTreeSet::new());
    let survey = match engine::survey(&design.graph, &record, &run).await {
        Ok(survey) => survey,
        Err(error) => {
            return ReadResult {
                state: Some(model),
                private,
                diagnostics: report::bug(&error).into(),
            };
        }
    };
    if !survey.failures.is_empty() {
        let diagnostics = report::failures(&survey.failures);
        return ReadResult {
            state: Some(model),
            private,
            diagnostics,
        };
    }
    if !record.is_empty() && survey.record.values().all(|part| part.status == Status::Missing) {
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
