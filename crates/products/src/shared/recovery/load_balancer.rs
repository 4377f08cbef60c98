//! A load balancer that stands, as the block that it was made by.

use std::collections::BTreeSet;

use super::{Found, ids, known, let_in, texts};
use crate::shared::load_balancer::{AccessLogsBlock, LoadBalancerBlock};
use crate::shared::site::List;
use crate::wiring::known_list;
use components::{Listener, ListenerProtocol, LoadBalancer, Scheme, TargetGroup, WebAclAssociation};
use framework::Attr;

/// The block, where there is a load balancer. `usual` says where one stands that names no subnets, by whether it faces the
/// Internet.
pub fn load_balancer<'a>(
    found: &Found,
    vpc_cidr_blocks: &List,
    usual: impl FnOnce(bool) -> &'a List,
) -> Option<LoadBalancerBlock> {
    let balancer = found.spec::<LoadBalancer>("load_balancer")?;
    let targets = found.spec::<TargetGroup>("target_group")?;
    let scheme = balancer.scheme.known().cloned().unwrap_or(Scheme::Internal);
    let internal = scheme == Scheme::Internal;
    let usual: BTreeSet<String> = known_list(usual(!internal)).unwrap_or_default().into_iter().collect();
    let subnets = balancer.subnets.known().cloned().unwrap_or_default();
    let have: BTreeSet<String> = subnets.iter().map(ToString::to_string).collect();
    let (certificate, policy) = match found
        .spec::<Listener>("listener_https")
        .and_then(|listener| listener.protocol.known())
    {
        Some(ListenerProtocol::Https {
            certificate_arn,
            ssl_policy,
        }) => (Attr::Known(certificate_arn.clone()), ssl_policy.clone()),
        _ => (Attr::Null, "ELBSecurityPolicy-TLS13-1-2-2021-06".to_owned()),
    };
    let ranges = let_in(found, "security_group_load_balancer");
    let of_vpc: BTreeSet<String> = known_list(vpc_cidr_blocks).unwrap_or_default().into_iter().collect();
    let web_acl = found.spec::<WebAclAssociation>("web_acl_association");
    let logs = balancer.access_logs.known().cloned().flatten();
    Some(LoadBalancerBlock {
        scheme: known(&scheme.to_string()),
        subnet_ids: if have == usual { Attr::Null } else { ids(subnets.iter()) },
        ingress_cidr_blocks: if internal && ranges == of_vpc {
            Attr::Null
        } else {
            texts(ranges)
        },
        certificate_arn: certificate,
        ssl_policy: Attr::Known(policy),
        idle_timeout: balancer.idle_timeout.known().copied().map(i64::from).into(),
        deregistration_delay: targets.deregistration_delay.known().copied().map(i64::from).into(),
        deletion_protection: balancer.deletion_protection.known().copied().into(),
        drop_invalid_header_fields: balancer.drop_invalid_headers.known().copied().into(),
        web_acl_arn: web_acl.and_then(|acl| acl.web_acl_arn.known().cloned()).into(),
        access_logs: logs.map(|logs| AccessLogsBlock {
            bucket: Attr::Known(logs.bucket),
            prefix: Some(logs.prefix).filter(|prefix| !prefix.is_empty()).into(),
        }),
    })
}
