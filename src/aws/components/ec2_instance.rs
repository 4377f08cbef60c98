//! One EC2 instance. Sources: Amazon EC2 API, `RunInstances`, `DescribeInstances`, `DescribeInstanceAttribute`,
//! `DescribeVolumes`, `ModifyInstanceAttribute`, `ModifyInstanceMetadataOptions`, `StartInstances`, `TerminateInstances`.

use std::collections::BTreeSet;

use crate::aws::choice::choice;
use crate::aws::ids::{ImageId, InstanceId, InstanceProfileArn, SecurityGroupId, SubnetId};
use crate::aws::{InstanceMetadata, RootVolume};

choice! {
    /// What an instance does.
    pub enum InstanceState {
        /// It runs, or is about to.
        Running = "running",
        /// It is switched off, or about to be.
        Stopped = "stopped",
    }
}

crate::spec! {
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
