//! Reading: what became of each part.

use super::components;
use super::report;
use super::run::{Limit, run};
use crate::engine::{self, CancellationToken, Status};
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
    let Read { state: mut model, private } = request;
    let design = product.design(&model, &context.aws);
    let common = product.common(&mut model);
    let record = components::to_record(common.components);
    let run = run(context, &common, Limit::Read, cancel, Vec::new());
    let mut survey = match engine::survey(&design.graph, &record, &run).await {
        Ok(survey) => survey,
        Err(failures) => {
            let diagnostics = report::failures(&failures);
            return ReadResult { state: Some(model), private, diagnostics };
        }
    };
    let mut diagnostics = product.absorb(&context.aws, &mut model, &mut survey).await;
    if !survey.record.is_empty() && survey.record.values().all(|part| part.status == Status::Missing) {
        return ReadResult { state: None, private, diagnostics };
    }
    diagnostics.append(report::changed_outside(product.type_name(), &record, &survey.record));
    *product.common(&mut model).components = components::from_record(&survey.record);
    product.publish(&design.wiring, &mut model, &Resolver::Done(&survey.outputs));
    ReadResult { state: Some(model), private, diagnostics }
}
