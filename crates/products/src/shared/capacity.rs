//! `capacity {}`: EC2 hosts for the tasks, as a launch template, an auto scaling group and a capacity provider that scales
//! it.

use serde::{Deserialize, Serialize};

use crate::settings;
use framework::validators::{arn, custom, length, one_of, range};
use framework::{Attr, Attribute, Block, Diagnostic, Diagnostics, Path, Type};

/// How many hosts there are at most where nothing else is said. Ours.
const MAX_SIZE: i64 = 1;

/// `capacity {}`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Capacity {
    /// The kind of host.
    pub instance_type: Attr<String>,
    /// How few hosts there are.
    pub min_size: Attr<i64>,
    /// How many hosts there are at most.
    pub max_size: Attr<i64>,
    /// A key pair for SSH.
    pub key_name: Attr<String>,
    /// From where SSH reaches the hosts: `vpc`, or what the product has instead.
    pub ssh_from: Attr<String>,
    /// The size of a host's disk, in GiB.
    pub volume_size_gib: Attr<i64>,
    /// The key a host's disk is encrypted with.
    pub kms_key_id: Attr<String>,
    /// The image of the hosts.
    pub ami_id: Attr<String>,
    /// Whether the newest image is taken at each plan.
    pub update_ami: Attr<bool>,
    /// Whether hosts that run are replaced when the launch template changes.
    pub instance_refresh: Attr<bool>,
    /// Seconds until a new host's figures count.
    pub instance_warmup: Attr<i64>,
    /// Whether CloudWatch gets the group's figures.
    pub group_metrics: Attr<bool>,
    /// Whether CloudWatch gets the hosts' figures by the minute.
    pub detailed_monitoring: Attr<bool>,
    /// Whether hosts are protected from scale-in.
    pub scale_in_protection: Attr<bool>,
    /// Whether ECS keeps hosts with tasks from being terminated.
    pub managed_termination_protection: Attr<bool>,
    /// Whether ECS moves tasks off a host that goes.
    pub managed_draining: Attr<bool>,
    /// How full the hosts are kept, in percent.
    pub target_capacity: Attr<i64>,
    /// An SNS topic that hears of hosts that come and go.
    pub notification_topic_arn: Attr<String>,
    /// Whether the hosts are spot instances.
    pub spot: Attr<bool>,
}

/// What a product says of its hosts.
#[derive(Debug, Clone, Copy)]
pub struct Standard {
    /// The kind of host.
    pub instance_type: &'static str,
    /// What is to be known of kinds.
    pub of_types: &'static str,
    /// From where SSH reaches the hosts, unless that is the whole VPC.
    pub ssh_from: &'static str,
    /// What is to be known of that.
    pub of_ssh: &'static str,
}

impl Capacity {
    /// The hosts of a deployment whose configuration says nothing of them: every setting at its default.
    pub fn standard(standard: &Standard) -> Self {
        Self {
            instance_type: Attr::Known(standard.instance_type.to_owned()),
            min_size: Attr::Known(0),
            max_size: Attr::Known(MAX_SIZE),
            ssh_from: Attr::Known(standard.ssh_from.to_owned()),
            volume_size_gib: Attr::Known(50),
            update_ami: Attr::Known(false),
            instance_refresh: Attr::Known(false),
            group_metrics: Attr::Known(false),
            detailed_monitoring: Attr::Known(false),
            scale_in_protection: Attr::Known(false),
            managed_termination_protection: Attr::Known(false),
            managed_draining: Attr::Known(true),
            target_capacity: Attr::Known(100),
            spot: Attr::Known(false),
            ..Self::default()
        }
    }
}

/// What AWS says of the hosts' kind and image, kept in the state so that nothing moves until it is asked to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Host {
    /// The image.
    pub ami_id: Attr<String>,
    /// With `update_ami`: the image that AWS recommended when that was last read.
    pub recommended_ami_id: Attr<String>,
    /// The image's root device.
    pub root_device: Attr<String>,
    /// The kind that the figures are of.
    pub instance_type: Attr<String>,
    /// `X86_64` or `ARM64`.
    pub architecture: Attr<String>,
    /// Virtual CPUs.
    pub vcpus: Attr<i64>,
    /// Memory in MiB.
    pub memory: Attr<i64>,
    /// GPUs.
    pub gpus: Attr<i64>,
    /// Network interfaces, of which the host itself has one and each task one.
    pub network_interfaces: Attr<i64>,
}

/// The type of [`Host`].
pub fn host_type() -> Type {
    Type::object([
        ("ami_id", Type::String),
        ("recommended_ami_id", Type::String),
        ("root_device", Type::String),
        ("instance_type", Type::String),
        ("architecture", Type::String),
        ("vcpus", Type::Number),
        ("memory", Type::Number),
        ("gpus", Type::Number),
        ("network_interfaces", Type::Number),
    ])
}

/// The block.
pub fn block(standard: &Standard, when: &'static str) -> Block {
    Block::single("capacity", when, attributes(standard), vec![])
}

fn attributes(standard: &Standard) -> Vec<Attribute> {
    let Standard {
        instance_type,
        of_types,
        ssh_from,
        of_ssh,
    } = *standard;
    vec![
        Attribute::string("instance_type", format!("The kind of host. Defaults to `{instance_type}`{of_types}."))
            .default(instance_type)
            .validate(custom("an instance type such as m5zn.xlarge", |text| {
                text.split_once('.').is_some_and(|(family, size)| !family.is_empty() && !size.is_empty())
            })),
        Attribute::number("min_size", "How few hosts there are. Defaults to `0`: ECS starts them as tasks need them.")
            .default(0)
            .validate(range(0..=1000)),
        Attribute::number("max_size", "How many hosts there are at most. Defaults to `1`. How many there are in between is up to ECS, and no difference.")
            .default(MAX_SIZE)
            .validate(range(1..=1000)),
        Attribute::string("key_name", "An EC2 key pair, for SSH to the hosts. Left out: none.").optional().validate(length(1..=255)),
        Attribute::string("ssh_from", format!("From where SSH reaches the hosts: `{ssh_from}` (default{of_ssh}) or `vpc`."))
            .default(ssh_from)
            .validate(one_of([ssh_from, "vpc"])),
        Attribute::number("volume_size_gib", "The size of a host's encrypted disk, in GiB. Defaults to `50`.")
            .default(50)
            .validate(range(30..=16384)),
        Attribute::string("kms_key_id", "The key that the disk is encrypted with. Defaults to the account's own for EBS.")
            .optional()
            .validate(length(1..=2048)),
        Attribute::string("ami_id", "The hosts' image. Left out: the ECS-optimised Amazon Linux 2023 that is current when the deployment is made, and that one from then on.")
            .optional()
            .validate(custom("an image id such as ami-0123456789abcdef0", |text| crate::checks::is_id(text, "ami"))),
        Attribute::bool("update_ami", "Whether the hosts' image follows the ECS-optimised one that AWS recommends. Defaults to `false`. What a plan shows is what its apply takes: which image that is, is read when Terraform refreshes. Hosts that run keep theirs, unless `instance_refresh` is on.")
            .default(false),
        Attribute::bool("instance_refresh", "Whether hosts that run are replaced, one after the other, when what they are made from changes. Defaults to `false`.")
            .default(false),
        Attribute::number("instance_warmup", "Seconds until a new host's figures count. Left out: AWS's default.").optional().validate(range(0..=10_000)),
        Attribute::bool("group_metrics", "Whether CloudWatch gets the auto scaling group's figures. Defaults to `false`.").default(false),
        Attribute::bool("detailed_monitoring", "Whether CloudWatch gets the hosts' figures every minute. Defaults to `false`.").default(false),
        Attribute::bool("scale_in_protection", "Whether new hosts are protected from scale-in. Defaults to `false`.").default(false),
        Attribute::bool("managed_termination_protection", "Whether ECS keeps hosts that run tasks from being terminated; it needs `scale_in_protection`. Defaults to `false`.")
            .default(false),
        Attribute::bool("managed_draining", "Whether ECS moves tasks off a host that is about to go. Defaults to `true`.").default(true),
        Attribute::number("target_capacity", "How full the hosts are kept, in percent; below 100 some stand by. Defaults to `100`.")
            .default(100)
            .validate(range(1..=100)),
        Attribute::string("notification_topic_arn", "The ARN of an SNS topic that hears of hosts that come, go or fail to.").optional().validate(arn("sns")),
        Attribute::bool("spot", "Whether the hosts are spot instances, which AWS may take back. Defaults to `false`.").default(false),
    ]
}

/// What a deployment with hosts puts out. `without` says when it has none.
pub fn outputs(without: &str) -> Vec<Attribute> {
    vec![
        Attribute::string("auto_scaling_group_arn", format!("The ARN of the hosts' auto scaling group; null {without}.")).computed(),
        Attribute::of(
            "host",
            host_type(),
            "What AWS says of the hosts' image and kind: `ami_id`, `root_device`, `instance_type`, `architecture`, `vcpus`, \
             `memory` (MiB), `gpus`, `network_interfaces`. The image stays the same until `ami_id` or `update_ami` says otherwise. \
             With `update_ami` also `recommended_ami_id`: the image that AWS recommended when the deployment was last read.",
        )
        .computed(),
    ]
}

/// The settings that no AWS object has a field for, as words to be remembered.
pub fn words(capacity: Option<&Capacity>) -> Vec<(&'static str, String)> {
    let Some(capacity) = capacity else { return Vec::new() };
    let is = |name: &'static str, on: bool| on.then(|| (name, "true".to_owned()));
    let words = [
        is("ami_id", !capacity.ami_id.is_null()),
        settings::flag("update_ami", &capacity.update_ami, false),
        settings::flag("instance_refresh", &capacity.instance_refresh, false),
    ];
    words.into_iter().flatten().collect()
}

/// Refuses what does not go together.
pub fn validate(capacity: &Capacity, diagnostics: &mut Diagnostics) {
    let path = |name| Path::of(["capacity", name]);
    let max = match capacity.max_size {
        Attr::Null => Some(MAX_SIZE),
        Attr::Unknown => None,
        Attr::Known(max) => Some(max),
    };
    if let (Some(min), Some(max)) = (capacity.min_size.known().copied(), max)
        && min > max
    {
        diagnostics.push(
            Diagnostic::error(
                "A minimum above the maximum",
                format!("min_size = {min} is more than max_size = {max}. Raise max_size, or lower min_size."),
            )
            .at(path("min_size")),
        );
    }
    if capacity.managed_termination_protection.known() == Some(&true)
        && !capacity.scale_in_protection.is_unknown()
        && capacity.scale_in_protection.known() != Some(&true)
    {
        diagnostics.push(
            Diagnostic::error(
                "Termination protection needs scale-in protection",
                "ECS takes managed_termination_protection only of a group whose hosts are protected from scale-in. Set \
                 scale_in_protection = true as well.",
            )
            .at(path("managed_termination_protection")),
        );
    }
    if !capacity.ami_id.is_null() && capacity.update_ami.known() == Some(&true) {
        diagnostics.push(
            Diagnostic::error(
                "Two images",
                "ami_id fixes the hosts' image, and update_ami = true asks for the current one at each plan. Remove one of the \
                 two.",
            )
            .at(path("update_ami")),
        );
    }
}
