//! Drift of security groups, load balancer and HTTP API.

use aws_sdk_apigatewayv2::types::{
    AccessLogSettings, AuthorizationType, ConnectionType, IntegrationType, JwtConfiguration, RouteSettings,
    TlsConfigInput,
};
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, FixedResponseActionConfig, LoadBalancerAttribute, ProtocolEnum, TargetGroupAttribute,
};
use components::{
    HttpApi, HttpApiAuthorizer, HttpApiIntegration, HttpApiRoute, HttpApiStage, Listener, LoadBalancer, SecurityGroup,
    SecurityGroupEgress, TargetGroup, VpcLink, WebAclAssociation,
};

use super::whole::Whole;
use crate::drift::Changes;
use crate::harness::Wait;

/// Security groups, load balancer, target group, listeners and web ACL.
pub fn balancer(whole: &Whole, changes: &mut Changes<'_>) {
    security_groups(whole, changes);
    let elb = &whole.sandbox.aws.elbv2;
    let balancer = whole.arn("load_balancer");
    let attribute = |key: &str, value: &str| LoadBalancerAttribute::builder().key(key).value(value).build();
    let request = elb.modify_load_balancer_attributes().load_balancer_arn(&balancer);
    let request = request.attributes(attribute("idle_timeout.timeout_seconds", "7"));
    let request = request.attributes(attribute("deletion_protection.enabled", "true"));
    let request = request.attributes(attribute("access_logs.s3.enabled", "false"));
    let request = request.attributes(attribute("routing.http.drop_invalid_header_fields.enabled", "false"));
    request.send().wait().unwrap();
    let request = elb.set_subnets().load_balancer_arn(&balancer);
    let request = request.set_subnets(Some(whole.sandbox.vpc.public_subnet_ids.clone()));
    request.send().wait().unwrap();
    let request = elb.set_security_groups().load_balancer_arn(&balancer);
    let request = request.security_groups(whole.id("security_group_nfs"));
    request.send().wait().unwrap();
    changes.note::<LoadBalancer>(
        "load_balancer",
        &[
            "subnets",
            "security_groups",
            "idle_timeout",
            "deletion_protection",
            "access_logs",
            "drop_invalid_headers",
        ],
    );

    let targets = whole.arn("target_group");
    let request = elb.modify_target_group().target_group_arn(&targets);
    request.health_check_interval_seconds(10).send().wait().unwrap();
    let delay = TargetGroupAttribute::builder().key("deregistration_delay.timeout_seconds");
    let request = elb.modify_target_group_attributes().target_group_arn(&targets);
    request.attributes(delay.value("1").build()).send().wait().unwrap();
    changes.note::<TargetGroup>("target_group", &["health_check", "deregistration_delay"]);

    let answer = FixedResponseActionConfig::builder().status_code("503").build();
    let answer = Action::builder()
        .r#type(ActionTypeEnum::FixedResponse)
        .fixed_response_config(answer)
        .build();
    let request = elb.modify_listener().listener_arn(whole.arn("listener_http"));
    request.port(81).default_actions(answer.clone()).send().wait().unwrap();
    changes.note::<Listener>("listener_http", &["port", "action"]);
    let request = elb.modify_listener().listener_arn(whole.arn("listener_https"));
    let request = request.port(444).protocol(ProtocolEnum::Http).default_actions(answer);
    request.send().wait().unwrap();
    changes.note::<Listener>("listener_https", &["port", "protocol", "action"]);

    let request = whole.sandbox.aws.wafv2.associate_web_acl().resource_arn(balancer);
    request.web_acl_arn(&whole.others.acl).send().wait().unwrap();
    changes.note::<WebAclAssociation>("web_acl_association", &["web_acl_arn"]);
}

/// A rule of a stranger's in each group, and every rule for the way out gone.
fn security_groups(whole: &Whole, changes: &mut Changes<'_>) {
    let ec2 = &whole.sandbox.aws.ec2;
    let let_in = |part: &str| {
        let request = ec2.authorize_security_group_ingress().group_id(whole.id(part));
        let request = request.ip_protocol("tcp").from_port(23).to_port(23);
        request.cidr_ip("198.51.100.0/24").send().wait().unwrap();
    };
    let let_out = |part: &str| {
        let range = aws_sdk_ec2::types::IpRange::builder().cidr_ip("198.51.100.0/24");
        let rule = aws_sdk_ec2::types::IpPermission::builder().ip_protocol("tcp");
        let rule = rule.from_port(23).to_port(23).ip_ranges(range.build()).build();
        let request = ec2.authorize_security_group_egress().group_id(whole.id(part));
        request.ip_permissions(rule).send().wait().unwrap();
    };
    for part in ["service", "vpc-link", "bastion", "nfs"] {
        let key = format!("security_group_{}", part.replace('-', "_"));
        changes.make::<SecurityGroup>(&key, &[("ingress", &|_| let_in(&key)), ("egress", &|_| let_out(&key))]);
    }
    let balancer = "security_group_load_balancer";
    changes.make::<SecurityGroup>(balancer, &[("ingress", &|_| let_in(balancer))]);
    changes.make::<SecurityGroupEgress>(
        "security_group_egress_load_balancer",
        &[("rules", &|_| let_out(balancer))],
    );
}

/// The HTTP API, and its link into the VPC.
pub fn api(whole: &Whole, changes: &mut Changes<'_>) {
    let gateway = &whole.sandbox.aws.apigatewayv2;
    let api = whole.id("http_api");
    let request = gateway
        .update_vpc_link()
        .vpc_link_id(whole.id("vpc_link"))
        .name("other");
    request.send().wait().unwrap();
    changes.note::<VpcLink>("vpc_link", &["name"]);

    let request = gateway.update_api().api_id(&api).name("other").description("other");
    request.send().wait().unwrap();
    changes.note::<HttpApi>("http_api", &["name", "description"]);

    let tokens = JwtConfiguration::builder()
        .issuer("https://other.example.com")
        .audience("other");
    let request = gateway.update_authorizer().api_id(&api);
    let request = request
        .authorizer_id(whole.id_in_api("http_api_authorizer"))
        .name("other");
    let request = request.jwt_configuration(tokens.build());
    request.identity_source("$request.header.Other").send().wait().unwrap();
    changes.note::<HttpApiAuthorizer>(
        "http_api_authorizer",
        &["name", "issuer", "audience", "identity_source"],
    );
    way_through(whole, changes);
}

/// What a request goes through: stage, route and integration.
fn way_through(whole: &Whole, changes: &mut Changes<'_>) {
    let gateway = &whole.sandbox.aws.apigatewayv2;
    let api = whole.id("http_api");
    let integration = whole.id_in_api("http_api_integration");
    let request = gateway
        .create_integration()
        .api_id(&api)
        .integration_type(IntegrationType::HttpProxy);
    let request = request
        .integration_method("ANY")
        .connection_type(ConnectionType::VpcLink);
    let request = request
        .connection_id(&whole.others.vpc_link)
        .payload_format_version("1.0");
    let other = request
        .integration_uri(whole.arn("listener_http"))
        .send()
        .wait()
        .unwrap();
    let other = other.integration_id().unwrap().to_owned();
    let request = gateway.update_integration().api_id(&api).integration_id(&integration);
    request
        .description("other")
        .integration_method("GET")
        .connection_id(&whole.others.vpc_link)
        .integration_uri(whole.arn("listener_http"))
        .tls_config(
            TlsConfigInput::builder()
                .server_name_to_verify("other.example.com")
                .build(),
        )
        .timeout_in_millis(1000)
        .send()
        .wait()
        .unwrap();
    changes.note::<HttpApiIntegration>(
        "http_api_integration",
        &[
            "description",
            "method",
            "vpc_link",
            "listener",
            "server_name",
            "timeout_ms",
        ],
    );

    let request = gateway
        .update_route()
        .api_id(&api)
        .route_id(whole.id_in_api("http_api_route"));
    let request = request.route_key("GET /other").target(format!("integrations/{other}"));
    request
        .authorization_type(AuthorizationType::None)
        .authorizer_id("")
        .send()
        .wait()
        .unwrap();
    changes.note::<HttpApiRoute>("http_api_route", &["route_key", "authorization", "integration"]);

    let limits = RouteSettings::builder()
        .throttling_burst_limit(1)
        .throttling_rate_limit(1.0);
    let told = gateway
        .get_stage()
        .api_id(&api)
        .stage_name("$default")
        .send()
        .wait()
        .unwrap();
    let arn = told
        .access_log_settings()
        .unwrap()
        .destination_arn()
        .unwrap()
        .to_owned();
    let logs = AccessLogSettings::builder()
        .destination_arn(arn)
        .format("$context.requestId");
    let request = gateway
        .update_stage()
        .api_id(&api)
        .stage_name("$default")
        .auto_deploy(false);
    let request = request
        .default_route_settings(limits.build())
        .access_log_settings(logs.build());
    request.send().wait().unwrap();
    changes.note::<HttpApiStage>("http_api_stage", &["auto_deploy", "throttling", "access_log"]);
}
