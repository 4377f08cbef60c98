//! What stands around the service, read back: load balancer, HTTP API, bastion, scaling.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::components::{
    Ec2Instance, HttpApiAuthorizer, HttpApiIntegration, HttpApiRoute, HttpApiStage, Listener, ListenerProtocol,
    LoadBalancer, RouteAuthorization, ScalableTarget, ScalingPolicy, Scheme, SecurityGroup, TargetGroup,
    WebAclAssociation,
};
use crate::engine::Input;
use crate::framework::Attr;
use crate::products::privateai::model::{ApiGateway, Autoscaling, Bastion, PrivateAi};
use crate::products::shared::load_balancer::{AccessLogsBlock, LoadBalancerBlock};
use crate::products::shared::recovery::{Found, ids, known, ranges, texts};
use crate::products::wiring::known_list;

/// The load balancer, where there is one.
pub fn load_balancer(model: &mut PrivateAi, found: &Found) {
    let (Some(balancer), Some(targets)) = (
        found.spec::<LoadBalancer>("load_balancer"),
        found.spec::<TargetGroup>("target_group"),
    ) else {
        return;
    };
    let scheme = balancer.scheme.known().cloned().unwrap_or(Scheme::Internal);
    let internal = scheme == Scheme::Internal;
    let usual = if internal {
        &model.private_subnet_ids
    } else {
        &model.public_subnet_ids
    };
    let usual: BTreeSet<String> = known_list(usual).unwrap_or_default().into_iter().collect();
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
    let of_vpc: BTreeSet<String> = known_list(&model.vpc_cidr_blocks)
        .unwrap_or_default()
        .into_iter()
        .collect();
    let web_acl = found.spec::<WebAclAssociation>("web_acl_association");
    let logs = balancer.access_logs.known().cloned().flatten();
    model.load_balancer = Some(LoadBalancerBlock {
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
    });
}

/// The HTTP API, where there is one.
pub fn api_gateway(model: &mut PrivateAi, found: &Found) {
    let (Some(route), Some(integration), Some(stage)) = (
        found.spec::<HttpApiRoute>("http_api_route"),
        found.spec::<HttpApiIntegration>("http_api_integration"),
        found.spec::<HttpApiStage>("http_api_stage"),
    ) else {
        return;
    };
    let (word, scopes) = match route.authorization.known() {
        Some(RouteAuthorization::Jwt { scopes, .. }) => ("JWT", scopes.clone()),
        Some(RouteAuthorization::Iam) => ("AWS_IAM", BTreeSet::new()),
        _ => ("NONE", BTreeSet::new()),
    };
    let authorizer = found.spec::<HttpApiAuthorizer>("http_api_authorizer");
    let throttling = stage.throttling.known().copied().flatten();
    model.api_gateway = Some(ApiGateway {
        authorization: known(word),
        jwt_issuer: authorizer
            .and_then(|authorizer| authorizer.issuer.known().cloned())
            .into(),
        jwt_audience: texts(
            authorizer
                .and_then(|authorizer| authorizer.audience.known().cloned())
                .unwrap_or_default(),
        ),
        jwt_scopes: texts(scopes),
        throttling_burst_limit: throttling.as_ref().map(|limits| i64::from(limits.burst)).into(),
        #[allow(clippy::cast_possible_truncation)]
        throttling_rate_limit: throttling.as_ref().map(|limits| limits.rate as i64).into(),
        access_log: Attr::Known(stage.access_log.known().is_some_and(Option::is_some)),
        tls_server_name: integration.server_name.known().cloned().flatten().into(),
        timeout_milliseconds: integration.timeout_ms.known().copied().map(i64::from).into(),
    });
}

/// The bastion, where there is one.
pub fn bastion(model: &mut PrivateAi, found: &Found, words: &BTreeMap<String, String>) {
    let Some(instance) = found.spec::<Ec2Instance>("ec2_instance_bastion") else {
        return;
    };
    let subnet = instance.subnet.known().map(ToString::to_string);
    let first = known_list(&model.public_subnet_ids).and_then(|ids| ids.first().cloned());
    let image = instance.image_id.known().map(ToString::to_string);
    model.bastion = Some(Bastion {
        ingress_cidr_blocks: texts(let_in(found, "security_group_bastion")),
        key_name: instance.key_name.known().cloned().flatten().into(),
        instance_type: instance.instance_type.known().cloned().into(),
        subnet_id: if subnet == first { Attr::Null } else { subnet.into() },
        ami_id: if words.contains_key("bastion_ami_id") {
            image.clone().into()
        } else {
            Attr::Null
        },
    });
    model.bastion_ami_id = image.into();
}

/// What scales the service, where something does.
pub fn autoscaling(model: &mut PrivateAi, found: &Found) {
    let Some(target) = found.spec::<ScalableTarget>("scalable_target") else {
        return;
    };
    let policy = |name: &str| found.spec::<ScalingPolicy>(&format!("scaling_policy_{name}"));
    let aim = |name: &str| -> Attr<i64> {
        policy(name)
            .and_then(|policy| policy.target.known().copied()?.as_whole())
            .into()
    };
    let any = ["cpu", "memory", "requests"].into_iter().find_map(policy);
    let cooldown = |pick: fn(&ScalingPolicy) -> &Input<i32>| -> Attr<i64> {
        any.and_then(|policy| pick(policy).known().copied())
            .map(i64::from)
            .into()
    };
    model.autoscaling = Some(Autoscaling {
        min_count: target.min_capacity.known().copied().map(i64::from).into(),
        max_count: target.max_capacity.known().copied().map(i64::from).into(),
        cpu_percent: aim("cpu"),
        memory_percent: aim("memory"),
        requests_per_task: aim("requests"),
        scale_in_cooldown: cooldown(|policy| &policy.scale_in_cooldown),
        scale_out_cooldown: cooldown(|policy| &policy.scale_out_cooldown),
    });
}

/// The address ranges that a group lets in.
fn let_in(found: &Found, group: &str) -> BTreeSet<String> {
    let rules = found
        .spec::<SecurityGroup>(group)
        .and_then(|group| group.ingress.known());
    rules.map(ranges).unwrap_or_default()
}
