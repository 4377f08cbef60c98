//! What a detector's deployment puts out.

use super::design::Wiring;
use super::model::Detector;
use super::vendor;
use crate::checks::reaches_outside;
use crate::wiring::{Resolver, known_list};
use framework::Attr;

/// Sets the computed attributes.
pub fn publish(wiring: &Wiring, model: &mut Detector, resolver: &Resolver<'_>) {
    resolver.set(&mut model.cluster_arn, &wiring.cluster_arn);
    resolver.set_optional(&mut model.service_arn, &wiring.service_arn);
    resolver.set(&mut model.task_definition_arn, &wiring.task_definition_arn);
    resolver.set(&mut model.task_role_arn, &wiring.task_role_arn);
    resolver.set(&mut model.execution_role_arn, &wiring.execution_role_arn);
    resolver.set_with(&mut model.task_role_name, &wiring.task_role_arn, |arn| {
        arn.role_name().to_owned()
    });
    resolver.set_optional(&mut model.file_system_id, &wiring.file_system_id);
    resolver.set_with(&mut model.security_group_ids, &wiring.security_group_ids, |groups| {
        groups.iter().map(|group| Attr::Known(group.to_string())).collect()
    });
    resolver.set(&mut model.log_group_name, &wiring.log_group_name);
    resolver.set_optional(&mut model.public_ip, &wiring.public_ip);
    resolver.set_optional(&mut model.private_ip, &wiring.private_ip);
    resolver.set_optional(&mut model.load_balancer_arn, &wiring.front.arn);
    resolver.set_optional(&mut model.load_balancer_dns_name, &wiring.front.dns_name);
    resolver.set_optional(&mut model.load_balancer_zone_id, &wiring.front.zone_id);
    resolver.set_optional(&mut model.target_group_arn, &wiring.front.target_group_arn);
    resolver.set_optional(&mut model.auto_scaling_group_arn, &wiring.auto_scaling_group_arn);
    model.url = url(model);
    model.docs_url = model.url.clone().map(|url| format!("{url}{}", vendor::DOCS_PATH));
}

/// The address that is worth giving: the load balancer's; else the public one only where someone outside is let in.
fn url(model: &Detector) -> Attr<String> {
    if let Some(block) = &model.load_balancer {
        return block.url(&model.load_balancer_dns_name);
    }
    let address = match open_to_outside(model) {
        None => return Attr::Unknown,
        Some(true) if !model.public_ip.is_null() => &model.public_ip,
        Some(_) => &model.private_ip,
    };
    address
        .clone()
        .map(|address| format!("http://{address}:{}", vendor::PORT))
}

/// Whether someone outside the VPC may be let in; `None` while that depends on what is unknown. Whom groups of the user's
/// own let in is not ours to know: a public address, asked for, is then taken to be meant.
fn open_to_outside(model: &Detector) -> Option<bool> {
    if model
        .existing
        .as_ref()
        .is_some_and(|existing| !existing.security_group_ids.is_null())
    {
        return Some(true);
    }
    let Some(ingress) = &model.ingress else {
        return Some(false);
    };
    Some(
        known_list(&ingress.cidr_blocks)?
            .iter()
            .any(|range| reaches_outside(range)),
    )
}
