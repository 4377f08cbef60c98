//! What a deployment puts out.

use super::design::Wiring;
use super::model::PrivateAi;
use crate::framework::Attr;
use crate::products::wiring::Resolver;

/// Sets the computed attributes.
pub fn publish(wiring: &Wiring, model: &mut PrivateAi, resolver: &Resolver<'_>) {
    resolver.set(&mut model.cluster_arn, &wiring.cluster_arn);
    resolver.set(&mut model.service_arn, &wiring.service_arn);
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
    resolver.set_optional(&mut model.load_balancer_arn, &wiring.load_balancer_arn);
    resolver.set_optional(&mut model.load_balancer_dns_name, &wiring.dns_name);
    resolver.set_optional(&mut model.load_balancer_zone_id, &wiring.zone_id);
    resolver.set_optional(&mut model.target_group_arn, &wiring.target_group_arn);
    resolver.set_optional(&mut model.api_id, &wiring.api_id);
    resolver.set_optional(&mut model.bastion_instance_id, &wiring.bastion_id);
    resolver.set_optional(&mut model.bastion_public_ip, &wiring.bastion_public_ip);
    resolver.set_optional(&mut model.auto_scaling_group_arn, &wiring.group_arn);
    resolver.set_optional(&mut model.license_secret_arn, &wiring.secret_arn);
    url(wiring, model, resolver);
}

/// The HTTP API's address, else the load balancer's: by the name of its certificate nobody here knows, so by its own.
fn url(wiring: &Wiring, model: &mut PrivateAi, resolver: &Resolver<'_>) {
    if model.api_gateway.is_some() {
        resolver.set_optional(&mut model.url, &wiring.api_endpoint);
        return;
    }
    let https = model
        .load_balancer
        .as_ref()
        .is_some_and(super::super::shared::load_balancer::LoadBalancerBlock::is_https);
    let scheme = if https { "https" } else { "http" };
    model.url = model
        .load_balancer_dns_name
        .clone()
        .map(|name| format!("{scheme}://{name}"));
}
