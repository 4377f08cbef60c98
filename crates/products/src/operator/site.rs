//! Looking at what an operator is to stand on: the permissions boundary, and how many policies IAM admits.

use super::model::Operator;
use aws::{Aws, lookups};
use engine::Error;
use framework::{Diagnostic, Diagnostics, Path};

/// Whether what is looked at here may have changed between two models.
pub fn changed(prior: &Operator, model: &Operator) -> bool {
    prior.permissions_boundary != model.permissions_boundary
        || prior.attachments() < model.attachments()
        || prior.user.is_some() != model.user.is_some()
        || prior.role.is_some() != model.role.is_some()
}

/// Reports what does not fit.
pub async fn visit(aws: &Aws, model: &Operator) -> Diagnostics {
    let (boundary, quota) = tokio::join!(boundary(aws, model), quota(aws, model));
    boundary.into_iter().chain(quota).collect()
}

async fn boundary(aws: &Aws, model: &Operator) -> Option<Diagnostic> {
    let arn = model.permissions_boundary.known()?;
    let path = Path::of(["permissions_boundary"]);
    match lookups::policy_exists(aws, &arn.as_str().into()).await {
        Ok(true) => None,
        Ok(false) => Some(
            Diagnostic::error(
                "No such policy",
                format!("Account {} sees no policy {arn}. Nothing was made.", aws.account_id),
            )
            .at(path),
        ),
        Err(error) => Some(failed("the permissions boundary", &error, path)),
    }
}

async fn quota(aws: &Aws, model: &Operator) -> Option<Diagnostic> {
    let wanted = model.attachments();
    // Nobody's quota is lower than what AWS gives every account.
    if wanted <= lookups::DEFAULT_POLICIES_PER_PRINCIPAL {
        return None;
    }
    let (what, found) = match (&model.user, &model.role) {
        (Some(_), _) => ("user", lookups::policies_per_user(aws).await),
        (None, Some(_)) => ("role", lookups::policies_per_role(aws).await),
        (None, None) => return None,
    };
    let path = Path::of(["policies"]);
    match found {
        Ok(quota) if wanted <= quota => None,
        Ok(quota) => Some(
            Diagnostic::error(
                format!("More policies than a {what} can have"),
                format!(
                    "{wanted} policies would be attached to the {what}, and IAM admits {quota} in account {}. Set \
                     full_access_policies = false, use policies = \"single\", or have the quota \"Managed policies attached \
                     to an IAM {what}\" raised.",
                    aws.account_id
                ),
            )
            .at(path),
        ),
        Err(error) => Some(failed("the quotas of IAM", &error, path)),
    }
}

fn failed(what: &str, error: &Error, path: Path) -> Diagnostic {
    Diagnostic::error(format!("Could not look at {what}"), error.explained()).at(path)
}
