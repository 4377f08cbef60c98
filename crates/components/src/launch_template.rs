//! A launch template: what hosts of an auto scaling group are made of. Sources: Amazon EC2 API, `CreateLaunchTemplate`,
//! `CreateLaunchTemplateVersion`, `ModifyLaunchTemplate`, `DescribeLaunchTemplates`, `DescribeLaunchTemplateVersions`,
//! `DeleteLaunchTemplateVersions`, `DeleteLaunchTemplate`.

mod data;

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{LaunchTemplate as Described, LaunchTemplateVersion, ResourceType, ValidationWarning};

use aws::ask::{ask, in_time};
use aws::error::{lacking, unless_absent};
use aws::ids::{ImageId, InstanceProfileArn, LaunchTemplateId, SecurityGroupId, is_told};
use aws::permissions::Site;
use aws::retry::hosts::TEMPLATE_UNKNOWN_YET;
use aws::retry::retry_while;
use aws::{Aws, InstanceMetadata, RootVolume, ec2, service_linked_role, tags};
use engine::{Call, Component, Created, Identity, Observed, Permission, Replacement, Result, Tags};

engine::spec! {
    /// A launch template. Its default version is the one that counts: a change makes a new version and makes that the
    /// default.
    pub struct LaunchTemplate {
        /// The name, unique in the region of an account: 3 to 128 letters, digits and `( ) . / _ -`.
        replace name: String,
        /// The machine image.
        update image_id: ImageId,
        /// The instance type: `m5zn.xlarge`.
        update instance_type: String,
        /// The key pair that opens SSH; `None`: no SSH key.
        update key_name: Option<String>,
        /// The groups that guard the hosts.
        update security_groups: BTreeSet<SecurityGroupId>,
        /// What the hosts have their role by.
        update instance_profile: InstanceProfileArn,
        /// The disk that the hosts start from.
        update volume: RootVolume,
        /// How the hosts' metadata service may be asked.
        update metadata: InstanceMetadata,
        /// The script that runs when a host first starts, as plain text: up to 16 KiB.
        update user_data: String,
        /// Whether metrics come every minute instead of every five.
        update monitoring: bool,
        /// Whether the hosts are spot instances, which AWS may take back at two minutes' notice.
        update spot: bool,
        /// The tags of hosts, their volumes and their network interfaces. Those of an auto scaling group that propagate
        /// are laid over them on hosts alone.
        update instance_tags: Tags,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchTemplateOutput {
    /// The id.
    pub id: LaunchTemplateId,
    /// The default version, which every change in place replaces (refer to it as volatile).
    pub version: i64,
}

/// How the versions are described that this component made, so that it deletes no others.
const OURS: &str = "Made by Terraform";
/// How many versions one call deletes at most.
const AT_ONCE: usize = 200;

impl LaunchTemplate {
    /// Spot instances need a role of their own service, which only the EC2 console makes unasked.
    async fn ready_for_spot(&self, call: &Call<'_, Aws>) -> Result<()> {
        if *self.spot.get()? {
            service_linked_role::ensure(call, "spot.amazonaws.com").await;
        }
        Ok(())
    }
}

async fn describe(call: &Call<'_, Aws>, id: &str) -> Result<Option<Described>> {
    let templates = &call.world.reads.ec2.launch_templates;
    in_time(call, "ec2:DescribeLaunchTemplates", templates.one((), id)).await
}

async fn default_version(call: &Call<'_, Aws>, id: &str) -> Result<Option<LaunchTemplateVersion>> {
    let request = call.world.ec2.describe_launch_template_versions();
    let request = request.launch_template_id(id).versions("$Default");
    let answer = unless_absent(ask(call, "ec2:DescribeLaunchTemplateVersions", request.send()).await)?;
    Ok(answer.and_then(|answer| answer.launch_template_versions.unwrap_or_default().into_iter().next()))
}

/// Deletes the versions of ours before `kept`: hosts that run do not need theirs, and groups that were not told of the
/// newest yet have the one before it.
async fn forget_versions(call: &Call<'_, Aws>, id: &str, kept: i64) -> Result<()> {
    let pages = call
        .world
        .ec2
        .describe_launch_template_versions()
        .launch_template_id(id)
        .into_paginator()
        .items()
        .send();
    let versions = ask(
        call,
        "ec2:DescribeLaunchTemplateVersions",
        pages.collect::<std::result::Result<Vec<_>, _>>(),
    )
    .await?;
    let is_ours = |version: &&LaunchTemplateVersion| version.version_description() == Some(OURS);
    let old: Vec<String> = versions
        .iter()
        .filter(is_ours)
        .filter_map(LaunchTemplateVersion::version_number)
        .filter(|number| *number < kept)
        .map(|number| number.to_string())
        .collect();
    for numbers in old.chunks(AT_ONCE) {
        let request = call.world.ec2.delete_launch_template_versions().launch_template_id(id);
        let request = request.set_versions(Some(numbers.to_vec()));
        ask(call, "ec2:DeleteLaunchTemplateVersions", request.send()).await?;
    }
    Ok(())
}

/// EC2 takes a template that no host can be made of, and says so in passing.
fn warn(call: &Call<'_, Aws>, warning: Option<&ValidationWarning>) {
    for error in warning.map(ValidationWarning::errors).unwrap_or_default() {
        let (code, message) = (error.code().unwrap_or_default(), error.message().unwrap_or_default());
        tracing::warn!(component = %call.key, code, message, "EC2 doubts that hosts can be made of the launch template");
    }
}

fn identity(call: &Call<'_, Aws>, id: &str) -> Identity {
    ec2::identity(call, &ResourceType::LaunchTemplate, id)
}

impl Component<Aws> for LaunchTemplate {
    const TYPE: &'static str = "launch_template";
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = LaunchTemplateOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        let spot = self.spot.known().unwrap_or(&true);
        [
            site.ec2_made("ec2:CreateLaunchTemplate", ["launch-template"]),
            site.ec2("launch-template").ours().called([
                "ec2:CreateLaunchTemplateVersion",
                "ec2:DeleteLaunchTemplate",
                "ec2:ModifyLaunchTemplate",
            ]),
            // Old versions are in nobody's way.
            site.ec2("launch-template")
                .ours()
                .helpful(["ec2:DeleteLaunchTemplateVersions"]),
            site.anywhere()
                .called(["ec2:DescribeLaunchTemplateVersions", "ec2:DescribeLaunchTemplates"]),
            site.ec2_retagged("launch-template"),
            if *spot {
                site.linked_role("spot.amazonaws.com")
                    .helpful(["iam:CreateServiceLinkedRole"])
            } else {
                Vec::new()
            },
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let Some(name) = self.name.known() else { return Ok(None) };
        let templates = &call.world.reads.ec2.launch_templates_by_name;
        let template = in_time(call, "ec2:DescribeLaunchTemplates", templates.one((), name.as_str())).await?;
        Ok(template.and_then(|template| Some(identity(call, template.launch_template_id()?))))
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, LaunchTemplateOutput>>> {
        let id = identity.id.as_str();
        let (Some(template), Some(version)) = tokio::try_join!(describe(call, id), default_version(call, id))? else {
            return Ok(None);
        };
        let number = version
            .version_number()
            .ok_or_else(|| lacking("ec2:DescribeLaunchTemplateVersions", "version number"))?;
        Ok(Some(Observed {
            identity: self::identity(call, id),
            spec: self.reported(template.launch_template_name().unwrap_or_default(), &version),
            output: LaunchTemplateOutput {
                id: id.into(),
                version: number,
            },
            tags: Some(tags::from_ec2(template.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<LaunchTemplateOutput>> {
        self.ready_for_spot(call).await?;
        let request = call
            .world
            .ec2
            .create_launch_template()
            .launch_template_name(self.name.get()?)
            .version_description(OURS)
            .launch_template_data(self.data()?)
            .tag_specifications(ec2::tagged(call, ResourceType::LaunchTemplate))
            .client_token(chance::client_token());
        let answer = ask(call, "ec2:CreateLaunchTemplate", request.send()).await?;
        warn(call, answer.warning());
        let template = answer.launch_template();
        let id = template
            .and_then(Described::launch_template_id)
            .filter(is_told)
            .ok_or_else(|| lacking("ec2:CreateLaunchTemplate", "launch template id"))?;
        let version = template.and_then(Described::default_version_number).unwrap_or(1);
        Ok(Created {
            identity: identity(call, id),
            output: LaunchTemplateOutput { id: id.into(), version },
        })
    }

    /// Makes a version that is whole in itself, and makes it the default one.
    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, LaunchTemplateOutput>,
        _fields: &[&'static str],
    ) -> Result<LaunchTemplateOutput> {
        self.ready_for_spot(call).await?;
        let (ec2, id) = (&call.world.ec2, have.identity.id.as_str());
        let request = ec2
            .create_launch_template_version()
            .launch_template_id(id)
            .version_description(OURS)
            .launch_template_data(self.data()?)
            .client_token(chance::client_token());
        let answer = ask(call, "ec2:CreateLaunchTemplateVersion", request.send()).await?;
        warn(call, answer.warning());
        let version = answer
            .launch_template_version()
            .and_then(LaunchTemplateVersion::version_number)
            .ok_or_else(|| lacking("ec2:CreateLaunchTemplateVersion", "version number"))?;
        retry_while(call, &TEMPLATE_UNKNOWN_YET, || {
            let request = ec2.modify_launch_template().launch_template_id(id);
            let request = request
                .default_version(version.to_string())
                .client_token(chance::client_token());
            ask(call, "ec2:ModifyLaunchTemplate", request.send())
        })
        .await?;
        // The template is as it should be; versions that nobody needs cost nothing.
        if let Err(error) = forget_versions(call, id, have.output.version).await {
            tracing::warn!(component = %call.key, %error, "old versions of the launch template were not deleted");
        }
        Ok(LaunchTemplateOutput { id: id.into(), version })
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        ec2::retag(call, &identity.id, set, remove).await
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let request = call.world.ec2.delete_launch_template().launch_template_id(&identity.id);
        unless_absent(ask(call, "ec2:DeleteLaunchTemplate", request.send()).await).map(drop)
    }
}

#[cfg(test)]
mod tests;
