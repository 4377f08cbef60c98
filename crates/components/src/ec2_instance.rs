//! One EC2 instance. Sources: Amazon EC2 API, `RunInstances`, `DescribeInstances`, `DescribeInstanceAttribute`,
//! `DescribeVolumes`, `ModifyInstanceAttribute`, `ModifyInstanceMetadataOptions`, `StartInstances`, `TerminateInstances`.

mod request;
mod sight;

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{HttpTokensState, Instance, InstanceStateName, ResourceType, Tag};

use aws::ask::ask;
use aws::choice;
use aws::error::{lacking, unless_absent};
use aws::ids::{ImageId, InstanceId, InstanceProfileArn, SecurityGroupId, SubnetId, is_told};
use aws::permissions::Site;
use aws::retry::hosts::PROFILE_UNKNOWN_YET;
use aws::retry::retry_while;
use aws::wait::{Pace, wait_until};
use aws::{Aws, InstanceMetadata, RootVolume, ec2, tags};
use engine::{Call, Component, Created, Error, ErrorKind, Identity, Observed, Permission, Replacement, Result, Tags};

choice! {
    /// What an instance does.
    pub enum InstanceState {
        /// It runs, or is about to.
        Running = "running",
        /// It is switched off, or about to be.
        Stopped = "stopped",
    }
}

engine::spec! {
    /// An instance.
    pub struct Ec2Instance {
        /// What the EC2 console calls it: its tag `Name`, unless the user's own tags have one.
        update name: String,
        /// The machine image.
        replace image_id: ImageId,
        /// The instance type: `t2.micro`. Another one would need a stop, and a new instance is safer than that.
        replace instance_type: String,
        /// The key pair that opens SSH; `None`: no SSH key.
        replace key_name: Option<String>,
        /// Where it runs.
        replace subnet: SubnetId,
        /// The groups that guard it.
        update security_groups: BTreeSet<SecurityGroupId>,
        /// Whether it gets a public address.
        replace associate_public_ip: bool,
        /// What it has its role by.
        replace instance_profile: InstanceProfileArn,
        /// The script that runs when it first starts, as plain text: up to 16 KiB.
        replace user_data: String,
        /// The disk that it starts from.
        replace volume: RootVolume,
        /// How its metadata service may be asked.
        update metadata: InstanceMetadata,
        /// What it does: one that somebody stopped is started again.
        update state: InstanceState,
    }
}

/// What others can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ec2InstanceOutput {
    /// The id.
    pub id: InstanceId,
    /// The public address, which a stop and start may change (refer to it as volatile).
    pub public_ip: Option<String>,
    /// The private address.
    pub private_ip: Option<String>,
}

/// The tag that the EC2 console shows as an instance's name.
const NAME: &str = "Name";

fn identity(call: &Call<'_, Aws>, id: &str) -> Identity {
    ec2::identity(call, &ResourceType::Instance, id)
}

fn output(id: &str, instance: &Instance) -> Ec2InstanceOutput {
    Ec2InstanceOutput {
        id: id.into(),
        public_ip: instance.public_ip_address().map(str::to_owned),
        private_ip: instance.private_ip_address().map(str::to_owned),
    }
}

fn state(instance: &Instance) -> Option<&InstanceStateName> {
    instance.state()?.name()
}

/// Whether it is there to stay; one that was terminated is reported for about an hour.
fn stands(instance: &Instance) -> bool {
    !matches!(
        state(instance),
        Some(InstanceStateName::ShuttingDown | InstanceStateName::Terminated)
    )
}

/// The instance in whatever state.
async fn described(call: &Call<'_, Aws>, id: &str) -> Result<Option<Instance>> {
    call.world.reads.ec2.instances.seen(call, id).await
}

/// Waits until it runs.
async fn running(call: &Call<'_, Aws>, id: &str) -> Result<Instance> {
    wait_until(call, Pace::Seconds, &format!("the instance {id} runs"), || async {
        match described(call, id).await? {
            Some(instance) if state(&instance) == Some(&InstanceStateName::Running) => Ok(Some(instance)),
            Some(instance) if !stands(&instance) => Err(failed(id, &instance)),
            // On its way, or not known everywhere yet.
            _ => Ok(None),
        }
    })
    .await
}

/// Why an instance ended before it ran (Amazon EC2 user guide, *Troubleshoot instance launch issues*).
fn failed(id: &str, instance: &Instance) -> Error {
    let reason = instance.state_reason();
    let told = reason
        .and_then(|reason| reason.message())
        .unwrap_or("EC2 gives no reason");
    let message = format!("the instance {id} ended before it ran: {told}");
    let mut error = Error::new(ErrorKind::Unhealthy, "ec2:RunInstances", message);
    error.code = reason.and_then(|reason| reason.code()).map(str::to_owned);
    let remedy = if told.contains("Client error on launch") {
        "EC2 could not use the key that its disk is encrypted with: allow it to the role AWSServiceRoleForAutoScaling or to \
         whoever runs Terraform, or choose another key, and apply again."
    } else {
        "See what the reason names, and apply again."
    };
    error.with_remedy(remedy)
}

impl Ec2Instance {
    /// The name that the tag is to have; the user's own tags come first.
    fn name_tag(&self, call: &Call<'_, Aws>) -> Result<String> {
        match call.tags.get(NAME) {
            Some(theirs) => Ok(theirs.clone()),
            None => self.name.get().cloned(),
        }
    }

    async fn rename(&self, call: &Call<'_, Aws>, id: &str) -> Result<()> {
        let tag = Tag::builder().key(NAME).value(self.name_tag(call)?).build();
        let request = call.world.ec2.create_tags().resources(id).tags(tag);
        ask(call, "ec2:CreateTags", request.send()).await.map(drop)
    }

    async fn regroup(&self, call: &Call<'_, Aws>, id: &str) -> Result<()> {
        let groups = self.security_groups.get()?.iter().map(Into::into).collect();
        let request = call.world.ec2.modify_instance_attribute().instance_id(id);
        let request = request.set_groups(Some(groups));
        ask(call, "ec2:ModifyInstanceAttribute", request.send()).await.map(drop)
    }

    async fn guard_metadata(&self, call: &Call<'_, Aws>, id: &str) -> Result<()> {
        let metadata = self.metadata.get()?;
        let request = call
            .world
            .ec2
            .modify_instance_metadata_options()
            .instance_id(id)
            .http_tokens(HttpTokensState::from(metadata.tokens()))
            .http_put_response_hop_limit(metadata.hop_limit);
        ask(call, "ec2:ModifyInstanceMetadataOptions", request.send())
            .await
            .map(drop)
    }

    /// Starts one that was stopped, once it has stopped.
    async fn wake(&self, call: &Call<'_, Aws>, id: &str) -> Result<()> {
        wait_until(
            call,
            Pace::Seconds,
            &format!("the instance {id} can be started"),
            || async {
                let instance = described(call, id).await?;
                let is_stopping = instance.as_ref().and_then(state) == Some(&InstanceStateName::Stopping);
                Ok((!is_stopping).then_some(()))
            },
        )
        .await?;
        let request = call.world.ec2.start_instances().instance_ids(id);
        ask(call, "ec2:StartInstances", request.send()).await.map(drop)
    }
}

impl Component<Aws> for Ec2Instance {
    const TYPE: &'static str = "ec2_instance";
    /// Two would carry the same tags, by which alone one of them is found.
    const REPLACEMENT: Replacement = Replacement::DeleteFirst;
    type Output = Ec2InstanceOutput;

    fn permissions(&self, aws: &Aws, deployment: &str) -> Vec<Permission> {
        let site = Site::new(aws, deployment);
        [
            site.instances(|place| place.called(["ec2:RunInstances"])),
            site.instance_tags(),
            site.ec2("instance").ours().called([
                "ec2:ModifyInstanceAttribute",
                "ec2:ModifyInstanceMetadataOptions",
                "ec2:StartInstances",
                "ec2:TerminateInstances",
            ]),
            // Its groups are part of the change.
            site.ec2("security-group")
                .ours()
                .behind(["ec2:ModifyInstanceAttribute"]),
            site.ec2("instance").called(["ec2:DescribeInstanceAttribute"]),
            site.anywhere().called(["ec2:DescribeInstances", "ec2:DescribeVolumes"]),
            site.ec2_retagged("instance"),
            site.ec2_retagged("volume"),
            site.ec2_retagged("network-interface"),
        ]
        .concat()
    }

    async fn find(&self, call: &Call<'_, Aws>) -> Result<Option<Identity>> {
        let mut instances = call.world.reads.ec2.instances.tagged(call).await?;
        instances.retain(stands);
        let instance = ec2::ours_or_first(call, instances, Instance::tags);
        Ok(instance.and_then(|instance| Some(identity(call, instance.instance_id()?))))
    }

    async fn read(
        &self,
        call: &Call<'_, Aws>,
        identity: &Identity,
    ) -> Result<Option<Observed<Self, Ec2InstanceOutput>>> {
        let id = identity.id.as_str();
        let Some((instance, seen)) = sight::look(call, id).await? else {
            return Ok(None);
        };
        Ok(Some(Observed {
            identity: self::identity(call, id),
            spec: self.reported(call, &instance, seen),
            output: output(id, &instance),
            tags: Some(tags::from_ec2(instance.tags())),
        }))
    }

    async fn create(&self, call: &Call<'_, Aws>) -> Result<Created<Ec2InstanceOutput>> {
        let request = self.request(call)?;
        let answer = retry_while(call, &PROFILE_UNKNOWN_YET, || {
            // Fresh for each attempt: EC2 remembers a token for a day and answers with what it did then.
            let request = request.clone().client_token(chance::client_token());
            ask(call, "ec2:RunInstances", request.send())
        })
        .await?;
        let id = answer
            .instances()
            .first()
            .and_then(Instance::instance_id)
            .filter(is_told)
            .ok_or_else(|| lacking("ec2:RunInstances", "instance id"))?;
        let instance = running(call, id).await?;
        Ok(Created {
            identity: identity(call, id),
            output: output(id, &instance),
        })
    }

    async fn settle(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        running(call, &identity.id).await.map(drop)
    }

    async fn update(
        &self,
        call: &Call<'_, Aws>,
        have: &Observed<Self, Ec2InstanceOutput>,
        fields: &[&'static str],
    ) -> Result<Ec2InstanceOutput> {
        let id = have.identity.id.as_str();
        for field in fields {
            match *field {
                "name" => self.rename(call, id).await?,
                "security_groups" => self.regroup(call, id).await?,
                "metadata" => self.guard_metadata(call, id).await?,
                "state" => self.wake(call, id).await?,
                other => {
                    let message = format!("{other} cannot be changed in place");
                    return Err(Error::bug("ec2:ModifyInstanceAttribute", message));
                }
            }
        }
        Ok(output(id, &running(call, id).await?))
    }

    async fn retag(&self, call: &Call<'_, Aws>, identity: &Identity, set: &Tags, remove: &[String]) -> Result<()> {
        let id = identity.id.as_str();
        ec2::retag(call, id, set, remove).await?;
        // Who takes their own name off gets ours back.
        if remove.iter().any(|name| name == NAME) && self.name.known().is_some() {
            self.rename(call, id).await?;
        }
        Ok(())
    }

    async fn delete(&self, call: &Call<'_, Aws>, identity: &Identity) -> Result<()> {
        let id = identity.id.as_str();
        let request = call.world.ec2.terminate_instances().instance_ids(id);
        let ended = ask(call, "ec2:TerminateInstances", request.send()).await;
        if unless_absent(ended.map_err(protected))?.is_none() {
            return Ok(());
        }
        wait_until(call, Pace::Seconds, &format!("the instance {id} is gone"), || async {
            let left = described(call, id).await?;
            let is_gone = left.is_none_or(|instance| state(&instance) == Some(&InstanceStateName::Terminated));
            Ok(is_gone.then_some(()))
        })
        .await
    }
}

/// EC2's word for an instance that somebody protected.
fn protected(error: Error) -> Error {
    if !error.message.contains("disableApiTermination") {
        return error;
    }
    error.with_remedy(
        "Somebody switched termination protection on. Switch it off in the EC2 console, and destroy again.",
    )
}

#[cfg(test)]
mod tests;
