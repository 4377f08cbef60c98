//! What a deployment puts out.

use super::design::Wiring;
use super::model::PrivateAi;
use crate::wiring::Resolver;
use framework::Attr;

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
    resolver.set_optional(&mut model.load_balancer_arn, &wiring.front.arn);
    resolver.set_optional(&mut model.load_balancer_dns_name, &wiring.front.dns_name);
    resolver.set_optional(&mut model.load_balancer_zone_id, &wiring.front.zone_id);
    resolver.set_optional(&mut model.target_group_arn, &wiring.front.target_group_arn);
    resolver.set_optional(&mut model.api_id, &wiring.api_id);
    resolver.set_optional(&mut model.bastion_instance_id, &wiring.bastion_id);
    resolver.set_optional(&mut model.bastion_public_ip, &wiring.bastion_public_ip);
    resolver.set_optional(&mut model.auto_scaling_group_arn, &wiring.group_arn);
    resolver.set_optional(&mut model.license_secret_arn, &wiring.secret_arn);
    url(wiring, model, resolver);
}

/// The HTTP API's address, else the load balancer's.
fn url(wiring: &Wiring, model: &mut PrivateAi, resolver: &Resolver<'_>) {
    if model.api_gateway.is_some() {
        resolver.set_optional(&mut model.url, &wiring.api_endpoint);
        return;
    }
    let balancer = model.load_balancer.as_ref();
    model.url = balancer.map_or(Attr::Null, |block| block.url(&model.load_balancer_dns_name));
}
