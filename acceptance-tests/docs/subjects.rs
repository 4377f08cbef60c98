//! The resources whose expansion is told: each with everything switched on, and what changes which parts it has.

use aws::Aws;
use engine::Graph;
use products::container_image::ContainerImageProduct;
use products::detector::DetectorProduct;
use products::network::NetworkProduct;
use products::operator::OperatorProduct;
use products::privateai::PrivateAiProduct;
use serde_json::{Value, json};

use super::expansion::graph_of;
use crate::harness::Vpc;

/// A resource whose expansion is told.
pub struct Subject {
    /// Its type.
    pub type_name: &'static str,
    /// Its configuration, with every block that goes together with the others.
    pub whole: Value,
    /// Settings of the whole that parts depend on, beside its blocks, each with the value that leaves those parts out.
    pub settings: Vec<Change>,
    /// What can stand instead, and changes which parts there are.
    pub instead: Vec<Change>,
    /// How keys end that many parts have, one for each zone or the like, by the whole as it is planned; and how the one that
    /// is told of ends.
    pub many: fn(&Value) -> Vec<(String, &'static str)>,
    /// The graph that a planned object becomes.
    pub design: fn(Value, &Aws) -> Graph<Aws>,
}

/// Another configuration than the whole.
pub struct Change {
    /// What it is about, as the configuration writes it.
    pub words: &'static str,
    /// The values that differ, by their JSON pointer.
    pub values: Vec<(&'static str, Value)>,
}

fn change(words: &'static str, pointer: &'static str, value: Value) -> Change {
    Change {
        words,
        values: vec![(pointer, value)],
    }
}

/// What `existing {}` can bring.
fn brought() -> Vec<Change> {
    let role = "arn:aws:iam::123456789012:role/own";
    let cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/own";
    vec![
        change("existing.cluster_arn", "/existing", json!({ "cluster_arn": cluster })),
        change("existing.task_role_arn", "/existing", json!({ "task_role_arn": role })),
        change(
            "existing.execution_role_arn",
            "/existing",
            json!({ "execution_role_arn": role }),
        ),
        change(
            "existing.security_group_ids",
            "/existing",
            json!({ "security_group_ids": ["sg-0123456789abcdef0"] }),
        ),
        change(
            "existing.log_group_name",
            "/existing",
            json!({ "log_group_name": "own" }),
        ),
    ]
}

/// A load balancer with every part.
fn balanced() -> Value {
    json!({
        "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
        "web_acl_arn": "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/own/01234567-89ab-cdef-0123-456789abcdef",
        "access_logs": { "bucket": "own-logs" },
    })
}

/// What parts of a load balancer depend on.
fn of_balanced() -> Vec<Change> {
    let without = |words, pointer| change(words, pointer, Value::Null);
    vec![
        without("load_balancer.certificate_arn", "/load_balancer/certificate_arn"),
        without("load_balancer.web_acl_arn", "/load_balancer/web_acl_arn"),
    ]
}

/// The services that an operator's policies are about.
const SERVICES: [&str; 8] = [
    "apigateway",
    "autoscaling",
    "cloudformation",
    "ec2",
    "ecr",
    "elasticloadbalancing",
    "iam",
    "logs",
];

/// The ends of keys that hold an element of a list, and what is told instead.
fn endings(whole: &Value, list: &str, before: &str, told: &'static str) -> Vec<(String, &'static str)> {
    let items = whole
        .pointer(list)
        .and_then(Value::as_array)
        .expect("a list that is known");
    items
        .iter()
        .map(|item| (format!("{before}{}", item.as_str().expect("a text")), told))
        .collect()
}

/// All of them, in that VPC.
pub fn all(vpc: &Vpc) -> [Subject; 5] {
    [container_image(), detector(vpc), network(), operator(), privateai(vpc)]
}

fn container_image() -> Subject {
    Subject {
        type_name: "thatdot_container_image",
        // Nothing answers there: an image that cannot be looked up is a warning at plan.
        whole: json!({ "name": "example", "source": "127.0.0.1:9/example:1", "encryption": {} }),
        settings: vec![],
        instead: vec![],
        many: |_| Vec::new(),
        design: graph_of::<ContainerImageProduct>,
    }
}

fn detector(vpc: &Vpc) -> Subject {
    let mut instead = vec![
        Change {
            words: "run_as = \"task\"",
            values: vec![("/run_as", json!("task")), ("/load_balancer", Value::Null)],
        },
        change(
            "persistence.file_system_id",
            "/persistence",
            json!({ "file_system_id": "fs-0123456789abcdef0", "root_directory": "/" }),
        ),
    ];
    instead.extend(brought());
    Subject {
        type_name: "thatdot_detector_deployment",
        whole: json!({
            "name": "example",
            "vpc_id": vpc.vpc_id,
            "subnet_ids": vpc.private_subnet_ids,
            "capacity": {},
            "persistence": { "access_point": { "path": "/detector", "uid": 1000, "gid": 1000 } },
            "ingress": { "cidr_blocks": ["203.0.113.0/24"] },
            "load_balancer": balanced(),
        }),
        settings: of_balanced(),
        instead,
        many: |whole| endings(whole, "/subnet_ids", "_", "_SUBNET"),
        design: graph_of::<DetectorProduct>,
    }
}

fn network() -> Subject {
    let without_nat = Change {
        words: "nat = \"none\"",
        values: vec![("/nat", json!("none")), ("/nat_availability_zones", json!([]))],
    };
    Subject {
        type_name: "thatdot_network",
        whole: json!({ "name": "example", "nat": "per_az", "flow_logs": {}, "endpoints": {} }),
        settings: vec![],
        instead: vec![without_nat],
        many: |whole| {
            let zones = endings(whole, "/availability_zones", "_", "_ZONE");
            let services = endings(whole, "/endpoints/services", "vpc_endpoint_", "vpc_endpoint_SERVICE");
            [zones, services].concat()
        },
        design: graph_of::<NetworkProduct>,
    }
}

fn operator() -> Subject {
    let role = Change {
        words: "role",
        values: vec![
            ("/user", Value::Null),
            ("/role", json!({ "trusted_arns": ["123456789012"] })),
        ],
    };
    Subject {
        type_name: "thatdot_operator",
        whole: json!({ "name": "example", "marketplace": true, "user": {} }),
        settings: vec![
            change("marketplace = true", "/marketplace", json!(false)),
            change("full_access_policies = true", "/full_access_policies", json!(false)),
        ],
        instead: vec![
            change("policies = \"per_service\"", "/policies", json!("per_service")),
            role,
        ],
        many: |_| SERVICES.map(|service| (format!("_{service}"), "_SERVICE")).to_vec(),
        design: graph_of::<OperatorProduct>,
    }
}

fn privateai(vpc: &Vpc) -> Subject {
    let mut instead = vec![Change {
        words: "fargate",
        values: vec![("/capacity", Value::Null), ("/fargate", json!({}))],
    }];
    instead.push(change(
        "license.secret_arn",
        "/license/secret_arn",
        json!("arn:aws:secretsmanager:us-east-1:123456789012:secret:own-AbCdEf"),
    ));
    instead.extend(brought());
    Subject {
        type_name: "thatdot_privateai_deployment",
        whole: json!({
            "name": "example",
            "vpc_id": vpc.vpc_id,
            "private_subnet_ids": vpc.private_subnet_ids,
            "public_subnet_ids": vpc.public_subnet_ids,
            "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid:3.3.2-cpu",
            "capacity": { "max_size": 2 },
            "license": { "content_wo": "{}", "content_wo_version": 1, "on": "efs" },
            "load_balancer": balanced(),
            "api_gateway": {
                "authorization": "JWT",
                "jwt_issuer": "https://issuer.example.com",
                "jwt_audience": ["deid"],
                "tls_server_name": "deid.example.com",
            },
            "bastion": {},
            "autoscaling": { "max_count": 2, "cpu_percent": 70, "memory_percent": 70, "requests_per_task": 1000 },
            "ordered_placement_strategy": [{ "type": "spread", "field": "instanceId" }],
        }),
        settings: {
            let mut settings = of_balanced();
            settings.extend([
                change("license.on = \"efs\"", "/license/on", json!("task")),
                change(
                    "api_gateway.authorization = \"JWT\"",
                    "/api_gateway/authorization",
                    json!("NONE"),
                ),
                change("api_gateway.access_log", "/api_gateway/access_log", json!(false)),
                change("autoscaling.cpu_percent", "/autoscaling/cpu_percent", Value::Null),
                change("autoscaling.memory_percent", "/autoscaling/memory_percent", Value::Null),
                change(
                    "autoscaling.requests_per_task",
                    "/autoscaling/requests_per_task",
                    Value::Null,
                ),
            ]);
            settings
        },
        instead,
        many: |whole| endings(whole, "/private_subnet_ids", "_", "_SUBNET"),
        design: graph_of::<PrivateAiProduct>,
    }
}
