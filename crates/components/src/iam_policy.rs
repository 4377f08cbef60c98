//! A managed policy of the account's own. Sources: AWS IAM API, `CreatePolicy`, `GetPolicy`, `GetPolicyVersion`,
//! `ListPolicies`, `ListPolicyVersions`, `CreatePolicyVersion`, `DeletePolicyVersion`, `ListEntitiesForPolicy`,
//! `DeletePolicy`, `TagPolicy`.

mod holders;
mod versions;

use aws_sdk_iam::types::{Policy as AwsPolicy, PolicyScopeType};

use aws::ask::ask;
use aws::error::{lacking, unless_absent};
use aws::ids::{PolicyArn, is_told};
use aws::permissions::{Site, text};
use aws::policy::Policy;
use aws::retry::iam::POLICY_STILL_HELD;
use aws::retry::{ROLE_IN_CHANGE, retry_while};
use aws::{Aws, tags};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A managed policy. A change of its document makes a new version the default one; IAM keeps the last four before it,
    /// to go back to by hand.
    pub struct IamPolicy {
        /// The name, unique in the account whatever the path: up to 128 letters, digits and `_+=,.@-`.
        replace name: String,
        /// The path, which begins and ends with a slash.
        replace path: String,
        /// What it is for, which IAM never changes.
        replace description: String,
        /// What it allows: the default version's document.
        update document: Policy,
    }
}

async fn get(call: &Call<'_, Aws>, arn: &str) -> Result<Option<AwsPolicy>> {
    let request = call.world.iam.get_policy().policy_arn(arn);
    let answer = unless_absent(ask(call, "iam:GetPolicy", request.send()).await)?;
    answer
        .map(|answer| answer.policy.ok_or_else(|| lacking("iam:GetPolicy", "policy")))
        .transpose()
}

/// The ARN of the policy of that name, whatever its path. IAM finds policies by their ARN alone, and takes names that
/// differ in case for the same.
async fn arn_of(call: &Call<'_, Aws>, name: &str) -> Result<Option<String>> {
    let pages = call
        .world
        .iam
        .list_policies()
        .scope(PolicyScopeType::Local)
        .into_paginator()
        .items()
        .send();
    let policies = ask(
        call,
        "iam:ListPolicies",
        pages.collect::<std::result::Result<Vec<_>, _>>(),
    )
    .await?;
    let found = policies.iter().find(|policy| {
        policy
            .policy_name()
            .is_some_and(|found| found.eq_ignore_ascii_case(name))
    });
    Ok(found.and_then(|policy| policy.arn()).map(str::to_owned))
}

fn identity(arn: &str) -> Identity {
    Identity {
        id: arn.to_owned(),
        arn: Some(arn.to_owned()),
    }
}

impl Component<Aws> for IamPolicy {
    const TYPE: &'static str = "iam_policy";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = PolicyArn;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let policy = site.iam(format!("policy{}{}", text(&self.path), text(&self.name)));
        [
            policy.called([
                "iam:CreatePolicy",
                "iam:CreatePolicyVersion",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:GetPolicy",
                "iam:GetPolicyVersion",
                "iam:ListEntitiesForPolicy",
                "iam:ListPolicyVersions",
                "iam:TagPolicy",
                "iam:UntagPolicy",
            ]),
            site.anywhere().called(["iam:ListPolicies"]),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(name) = self.name.known() else { return Ok(None) };
        if let Some(path) = self.path.known() {
            let Aws {
                partition, account_id, ..
            } = call.world;
            let arn = format!("arn:{partition}:iam::{account_id}:policy{path}{name}");
            if get(call, &arn).await?.is_some() {
                return Ok(Some(identity(&arn)));
            }
        }
        Ok(arn_of(call, name).await?.as_deref().map(identity))
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, PolicyArn>>> {
        let arn = identity.id.as_str();
        let Some(policy) = get(call, arn).await? else {
            return Ok(None);
        };
        let version = policy.default_version_id().filter(is_told);
        let version = version.ok_or_else(|| lacking("iam:GetPolicy", "default version"))?;
        let Some(document) = versions::document(call, arn, version).await? else {
            return Ok(None);
        };
        Ok(Some(Observed {
            identity: self::identity(arn),
            spec: Self {
                name: policy.policy_name().unwrap_or_default().into(),
                path: policy.path().unwrap_or_default().into(),
                description: policy.description().unwrap_or_default().into(),
                document: document.into(),
            },
            output: arn.into(),
            tags: Some(tags::from_iam(policy.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<PolicyArn>> {
        let request = call
            .world
            .iam
            .create_policy()
            .policy_name(self.name.get()?)
            .path(self.path.get()?)
            .description(self.description.get()?)
            .policy_document(self.document.get()?.to_json())
            .set_tags(Some(tags::to_iam(call.tags)));
        let answer = retry_while(call, &ROLE_IN_CHANGE, || {
            ask(call, "iam:CreatePolicy", request.clone().send())
        })
        .await?;
        let arn = answer.policy().and_then(|policy| policy.arn());
        let arn = arn.filter(is_told).ok_or_else(|| lacking("iam:CreatePolicy", "ARN"))?;
        Ok(Created {
            identity: identity(arn),
            output: arn.into(),
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, PolicyArn>,
        fields: &[&'static str],
    ) -> Result<PolicyArn> {
        for field in fields {
            match *field {
                "document" => versions::publish(call, &have.identity.id, self.document.get()?).await?,
                other => {
                    return Err(Error::bug(
                        "iam:CreatePolicyVersion",
                        format!("{other} cannot be changed in place"),
                    ));
                }
            }
        }
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        let iam = &call.world.iam;
        if !set.is_empty() {
            let request = iam
                .tag_policy()
                .policy_arn(&identity.id)
                .set_tags(Some(tags::to_iam(set)));
            ask(call, "iam:TagPolicy", request.send()).await?;
        }
        if !remove.is_empty() {
            let request = iam
                .untag_policy()
                .policy_arn(&identity.id)
                .set_tag_keys(Some(remove.to_vec()));
            ask(call, "iam:UntagPolicy", request.send()).await?;
        }
        Ok(())
    }

    /// Deletes the versions first, as IAM wants it. What others attached the policy to is left alone: to take it from
    /// somebody is theirs to decide.
    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let arn = identity.id.as_str();
        let deleted = retry_while(call, &POLICY_STILL_HELD, || async {
            versions::clear(call, arn).await?;
            let request = call.world.iam.delete_policy().policy_arn(arn);
            ask(call, "iam:DeletePolicy", request.send()).await
        });
        match deleted.await {
            Err(error) if error.kind == ErrorKind::Conflict => {
                let holders = holders::of(call, arn).await.unwrap_or_default();
                Err(error.with_remedy(holders::remedy(arn, &holders)))
            }
            other => unless_absent(other).map(drop),
        }
    }
}

#[cfg(test)]
mod tests;
