//! What AWS IAM refuses for a while: it keeps its copies everywhere, and they learn of a change one after the other.

use std::time::Duration;

use super::{Condition, ROLE_IN_CHANGE, is_code};

/// Something hangs on the user though it was just taken off. Source: AWS IAM API, `DeleteUser`, *Errors*.
pub const USER_STILL_HELD: Condition = Condition {
    ends_when: "nothing hangs on the user any more",
    limit: Duration::from_mins(1),
    is: |error| is_code(error, &["DeleteConflict"]) || (ROLE_IN_CHANGE.is)(error),
};

/// The policy is attached somewhere though it was just detached. Source: AWS IAM API, `DeletePolicy`, *Errors*. Short,
/// since others may hold it on purpose.
pub const POLICY_STILL_HELD: Condition = Condition {
    ends_when: "nothing holds the policy any more",
    limit: Duration::from_secs(20),
    is: |error| is_code(error, &["DeleteConflict"]) || (ROLE_IN_CHANGE.is)(error),
};

/// A policy, or who it is attached to, was just made and is not known everywhere yet. Source: AWS IAM user guide,
/// *Troubleshoot IAM*, "Changes that I make are not always immediately visible".
pub const ATTACHED_TOO_EARLY: Condition = Condition {
    ends_when: "the new policy and its holder are known everywhere",
    limit: Duration::from_mins(1),
    is: |error| is_code(error, &["NoSuchEntity"]) || (ROLE_IN_CHANGE.is)(error),
};

/// A principal that a trust policy names was just made and is not known everywhere yet. Source: AWS IAM user guide,
/// *Troubleshoot IAM*; the text is that of AWS IAM. Short, since it may as well be misspelt.
pub const TRUSTED_TOO_EARLY: Condition = Condition {
    ends_when: "whom the role trusts is known everywhere",
    limit: Duration::from_secs(30),
    is: |error| error.message.contains("Invalid principal in policy") || (ROLE_IN_CHANGE.is)(error),
};

#[cfg(test)]
mod tests {
    use super::*;
    use engine::{Error, ErrorKind};

    fn refused(code: &str, message: &str) -> Error {
        let mut error = Error::new(ErrorKind::Invalid, "iam:CreateRole", message);
        error.code = Some(code.to_owned());
        error
    }

    #[test]
    fn a_principal_that_is_not_known_yet_is_told_from_a_malformed_document() {
        assert!((TRUSTED_TOO_EARLY.is)(&refused(
            "MalformedPolicyDocument",
            "Invalid principal in policy: \"AWS\":\"arn:aws:iam::123456789012:role/new\""
        )));
        assert!(!(TRUSTED_TOO_EARLY.is)(&refused(
            "MalformedPolicyDocument",
            "This policy contains invalid Json"
        )));
    }

    #[test]
    fn what_holds_a_user_or_a_policy_is_told_by_its_code() {
        let held = refused("DeleteConflict", "Cannot delete a policy attached to entities.");
        assert!((POLICY_STILL_HELD.is)(&held) && (USER_STILL_HELD.is)(&held));
        let quota = refused("LimitExceeded", "Cannot exceed quota for PoliciesPerUser: 10");
        assert!(!(ATTACHED_TOO_EARLY.is)(&quota));
    }
}
