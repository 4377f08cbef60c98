//! A managed policy's hold on a user or a role. Sources: AWS IAM API, `AttachUserPolicy`, `AttachRolePolicy`,
//! `DetachUserPolicy`, `DetachRolePolicy`, `ListAttachedUserPolicies`, `ListAttachedRolePolicies`.

use std::fmt;

use aws::Aws;
use aws::ask::ask;
use aws::error::unless_absent;
use aws::ids::PolicyArn;
use aws::permissions::{Site, text};
use aws::retry::iam::ATTACHED_TOO_EARLY;
use aws::retry::{ROLE_IN_CHANGE, retry_while};
use engine::{Call, Component, Created, Error, Identity, Observed, Permission, Replacement, Result, Tags};

/// Who can have a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrincipalKind {
    /// A user.
    User,
    /// A role.
    Role,
}

impl fmt::Display for PrincipalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User => "user",
            Self::Role => "role",
        })
    }
}

engine::spec! {
    /// One policy attached to one user or role. What else is attached there is not looked at. Its id is
    /// `user/NAME:POLICY-ARN` or `role/NAME:POLICY-ARN`: IAM has none for it.
    pub struct IamPolicyAttachment {
        /// What has the policy.
        replace kind: PrincipalKind,
        /// The name of the user or role.
        replace principal: String,
        /// The path of the user or role, which is part of the ARN that the caller must be allowed. No call takes it, and
        /// none tells it: it is kept by us alone.
        update path: String,
        /// The policy.
        replace policy: PolicyArn,
    }
}

fn identity(kind: PrincipalKind, principal: &str, policy: &PolicyArn) -> Identity {
    Identity {
        id: format!("{kind}/{principal}:{policy}"),
        arn: None,
    }
}

/// What an id names: what has the policy, its name, and the policy. IAM names have no colon.
fn parts(identity: &Identity) -> Result<(PrincipalKind, &str, PolicyArn)> {
    let parts = identity.id.split_once(':').and_then(|(principal, policy)| {
        let (kind, name) = principal.split_once('/')?;
        let kind = [PrincipalKind::User, PrincipalKind::Role]
            .into_iter()
            .find(|known| known.to_string() == kind)?;
        Some((kind, name, policy.into()))
    });
    parts.ok_or_else(|| {
        Error::bug(
            "read an attachment's id",
            format!("{:?} is neither a user's nor a role's", identity.id),
        )
    })
}

/// Whether the policy is attached; not, where there is no such user or role.
async fn is_attached(call: &Call<'_, Aws>, kind: PrincipalKind, name: &str, policy: &PolicyArn) -> Result<bool> {
    let iam = &call.world.iam;
    let listed = match kind {
        PrincipalKind::User => {
            let pages = iam.list_attached_user_policies().user_name(name).into_paginator();
            let pages = pages.items().send();
            let listed = pages.collect::<std::result::Result<Vec<_>, _>>();
            unless_absent(ask(call, "iam:ListAttachedUserPolicies", listed).await)?
        }
        PrincipalKind::Role => {
            let pages = iam.list_attached_role_policies().role_name(name).into_paginator();
            let pages = pages.items().send();
            let listed = pages.collect::<std::result::Result<Vec<_>, _>>();
            unless_absent(ask(call, "iam:ListAttachedRolePolicies", listed).await)?
        }
    };
    let attached = listed.unwrap_or_default();
    Ok(attached
        .iter()
        .any(|attached| attached.policy_arn() == Some(policy.as_str())))
}

impl Component<Aws> for IamPolicyAttachment {
    const TYPE: &'static str = "iam_policy_attachment";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    const TAGGED: bool = false;
    type Output = ();

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        // A user or role of ours is called like its deployment.
        let name = self.principal.known().map_or(deployment, String::as_str);
        let place = |kind| Site::new(aws, deployment).iam(format!("{kind}{}{name}", text(&self.path)));
        match self.kind.known() {
            Some(kind @ PrincipalKind::Role) => place(kind).called([
                "iam:AttachRolePolicy",
                "iam:DetachRolePolicy",
                "iam:ListAttachedRolePolicies",
            ]),
            Some(kind @ PrincipalKind::User) => place(kind).called([
                "iam:AttachUserPolicy",
                "iam:DetachUserPolicy",
                "iam:ListAttachedUserPolicies",
            ]),
            None => Vec::new(),
        }
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let (Some(principal), Some(policy)) = (self.principal.known(), self.policy.known()) else {
            return Ok(None);
        };
        let kind = *self.kind.get()?;
        let attached = is_attached(call, kind, principal, policy).await?;
        Ok(attached.then(|| identity(kind, principal, policy)))
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, ()>>> {
        let (kind, principal, policy) = parts(identity)?;
        if !is_attached(call, kind, principal, &policy).await? {
            return Ok(None);
        }
        Ok(Some(Observed {
            identity: identity.clone(),
            spec: Self {
                kind: kind.into(),
                principal: principal.to_owned().into(),
                path: self.path.clone(),
                policy: policy.into(),
            },
            output: (),
            tags: None,
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<()>> {
        let (kind, name, policy) = (*self.kind.get()?, self.principal.get()?, self.policy.get()?);
        let iam = &call.world.iam;
        retry_while(call, &ATTACHED_TOO_EARLY, || async {
            match kind {
                PrincipalKind::User => {
                    let request = iam.attach_user_policy().user_name(name).policy_arn(policy);
                    ask(call, "iam:AttachUserPolicy", request.send()).await.map(drop)
                }
                PrincipalKind::Role => {
                    let request = iam.attach_role_policy().role_name(name).policy_arn(policy);
                    ask(call, "iam:AttachRolePolicy", request.send()).await.map(drop)
                }
            }
        })
        .await?;
        Ok(Created {
            identity: identity(kind, name, policy),
            output: (),
        })
    }

    async fn update(&self, _: &Call<'_, Aws>, _: &Observed<Self, ()>, fields: &[&'static str]) -> Result<()> {
        match fields.iter().find(|field| **field != "path") {
            None => Ok(()),
            Some(field) => Err(Error::bug(
                "iam:AttachUserPolicy",
                format!("{field} cannot be changed in place"),
            )),
        }
    }

    async fn retag(&self, _: &Call<'_, Aws>, _: &Identity, _: &Tags, _: &[String]) -> Result<()> {
        Ok(())
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let (kind, name, policy) = parts(identity)?;
        let iam = &call.world.iam;
        let detached = retry_while(call, &ROLE_IN_CHANGE, || async {
            match kind {
                PrincipalKind::User => {
                    let request = iam.detach_user_policy().user_name(name).policy_arn(&policy);
                    ask(call, "iam:DetachUserPolicy", request.send()).await.map(drop)
                }
                PrincipalKind::Role => {
                    let request = iam.detach_role_policy().role_name(name).policy_arn(&policy);
                    ask(call, "iam:DetachRolePolicy", request.send()).await.map(drop)
                }
            }
        });
        unless_absent(detached.await).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;
    use std::sync::atomic::Ordering::SeqCst;

    use super::*;
    use aws::testing::{Answer, Stage};

    const POLICY: &str = "arn:aws:iam::123456789012:policy/demo-operator";

    fn wanted() -> IamPolicyAttachment {
        IamPolicyAttachment {
            kind: PrincipalKind::User.into(),
            principal: "demo".to_owned().into(),
            path: "/".to_owned().into(),
            policy: PolicyArn::from(POLICY).into(),
        }
    }

    fn listed(arn: &str, more: &str) -> Answer {
        Answer::xml(format!(
            "<ListAttachedUserPoliciesResponse><ListAttachedUserPoliciesResult><AttachedPolicies><member>\
             <PolicyName>p</PolicyName><PolicyArn>{arn}</PolicyArn></member></AttachedPolicies>{more}\
             </ListAttachedUserPoliciesResult></ListAttachedUserPoliciesResponse>"
        ))
    }

    #[tokio::test]
    async fn what_it_takes_is_told_before_its_user_or_role_stands() {
        let stage = Stage::answering(|_| Answer::Lost);
        let attachment = |kind: PrincipalKind| IamPolicyAttachment {
            kind: kind.into(),
            principal: engine::Input::Unknown,
            path: "/thatdot/".to_owned().into(),
            policy: engine::Input::Unknown,
        };
        let of = |kind| {
            let permissions = attachment(kind).permissions(&stage.aws, "demo").into_iter();
            permissions.map(|p| (p.action, p.resource)).next().unwrap()
        };
        let (user, role) = (of(PrincipalKind::User), of(PrincipalKind::Role));
        assert_eq!(user.0, "iam:AttachUserPolicy");
        assert_eq!(user.1, "arn:aws:iam::123456789012:user/thatdot/demo");
        assert_eq!(role.0, "iam:AttachRolePolicy");
        assert_eq!(role.1, "arn:aws:iam::123456789012:role/thatdot/demo");
    }

    #[tokio::test]
    async fn it_is_found_on_any_page_and_read_by_its_id() {
        let stage = Stage::answering(|asked| {
            if asked.body.contains("Marker") {
                listed(POLICY, "")
            } else {
                listed(
                    "arn:aws:iam::aws:policy/Other",
                    "<IsTruncated>true</IsTruncated><Marker>more</Marker>",
                )
            }
        });
        let found = wanted().find(&stage.call()).await.unwrap().unwrap();
        assert_eq!(found.id, format!("user/demo:{POLICY}"));
        let read = wanted().read(&stage.call(), &found).await.unwrap().unwrap();
        assert!(engine::Spec::compare(&wanted(), &read.spec).different().is_empty());
    }

    #[tokio::test]
    async fn without_its_user_it_is_not_there() {
        let stage =
            Stage::answering(|_| Answer::refused_xml("NoSuchEntity", "The user with name demo cannot be found."));
        assert!(wanted().find(&stage.call()).await.unwrap().is_none());
        let identity = identity(PrincipalKind::Role, "demo", &POLICY.into());
        assert!(wanted().read(&stage.call(), &identity).await.unwrap().is_none());
        wanted().delete(&stage.call(), &identity).await.unwrap();
        assert_eq!(stage.operations().last().unwrap(), "DetachRolePolicy");
    }

    #[tokio::test(start_paused = true)]
    async fn a_policy_that_is_not_known_everywhere_yet_is_waited_for() {
        let refusals = AtomicU32::new(0);
        let stage = Stage::answering(move |_| {
            if refusals.fetch_add(1, SeqCst) < 2 {
                return Answer::refused_xml(
                    "NoSuchEntity",
                    "Policy arn:aws:iam::123456789012:policy/demo-operator does not exist or is not attachable.",
                );
            }
            Answer::xml("<AttachUserPolicyResponse/>")
        });
        wanted().create(&stage.call()).await.unwrap();
        assert_eq!(stage.operations(), ["AttachUserPolicy"; 3]);
    }

    #[tokio::test]
    async fn a_quota_that_is_used_up_is_told_at_once() {
        let stage =
            Stage::answering(|_| Answer::refused_xml("LimitExceeded", "Cannot exceed quota for PoliciesPerUser: 10"));
        let error = wanted().create(&stage.call()).await.unwrap_err();
        assert_eq!(error.kind, engine::ErrorKind::LimitExceeded);
        assert_eq!(stage.operations().len(), 1);
    }
}
