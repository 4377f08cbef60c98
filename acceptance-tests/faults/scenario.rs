//! The deployments of the matrix, and what is done to them.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock, OnceLock};

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use thatdot::protocol::Value;

use super::WORLDS;
use super::seen::{Seen, words};
use super::terraform::{Ran, Terraform};
use super::wire::Wire;
use super::world::{Kept, REGION, World};

/// What is done to a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// It is made.
    Create,
    /// As much of it as can be is changed.
    Update,
    /// It is read.
    Read,
    /// It is found again by its name.
    Import,
    /// It is destroyed.
    Destroy,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Create, Self::Update, Self::Read, Self::Import, Self::Destroy];

    /// Does it. A change and a destroy begin from a state that is as read: the refresh before them is struck as a read.
    pub fn run(self, terraform: &mut Terraform) -> Ran {
        match self {
            Self::Create => terraform.apply(),
            Self::Update => terraform.apply_as_read(),
            Self::Read => terraform.read(),
            Self::Import => {
                let name = terraform.written["name"].as_str().unwrap_or_default().to_owned();
                terraform.import(&name)
            }
            Self::Destroy => terraform.destroy_as_read(),
        }
    }
}

/// A deployment of the matrix.
pub struct Scenario {
    /// Its name in the table.
    pub name: &'static str,
    /// The resource.
    pub type_name: &'static str,
    /// Whether it is among those of the sample in `make test`; the others take too long for that.
    pub sampled: bool,
    /// What the user brings: it is put in that world, and named beside the VPC.
    pub brings: fn(&World, &mut Json),
    /// The operations that would change what the user brings: those whose names begin so.
    pub never: &'static [&'static str],
    /// How it is written, in that VPC and with what is brought.
    pub written: fn(&Json) -> Json,
    /// The same after the change.
    pub changed: fn(&mut Json),
}

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
        brings: nothing,
        never: &[],
        written: |vpc| privateai(vpc, &whole()),
        changed: |written| {
            written["tags"] = json!({"team": "data"});
            written["log_retention_in_days"] = json!(7);
            written["autoscaling"]["cpu_percent"] = json!(60);
            written["bastion"] = json!(null);
        },
    },
];

fn nothing(_: &World, _: &mut Json) {}

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
fn whole() -> Json {
    json!({
        "capacity": {"instance_type": "m5zn.xlarge", "max_size": 2},
        "license": {"content_wo": "{\"key\":\"planted\"}", "content_wo_version": 1, "on": "efs"},
        "load_balancer": {},
        "api_gateway": {"authorization": "AWS_IAM"},
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

/// A scenario's worlds: before the deployment is made, and while it stands.
pub struct Stage {
    /// Nothing but a VPC and a neighbour: another deployment of the same kind with a name that begins alike.
    pub before: Kept,
    /// The same, with the deployment.
    pub standing: Kept,
    /// The configuration, never applied.
    pub fresh: Terraform,
    /// The configuration, applied.
    pub applied: Terraform,
    /// What is there before.
    pub found: std::collections::BTreeSet<String>,
    /// Every id and ARN of the neighbour.
    pub neighbour: Vec<String>,
    /// What stands there: words that mean the same in each copy.
    pub words: HashSet<String>,
    /// What followed from where cases came to.
    pub seen: Seen,
}

/// The stages of all scenarios, in their order: those that were wanted are set up.
static STAGES: LazyLock<Vec<OnceLock<Stage>>> = LazyLock::new(|| SCENARIOS.iter().map(|_| OnceLock::new()).collect());

impl Scenario {
    /// Its stage, set up once for all tests.
    pub fn stage(&self) -> &'static Stage {
        let place = SCENARIOS.iter().position(|scenario| scenario.name == self.name);
        STAGES[place.expect("it is one of them")].get_or_init(|| Stage::of(self))
    }
}

impl Stage {
    fn of(scenario: &Scenario) -> Self {
        let wire = Wire::to(WORLDS.empty().world());
        let mut vpc = wire.world().vpc();
        (scenario.brings)(wire.world(), &mut vpc);
        let written = (scenario.written)(&vpc);
        let mut neighbour = Terraform::new(wire.clone(), scenario.type_name, written.clone());
        neighbour.written["name"] = json!(format!("{}-other", written["name"].as_str().unwrap_or_default()));
        let ran = neighbour.apply();
        assert!(ran.succeeded(), "{}: the neighbour: {}", scenario.name, ran.text());
        let found = wire.inventory();
        let before = wire.world().keep();
        let fresh = Terraform::new(wire.clone(), scenario.type_name, written);
        let mut applied = fresh.clone();
        let ran = applied.apply();
        assert!(ran.succeeded(), "{}: {}", scenario.name, ran.text());
        let (ran, settled) = applied.plan();
        assert!(settled, "{}: {}", scenario.name, ran.text());
        let standing = wire.world().keep();
        let remembered = format!("{vpc} {} {}", neighbour.remembered(), applied.remembered());
        Self {
            before,
            standing,
            fresh,
            applied,
            found,
            words: words(&remembered),
            seen: Seen::default(),
            neighbour: parts(&neighbour).into_iter().flat_map(|part| part.ids).collect(),
        }
    }

    /// What an operation of it begins from.
    pub fn start(&self, scenario: &Scenario, operation: Operation) -> (Arc<Wire>, Terraform) {
        let (kept, terraform) = match operation {
            Operation::Create => (self.before, &self.fresh),
            Operation::Import => (self.standing, &self.fresh),
            _ => (self.standing, &self.applied),
        };
        let wire = Wire::to(kept.world());
        let mut terraform = terraform.over(wire.clone());
        if operation == Operation::Update {
            (scenario.changed)(&mut terraform.written);
        }
        (wire, terraform)
    }
}

/// An entry of `components`.
pub struct Part {
    /// Its key.
    pub key: String,
    /// Its kind: `ecs_service`.
    pub kind: String,
    /// Its id and its ARN, where it has them.
    pub ids: Vec<String>,
}

/// The components in the state.
pub fn parts(terraform: &Terraform) -> Vec<Part> {
    let Some(Value::Map(state)) = terraform.object.as_ref().map(|object| &object.state) else {
        return Vec::new();
    };
    let Some(Value::Map(components)) = state.get("components") else {
        return Vec::new();
    };
    let part = |(key, part): (&String, &Value)| {
        let Value::Map(part) = part else { return None };
        let Some(Value::String(kind)) = part.get("type") else {
            return None;
        };
        let ids = ["id", "arn"].iter().filter_map(|name| match part.get(*name) {
            Some(Value::String(text)) => Some(text.clone()),
            _ => None,
        });
        Some(Part {
            key: key.clone(),
            kind: kind.clone(),
            ids: ids.collect(),
        })
    };
    components.iter().filter_map(part).collect()
}
