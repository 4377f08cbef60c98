//! Importing: a deployment found again by its name.

use super::run::tags_all;
use crate::Context;
use framework::{Attr, Diagnostic, Diagnostics, Imported};
use products::Product;

/// The longest name that an AWS object of ours can be derived from.
const LONGEST: usize = 256;

/// The deployment's name, which is what an import id is. EC2 takes `*` and `?` in a name for any letters, and would find
/// the parts of other deployments.
///
/// # Errors
/// Where it cannot be the name of a deployment.
pub fn name_of(id: &str) -> Result<&str, Diagnostic> {
    let name = id.trim();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./+=,@".contains(&byte);
    if (1..=LONGEST).contains(&name.len()) && name.bytes().all(fits) {
        return Ok(name);
    }
    let shown: String = name.chars().take(64).collect();
    Err(Diagnostic::error(
        "Not the name of a deployment",
        format!(
            "A deployment is imported by its name, as in `terraform import ADDRESS fraud-detector`; {shown:?} is none."
        ),
    ))
}

/// Finds the deployment of that name. The read that Terraform makes next fills in the parts' statuses.
pub async fn import<P: Product>(product: &P, context: &Context, id: &str) -> Result<Imported<P::Model>, Diagnostics> {
    let (mut model, deployment, mut tags) = product.recover(&context.aws, name_of(id)?).await?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_is_looked_for() {
        for name in ["fraud-detector", " fraud-detector\n", "team/deid", "ops@example.com"] {
            assert_eq!(name_of(name).ok(), Some(name.trim()));
        }
        let long = "a".repeat(LONGEST + 1);
        for other in ["", " ", "*", "frau?", "a b", "a\0", "ä", &long] {
            let refusal = name_of(other).unwrap_err();
            assert!(refusal.detail.contains("by its name"), "{}", refusal.detail);
        }
    }
}
