//! Deployments that live through as much as one can: made, read, changed, repaired, imported, destroyed, and made again.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::tampering::{self, Standing};
use crate::asked::named;
use crate::declared;
use crate::deployments::{detector, privateai, web_acl};
use crate::scenario::parts;
use crate::terraform::{Ran, Terraform};
use crate::wire::Wire;
use crate::world::{Kept, World, Worlds};

/// One life.
pub struct Life {
    /// What it is called.
    pub name: &'static str,
    /// Whether it is among those of the sample in `make test`.
    pub sampled: bool,
    type_name: &'static str,
    written: fn(&Json) -> Json,
    /// What somebody changes after the first change.
    tampered: fn(&Standing<'_>),
    changes: &'static [fn(&mut Json)],
}

/// What is done in a step.
#[derive(Clone, Copy)]
pub enum Work {
    /// `terraform apply`.
    Apply,
    /// `terraform import`.
    Import,
    /// `terraform destroy`.
    Destroy,
}

impl Work {
    /// Does it.
    pub fn run(self, terraform: &mut Terraform) -> Ran {
        match self {
            Self::Apply => terraform.apply(),
            Self::Import => {
                let name = terraform.written["name"].as_str().unwrap_or_default().to_owned();
                terraform.import(&name)
            }
            Self::Destroy => terraform.destroy(),
        }
    }
}

/// A step of a life, to be taken as often as wanted.
pub struct Step {
    /// What it is called.
    pub name: String,
    /// What is done.
    pub work: Work,
    /// The world before it.
    pub before: Kept,
    /// How much of the world's time had passed then.
    pub time: Duration,
    /// Configuration and state before it.
    pub terraform: Terraform,
    /// The actions that it takes.
    pub actions: BTreeSet<String>,
}

impl Life {
    /// Lives it: its steps, and the keys of all parts that there were.
    pub fn live(&self, worlds: &Worlds) -> (Vec<Step>, BTreeSet<String>) {
        let wire = Wire::at(worlds.empty().world(), Duration::ZERO);
        let mut vpc = wire.world().vpc();
        vpc["web_acl_arn"] = json!(brought(wire.world()));
        let mut terraform = Terraform::new(wire.clone(), self.type_name, (self.written)(&vpc));
        let mut keys = BTreeSet::new();
        let mut steps = Vec::new();
        let mut take = |name: String, work: Work, terraform: &mut Terraform| {
            let mut step = Step {
                before: wire.world().keep(),
                time: wire.now(),
                terraform: terraform.clone(),
                actions: BTreeSet::new(),
                name,
                work,
            };
            wire.expect(None);
            let ran = work.run(terraform);
            assert!(ran.succeeded(), "{} {}: {}", self.name, step.name, ran.text());
            let calls = wire.calls().into_iter().map(|call| named(&call.operation));
            step.actions = calls.filter_map(|call| action(&call)).collect();
            keys.extend(parts(terraform).into_iter().map(|part| part.key));
            steps.push(step);
        };
        take("made".to_owned(), Work::Apply, &mut terraform);
        for (n, change) in self.changes.iter().enumerate() {
            change(&mut terraform.written);
            take(format!("changed {}", n + 1), Work::Apply, &mut terraform);
            if n == 0 {
                (self.tampered)(&Standing::of(&terraform, wire.world()));
                take("repaired".to_owned(), Work::Apply, &mut terraform);
            }
        }
        let mut again = Terraform::new(wire.clone(), self.type_name, terraform.written.clone());
        take("imported".to_owned(), Work::Import, &mut again);
        take("destroyed".to_owned(), Work::Destroy, &mut terraform);
        take("made again".to_owned(), Work::Apply, &mut terraform);
        (steps, keys)
    }
}

/// What users bring: the topic `hosts`, and a web ACL, whose ARN this is.
fn brought(world: &World) -> String {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    world.asked("sns", &form, "Action=CreateTopic&Name=hosts&Version=2010-03-31");
    web_acl(world)
}

/// The action's name in IAM of an operation in the words of boto3.
fn action(call: &str) -> Option<String> {
    let (service, operation) = call.split_once(':')?;
    Some(declared::action(service, operation))
}

/// All of them.
pub static LIVES: [Life; 4] = [
    Life {
        name: "detector",
        sampled: true,
        type_name: "thatdot_detector_deployment",
        written: |vpc| {
            let access_point = json!({"path": "/state", "uid": 1000, "gid": 1000});
            detector(vpc, &json!({"persistence": {"access_point": access_point}}))
        },
        tampered: tampering::nothing,
        changes: &[
            |written| {
                written["cpu"] = json!(1024);
                written["memory"] = json!(4096);
                written["tags"] = json!({"team": "data"});
                written["log_retention_in_days"] = json!(7);
                written["container_insights"] = json!(true);
                written["enable_execute_command"] = json!(true);
                written["ingress"] = json!({"cidr_blocks": ["203.0.113.0/24"]});
                written["permissions_boundary"] = json!("arn:aws:iam::aws:policy/AWSMarketplaceMeteringFullAccess");
                written["persistence"]["backup"] = json!(false);
                written["persistence"]["throughput_mode"] = json!("elastic");
                written["persistence"]["transition_to_ia"] = json!("AFTER_30_DAYS");
            },
            |written| {
                written["tags"] = json!(null);
                written["ingress"] = json!(null);
                written["log_retention_in_days"] = json!(0);
                written["permissions_boundary"] = json!(null);
                written["load_balancer"] = json!({});
                written["capacity"] = json!({"max_size": 1, "instance_type": "m5.large"});
            },
            |written| {
                written["load_balancer"] = json!(null);
                written["capacity"] = json!(null);
                written["persistence"] = json!(null);
                written["run_as"] = json!("task");
            },
        ],
    },
    Life {
        name: "privateai",
        sampled: false,
        type_name: "thatdot_privateai_deployment",
        written: |vpc| {
            let more = json!({
                "license": {"content_wo": "{}", "content_wo_version": 1, "on": "efs"},
                "capacity": {"max_size": 4},
                "load_balancer": {"web_acl_arn": vpc["web_acl_arn"]},
                "api_gateway": {"authorization": "AWS_IAM"},
                "bastion": {},
                "autoscaling": {"max_count": 1, "cpu_percent": 70},
            });
            privateai(vpc, &more)
        },
        tampered: tampering::of_privateai,
        changes: &[
            |written| {
                written["cpu"] = json!(2048);
                written["memory"] = json!(12288);
                written["container_insights"] = json!(true);
                written["desired_count"] = json!(2);
                written["egress_cidr_blocks"] = json!(["0.0.0.0/1", "128.0.0.0/1"]);
                written["log_retention_in_days"] = json!(7);
                written["tags"] = json!({"team": "data"});
                written["license"]["content_wo_version"] = json!(2);
                written["load_balancer"] = json!({
                    "deregistration_delay": 30, "idle_timeout": 120, "ingress_cidr_blocks": ["198.51.100.0/24"],
                    "subnet_ids": written["public_subnet_ids"],
                });
                written["api_gateway"] = json!({
                    "authorization": "JWT", "jwt_issuer": "https://issuer.example.com", "jwt_audience": ["deid"],
                    "access_log": false, "timeout_milliseconds": 29000, "throttling_burst_limit": 20,
                    "throttling_rate_limit": 10,
                });
                written["bastion"] = json!({"ingress_cidr_blocks": ["203.0.113.4/32"]});
                written["autoscaling"] = json!({
                    "min_count": 2, "max_count": 3, "cpu_percent": 60, "memory_percent": 80, "requests_per_task": 1000,
                });
                written["capacity"] = json!({
                    "instance_type": "m5zn.2xlarge", "min_size": 1, "max_size": 5, "volume_size_gib": 80,
                    "instance_refresh": true, "instance_warmup": 60, "group_metrics": true, "detailed_monitoring": true,
                    "scale_in_protection": true, "managed_termination_protection": true, "managed_draining": false,
                    "target_capacity": 80, "notification_topic_arn": "arn:aws:sns:us-east-1:123456789012:hosts",
                });
            },
            |written| {
                written["tags"] = json!(null);
                written["autoscaling"] = json!({"max_count": 1, "cpu_percent": 70});
                written["capacity"] = json!({"max_size": 4});
                written["api_gateway"]["jwt_audience"] = json!(["deid", "other"]);
                written["desired_count"] = json!(1);
            },
            |written| {
                written["api_gateway"] = json!(null);
                written["bastion"] = json!(null);
                written["autoscaling"] = json!(null);
            },
        ],
    },
    Life {
        name: "privateai-with-a-secret",
        sampled: false,
        type_name: "thatdot_privateai_deployment",
        written: |vpc| privateai(vpc, &json!({"fargate": {}})),
        tampered: tampering::nothing,
        changes: &[|written| {
            written["license"]["content_wo_version"] = json!(2);
            written["license"]["recovery_window_in_days"] = json!(7);
        }],
    },
    Life {
        name: "network",
        sampled: true,
        type_name: "thatdot_network",
        written: |_| json!({"name": "main", "flow_logs": {}, "endpoints": {"services": ["s3", "logs"]}}),
        tampered: tampering::of_network,
        changes: &[
            |written| {
                written["tags"] = json!({"team": "data"});
                written["nat"] = json!("per_az");
                written["permissions_boundary"] = json!("arn:aws:iam::aws:policy/AWSMarketplaceMeteringFullAccess");
                written["flow_logs"] = json!({"retention_in_days": 7});
                written["endpoints"] = json!({"services": ["s3", "logs", "ecr.api"]});
            },
            |written| {
                written["tags"] = json!(null);
                written["nat"] = json!("none");
                written["permissions_boundary"] = json!(null);
                written["flow_logs"] = json!(null);
                written["endpoints"] = json!(null);
            },
        ],
    },
];
