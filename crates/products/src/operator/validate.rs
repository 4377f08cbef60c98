//! What does not go together in an operator's configuration, told before anything is asked of AWS.

use super::model::Operator;
use aws::policy::Policy;
use framework::{Diagnostic, Diagnostics, Path};

/// Checks what spans attributes. Unknown values pass.
pub fn validate(model: &Operator, diagnostics: &mut Diagnostics) {
    if model.user.is_some() && model.role.is_some() {
        diagnostics.push(
            Diagnostic::error(
                "A user or a role",
                "An operator is a user or a role, not both. Remove one of the blocks, or declare a second operator.",
            )
            // A place in the block, since Terraform shows no line for a block itself.
            .at(Path::of(["user", "force_destroy"])),
        );
    }
    if let Some(role) = &model.role
        && role.trust_policy.is_null()
        && role.trusted_arns.is_null()
    {
        diagnostics.push(
            Diagnostic::error(
                "A role that nobody may assume",
                "Say who may assume the role: trusted_arns, or a whole trust_policy.",
            )
            .at(Path::of(["role", "trusted_arns"])),
        );
    }
    if model.user.is_none() && model.role.is_none() {
        let of_principals = [
            ("marketplace", model.is_metered()),
            ("permissions_boundary", !model.permissions_boundary.is_null()),
            (
                "full_access_policies",
                model.full_access_policies.known().is_some_and(|set| *set),
            ),
        ];
        for (name, _) in of_principals.into_iter().filter(|(_, set)| *set) {
            diagnostics.push(
                Diagnostic::error(
                    "A setting of a user or role that is not there",
                    format!(
                        "{name} is about the user or the role, and there is neither: the policies stand alone. Add a user or \
                         role block, or remove {name}."
                    ),
                )
                .at(Path::of([name])),
            );
        }
    }
}

/// Whether a text can be a role's trust policy.
pub fn is_trust_policy(text: &str) -> bool {
    text.trim_start().starts_with('{') && Policy::parse(text).is_ok_and(|policy| policy.can_be_trust())
}

/// Whether a text names an AWS principal: an ARN of IAM or STS, or an account. Source: AWS IAM user guide, *AWS JSON policy
/// elements: Principal*.
pub fn is_principal(text: &str) -> bool {
    let is_account = |text: &str| text.len() == 12 && text.chars().all(|c| c.is_ascii_digit());
    if is_account(text) {
        return true;
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", partition, service @ ("iam" | "sts"), "", account, resource] => {
            let kinds: &[&str] = if *service == "iam" {
                &["role/", "user/"]
            } else {
                &["assumed-role/"]
            };
            let named = kinds
                .iter()
                .any(|kind| resource.len() > kind.len() && resource.starts_with(kind));
            partition.starts_with("aws") && is_account(account) && (named || (*service == "iam" && *resource == "root"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::model::{Role, User};
    use framework::Attr;

    fn problems(model: &Operator) -> Vec<String> {
        let mut diagnostics = Diagnostics::new();
        validate(model, &mut diagnostics);
        let paths = diagnostics
            .iter()
            .map(|found| found.path.clone().unwrap_or_default().to_string());
        paths.collect()
    }

    #[test]
    fn principals_are_told_by_their_form() {
        for good in [
            "123456789012",
            "arn:aws:iam::123456789012:root",
            "arn:aws-us-gov:iam::123456789012:role/a/b",
            "arn:aws:iam::123456789012:user/ann",
            "arn:aws:sts::123456789012:assumed-role/a/session",
        ] {
            assert!(is_principal(good), "{good}");
        }
        for bad in [
            "*",
            "ann",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:policy/a",
            "arn:aws:sts::123456789012:root",
            "arn:aws:s3:::bucket",
            "arn:aws:iam::1234:root",
        ] {
            assert!(!is_principal(bad), "{bad}");
        }
    }

    #[test]
    fn trust_policies_are_read_before_they_are_sent() {
        let trusting =
            r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}}"#;
        assert!(is_trust_policy(trusting));
        assert!(!is_trust_policy("{"));
        assert!(!is_trust_policy(r#"{"Statement": []}"#));
        assert!(!is_trust_policy(&trusting.replace("Principal", "Resource")));
    }

    #[test]
    fn what_is_about_nobody_is_refused() {
        let alone = Operator {
            marketplace: Attr::Known(true),
            permissions_boundary: Attr::Unknown,
            ..Operator::default()
        };
        assert_eq!(problems(&alone), ["marketplace", "permissions_boundary"]);
        let user = Operator {
            user: Some(User::default()),
            ..alone
        };
        assert!(problems(&user).is_empty());
        let both = Operator {
            role: Some(Role::default()),
            ..user
        };
        assert_eq!(problems(&both), ["user.force_destroy", "role.trusted_arns"]);
    }
}
