//! Whether a deployment can be worked on here. The ARNs of its parts name an account and a region, and only there it can:
//! asked elsewhere, AWS would know of none of its parts, and it would be taken for gone and made a second time. And only by a
//! version of the provider that knows all of them: another one could not delete what it does not know.

use super::components::Components;
use aws::Aws;
use components::kinds;
use framework::Diagnostic;

/// Refuses to work on a deployment that is in another account or region than the provider's, or of which a part is of a kind
/// that this version does not know.
pub fn check(components: &Components, aws: &Aws) -> Result<(), Diagnostic> {
    known(components)?;
    here(components, aws)
}

fn known(components: &Components) -> Result<(), Diagnostic> {
    let kinds = kinds();
    let parts = components.known().into_iter().flatten();
    let mut named = parts.filter_map(|(key, part)| Some((key, part.known()?.kind.known()?)));
    match named.find(|(_, kind)| !kinds.names().any(|known| known == kind.as_str())) {
        None => Ok(()),
        Some((key, kind)) => Err(Diagnostic::error(
            "The state is of another version of the provider",
            format!(
                "Its component {key} is a {kind}, which version {} of the provider does not know. Nothing was changed.\n\n\
                 Work on it with the version that wrote the state, or with a later one. If the state was edited by hand, \
                 bring back the copy from before (terraform.tfstate.backup, or an earlier version in the remote backend).",
                env!("CARGO_PKG_VERSION")
            ),
        )),
    }
}

fn here(components: &Components, aws: &Aws) -> Result<(), Diagnostic> {
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
    use std::collections::BTreeMap;

    use super::*;
    use framework::Attr;
    use products::Part;

    fn of_kind(kind: &str) -> Components {
        let part = Part {
            kind: Attr::Known(kind.to_owned()),
            id: Attr::Null,
            arn: Attr::Null,
            status: Attr::Null,
        };
        Attr::Known(BTreeMap::from([("part".to_owned(), Attr::Known(part))]))
    }

    #[test]
    fn a_part_of_tomorrow_is_refused() {
        assert_eq!(known(&of_kind("log_group")), Ok(()));
        assert!(known(&of_kind("hologram")).is_err());
    }

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
