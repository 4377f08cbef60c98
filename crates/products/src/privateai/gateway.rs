//! The HTTP API in front of an internal load balancer. Source: the vendor's guide, *Create Load Balancer*, which protects
//! it so; Amazon API Gateway developer guide, *Create private integrations for HTTP APIs*.

use std::collections::BTreeSet;

use super::model::{ApiGateway, PrivateAi};
use crate::shared::admission::{nothing, with_ranges};
use crate::shared::load_balancer::LoadBalancerBlock;
use crate::shared::log_group;
use crate::wiring::{input, known_ids};
use aws::Aws;
use aws::ids::{ApiId, IntegrationId, ListenerArn, SecurityGroupId};
use components::{
    AccessLog, HttpApi, HttpApiAuthorizer, HttpApiIntegration, HttpApiRoute, HttpApiStage, RouteAuthorization,
    Throttling, VpcLink,
};
use engine::{Graph, Input, Key};
use framework::Attr;

/// What is written of each request. Source: Amazon API Gateway developer guide, *Customize HTTP API access logs*.
const LOG_FORMAT: &str = r#"{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","requestTime":"$context.requestTime","httpMethod":"$context.httpMethod","path":"$context.path","status":"$context.status","responseLength":"$context.responseLength","integrationError":"$context.integrationErrorMessage"}"#;

/// The API, as the rest of the deployment sees it.
pub struct Gateway {
    /// Its id.
    pub id: Input<ApiId>,
    /// Where it answers.
    pub endpoint: Input<String>,
}

/// Adds the security group of the API's link into the VPC: it reaches the VPC's own addresses on the listener's port.
pub fn link_group(graph: &mut Graph<Aws>, model: &PrivateAi, port: u16) -> Input<SecurityGroupId> {
    let basis = model.basis();
    let egress =
        with_ranges(nothing(), basis.vpc_ranges(), port, "load balancer").with("some", (), |rules, ()| Some(rules));
    let group = basis.security_group(graph, "vpc-link", "API gateway link", nothing(), egress);
    group.output("id", Clone::clone)
}

/// Adds the API with its link, its one route and its one stage.
pub fn add(
    graph: &mut Graph<Aws>,
    model: &PrivateAi,
    block: &ApiGateway,
    link_group: Input<SecurityGroupId>,
    listener: &Input<ListenerArn>,
) -> Gateway {
    let basis = model.basis();
    let subnets = known_ids(&model.private_subnet_ids);
    let link = graph.add(
        Key::new("vpc_link"),
        VpcLink {
            name: input(&model.name, |name| name, String::new()),
            subnets,
            security_groups: link_group.with("set", (), |group, ()| BTreeSet::from([group])),
        },
    );
    let api = graph.add(
        Key::new("http_api"),
        HttpApi {
            name: input(&model.name, |name| name, String::new()),
            description: basis.described("HTTP API"),
        },
    );
    let id = api.output("id", |output| output.id.clone());
    let https = model.load_balancer.as_ref().is_some_and(LoadBalancerBlock::is_https);
    let integration = graph.add(
        Key::new("http_api_integration"),
        HttpApiIntegration {
            api: id.clone(),
            description: basis.described("load balancer"),
            method: "ANY".into(),
            vpc_link: link.output("id", |output| output.id.clone()),
            listener: listener.clone(),
            server_name: server_name(block, https),
            timeout_ms: input(
                &block.timeout_milliseconds,
                |ms| i32::try_from(ms).unwrap_or(30_000),
                30_000,
            ),
        },
    );
    route(graph, block, &id, integration.output("id", |output| output.id.clone()));
    stage(graph, model, block, &id);
    Gateway {
        endpoint: api.output("endpoint", |output| output.endpoint.clone()),
        id,
    }
}

/// The name that the load balancer's certificate is checked against.
fn server_name(block: &ApiGateway, https: bool) -> Input<Option<String>> {
    if https {
        input(&block.tls_server_name, Some, None)
    } else {
        None.into()
    }
}

fn route(graph: &mut Graph<Aws>, block: &ApiGateway, api: &Input<ApiId>, integration: Input<IntegrationId>) {
    let authorization = match &block.authorization {
        Attr::Unknown => Input::Unknown,
        Attr::Known(word) if word == "JWT" => {
            let authorizer = graph.add(
                Key::new("http_api_authorizer"),
                HttpApiAuthorizer {
                    api: api.clone(),
                    name: "jwt".into(),
                    issuer: input(&block.jwt_issuer, |issuer| issuer, String::new()),
                    audience: known_ids(&block.jwt_audience),
                    identity_source: "$request.header.Authorization".into(),
                },
            );
            authorizer
                .output("id", |output| output.id.clone())
                .and(known_ids::<String, _>(&block.jwt_scopes))
                .with("jwt", (), |(authorizer, scopes), ()| RouteAuthorization::Jwt {
                    authorizer,
                    scopes,
                })
        }
        Attr::Known(word) if word == "AWS_IAM" => RouteAuthorization::Iam.into(),
        Attr::Known(_) | Attr::Null => RouteAuthorization::None.into(),
    };
    graph.add(
        Key::new("http_api_route"),
        HttpApiRoute {
            api: api.clone(),
            route_key: "$default".into(),
            authorization,
            integration,
        },
    );
}

fn stage(graph: &mut Graph<Aws>, model: &PrivateAi, block: &ApiGateway, api: &Input<ApiId>) {
    let access_log = if block.access_log.known() == Some(&false) {
        None.into()
    } else {
        let group = log_group::add(graph, &model.basis(), "log_group_api", "/api");
        group.with("access log", (), |log_group, ()| {
            Some(AccessLog {
                log_group,
                format: LOG_FORMAT.to_owned(),
            })
        })
    };
    let burst = input(&block.throttling_burst_limit, |n| i32::try_from(n).ok(), None);
    let rate = input(&block.throttling_rate_limit, |n| i32::try_from(n).ok(), None);
    let throttling = burst
        .and(rate)
        .with("throttling", (), |(burst, rate), ()| match (burst, rate) {
            (Some(burst), Some(rate)) => Some(Throttling {
                burst,
                rate: f64::from(rate),
            }),
            _ => None,
        });
    graph.add(
        Key::new("http_api_stage"),
        HttpApiStage {
            api: api.clone(),
            name: "$default".into(),
            auto_deploy: true.into(),
            throttling,
            access_log,
        },
    );
}
