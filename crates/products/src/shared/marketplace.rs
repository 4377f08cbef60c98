//! Whether a container of the AWS Marketplace could be pulled, and could meter its use, as far as that can be told from
//! outside a task.

use crate::images::ImageReference;
use aws::simulation::{METERING, role_may};
use aws::{Aws, lookups};
use engine::{Error, ErrorKind};

/// An answer where there is one, and what there is to say of it.
pub type Finding = (Option<bool>, Option<String>);

/// Whether a role may meter, by IAM's simulation of its policies.
pub async fn role_may_meter(aws: &Aws, role: &str) -> Finding {
    match role_may(aws, role, &METERING).await {
        Ok(true) => (Some(true), None),
        Ok(false) => {
            let reason = format!(
                "By IAM's simulation {role} may not call {}: attach AWSMarketplaceMeteringRegisterUsage and \
                 AWSMarketplaceMeteringFullAccess.",
                METERING.join(" and ")
            );
            (Some(false), Some(reason))
        }
        Err(error) => (None, Some(unknown("What the role may do", &error))),
    }
}

/// Whether the account is subscribed, by how Amazon ECR refused the product's image, if it did. The registry of the AWS
/// Marketplace lets its subscribers in; to others it says that no policy of its own does.
pub fn subscribed(image: &ImageReference, refusal: Option<&Error>) -> Finding {
    match refusal {
        None => (Some(true), None),
        Some(error) if error.kind == ErrorKind::Denied && error.message.contains("resource-based policy") => {
            let reason = format!(
                "The account is not let in to {image}: subscribe to the product in the AWS Marketplace. {}",
                error.message
            );
            (Some(false), Some(reason))
        }
        Some(error) => (None, Some(unknown("Whether the account is subscribed", error))),
    }
}

/// The same, asking for the image's manifest.
pub async fn is_subscribed(aws: &Aws, image: &ImageReference) -> Finding {
    match lookups::image_manifest(aws, image).await {
        Ok(None) => {
            let reason = format!("{image} is not in Amazon ECR, where the AWS Marketplace has its images.");
            (None, Some(reason))
        }
        asked => subscribed(image, asked.as_ref().err()),
    }
}

/// What could not be found out, and why.
pub fn unknown(what: &str, error: &Error) -> String {
    format!("{what} could not be found out. {}", error.explained_alike())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: ErrorKind, message: &str) -> Finding {
        let image = "709825985650.dkr.ecr.us-east-1.amazonaws.com/thatdot/product:1"
            .parse()
            .unwrap();
        subscribed(&image, Some(&Error::new(kind, "ecr:BatchGetImage", message)))
    }

    #[test]
    fn only_the_registrys_own_refusal_says_that_the_account_is_not_subscribed() {
        let refusal = |policy: &str| {
            format!(
                "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ecr:BatchGetImage on resource: \
                 arn:aws:ecr:us-east-1:709825985650:repository/thatdot/product because no {policy} policy allows the \
                 ecr:BatchGetImage action"
            )
        };
        let (answer, reason) = told(ErrorKind::Denied, &refusal("resource-based"));
        assert_eq!(answer, Some(false));
        assert!(reason.unwrap().contains("subscribe to the product"));
        for (kind, message) in [
            (ErrorKind::Denied, refusal("identity-based").as_str()),
            (ErrorKind::NotFound, "Requested image not found"),
            (ErrorKind::Unreachable, "connection reset"),
        ] {
            let (answer, reason) = told(kind, message);
            assert_eq!(answer, None, "{message}");
            assert!(reason.unwrap().contains(message), "{message}");
        }
    }
}
