//! What stands around the service, read back: HTTP API, bastion, scaling.

use std::collections::{BTreeMap, BTreeSet};

use crate::privateai::model::{ApiGateway, Autoscaling, Bastion, PrivateAi};
use crate::shared::recovery::{Found, known, let_in, texts};
use crate::wiring::known_list;
use components::{
    Ec2Instance, HttpApiAuthorizer, HttpApiIntegration, HttpApiRoute, HttpApiStage, RouteAuthorization, ScalableTarget,
    ScalingPolicy,
};
use engine::Input;
use framework::Attr;

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
