//! Importing: a deployment found again by its name.

use super::run::tags_all;
use crate::framework::{Attr, Diagnostics, Imported};
use crate::products::Product;
use crate::provider::Context;

/// Finds the deployment of that name. The read that Terraform makes next fills in the parts' statuses.
pub async fn import<P: Product>(product: &P, context: &Context, id: &str) -> Result<Imported<P::Model>, Diagnostics> {
    let (mut model, deployment) = product.recover(&context.aws, id.trim()).await?;
    let common = product.common(&mut model);
    *common.id = Attr::Known(deployment.as_str().to_owned());
    *common.tags_all = tags_all(context, common.tags);
    Ok(Imported { state: model, private: Vec::new(), diagnostics: Diagnostics::new() })
}
