//! Every attribute that can change in place is changed, and taken back.

use std::collections::BTreeSet;

use serde_json::Value;

use super::view::{ADDRESS, NAME, deployment, id_of};
use crate::ecs;
use crate::harness::{Sandbox, Wait};
use crate::own;

/// Attributes that are not changed here, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("name", "another name is another deployment"),
    ("vpc_id", "another VPC is another deployment"),
    ("iam_path", "a role cannot move"),
    ("private_subnet_ids", "`subnets.rs`"),
    ("public_subnet_ids", "the bastion cannot move in place"),
    ("adopt_existing", "`failures.rs`"),
    ("on_create_failure", "`failures.rs`"),
    ("deletion_protection", "`detector/protection.rs`: all products share it"),
    ("marketplace", "`basic.rs`: instead of a licence"),
    ("existing", "`existing.rs`"),
    ("fargate", "`updates.rs`: instead of hosts"),
    ("timeouts", "AWS knows nothing of them"),
    ("bastion.ami_id", "a bastion is made anew for it"),
    ("bastion.instance_type", "a bastion is made anew for it"),
    ("bastion.key_name", "a bastion is made anew for it"),
    ("bastion.subnet_id", "a bastion is made anew for it"),
    ("capacity.ami_id", "`hosts.rs`"),
    ("capacity.update_ami", "`hosts.rs`"),
    ("capacity.kms_key_id", "a disk's key is EC2's to check"),
    ("license.kms_key_id", "`drift_of_data.rs`"),
    ("license.secret_arn", "`examples/whole.rs`: instead of a text"),
    ("load_balancer.scheme", "a load balancer is made anew for it"),
];

const PLAIN: &str = r#"
  license {
    content_wo         = "{\"key\":\"planted-licence-7f3a\"}"
    content_wo_version = 1
  }
  load_balancer {}
  api_gateway { authorization = "AWS_IAM" }
  bastion {}
  autoscaling {
    max_count   = 1
    cpu_percent = 70
  }
  capacity { max_size = 4 }
"#;

/// The same with all else changed.
fn changed(sandbox: &Sandbox, acl: &str, topic: &str) -> String {
    let subnets = format!("{:?}", sandbox.vpc.public_subnet_ids);
    let (certificate, secret) = (own::certificate(sandbox, "deid"), sandbox.stand_in.secret());
    format!(
        r#"
  cpu                                = 2048
  memory                             = 12288
  container_insights                 = true
  deployment_maximum_percent         = 150
  deployment_minimum_healthy_percent = 50
  desired_count                      = 2
  egress_cidr_blocks                 = ["0.0.0.0/1", "128.0.0.0/1"]
  enable_execute_command             = true
  environment                        = {{ PAI_LOG_LEVEL = "debug" }}
  force_new_deployment               = true
  health_check_grace_period_seconds  = 60
  log_retention_in_days              = 7
  permissions_boundary               = "arn:aws:iam::aws:policy/AWSMarketplaceMeteringFullAccess"
  secrets                            = {{ PAI_KEY = "{secret}" }}
  stop_timeout                       = 60
  wait_for_steady_state              = false
  tags                               = {{ Team = "privacy" }}
  license {{
    content_wo              = "{{\"key\":\"planted-licence-8c1d\"}}"
    content_wo_version      = 2
    recovery_window_in_days = 7
    on                      = "efs"
  }}
  load_balancer {{
    deletion_protection        = true
    deregistration_delay       = 30
    drop_invalid_header_fields = false
    certificate_arn            = "{certificate}"
    ssl_policy                 = "ELBSecurityPolicy-TLS13-1-3-2021-06"
    idle_timeout               = 120
    ingress_cidr_blocks        = ["198.51.100.0/24"]
    subnet_ids                 = {subnets}
    web_acl_arn                = "{acl}"
    access_logs {{
      bucket = "balancer-logs"
      prefix = "deid"
    }}
  }}
  api_gateway {{
    authorization          = "JWT"
    jwt_issuer             = "https://issuer.example.com"
    jwt_audience           = ["deid"]
    jwt_scopes             = ["deid/read"]
    access_log             = false
    throttling_burst_limit = 20
    throttling_rate_limit  = 10
    timeout_milliseconds   = 29000
    tls_server_name        = "deid.example.com"
  }}
  bastion {{ ingress_cidr_blocks = ["203.0.113.4/32"] }}
  autoscaling {{
    min_count          = 2
    max_count          = 3
    cpu_percent        = 60
    memory_percent     = 80
    requests_per_task  = 1000
    scale_in_cooldown  = 100
    scale_out_cooldown = 100
  }}
  ordered_placement_strategy {{
    type  = "binpack"
    field = "memory"
  }}
  capacity {{
    instance_type                  = "m5zn.2xlarge"
    min_size                       = 1
    max_size                       = 5
    key_name                       = "theirs"
    ssh_from                       = "vpc"
    volume_size_gib                = 80
    instance_refresh               = true
    instance_warmup                = 60
    group_metrics                  = true
    detailed_monitoring            = true
    scale_in_protection            = true
    managed_termination_protection = true
    managed_draining               = false
    target_capacity                = 80
    notification_topic_arn         = "{topic}"
    spot                           = true
  }}
"#
    )
}

/// The parts that stay the same whatever of this changes.
const STAY: [&str; 8] = [
    "auto_scaling_group",
    "capacity_provider",
    "ecs_cluster",
    "ecs_service",
    "http_api",
    "load_balancer",
    "secret_license",
    "target_group",
];

#[test]
fn all_that_can_change_is_changed_in_place_and_taken_back() {
    let mut sandbox = Sandbox::new();
    let (acl, topic) = (own::web_acl(&sandbox, "guards"), sandbox.stand_in.topic());
    let key = sandbox.aws.ec2.create_key_pair().key_name("theirs");
    key.send().wait().unwrap();
    let changed = changed(&sandbox, &acl, &topic);
    sandbox.take_as_found();
    let plain = deployment(&sandbox, PLAIN);
    sandbox.apply(&plain);
    let before = sandbox.state(ADDRESS);
    let stays = |what: &str| {
        let now = sandbox.state(ADDRESS);
        for part in STAY {
            assert_eq!(id_of(&now, part), id_of(&before, part), "{part} was to stay {what}");
        }
    };
    sandbox.apply(&deployment(&sandbox, &changed).replace("deid:3.3.2-cpu", "deid:3.4.0-cpu"));
    stays("changed");
    let definition = ecs::task_definition(&sandbox, NAME);
    let image = definition
        .container_definitions()
        .iter()
        .find_map(|container| container.image());
    assert!(image.is_some_and(|image| image.ends_with("3.4.0-cpu")), "{image:?}");
    sandbox.apply(&plain);
    stays("as it was");
    assert_eq!(sandbox.state(ADDRESS).keys("components"), before.keys("components"));
    sandbox.destroy();
}

#[test]
fn no_attribute_is_forgotten() {
    let golden: Value = serde_json::from_str(include_str!("../golden/schema.json")).unwrap();
    let schema = &golden["resource_schemas"]["thatdot_privateai_deployment"]["block"];
    let mut all = BTreeSet::new();
    attributes(schema, "", &mut all);
    assert!(all.len() > 60, "the schema was read whole: {all:?}");
    let source = include_str!("every_attribute.rs");
    let body = source.split_once("fn changed").unwrap().1.split_once("STAY").unwrap().0;
    let is_set = |path: &str| {
        let name = path.rsplit('.').next().unwrap();
        let assigned = body.lines().any(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            words.windows(2).any(|pair| pair[0] == name && pair[1] == "=")
        });
        assigned || name == "image"
    };
    let elsewhere = |path: &str| {
        let block = path.split('.').next().unwrap();
        ELSEWHERE.iter().any(|(name, _)| *name == path || *name == block)
    };
    let forgotten: Vec<_> = all.iter().filter(|path| !is_set(path) && !elsewhere(path)).collect();
    assert!(forgotten.is_empty(), "nobody changes {forgotten:?}");
    let stale: Vec<_> = ELSEWHERE
        .iter()
        .filter(|(name, _)| {
            !all.iter()
                .any(|path| path == name || path.split('.').next() == Some(*name))
        })
        .collect();
    assert!(stale.is_empty(), "no attributes of the schema: {stale:?}");
}

/// The paths of what a user can write.
fn attributes(block: &Value, path: &str, all: &mut BTreeSet<String>) {
    for (name, attribute) in block["attributes"].as_object().into_iter().flatten() {
        if attribute["optional"] == true || attribute["required"] == true {
            all.insert(format!("{path}{name}"));
        }
    }
    for (name, nested) in block["block_types"].as_object().into_iter().flatten() {
        attributes(&nested["block"], &format!("{path}{name}."), all);
    }
}
