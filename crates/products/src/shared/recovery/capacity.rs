//! Hosts that stand, as the block that they were made by.

use std::collections::{BTreeMap, BTreeSet};

use super::{Found, known};
use crate::shared::capacity::{Capacity, Host, Standard};
use crate::shared::hosts::GROUP;
use crate::shared::site::List;
use crate::wiring::known_list;
use aws::Peer;
use components::{AutoScalingGroup, CapacityProvider, LaunchTemplate, SecurityGroup};
use engine::Input;
use framework::Attr;

/// The block, where there are hosts, and the image that they have, which is the one they keep: what else AWS says of them is
/// looked up beside it. `words` are what was remembered, and `security_group` is the hosts'.
pub fn capacity(
    found: &Found,
    words: &BTreeMap<String, String>,
    standard: &Standard,
    security_group: &str,
    vpc_cidr_blocks: &List,
) -> Option<(Capacity, Host)> {
    let template = found.spec::<LaunchTemplate>("launch_template")?;
    let group = found.spec::<AutoScalingGroup>(GROUP)?;
    let provider = found.spec::<CapacityProvider>("capacity_provider")?;
    let on = |name: &str| Attr::Known(words.get(name).is_some_and(|value| value == "true"));
    let flag = |input: &Input<bool>| -> Attr<bool> { input.known().copied().into() };
    let number = |input: &Input<i32>| -> Attr<i64> { input.known().copied().map(i64::from).into() };
    let optional = |input: &Input<Option<i32>>| -> Attr<i64> { input.known().copied().flatten().map(i64::from).into() };
    let image = template.image_id.known().map(ToString::to_string);
    let volume = template.volume.known().cloned().unwrap_or_default();
    let capacity = Capacity {
        instance_type: template.instance_type.known().cloned().into(),
        min_size: number(&group.min_size),
        max_size: number(&group.max_size),
        key_name: template.key_name.known().cloned().flatten().into(),
        ssh_from: known(if ssh_from_vpc(found, security_group, vpc_cidr_blocks) {
            "vpc"
        } else {
            standard.ssh_from
        }),
        volume_size_gib: Attr::Known(i64::from(volume.size_gib)),
        kms_key_id: volume.kms_key_id.into(),
        ami_id: if words.contains_key("ami_id") {
            image.clone().into()
        } else {
            Attr::Null
        },
        update_ami: on("update_ami"),
        instance_refresh: on("instance_refresh"),
        instance_warmup: optional(&group.instance_warmup),
        group_metrics: flag(&group.group_metrics),
        detailed_monitoring: flag(&template.monitoring),
        scale_in_protection: flag(&group.protect_from_scale_in),
        managed_termination_protection: flag(&provider.managed_termination_protection),
        managed_draining: flag(&provider.managed_draining),
        target_capacity: number(&provider.target_capacity),
        notification_topic_arn: group.notification_topic.known().cloned().flatten().into(),
        spot: flag(&template.spot),
    };
    let follows = capacity.update_ami.known() == Some(&true);
    let host = Host {
        instance_type: capacity.instance_type.clone(),
        // What AWS recommends, the read that follows tells.
        recommended_ami_id: image.clone().filter(|_| follows).into(),
        ami_id: image.into(),
        ..Default::default()
    };
    Some((capacity, host))
}

fn ssh_from_vpc(found: &Found, group: &str, vpc_cidr_blocks: &List) -> bool {
    let ranges: BTreeSet<String> = known_list(vpc_cidr_blocks).unwrap_or_default().into_iter().collect();
    let group = found.spec::<SecurityGroup>(group);
    let rules = group.and_then(|group| group.ingress.known());
    rules.is_some_and(|rules| {
        rules.iter().any(|rule| {
            rule.port() == Some(22) && matches!(rule.peer(), Peer::V4(range) if ranges.contains(&range.to_string()))
        })
    })
}
