//! Importing: a deployment found again by its name.

use super::run::tags_all;
use crate::framework::{Attr, Diagnostics, Imported};
use crate::products::Product;
use crate::provider::Context;

/// Finds the deployment of that name. The read that Terraform makes next fills in the parts' statuses.
pub async fn import<P: Product>(product: &P, context: &Context, id: &str) -> Result<Imported<P::Model>, Diagnostics> {
    let (mut model, deployment, mut tags) = product.recover(&context.aws, id.trim()).await?;
    tags.retain(|name, value| context.default_tags.get(name) != Some(value) && !context.ignore_tags.matches(name));
    let common = product.common(&mut model);
    *common.id = Attr::Known(deployment.as_str().to_owned());
    *common.tags = if tags.is_empty() {
        Attr::Null
    } else {
        Attr::Known(
            tags.into_iter()
                .map(|(name, value)| (name, Attr::Known(value)))
                .collect(),
        )
    };
    *common.tags_all = tags_all(context, common.tags);
    Ok(Imported {
        state: model,
        private: Vec::new(),
        diagnostics: Diagnostics::new(),
    })
}
