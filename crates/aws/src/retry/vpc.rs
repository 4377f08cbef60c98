//! Refusals that end by themselves, of the parts of a VPC.

use std::time::Duration;

use super::{Condition, is_code};
use engine::ErrorKind;

/// An object that was just made, or that a call names, is not known everywhere yet. Source: Amazon EC2 API, *Eventual
/// consistency*.
pub const UNKNOWN_YET: Condition = Condition {
    ends_when: "what was just made is known everywhere",
    limit: Duration::from_mins(1),
    is: |error| error.kind == ErrorKind::NotFound || is_code(error, &["InvalidID"]),
};

/// An Elastic IP address is still with a NAT gateway that is going, or is so new that NAT gateways do not know it. Source:
/// Amazon EC2 API, `NatGateway`, *failureCode*.
pub const ADDRESS_TAKEN: Condition = Condition {
    ends_when: "the address is free",
    limit: Duration::from_mins(5),
    is: |error| is_code(error, &["Resource.AlreadyAssociated", "InvalidAllocationID.NotFound"]),
};

/// An address that cannot be released yet. EC2 refuses it for one that a NAT gateway holds as if it were not ours.
/// Source: Amazon EC2 API, `ReleaseAddress`.
pub const ADDRESS_HELD: Condition = Condition {
    ends_when: "nothing holds the address any more",
    limit: Duration::from_mins(3),
    is: |error| {
        is_code(error, &["InvalidIPAddress.InUse"])
            || (is_code(error, &["AuthFailure"])
                && error.message.contains("permission to access the specified resource"))
    },
};

/// An endpoint that is going still answers to the name, or the VPC's new DNS attributes are not known everywhere yet.
/// Source: Amazon EC2 API, `CreateVpcEndpoint`.
pub const ENDPOINT_NAME_TAKEN: Condition = Condition {
    ends_when: "the service's name is free in the VPC",
    limit: Duration::from_mins(3),
    is: |error| {
        error.message.contains("conflicting DNS domain")
            || error
                .message
                .contains("requires both enableDnsSupport and enableDnsHostnames")
            || (UNKNOWN_YET.is)(error)
    },
};

/// A role that was just made cannot be assumed yet. Source: Amazon VPC user guide, *IAM role for publishing flow logs to
/// CloudWatch Logs*.
pub const FLOW_LOG_TOO_EARLY: Condition = Condition {
    ends_when: "the flow log's role is known everywhere",
    limit: Duration::from_mins(2),
    is: |error| {
        error.message.contains("Unable to assume given IAM role")
            || error.message.contains("iam:PassRole")
            || (UNKNOWN_YET.is)(error)
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Error;

    fn refused(code: &str, kind: ErrorKind, message: &str) -> Error {
        let mut error = Error::new(kind, "ec2:Something", message);
        error.code = Some(code.to_owned());
        error
    }

    #[test]
    fn conditions_are_told_by_ec2s_own_texts() {
        assert!((ADDRESS_HELD.is)(&refused(
            "AuthFailure",
            ErrorKind::Denied,
            "You do not have permission to access the specified resource."
        )));
        assert!(!(ADDRESS_HELD.is)(&refused(
            "AuthFailure",
            ErrorKind::Denied,
            "AWS was not able to validate the provided access credentials"
        )));
        assert!((ENDPOINT_NAME_TAKEN.is)(&refused(
            "InvalidParameter",
            ErrorKind::Invalid,
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain for \
             secretsmanager.us-east-1.amazonaws.com in the VPC vpc-1"
        )));
        assert!((FLOW_LOG_TOO_EARLY.is)(&refused(
            "InvalidParameter",
            ErrorKind::Invalid,
            "Unable to assume given IAM role"
        )));
        assert!(!(UNKNOWN_YET.is)(&refused(
            "InvalidSubnet.Range",
            ErrorKind::Invalid,
            "no"
        )));
    }
}
