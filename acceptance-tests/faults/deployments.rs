//! The deployments of the matrix.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::scenario::Scenario;
use super::world::{REGION, World};

/// The deployments.
pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "detector",
        type_name: "thatdot_detector_deployment",
        sampled: true,
        brings: nothing,
        never: &[],
        written: |vpc| detector(vpc, &json!({"persistence": {}})),
        changed: |written| {
            written["cpu"] = json!(1024);
            written["memory"] = json!(4096);
            written["tags"] = json!({"team": "data"});
            written["log_retention_in_days"] = json!(7);
            written["container_insights"] = json!(true);
            written["ingress"] = json!({"cidr_blocks": ["203.0.113.0/24"]});
            written["persistence"] =
                json!({"backup": false, "throughput_mode": "elastic", "transition_to_ia": "AFTER_30_DAYS"});
        },
    },
    Scenario {
        name: "detector-without-persistence",
        type_name: "thatdot_detector_deployment",
        sampled: true,
        brings: nothing,
        never: &[],
        written: |vpc| detector(vpc, &json!({})),
        changed: |written| {
            written["persistence"] = json!({});
            written["run_as"] = json!("task");
        },
    },
    Scenario {
        name: "detector-run-task",
        type_name: "thatdot_detector_deployment",
        sampled: true,
        brings: nothing,
        never: &[],
        written: |vpc| detector(vpc, &json!({"run_as": "task"})),
        changed: |written| {
            written["cpu"] = json!(1024);
            written["memory"] = json!(4096);
        },
    },
    Scenario {
        name: "detector-of-existing-parts",
        type_name: "thatdot_detector_deployment",
        sampled: true,
        brings: parts_of_ones_own,
        never: &[
            "ec2:",
            "efs:",
            "iam:",
            "logs:",
            "ecs:PutCluster",
            "ecs:UpdateCluster",
            "ecs:DeleteCluster",
        ],
        written: |vpc| detector(vpc, &json!({"existing": vpc["existing"]})),
        changed: |written| {
            written["cpu"] = json!(1024);
            written["memory"] = json!(4096);
            written["tags"] = json!({"team": "data"});
        },
    },
    Scenario {
        name: "privateai",
        type_name: "thatdot_privateai_deployment",
        sampled: false,
        brings: nothing,
        never: &[],
        written: |vpc| privateai(vpc, &json!({"load_balancer": {}})),
        changed: |written| {
            written["tags"] = json!({"team": "data"});
            written["log_retention_in_days"] = json!(7);
            written["license"]["content_wo_version"] = json!(2);
            written["api_gateway"] = json!({"authorization": "AWS_IAM"});
            written["bastion"] = json!({"ingress_cidr_blocks": ["203.0.113.4/32"]});
        },
    },
    Scenario {
        name: "privateai-whole",
        type_name: "thatdot_privateai_deployment",
        sampled: false,
        brings: guard,
        never: OF_THE_GUARD,
        written: |vpc| privateai(vpc, &whole(vpc)),
        changed: |written| {
            written["tags"] = json!({"team": "data"});
            written["log_retention_in_days"] = json!(7);
            written["autoscaling"]["cpu_percent"] = json!(60);
            written["bastion"] = json!(null);
            written["api_gateway"]["jwt_audience"] = json!(["deid", "other"]);
        },
    },
    Scenario {
        name: "detector-on-hosts",
        type_name: "thatdot_detector_deployment",
        sampled: false,
        brings: guard,
        never: OF_THE_GUARD,
        written: |vpc| {
            let more = json!({
                "capacity": {"instance_type": "m5.large", "max_size": 1},
                "load_balancer": {"web_acl_arn": vpc["web_acl_arn"]},
                "persistence": {"access_point": {"path": "/state", "uid": 1000, "gid": 1000}},
            });
            detector(vpc, &more)
        },
        changed: |written| {
            written["tags"] = json!({"team": "data"});
            written["memory"] = json!(4096);
            written["capacity"]["max_size"] = json!(2);
            written["load_balancer"] = json!({"idle_timeout": 120});
        },
    },
    Scenario {
        name: "network",
        type_name: "thatdot_network",
        sampled: false,
        brings: nothing,
        never: &[],
        written: |_| json!({"name": "main", "flow_logs": {}, "endpoints": {"services": ["s3", "logs"]}}),
        changed: |written| {
            written["tags"] = json!({"team": "data"});
            written["nat"] = json!("per_az");
            written["flow_logs"] = json!({"retention_in_days": 7});
            written["endpoints"] = json!({"services": ["s3", "ecr.api"]});
        },
    },
    Scenario {
        name: "operator",
        type_name: "thatdot_operator",
        sampled: false,
        brings: nothing,
        never: &[],
        written: |_| json!({"name": "admin", "user": {}, "marketplace": true}),
        changed: |written| {
            written["tags"] = json!({"team": "data"});
            written["ecr_region"] = json!("eu-central-1");
            written["full_access_policies"] = json!(false);
        },
    },
    Scenario {
        name: "operator-of-many-duties",
        type_name: "thatdot_operator",
        sampled: false,
        brings: nothing,
        never: &[],
        written: |_| json!({"name": "pipeline", "policies": "per_service", "role": {"trusted_arns": ["123456789012"]}}),
        changed: |written| {
            written["policies"] = json!("single");
            written["role"] = json!(null);
            written["user"] = json!({});
        },
    },
];

fn nothing(_: &World, _: &mut Json) {}

/// The calls that would change a web ACL: another's is put before a load balancer, and left as it is.
const OF_THE_GUARD: &[&str] = &["wafv2:Create", "wafv2:Delete", "wafv2:Put", "wafv2:Update"];

/// A web ACL.
fn guard(world: &World, named: &mut Json) {
    named["web_acl_arn"] = json!(web_acl(world));
}

/// Makes a web ACL, whose ARN this is.
pub fn web_acl(world: &World) -> String {
    let request = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", "AWSWAF_20190729.CreateWebACL"),
    ];
    let seen = json!({"SampledRequestsEnabled": false, "CloudWatchMetricsEnabled": false, "MetricName": "guards"});
    let acl = json!({"Name": "guards", "Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": seen});
    let answer: Json = serde_json::from_str(&world.asked("wafv2", &request, &acl.to_string())).expect("JSON");
    let arn = answer["Summary"]["ARN"].as_str();
    arn.unwrap_or_else(|| panic!("no ARN: {answer}")).to_owned()
}

/// All that a detector can be given instead of making it: a cluster, two roles, a security group and a log group.
fn parts_of_ones_own(world: &World, named: &mut Json) {
    const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let json = |service: &str, target: &str, body: Json| {
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)];
        world.asked(service, &headers, &body.to_string())
    };
    let form = |service: &str, fields: &[(&str, &str)]| {
        let escaped = |text: &str| text.replace('%', "%25").replace('&', "%26").replace('+', "%2B");
        let pairs = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value)));
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        world.asked(service, &headers, &pairs.collect::<Vec<_>>().join("&"))
    };
    json(
        "ecs",
        "AmazonEC2ContainerServiceV20141113.CreateCluster",
        json!({"clusterName": "own"}),
    );
    json(
        "logs",
        "Logs_20140328.CreateLogGroup",
        json!({"logGroupName": "/own/logs"}),
    );
    for role in ["own-task", "own-execution"] {
        let fields = [("RoleName", role), ("AssumeRolePolicyDocument", TRUST)];
        form(
            "iam",
            &[
                ("Action", "CreateRole"),
                ("Version", "2010-05-08"),
                fields[0],
                fields[1],
            ],
        );
    }
    let vpc = named["vpc_id"].as_str().unwrap_or_default();
    let fields = [("GroupName", "own"), ("GroupDescription", "own"), ("VpcId", vpc)];
    let made = form(
        "ec2",
        &[
            ("Action", "CreateSecurityGroup"),
            ("Version", "2016-11-15"),
            fields[0],
            fields[1],
            fields[2],
        ],
    );
    let group = made.split_once("<groupId>").and_then(|(_, rest)| rest.split_once('<'));
    let (group, _) = group.unwrap_or_else(|| panic!("no group: {made}"));
    named["existing"] = json!({
        "cluster_arn": format!("arn:aws:ecs:{REGION}:123456789012:cluster/own"),
        "task_role_arn": "arn:aws:iam::123456789012:role/own-task",
        "execution_role_arn": "arn:aws:iam::123456789012:role/own-execution",
        "security_group_ids": [group],
        "log_group_name": "/own/logs",
    });
}

/// A Private AI deployment in that VPC, with more than it must have.
pub fn privateai(vpc: &Json, more: &Json) -> Json {
    with(
        json!({
            "name": "deid",
            "vpc_id": vpc["vpc_id"],
            "private_subnet_ids": vpc["private_subnet_ids"],
            "public_subnet_ids": vpc["public_subnet_ids"],
            "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid:3.3.2-cpu",
            "license": {"content_wo": "{\"key\":\"planted\"}", "content_wo_version": 1},
        }),
        more,
    )
}

/// Everything that the second guide describes.
fn whole(vpc: &Json) -> Json {
    json!({
        "capacity": {"instance_type": "m5zn.xlarge", "max_size": 2},
        "license": {"content_wo": "{\"key\":\"planted\"}", "content_wo_version": 1, "on": "efs"},
        "load_balancer": {"web_acl_arn": vpc["web_acl_arn"]},
        "api_gateway": {
            "authorization": "JWT", "jwt_issuer": "https://issuer.example.com", "jwt_audience": ["deid"],
        },
        "bastion": {"ingress_cidr_blocks": ["203.0.113.4/32"]},
        "autoscaling": {"max_count": 2, "cpu_percent": 70, "requests_per_task": 1000},
    })
}

/// A detector in that VPC, with more than it must have.
pub fn detector(vpc: &Json, more: &Json) -> Json {
    with(
        json!({"name": "fraud", "vpc_id": vpc["vpc_id"], "subnet_ids": vpc["private_subnet_ids"]}),
        more,
    )
}

fn with(mut written: Json, more: &Json) -> Json {
    for (name, value) in more.as_object().into_iter().flatten() {
        written[name] = value.clone();
    }
    written
}

/// Kinds of components that are in none of them, and why.
const ELSEWHERE: [(&str, &str); 2] = [
    (
        "ecr_repository",
        "it is made together with the image that is copied into it",
    ),
    (
        "container_image",
        "it is copied from another registry, which is no service of AWS: broken copies are in acceptance-tests/container_image",
    ),
];

#[test]
fn every_kind_of_component_is_struck_in_one_of_them() {
    let kinds = components::kinds();
    let mut missing: BTreeSet<&str> = kinds.names().collect();
    for (kind, why) in ELSEWHERE {
        assert!(missing.remove(kind), "there is no {kind}, of which is said that {why}");
    }
    // Those with the most kinds are the last.
    for scenario in SCENARIOS.iter().rev() {
        if !missing.is_empty() {
            let made = scenario.kinds();
            missing.retain(|kind| !made.contains(*kind));
        }
    }
    assert_eq!(missing, BTreeSet::new(), "they are in no deployment of the matrix");
}
