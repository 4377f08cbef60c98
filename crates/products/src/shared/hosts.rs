//! EC2 hosts of a deployment, as components. Sources: the Private AI guide, *Create EC2 Launch Template*, *Create Auto
//! Scaling Group* and *Create ECS Cluster*; Amazon ECS developer guide, *Amazon ECS capacity providers for EC2*.

use std::collections::{BTreeMap, BTreeSet};

use super::capacity::{Capacity, Host};
use super::{Basis, roles};
use crate::wiring::input;
use aws::ids::{
    AutoScalingGroupArn, CapacityProviderName, ClusterArn, ImageId, InstanceProfileArn, RoleArn, SecurityGroupId,
    SubnetId,
};
use aws::policy::Policy;
use aws::{Aws, ManagedPolicy};
use aws::{InstanceMetadata, RootVolume};
use components::{
    Architecture, AutoScalingGroup, AutoScalingGroupOutput, CapacityProvider, ClusterCapacityProvider, InstanceProfile,
    Launch, LaunchTemplate,
};
use engine::{Graph, Handle, Input, Key, Ref};
use framework::Attr;

/// The key of what ties hosts, or Fargate, to the cluster.
pub const ASSOCIATION: &str = "cluster_capacity_provider";
/// The key of the auto scaling group.
pub const GROUP: &str = "auto_scaling_group";

/// The auto scaling group.
pub fn group_arn() -> Input<AutoScalingGroupArn> {
    let arn = |output: &AutoScalingGroupOutput| output.arn.clone();
    Input::Ref(Ref::new(Key::new(GROUP), "arn", false, arn))
}

/// Lets what runs the tasks wait until the cluster has the capacity that they run on, where that needs to be tied to it.
pub fn precede(graph: &mut Graph<Aws>, runs: &Key) {
    let association = Key::new(ASSOCIATION);
    if graph.kind(&association).is_some() {
        graph.after(runs, &association, "tasks run only on capacity that is their cluster's");
    }
}

/// The processors of the hosts, as a task definition asks for them.
pub fn architecture(host: &Attr<Host>) -> Input<Option<Architecture>> {
    match host.known().and_then(|host| host.architecture.known()) {
        Some(word) => Some(Architecture::from(word.as_str())).into(),
        None => Input::Unknown,
    }
}

/// What hosts are made from.
pub struct Hosts<'a> {
    /// The block.
    pub capacity: &'a Capacity,
    /// What AWS says of the kind and the image.
    pub host: &'a Attr<Host>,
    /// Where they stand.
    pub subnets: Input<BTreeSet<SubnetId>>,
    /// Their security groups.
    pub security_groups: Input<Vec<SecurityGroupId>>,
    /// Their cluster.
    pub cluster: Input<ClusterArn>,
}

/// Adds the hosts; the answer is how the service uses them.
pub fn add(graph: &mut Graph<Aws>, basis: &Basis<'_>, aws: &Aws, hosts: &Hosts<'_>) -> Input<Launch> {
    let capacity = hosts.capacity;
    let template = template(graph, basis, aws, hosts);
    let number = |attr: &Attr<i64>, null| input(attr, |n| i32::try_from(n).unwrap_or(i32::MAX), null);
    let optional = |attr: &Attr<i64>| input(attr, |n| i32::try_from(n).ok(), None);
    let group = graph.add(
        Key::new(GROUP),
        AutoScalingGroup {
            name: basis.derived("hosts"),
            launch_template: template.output("id", |output| output.id.clone()),
            launch_template_version: template.volatile("version", |output| output.version),
            subnets: hosts.subnets.clone(),
            min_size: number(&capacity.min_size, 0),
            max_size: number(&capacity.max_size, 1),
            instance_warmup: optional(&capacity.instance_warmup),
            group_metrics: input(&capacity.group_metrics, |on| on, false),
            protect_from_scale_in: input(&capacity.scale_in_protection, |on| on, false),
            notification_topic: input(&capacity.notification_topic_arn, Some, None),
            instance_refresh: input(&capacity.instance_refresh, |on| on, false),
        },
    );
    let arn = group.output("arn", |output| output.arn.clone());
    let provider = graph.add(
        Key::new("capacity_provider"),
        CapacityProvider {
            name: provider_name(basis, arn.clone()),
            group: arn,
            target_capacity: number(&capacity.target_capacity, 100),
            managed_draining: input(&capacity.managed_draining, |on| on, true),
            managed_termination_protection: input(&capacity.managed_termination_protection, |on| on, false),
            instance_warmup_period: optional(&capacity.instance_warmup),
            minimum_scaling_step_size: None.into(),
            maximum_scaling_step_size: None.into(),
        },
    );
    let name = provider.output("name", |output| output.name.clone());
    associate(graph, &hosts.cluster, name.clone());
    name.with("launch", (), |provider, ()| Launch::only(provider))
}

/// What a capacity provider is called. A group that takes the place of another gets a provider of another name, so that the
/// service can move from the one to the other: ECS lets no provider go that a service uses.
fn provider_name(basis: &Basis<'_>, group: Input<AutoScalingGroupArn>) -> Input<CapacityProviderName> {
    let name = input(basis.name, |name| name, String::new());
    name.and(group).with("provider name", (), |(name, group), ()| {
        CapacityProvider::named(&name, group.unique_part())
    })
}

/// Adds what ties a capacity provider to the cluster. A cluster of the user's own keeps what else it has.
pub fn associate(graph: &mut Graph<Aws>, cluster: &Input<ClusterArn>, provider: Input<CapacityProviderName>) {
    graph.add(
        Key::new(ASSOCIATION),
        ClusterCapacityProvider {
            cluster: cluster.clone(),
            provider,
        },
    );
}

fn template(graph: &mut Graph<Aws>, basis: &Basis<'_>, aws: &Aws, hosts: &Hosts<'_>) -> Handle<LaunchTemplate> {
    let capacity = hosts.capacity;
    let profile = profile(graph, basis, aws, "hosts", ManagedPolicy::EcsHost).arn;
    let host = hosts.host.known();
    let told = |pick: fn(&Host) -> &Attr<String>| match host.map(pick) {
        Some(Attr::Known(text)) => Input::Known(text.clone()),
        _ => Input::Unknown,
    };
    let size = input(
        &capacity.volume_size_gib,
        |gib| i32::try_from(gib).unwrap_or(i32::MAX),
        50,
    );
    let key = input(&capacity.kms_key_id, Some, None);
    let volume = told(|host| &host.root_device).and(size).and(key).with(
        "volume",
        (),
        |((device_name, size_gib), kms_key_id), ()| disk(device_name, size_gib, kms_key_id),
    );
    let spot = input(&capacity.spot, |on| on, false);
    graph.add(
        Key::new("launch_template"),
        LaunchTemplate {
            name: basis.derived("hosts"),
            image_id: told(|host| &host.ami_id).with("image", (), |id, ()| ImageId::from(id)),
            instance_type: input(&capacity.instance_type, |kind| kind, String::new()),
            key_name: input(&capacity.key_name, Some, None),
            security_groups: hosts
                .security_groups
                .clone()
                .with("set", (), |groups, ()| groups.into_iter().collect()),
            instance_profile: profile,
            volume,
            metadata: InstanceMetadata::GUARDED.into(),
            // Cluster and hosts have the name from one value: hosts of another name would never join.
            user_data: hosts
                .cluster
                .clone()
                .and(spot.clone())
                .with("user data", (), |(cluster, spot), ()| {
                    join(cluster.cluster_name(), spot)
                }),
            monitoring: input(&capacity.detailed_monitoring, |on| on, false),
            spot,
            instance_tags: basis.tags_at_launch("host"),
        },
    )
}

/// The script by which a host joins its cluster, and keeps its own credentials from the tasks; a spot host also lets its tasks
/// end in good order when AWS takes it back. Sources: the Private AI guide, *Create EC2 Launch Template*; Amazon ECS
/// developer guide, *Amazon ECS container agent configuration*.
fn join(cluster: &str, spot: bool) -> String {
    let cluster = format!("ECS_CLUSTER={cluster}");
    let drains = spot.then_some("ECS_ENABLE_SPOT_INSTANCE_DRAINING=true");
    let settings = [cluster.as_str(), "ECS_AWSVPC_BLOCK_IMDS=true"]
        .into_iter()
        .chain(drains);
    let lines = settings.map(|setting| format!("echo {setting} >> /etc/ecs/ecs.config\n"));
    format!("#!/bin/bash\n{}", lines.collect::<String>())
}

/// An encrypted disk.
pub fn disk(device_name: String, size_gib: i32, kms_key_id: Option<String>) -> RootVolume {
    RootVolume {
        device_name,
        size_gib,
        encrypted: true,
        kms_key_id,
        volume_type: "gp3".to_owned(),
    }
}

/// A role for instances, and the profile that gives it to them.
pub struct Profile {
    /// The role.
    pub role: Input<RoleArn>,
    /// The profile.
    pub arn: Input<InstanceProfileArn>,
}

/// Adds a role for instances, and its profile.
pub fn profile(
    graph: &mut Graph<Aws>,
    basis: &Basis<'_>,
    aws: &Aws,
    part: &'static str,
    policy: ManagedPolicy,
) -> Profile {
    let trust = Policy::trust_service("ec2.amazonaws.com");
    let managed = BTreeSet::from([policy]);
    let role = roles::role(graph, basis, aws, part, trust, managed, Input::Known(BTreeMap::new()));
    let region = aws.region.clone();
    let profile = graph.add(
        Key::new(format!("instance_profile_{part}")),
        InstanceProfile {
            name: input(basis.name, |name| format!("{name}-{region}-{part}"), String::new()),
            path: input(basis.iam_path, |path| path, "/".to_owned()),
            role: role.clone(),
        },
    );
    Profile {
        role,
        arn: profile.output("arn", |output| output.arn.clone()),
    }
}
