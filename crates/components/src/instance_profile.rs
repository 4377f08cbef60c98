//! An instance profile, by which EC2 instances have a role. Sources: AWS IAM API, `CreateInstanceProfile`,
//! `GetInstanceProfile`, `AddRoleToInstanceProfile`, `RemoveRoleFromInstanceProfile`, `DeleteInstanceProfile`.

use aws_sdk_iam::types::InstanceProfile as Described;

use aws::ask::ask;
use aws::error::{lacking, unless_absent, with_id};
use aws::ids::{InstanceProfileArn, RoleArn};
use aws::permissions::{Site, text};
use aws::retry::hosts::PROFILE_FULL;
use aws::retry::{ROLE_IN_CHANGE, ROLE_STILL_HELD, retry_while};
use aws::{Aws, tags};
use engine::{Call, Component, Created, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// An instance profile.
    pub struct InstanceProfile {
        /// The name, unique in the account whatever the path: up to 128 letters, digits and `_+=,.@-`.
        replace name: String,
        /// The path, which begins and ends with a slash.
        replace path: String,
        /// The one role that it holds.
        update role: RoleArn,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceProfileOutput {
    /// The ARN.
    pub arn: InstanceProfileArn,
    /// The name.
    pub name: String,
}

async fn get(call: &Call<'_, Aws>, name: &str) -> Result<Option<Described>> {
    let request = call.world.iam.get_instance_profile().instance_profile_name(name);
    let answer = unless_absent(ask(call, "iam:GetInstanceProfile", request.send()).await)?;
    answer
        .map(|answer| {
            let call = "iam:GetInstanceProfile";
            let profile = answer
                .instance_profile
                .ok_or_else(|| lacking(call, "instance profile"))?;
            with_id(
                call,
                "name of the instance profile",
                profile,
                Described::instance_profile_name,
            )
        })
        .transpose()
}

fn identity(profile: &Described) -> Identity {
    Identity {
        id: profile.instance_profile_name().to_owned(),
        arn: Some(profile.arn().to_owned()),
    }
}

fn output(profile: &Described) -> InstanceProfileOutput {
    InstanceProfileOutput {
        arn: profile.arn().into(),
        name: profile.instance_profile_name().to_owned(),
    }
}

impl InstanceProfile {
    /// A profile is full also where an answer was lost and the role is in it already.
    async fn add_role(&self, call: &Call<'_, Aws>, profile: &str) -> Result<()> {
        let role = self.role.get()?;
        let request = call
            .world
            .iam
            .add_role_to_instance_profile()
            .instance_profile_name(profile)
            .role_name(role.role_name());
        retry_while(call, &PROFILE_FULL, || async {
            match ask(call, "iam:AddRoleToInstanceProfile", request.clone().send()).await {
                Err(error) if (PROFILE_FULL.is)(&error) => {
                    let found = get(call, profile).await?;
                    let mut roles = found.iter().flat_map(Described::roles);
                    if roles.any(|held| held.arn() == role.as_str()) {
                        return Ok(());
                    }
                    Err(error)
                }
                answer => answer.map(drop),
            }
        })
        .await
    }
}

async fn remove_role(call: &Call<'_, Aws>, profile: &str, role: &str) -> Result<()> {
    let request = call
        .world
        .iam
        .remove_role_from_instance_profile()
        .instance_profile_name(profile)
        .role_name(role);
    let removed = retry_while(call, &ROLE_IN_CHANGE, || {
        ask(call, "iam:RemoveRoleFromInstanceProfile", request.clone().send())
    });
    unless_absent(removed.await).map(drop)
}

impl Component<Aws> for InstanceProfile {
    const TYPE: &'static str = "instance_profile";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = InstanceProfileOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let profile = site.iam(format!("instance-profile{}{}", text(&self.path), text(&self.name)));
        [
            profile.called([
                "iam:AddRoleToInstanceProfile",
                "iam:CreateInstanceProfile",
                "iam:DeleteInstanceProfile",
                "iam:GetInstanceProfile",
                "iam:RemoveRoleFromInstanceProfile",
                "iam:TagInstanceProfile",
                "iam:UntagInstanceProfile",
            ]),
            site.passed(&self.role, "ec2.amazonaws.com"),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(name) = self.name.known() else { return Ok(None) };
        Ok(get(call, name).await?.as_ref().map(identity))
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, InstanceProfileOutput>>> {
        let Some(profile) = get(call, &identity.id).await? else {
            return Ok(None);
        };
        // One that lost its role has none that could equal the wanted one.
        let role = profile.roles().first().map_or("", |role| role.arn());
        Ok(Some(Observed {
            identity: self::identity(&profile),
            spec: Self {
                name: profile.instance_profile_name().into(),
                path: profile.path().into(),
                role: RoleArn::from(role).into(),
            },
            output: output(&profile),
            tags: Some(tags::from_iam(profile.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<InstanceProfileOutput>> {
        let name = self.name.get()?;
        let request = call
            .world
            .iam
            .create_instance_profile()
            .instance_profile_name(name)
            .path(self.path.get()?)
            .set_tags(Some(tags::to_iam(call.tags)));
        let answer = retry_while(call, &ROLE_IN_CHANGE, || {
            ask(call, "iam:CreateInstanceProfile", request.clone().send())
        })
        .await?;
        let profile = answer
            .instance_profile
            .ok_or_else(|| lacking("iam:CreateInstanceProfile", "instance profile"))?;
        let profile = with_id(
            "iam:CreateInstanceProfile",
            "ARN of the instance profile",
            profile,
            Described::arn,
        )?;
        self.add_role(call, name).await?;
        Ok(Created {
            identity: identity(&profile),
            output: output(&profile),
        })
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, InstanceProfileOutput>,
        fields: &[&'static str],
    ) -> Result<InstanceProfileOutput> {
        if fields.contains(&"role") {
            let profile = have.identity.id.as_str();
            let old = have.spec.role.get()?.role_name();
            if !old.is_empty() {
                remove_role(call, profile, old).await?;
            }
            self.add_role(call, profile).await?;
        }
        Ok(have.output.clone())
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        let (iam, name) = (&call.world.iam, identity.id.as_str());
        if !set.is_empty() {
            let request = iam.tag_instance_profile().instance_profile_name(name);
            let request = request.set_tags(Some(tags::to_iam(set)));
            ask(call, "iam:TagInstanceProfile", request.send()).await?;
        }
        if !remove.is_empty() {
            let request = iam.untag_instance_profile().instance_profile_name(name);
            let request = request.set_tag_keys(Some(remove.to_vec()));
            ask(call, "iam:UntagInstanceProfile", request.send()).await?;
        }
        Ok(())
    }

    /// Takes the role out first, since IAM deletes no profile that holds one: ours, and if that was not it, whichever it is.
    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let name = identity.id.as_str();
        let mut refused = false;
        let deleted = retry_while(call, &ROLE_STILL_HELD, || {
            let whichever = std::mem::replace(&mut refused, true);
            async move {
                match self.role.known() {
                    Some(role) if !whichever => remove_role(call, name, role.role_name()).await?,
                    _ => {
                        for role in get(call, name).await?.iter().flat_map(Described::roles) {
                            remove_role(call, name, role.role_name()).await?;
                        }
                    }
                }
                let request = call.world.iam.delete_instance_profile().instance_profile_name(name);
                ask(call, "iam:DeleteInstanceProfile", request.send()).await
            }
        });
        unless_absent(deleted.await).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    use super::*;
    use aws::testing::{Answer, Asked, Stage};
    use engine::{ErrorKind, Spec};

    const ARN: &str = "arn:aws:iam::123456789012:instance-profile/demo-hosts";

    fn wanted(role: &str) -> InstanceProfile {
        InstanceProfile {
            name: "demo-hosts".into(),
            path: "/".into(),
            role: RoleArn::from(format!("arn:aws:iam::123456789012:role/{role}")).into(),
        }
    }

    fn identity() -> Identity {
        Identity {
            id: "demo-hosts".into(),
            arn: Some(ARN.into()),
        }
    }

    /// The profile with one role, or none.
    fn profile(role: Option<&str>) -> String {
        let role = role.map_or(String::new(), |role| {
            format!(
                "<member><Path>/</Path><RoleName>{role}</RoleName><RoleId>AROA1</RoleId>\
                 <Arn>arn:aws:iam::123456789012:role/{role}</Arn><CreateDate>2024-01-01T00:00:00Z</CreateDate></member>"
            )
        });
        format!(
            "<InstanceProfile><Path>/</Path><InstanceProfileName>demo-hosts</InstanceProfileName>\
             <InstanceProfileId>AIPA1</InstanceProfileId><Arn>{ARN}</Arn><CreateDate>2024-01-01T00:00:00Z</CreateDate>\
             <Roles>{role}</Roles><Tags><member><Key>a</Key><Value>b</Value></member></Tags></InstanceProfile>"
        )
    }

    fn iam(asked: &Asked, role: Option<&str>) -> Answer {
        let operation = &asked.operation;
        Answer::xml(format!(
            "<{operation}Response><{operation}Result>{}</{operation}Result></{operation}Response>",
            profile(role)
        ))
    }

    #[tokio::test(start_paused = true)]
    async fn another_role_takes_the_place_of_the_old_one_once_that_has_left() {
        let attempts = AtomicU32::new(0);
        let stage = Stage::answering(move |asked| {
            if asked.operation == "AddRoleToInstanceProfile" && attempts.fetch_add(1, SeqCst) == 0 {
                return Answer::refused_xml(
                    "LimitExceeded",
                    "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
                );
            }
            iam(asked, Some("old"))
        });
        let have = wanted("new").read(&stage.call(), &identity()).await.unwrap().unwrap();
        assert_eq!(wanted("new").compare(&have.spec).different(), ["role"]);
        assert_eq!(wanted("old").compare(&have.spec).different(), [""; 0]);
        wanted("new").update(&stage.call(), &have, &["role"]).await.unwrap();
        assert_eq!(
            stage.operations()[1..],
            [
                "RemoveRoleFromInstanceProfile",
                "AddRoleToInstanceProfile",
                "GetInstanceProfile",
                "AddRoleToInstanceProfile"
            ]
        );
        assert!(stage.asked()[1].body.contains("RoleName=old"));
        assert!(stage.asked()[4].body.contains("RoleName=new"));
    }

    #[tokio::test]
    async fn a_role_that_is_in_already_since_an_answer_was_lost_is_added() {
        let stage = Stage::answering(|asked| match asked.operation.as_str() {
            "AddRoleToInstanceProfile" => Answer::refused_xml(
                "LimitExceeded",
                "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
            ),
            _ => iam(asked, Some("hosts")),
        });
        wanted("hosts").create(&stage.call()).await.unwrap();
        assert_eq!(
            stage.operations(),
            [
                "CreateInstanceProfile",
                "AddRoleToInstanceProfile",
                "GetInstanceProfile"
            ]
        );
    }

    #[tokio::test]
    async fn one_that_lost_its_role_gets_it_back() {
        let stage = Stage::answering(|asked| iam(asked, None));
        let have = wanted("hosts").read(&stage.call(), &identity()).await.unwrap().unwrap();
        assert_eq!(wanted("hosts").compare(&have.spec).different(), ["role"]);
        wanted("hosts").update(&stage.call(), &have, &["role"]).await.unwrap();
        assert_eq!(stage.operations()[1..], ["AddRoleToInstanceProfile"]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_role_leaves_before_the_profile_goes() {
        let refusals = AtomicU32::new(0);
        let stage = Stage::answering(move |asked| {
            if asked.operation == "DeleteInstanceProfile" && refusals.fetch_add(1, SeqCst) == 0 {
                return Answer::refused_xml(
                    "DeleteConflict",
                    "Cannot delete entity, must remove roles from instance profile first.",
                );
            }
            iam(asked, Some("hosts"))
        });
        wanted("hosts").delete(&stage.call(), &identity()).await.unwrap();
        assert_eq!(
            stage.operations(),
            [
                "RemoveRoleFromInstanceProfile",
                "DeleteInstanceProfile",
                "GetInstanceProfile",
                "RemoveRoleFromInstanceProfile",
                "DeleteInstanceProfile",
            ]
        );
    }

    #[tokio::test]
    async fn one_that_is_gone_is_absent_and_deleted() {
        let stage =
            Stage::answering(|_| Answer::refused_xml("NoSuchEntity", "Instance Profile demo-hosts cannot be found."));
        assert_eq!(wanted("hosts").find(&stage.call()).await.unwrap(), None);
        wanted("hosts").delete(&stage.call(), &identity()).await.unwrap();
    }

    #[tokio::test]
    async fn a_second_creator_is_told_so() {
        let stage = Stage::answering(|_| {
            Answer::refused_xml("EntityAlreadyExists", "Instance Profile demo-hosts already exists.")
        });
        let error = wanted("hosts").create(&stage.call()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::AlreadyExists);
        assert_eq!(stage.operations(), ["CreateInstanceProfile"]);
    }
}
