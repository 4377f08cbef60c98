//! An IAM user without credentials. Sources: AWS IAM API, `CreateUser`, `GetUser`, `PutUserPermissionsBoundary`,
//! `DeleteUserPermissionsBoundary`, `TagUser`, `DeleteUser`.

mod belongings;
mod credentials;

use aws_sdk_iam::types::User;

use aws::ask::ask;
use aws::error::{lacking, unless_absent, with_id};
use aws::ids::{PolicyArn, UserArn};
use aws::permissions::{Site, text};
use aws::retry::iam::USER_STILL_HELD;
use aws::retry::{ROLE_IN_CHANGE, retry_while};
use aws::{Aws, tags};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A user. It is made without a console password and without keys, which whoever it is for gets from an
    /// administrator. What is attached to it is no part of it.
    pub struct IamUser {
        /// The name, unique in the account whatever the path: up to 64 letters, digits and `_+=,.@-`.
        replace name: String,
        /// The path, which begins and ends with a slash.
        replace path: String,
        /// What limits it, whatever its policies allow.
        update permissions_boundary: Option<PolicyArn>,
        /// Whether it is deleted with the credentials that others gave it. Only we know of it.
        update force_destroy: bool,
    }
}

async fn get(call: &Call<'_, Aws>, name: &str) -> Result<Option<User>> {
    let answer = unless_absent(ask(call, "iam:GetUser", call.world.iam.get_user().user_name(name).send()).await)?;
    answer
        .map(|answer| {
            let user = answer.user.ok_or_else(|| lacking("iam:GetUser", "user"))?;
            with_id("iam:GetUser", "name of the user", user, User::user_name)
        })
        .transpose()
}

fn identity(user: &User) -> Identity {
    Identity {
        id: user.user_name().to_owned(),
        arn: Some(user.arn().to_owned()),
    }
}

fn boundary(user: &User) -> Option<PolicyArn> {
    user.permissions_boundary()?
        .permissions_boundary_arn()
        .map(PolicyArn::from)
}

impl IamUser {
    async fn change_boundary(&self, call: &Call<'_, Aws>, user: &str) -> Result<()> {
        let iam = &call.world.iam;
        if let Some(arn) = self.permissions_boundary.get()? {
            let put = retry_while(call, &ROLE_IN_CHANGE, || {
                let request = iam
                    .put_user_permissions_boundary()
                    .user_name(user)
                    .permissions_boundary(arn);
                ask(call, "iam:PutUserPermissionsBoundary", request.send())
            });
            return put.await.map(drop);
        }
        let deleted = retry_while(call, &ROLE_IN_CHANGE, || {
            let request = iam.delete_user_permissions_boundary().user_name(user);
            ask(call, "iam:DeleteUserPermissionsBoundary", request.send())
        });
        unless_absent(deleted.await).map(drop)
    }

    /// Refuses, unless it is to be forced, to take away credentials that somebody may be using.
    async fn give_up_credentials(&self, call: &Call<'_, Aws>, user: &str) -> Result<()> {
        let found = credentials::of(call, user).await?;
        if found.is_empty() {
            return Ok(());
        }
        if self.force_destroy.known() != Some(&true) {
            let named: Vec<String> = found.iter().map(ToString::to_string).collect();
            let refusal = Error::new(
                ErrorKind::Conflict,
                "iam:DeleteUser",
                format!(
                    "the user {user} has credentials that others gave it: {}",
                    named.join(", ")
                ),
            );
            return Err(refusal.with_remedy(
                "Whoever works with them would be locked out. Take them away by hand, or set force_destroy = true, apply \
                 that, and destroy again.",
            ));
        }
        credentials::delete(call, user, &found).await
    }
}

impl Component<Aws> for IamUser {
    const TYPE: &'static str = "iam_user";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = UserArn;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let user = site.iam(format!("user{}{}", text(&self.path), text(&self.name)));
        [
            user.called([
                "iam:CreateUser",
                "iam:DeleteUser",
                "iam:DeleteUserPermissionsBoundary",
                "iam:GetUser",
                "iam:ListAttachedUserPolicies",
                "iam:ListGroupsForUser",
                "iam:ListUserPolicies",
                "iam:PutUserPermissionsBoundary",
                "iam:TagUser",
                "iam:UntagUser",
                "iam:UpdateUser",
            ]),
            // What others hung on the user goes with it where `force_destroy` says so.
            user.called([
                "iam:DeactivateMFADevice",
                "iam:DeleteAccessKey",
                "iam:DeleteLoginProfile",
                "iam:DeleteSSHPublicKey",
                "iam:DeleteServiceSpecificCredential",
                "iam:DeleteSigningCertificate",
                "iam:DeleteUserPolicy",
                "iam:DetachUserPolicy",
                "iam:GetLoginProfile",
                "iam:ListAccessKeys",
                "iam:ListMFADevices",
                "iam:ListSSHPublicKeys",
                "iam:ListServiceSpecificCredentials",
                "iam:ListSigningCertificates",
            ]),
            site.iam("group/*").called(["iam:RemoveUserFromGroup"]),
            site.iam("mfa/*").called(["iam:DeleteVirtualMFADevice"]),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(name) = self.name.known() else { return Ok(None) };
        Ok(get(call, name).await?.as_ref().map(identity))
    }

    async fn read(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<Option<Observed<Self, UserArn>>> {
        let Some(user) = get(call, &identity.id).await? else {
            return Ok(None);
        };
        Ok(Some(Observed {
            identity: self::identity(&user),
            spec: Self {
                name: user.user_name().into(),
                path: user.path().into(),
                permissions_boundary: boundary(&user).into(),
                force_destroy: self.force_destroy.clone(),
            },
            output: user.arn().into(),
            tags: Some(tags::from_iam(user.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<UserArn>> {
        let boundary = self.permissions_boundary.get()?;
        let request = call
            .world
            .iam
            .create_user()
            .user_name(self.name.get()?)
            .path(self.path.get()?)
            .set_permissions_boundary(boundary.as_ref().map(Into::into))
            .set_tags(Some(tags::to_iam(call.tags)));
        let answer = retry_while(call, &ROLE_IN_CHANGE, || {
            ask(call, "iam:CreateUser", request.clone().send())
        })
        .await?;
        let user = answer.user.ok_or_else(|| lacking("iam:CreateUser", "user"))?;
        let user = with_id("iam:CreateUser", "name of the user", user, User::user_name)?;
        Ok(Created {
            identity: identity(&user),
            output: user.arn().into(),
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, UserArn>,
        fields: &[&'static str],
    ) -> Result<UserArn> {
        for field in fields {
            match *field {
                "permissions_boundary" => self.change_boundary(call, &have.identity.id).await?,
                // AWS knows nothing of it.
                "force_destroy" => {}
                other => {
                    return Err(Error::bug(
                        "iam:UpdateUser",
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
            let request = iam.tag_user().user_name(&identity.id).set_tags(Some(tags::to_iam(set)));
            ask(call, "iam:TagUser", request.send()).await?;
        }
        if !remove.is_empty() {
            let request = iam
                .untag_user()
                .user_name(&identity.id)
                .set_tag_keys(Some(remove.to_vec()));
            ask(call, "iam:UntagUser", request.send()).await?;
        }
        Ok(())
    }

    /// Takes off it what others attached, and takes it out of its groups: IAM deletes no user that has anything. Its
    /// credentials go only where that is asked for.
    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let name = identity.id.as_str();
        self.give_up_credentials(call, name).await?;
        let deleted = retry_while(call, &USER_STILL_HELD, || async {
            belongings::clear(call, name).await?;
            ask(
                call,
                "iam:DeleteUser",
                call.world.iam.delete_user().user_name(name).send(),
            )
            .await
        });
        match deleted.await {
            Err(error) if error.kind == ErrorKind::Conflict => Err(error.with_remedy(format!(
                "Something still hangs on the user {name}: look at its security credentials in the IAM console, and destroy \
                 again."
            ))),
            other => unless_absent(other).map(drop),
        }
    }
}

#[cfg(test)]
mod tests;
