//! An IAM role for an AWS service, with its policies. Sources: AWS IAM API, `CreateRole`, `GetRole`, `UpdateRole`,
//! `UpdateAssumeRolePolicy`, `AttachRolePolicy`, `PutRolePolicy`, `PutRolePermissionsBoundary`, `DeleteRole`.

mod policies;

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::types::Role;
use futures::future::join;

use aws::ask::ask;
use aws::error::{lacking, unless_absent, with_id};
use aws::ids::{PolicyArn, RoleArn};
use aws::permissions::{Site, text};
use aws::policy::Policy;
use aws::retry::iam::TRUSTED_TOO_EARLY;
use aws::retry::{ROLE_IN_CHANGE, ROLE_STILL_HELD, retry_while};
use aws::{Aws, ManagedPolicy, tags};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

pub use policies::OUR_INLINE_POLICIES;

engine::spec! {
    /// A role that an AWS service assumes. Its trust policy is exclusive: any other is drift. Its policies are not: what
    /// others attach, and inline policies whose name does not begin as [`OUR_INLINE_POLICIES`], are left alone.
    pub struct IamRole {
        /// The name, unique in the account whatever the path: up to 64 letters, digits and `_+=,.@-`.
        replace name: String,
        /// The path, which begins and ends with a slash.
        replace path: String,
        /// What it is for.
        update description: String,
        /// Who may assume it.
        update trust: Policy,
        /// AWS's policies that it has.
        update managed_policies: BTreeSet<ManagedPolicy>,
        /// Its own policies by name, each beginning as [`OUR_INLINE_POLICIES`].
        update inline_policies: BTreeMap<String, Policy>,
        /// What limits it, whatever its policies allow.
        update permissions_boundary: Option<PolicyArn>,
    }
}

/// The field of what limits a role.
const BOUNDARY: &str = "permissions_boundary";

async fn get(call: &Call<'_, Aws>, name: &str) -> Result<Option<Role>> {
    let answer = unless_absent(ask(call, "iam:GetRole", call.world.iam.get_role().role_name(name).send()).await)?;
    answer
        .map(|answer| {
            let role = answer.role.ok_or_else(|| lacking("iam:GetRole", "role"))?;
            with_id("iam:GetRole", "name of the role", role, Role::role_name)
        })
        .transpose()
}

fn identity(role: &Role) -> Identity {
    Identity {
        id: role.role_name().to_owned(),
        arn: Some(role.arn().to_owned()),
    }
}

/// The trust policy as IAM gives it. One that cannot be understood equals none of ours.
fn trust(role: &Role) -> Policy {
    Policy::parse(role.assume_role_policy_document().unwrap_or_default()).unwrap_or_else(|_| Policy::new([]))
}

fn boundary(role: &Role) -> Option<PolicyArn> {
    role.permissions_boundary()?
        .permissions_boundary_arn()
        .map(PolicyArn::from)
}

impl IamRole {
    async fn change_boundary(&self, call: &Call<'_, Aws>, role: &str) -> Result<()> {
        let iam = &call.world.iam;
        if let Some(arn) = self.permissions_boundary.get()? {
            let put = retry_while(call, &ROLE_IN_CHANGE, || {
                let request = iam
                    .put_role_permissions_boundary()
                    .role_name(role)
                    .permissions_boundary(arn);
                ask(call, "iam:PutRolePermissionsBoundary", request.send())
            });
            return put.await.map(drop);
        }
        let removed = retry_while(call, &ROLE_IN_CHANGE, || {
            let request = iam.delete_role_permissions_boundary().role_name(role);
            ask(call, "iam:DeleteRolePermissionsBoundary", request.send())
        });
        unless_absent(removed.await).map(drop)
    }

    async fn change_trust(&self, call: &Call<'_, Aws>, role: &str) -> Result<()> {
        let document = self.trust.get()?.to_json();
        retry_while(call, &TRUSTED_TOO_EARLY, || {
            let request = call
                .world
                .iam
                .update_assume_role_policy()
                .role_name(role)
                .policy_document(&document);
            ask(call, "iam:UpdateAssumeRolePolicy", request.send())
        })
        .await
        .map(drop)
    }

    async fn change_description(&self, call: &Call<'_, Aws>, role: &str) -> Result<()> {
        let description = self.description.get()?;
        retry_while(call, &ROLE_IN_CHANGE, || {
            let request = call.world.iam.update_role().role_name(role).description(description);
            ask(call, "iam:UpdateRole", request.send())
        })
        .await
        .map(drop)
    }
}

impl Component<Aws> for IamRole {
    const TYPE: &'static str = "iam_role";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = RoleArn;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let role = site.iam(format!("role{}{}", text(&self.path), text(&self.name)));
        // Whoever writes a role's policies gives it what he likes. Where the role has a boundary, he does so only to a role
        // that has it. Source: AWS IAM user guide, *Permissions boundaries for IAM entities*.
        let boundary = self.permissions_boundary.known().and_then(Option::as_ref);
        let bounded = match boundary {
            Some(arn) => role.clone().when("iam:PermissionsBoundary", [arn]),
            None => role.clone(),
        };
        let attached = match self.managed_policies.known() {
            Some(policies) if !policies.is_empty() => {
                let arns = policies.iter().map(|policy| policy.arn(&aws.partition).to_string());
                bounded
                    .clone()
                    .when("iam:PolicyARN", arns)
                    .called(["iam:AttachRolePolicy"])
            }
            Some(_) => Vec::new(),
            None => bounded.called(["iam:AttachRolePolicy"]),
        };
        let unbound = match boundary {
            Some(_) => Vec::new(),
            None => role.called(["iam:DeleteRolePermissionsBoundary"]),
        };
        let trusted = self.trust.known().map(Policy::services).unwrap_or_default();
        let passed = if trusted.is_empty() {
            Vec::new()
        } else {
            role.clone()
                .when("iam:PassedToService", trusted)
                .behind(["iam:PassRole"])
        };
        [
            bounded.called(["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]),
            unbound,
            role.called([
                "iam:DeleteRole",
                "iam:DeleteRolePolicy",
                "iam:DetachRolePolicy",
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:ListAttachedRolePolicies",
                "iam:ListInstanceProfilesForRole",
                "iam:ListRolePolicies",
                "iam:TagRole",
                "iam:UntagRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
            ]),
            // It is taken out of the instance profiles that hold it; ours bears its name.
            site.iam(format!("instance-profile{}{}", text(&self.path), text(&self.name)))
                .called(["iam:RemoveRoleFromInstanceProfile"]),
            attached,
            passed,
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(name) = self.name.known() else { return Ok(None) };
        Ok(get(call, name).await?.as_ref().map(identity))
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, RoleArn>>> {
        let name = identity.id.as_str();
        let (role, managed, inline) = tokio::try_join!(
            get(call, name),
            policies::managed(call, name),
            policies::inline(call, name)
        )?;
        let (Some(role), Some(managed), Some(inline)) = (role, managed, inline) else {
            return Ok(None);
        };
        Ok(Some(Observed {
            identity: self::identity(&role),
            spec: Self {
                name: role.role_name().into(),
                path: role.path().into(),
                description: role.description().unwrap_or_default().into(),
                trust: trust(&role).into(),
                managed_policies: managed
                    .iter()
                    .filter_map(|arn| ManagedPolicy::from_arn(arn.as_str()))
                    .collect::<BTreeSet<_>>()
                    .into(),
                inline_policies: inline.into(),
                permissions_boundary: boundary(&role).into(),
            },
            output: role.arn().into(),
            tags: Some(tags::from_iam(role.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<RoleArn>> {
        let (name, boundary) = (self.name.get()?, self.permissions_boundary.get()?);
        let request = call
            .world
            .iam
            .create_role()
            .role_name(name)
            .path(self.path.get()?)
            .description(self.description.get()?)
            .assume_role_policy_document(self.trust.get()?.to_json())
            .set_permissions_boundary(boundary.as_ref().map(Into::into))
            .set_tags(Some(tags::to_iam(call.tags)));
        let answer = retry_while(call, &TRUSTED_TOO_EARLY, || {
            ask(call, "iam:CreateRole", request.clone().send())
        })
        .await?;
        let role = answer.role.ok_or_else(|| lacking("iam:CreateRole", "role"))?;
        let role = with_id("iam:CreateRole", "ARN of the role", role, Role::arn)?;
        let attached = policies::attach(call, name, self.managed_policies.get()?);
        let (attached, put) = join(attached, policies::put(call, name, self.inline_policies.get()?)).await;
        attached.and(put)?;
        Ok(Created {
            identity: identity(&role),
            output: role.arn().into(),
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, RoleArn>,
        fields: &[&'static str],
    ) -> Result<RoleArn> {
        let role = have.identity.id.as_str();
        // First of all: who may give policies only to roles within a boundary cannot to one that is not within it yet.
        if fields.contains(&BOUNDARY) {
            self.change_boundary(call, role).await?;
        }
        for field in fields.iter().filter(|field| **field != BOUNDARY) {
            match *field {
                "description" => self.change_description(call, role).await?,
                "trust" => self.change_trust(call, role).await?,
                "managed_policies" => {
                    let (wanted, have) = (self.managed_policies.get()?, have.spec.managed_policies.get()?);
                    policies::attach(call, role, &(wanted - have)).await?;
                    let partition = &call.world.partition;
                    let surplus: Vec<_> = (have - wanted).iter().map(|policy| policy.arn(partition)).collect();
                    policies::detach(call, role, &surplus).await?;
                }
                "inline_policies" => {
                    let (wanted, have) = (self.inline_policies.get()?, have.spec.inline_policies.get()?);
                    let changed: Vec<_> = wanted
                        .iter()
                        .filter(|(name, policy)| have.get(*name) != Some(*policy))
                        .collect();
                    let surplus: Vec<_> = have.keys().filter(|name| !wanted.contains_key(*name)).collect();
                    policies::put(call, role, changed).await?;
                    policies::remove(call, role, surplus).await?;
                }
                other => {
                    return Err(Error::bug(
                        "iam:UpdateRole",
                        format!("{other} cannot be changed in place"),
                    ));
                }
            }
        }
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        if !set.is_empty() {
            let request = call
                .world
                .iam
                .tag_role()
                .role_name(&identity.id)
                .set_tags(Some(tags::to_iam(set)));
            ask(call, "iam:TagRole", request.send()).await?;
        }
        if !remove.is_empty() {
            let request = call
                .world
                .iam
                .untag_role()
                .role_name(&identity.id)
                .set_tag_keys(Some(remove.to_vec()));
            ask(call, "iam:UntagRole", request.send()).await?;
        }
        Ok(())
    }

    /// Takes off what hangs on the role first, since IAM deletes no role that has anything: what we put there, and if that was
    /// not all, whatever others did.
    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let name = identity.id.as_str();
        let mut refused = false;
        let deleted = retry_while(call, &ROLE_STILL_HELD, || {
            let all = std::mem::replace(&mut refused, true);
            async move {
                match (self.managed_policies.known(), self.inline_policies.known()) {
                    (Some(managed), Some(inline)) if !all => {
                        let partition = &call.world.partition;
                        let arns: Vec<_> = managed.iter().map(|policy| policy.arn(partition)).collect();
                        let detached = policies::detach(call, name, &arns);
                        let (detached, removed) = join(detached, policies::remove(call, name, inline.keys())).await;
                        detached.and(removed)?;
                    }
                    _ => policies::clear(call, name).await?,
                }
                let request = call.world.iam.delete_role().role_name(name);
                ask(call, "iam:DeleteRole", request.send()).await
            }
        });
        match deleted.await {
            Err(error) if error.kind == ErrorKind::Conflict => Err(error.with_remedy(format!(
                "Something else still holds the role {name}: look at its instance profiles and policies in the IAM console, \
                 and destroy again."
            ))),
            other => unless_absent(other).map(drop),
        }
    }
}

#[cfg(test)]
mod tests;
