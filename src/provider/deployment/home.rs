//! Where a deployment is: the ARNs of its parts name an account and a region, and only there can it be worked on. Asked
//! elsewhere, AWS would know of none of its parts, and it would be taken for gone and made a second time.

use super::components::Components;
use crate::aws::Aws;
use crate::framework::Diagnostic;

/// Refuses to work on a deployment that is in another account or region than the provider's.
pub fn check(components: &Components, aws: &Aws) -> Result<(), Diagnostic> {
    let (account, region) = (aws.account_id.as_str(), aws.region.as_ref());
    let parts = components.known().into_iter().flatten();
    let arns = parts.filter_map(|(key, part)| Some((key, part.known()?.arn.known()?)));
    let abroad = arns
        .filter_map(|(key, arn)| Some((key, arn, Place::of(arn)?)))
        .find(|(_, _, place)| place.is_elsewhere(account, region));
    match abroad {
        None => Ok(()),
        Some((key, arn, _)) => Err(Diagnostic::error(
            "The deployment is in another account or region",
            format!(
                "Its {key} is {arn}, but the provider works in account {account} and region {region}. Nothing was changed.\n\n\
                 Let the provider block (region, profile, assume_role, or the environment) lead to where the deployment is. To \
                 move it, destroy it there first."
            ),
        )),
    }
}

/// What an ARN tells of where its object is; either is empty for what is everywhere.
struct Place<'a> {
    region: &'a str,
    account: &'a str,
}

impl<'a> Place<'a> {
    /// `arn:PARTITION:SERVICE:REGION:ACCOUNT:…`. Source: IAM user guide, *Identify AWS resources with ARNs*.
    fn of(arn: &'a str) -> Option<Self> {
        let mut fields = arn.splitn(6, ':');
        let is_arn = fields.next() == Some("arn");
        let (region, account) = (fields.nth(2)?, fields.next()?);
        is_arn.then_some(Self { region, account })
    }

    /// Objects of AWS's own, as managed policies are, name no account.
    fn is_elsewhere(&self, account: &str, region: &str) -> bool {
        let names_account = self.account.len() == 12 && self.account.bytes().all(|byte| byte.is_ascii_digit());
        names_account && !account.is_empty() && self.account != account
            || !self.region.is_empty() && self.region != region
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elsewhere(arn: &str) -> bool {
        Place::of(arn).is_some_and(|place| place.is_elsewhere("123456789012", "us-east-1"))
    }

    #[test]
    fn another_account_or_region_is_elsewhere() {
        assert!(elsewhere("arn:aws:ecs:us-west-2:123456789012:cluster/demo"));
        assert!(elsewhere("arn:aws:ecs:us-east-1:210987654321:cluster/demo"));
        assert!(elsewhere("arn:aws:iam::210987654321:role/demo"));
    }

    #[test]
    fn what_is_here_or_everywhere_is_not() {
        for arn in [
            "arn:aws:ecs:us-east-1:123456789012:cluster/demo",
            "arn:aws:iam::123456789012:role/demo",
            "arn:aws:iam::aws:policy/AdministratorAccess",
            "arn:aws:apigateway:us-east-1::/apis/a1b2",
            "edited by hand",
            "",
        ] {
            assert!(!elsewhere(arn), "{arn}");
        }
    }
}
