//! An application load balancer in front of tasks, as components. Source: the Private AI guide, *Create EC2 Target Group*
//! and *Create Load Balancer*.

use std::collections::BTreeSet;

use super::Basis;
use super::admission::{alone, nothing, with_groups, with_ranges};
use super::load_balancer::LoadBalancerBlock;
use crate::wiring::{input, known_ids, perhaps};
use aws::Aws;
use aws::ids::{ListenerArn, LoadBalancerArn, SecurityGroupId, TargetGroupArn};
use components::{
    AccessLogs, Listener, ListenerAction, ListenerProtocol, LoadBalancer, LoadBalancerTarget, Scheme,
    SecurityGroupEgress, TargetGroup, TargetHealthCheck, WebAclAssociation,
};
use engine::{Graph, Handle, Input, Key};
use framework::Attr;

const HTTP: u16 = 80;
const HTTPS: u16 = 443;
/// The key of the load balancer's way to the tasks.
const WAY_TO_TASKS: &str = "security_group_egress_load_balancer";

/// What is balanced.
pub struct Backend<'a> {
    /// The container that answers.
    pub container: &'static str,
    /// The port it answers on.
    pub port: u16,
    /// What is asked to see whether it is well.
    pub health_path: &'static str,
    /// Where the load balancer stands, if its block says nothing.
    pub subnets: &'a Attr<Vec<Attr<String>>>,
}

/// The load balancer, as the rest of the deployment sees it.
pub struct Balancing {
    /// Its security group, which the tasks let in.
    pub security_group: Input<SecurityGroupId>,
    /// What the service registers its tasks with.
    pub target: Input<BTreeSet<LoadBalancerTarget>>,
    /// The listener that forwards to the tasks.
    pub listener: Input<ListenerArn>,
    /// What must stand before the service.
    pub before_service: Vec<Key>,
    /// The load balancer's ARN.
    pub arn: Input<LoadBalancerArn>,
    /// Its name in DNS.
    pub dns_name: Input<String>,
    /// The hosted zone of that name.
    pub zone_id: Input<String>,
    /// The target group.
    pub target_group_arn: Input<TargetGroupArn>,
    /// What requests per task are counted by.
    pub resource_label: Input<String>,
}

/// Load balancer and target group, where there are any.
pub fn targets(balancing: Option<&Balancing>) -> Input<BTreeSet<LoadBalancerTarget>> {
    balancing.map_or(Input::Known(BTreeSet::new()), |balancing| balancing.target.clone())
}

/// Lets the service wait until a listener forwards to its tasks, and the load balancer can reach them.
pub fn precede(graph: &mut Graph<Aws>, service: &Key, balancing: Option<&Balancing>) {
    for key in balancing.into_iter().flat_map(|balancing| &balancing.before_service) {
        graph.after(
            service,
            key,
            "a service takes a target group only once a listener forwards to it",
        );
    }
    let way = Key::new(WAY_TO_TASKS);
    if graph.kind(&way).is_some() {
        graph.after(
            service,
            &way,
            "tasks are well only while the load balancer can look at them",
        );
    }
}

/// Where the attributes of a load balancer come from; each a known `None` where there is none.
pub struct Front {
    /// The load balancer.
    pub arn: Input<Option<LoadBalancerArn>>,
    /// Its name in DNS.
    pub dns_name: Input<Option<String>>,
    /// The hosted zone of that name.
    pub zone_id: Input<Option<String>>,
    /// The target group.
    pub target_group_arn: Input<Option<TargetGroupArn>>,
}

impl Front {
    /// Those of a load balancer that there may be.
    pub fn of(balancing: Option<&Balancing>) -> Self {
        Self {
            arn: perhaps(balancing.map(|balancing| balancing.arn.clone())),
            dns_name: perhaps(balancing.map(|balancing| balancing.dns_name.clone())),
            zone_id: perhaps(balancing.map(|balancing| balancing.zone_id.clone())),
            target_group_arn: perhaps(balancing.map(|balancing| balancing.target_group_arn.clone())),
        }
    }
}

/// Adds the load balancer's security group. Its way out is added by [`confine`], once the tasks' group is there: each of
/// the two groups names the other.
pub fn security_group(
    graph: &mut Graph<Aws>,
    basis: &Basis<'_>,
    block: &LoadBalancerBlock,
    also_from: Option<&Input<SecurityGroupId>>,
) -> Input<SecurityGroupId> {
    let ranges = match &block.ingress_cidr_blocks {
        Attr::Null => basis.vpc_ranges(),
        given => known_ids(given),
    };
    let ports: &[u16] = if block.is_https() { &[HTTP, HTTPS] } else { &[HTTP] };
    let mut ingress = nothing();
    for port in ports {
        ingress = with_ranges(ingress, ranges.clone(), *port, "clients");
        if let Some(group) = also_from {
            ingress = with_groups(ingress, alone(group.clone()), *port, "API gateway");
        }
    }
    let handle = basis.security_group(graph, "load-balancer", "load balancer", ingress, Input::Known(None));
    handle.output("id", Clone::clone)
}

/// Lets the load balancer reach the tasks' port, and nothing else.
pub fn confine(graph: &mut Graph<Aws>, group: &Input<SecurityGroupId>, tasks: &Input<Vec<SecurityGroupId>>, port: u16) {
    let rules = with_groups(nothing(), tasks.clone(), port, "tasks");
    graph.add(
        Key::new(WAY_TO_TASKS),
        SecurityGroupEgress {
            group: group.clone(),
            rules,
        },
    );
}

/// Adds target group, load balancer and listeners.
pub fn add(
    graph: &mut Graph<Aws>,
    basis: &Basis<'_>,
    block: &LoadBalancerBlock,
    group: Input<SecurityGroupId>,
    backend: &Backend<'_>,
) -> Balancing {
    let targets = target_group(graph, basis, block, backend);
    let balancer = load_balancer(graph, basis, block, group.clone(), backend);
    let arn = balancer.output("arn", |output| output.arn.clone());
    let target_group_arn = targets.output("arn", |output| output.arn.clone());
    let listener = listeners(graph, block, &arn, &target_group_arn);
    if !block.web_acl_arn.is_null() {
        graph.add(
            Key::new("web_acl_association"),
            WebAclAssociation {
                resource: arn.clone(),
                web_acl_arn: input(&block.web_acl_arn, |arn| arn, String::new()),
            },
        );
    }
    let target = target_group_arn.clone().with(
        "target",
        (backend.container, backend.port),
        |target_group, (container, port)| {
            BTreeSet::from([LoadBalancerTarget {
                target_group,
                container: (*container).to_owned(),
                port: *port,
            }])
        },
    );
    let label = arn
        .clone()
        .and(targets.output("full_name", |output| output.full_name.clone()))
        .with("label", (), |(arn, targets), ()| {
            format!("{}/{targets}", arn.full_name())
        });
    Balancing {
        security_group: group,
        target,
        listener: listener.output("arn", |output| output.arn.clone()),
        before_service: vec![listener.key().clone()],
        dns_name: balancer.output("dns_name", |output| output.dns_name.clone()),
        zone_id: balancer.output("zone_id", |output| output.zone_id.clone()),
        arn,
        target_group_arn,
        resource_label: label,
    }
}

fn target_group(
    graph: &mut Graph<Aws>,
    basis: &Basis<'_>,
    block: &LoadBalancerBlock,
    backend: &Backend<'_>,
) -> Handle<TargetGroup> {
    graph.add(
        Key::new("target_group"),
        TargetGroup {
            name_prefix: input(basis.name, |name| name, String::new()),
            vpc_id: input(basis.vpc_id, |id| id.as_str().into(), "".into()),
            port: i32::from(backend.port).into(),
            health_check: TargetHealthCheck {
                path: backend.health_path.to_owned(),
                interval: 30,
                timeout: 5,
                healthy: 5,
                unhealthy: 2,
                matcher: "200".to_owned(),
            }
            .into(),
            deregistration_delay: input(&block.deregistration_delay, |s| i32::try_from(s).unwrap_or(300), 300),
        },
    )
}

fn load_balancer(
    graph: &mut Graph<Aws>,
    basis: &Basis<'_>,
    block: &LoadBalancerBlock,
    group: Input<SecurityGroupId>,
    backend: &Backend<'_>,
) -> Handle<LoadBalancer> {
    let given = if block.subnet_ids.is_null() {
        backend.subnets
    } else {
        &block.subnet_ids
    };
    let subnets = known_ids(given);
    let logs = match &block.access_logs {
        None => Input::Known(None),
        Some(logs) => input(&logs.bucket, |bucket| bucket, String::new())
            .and(input(&logs.prefix, |prefix| prefix, String::new()))
            .with("logs", (), |(bucket, prefix), ()| Some(AccessLogs { bucket, prefix })),
    };
    graph.add(
        Key::new("load_balancer"),
        LoadBalancer {
            name: input(basis.name, |name| name, String::new()),
            scheme: input(&block.scheme, |scheme| Scheme::from(scheme.as_str()), Scheme::Internal),
            subnets,
            security_groups: group.with("set", (), |group, ()| BTreeSet::from([group])),
            idle_timeout: input(&block.idle_timeout, |s| i32::try_from(s).unwrap_or(60), 60),
            deletion_protection: input(&block.deletion_protection, |on| on, false),
            access_logs: logs,
            drop_invalid_headers: input(&block.drop_invalid_header_fields, |on| on, false),
        },
    )
}

/// The listeners: HTTP alone, or HTTPS and an HTTP that sends on to it. The answer is the one that forwards to the tasks.
fn listeners(
    graph: &mut Graph<Aws>,
    block: &LoadBalancerBlock,
    balancer: &Input<LoadBalancerArn>,
    targets: &Input<TargetGroupArn>,
) -> Handle<Listener> {
    let forward = targets
        .clone()
        .with("forward", (), |group, ()| ListenerAction::Forward(group));
    let mut add = |key: &str, port: u16, protocol, action| {
        graph.add(
            Key::new(key),
            Listener {
                load_balancer: balancer.clone(),
                port: i32::from(port).into(),
                protocol,
                action,
            },
        )
    };
    if !block.is_https() {
        return add("listener_http", HTTP, ListenerProtocol::Http.into(), forward);
    }
    let to_https = ListenerAction::RedirectToHttps { port: i32::from(HTTPS) };
    add("listener_http", HTTP, ListenerProtocol::Http.into(), to_https.into());
    let protocol = input(&block.certificate_arn, |arn| arn, String::new())
        .and(input(&block.ssl_policy, |policy| policy, String::new()))
        .with("https", (), |(certificate_arn, ssl_policy), ()| {
            ListenerProtocol::Https {
                certificate_arn,
                ssl_policy,
            }
        });
    add("listener_https", HTTPS, protocol, forward)
}
