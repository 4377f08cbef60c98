//! Importing: a deployment that exists, under a new state.

use super::existing_parts::own_file_system;
use super::image_pipeline::{IGNORED, pipeline_deploys};
use super::view::{ADDRESS, NAME, REQUIRED, deployment, not_ready, resource};
use crate::harness::{Sandbox, Wait};

/// Forgets a deployment, and finds it again: by the command, and by a block from which Terraform writes its configuration.
fn forgotten_and_imported(sandbox: &Sandbox, body: &str) {
    let text = deployment(sandbox, body);
    sandbox.apply(&text);
    let before = sandbox.state(ADDRESS);
    sandbox.terraform.run(&["state", "rm", ADDRESS]).succeeded();
    sandbox.only_looks(|| {
        let import = ["import", "-input=false", "-no-color", ADDRESS, NAME];
        sandbox.terraform.run(&import).succeeded();
    });
    let after = sandbox.state(ADDRESS);
    assert!(not_ready(&after).is_empty(), "{:?}", not_ready(&after));
    assert_eq!(after.at("components"), before.at("components"));
    assert_eq!(after.text("id"), before.text("id"));
    sandbox.assert_settled();
    sandbox.writes_its_configuration(REQUIRED, ADDRESS, NAME);
    sandbox.destroy();
}

#[test]
fn a_plain_deployment_is_imported_by_its_name_and_the_next_plan_is_empty() {
    forgotten_and_imported(&Sandbox::new(), "");
}

#[test]
fn a_deployment_whose_newest_revision_a_pipeline_registered_without_tags_is_imported() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, IGNORED));
    pipeline_deploys(&sandbox, "example.com/novelty:v2");
    sandbox.terraform.run(&["state", "rm", ADDRESS]).succeeded();
    sandbox
        .terraform
        .run(&["import", "-input=false", "-no-color", ADDRESS, NAME])
        .succeeded();
    assert_eq!(sandbox.state(ADDRESS).text("image"), "example.com/novelty:v2");
    sandbox.assert_settled();
    sandbox.destroy();
}

#[test]
fn a_deployment_with_everything_set_is_imported_whole() {
    let mut sandbox = Sandbox::new();
    let secret = sandbox.stand_in.secret();
    sandbox.take_as_found();
    let body = r#"
  image                  = "example.com/novelty:v1"
  cpu                    = 4096
  memory                 = 8192
  ephemeral_storage_gib  = 50
  platform_version       = "LATEST"
  environment            = { MODE = "batch" }
  secrets                = { KEY = "SECRET" }
  log_retention_in_days  = 0
  stop_timeout           = 60
  enable_execute_command = true
  container_insights     = true
  permissions_boundary   = "arn:aws:iam::aws:policy/AWSMarketplaceMeteringFullAccess"
  iam_path               = "/detectors/"
  tags                   = { Team = "fraud" }

  persistence {
    backup           = false
    encrypted        = false
    throughput_mode  = "elastic"
    transition_to_ia = "AFTER_30_DAYS"

    access_point {
      path = "/detector"
      uid  = 1000
      gid  = 1000
    }
  }

  ingress {
    cidr_blocks = ["203.0.113.0/24", "198.51.100.0/24"]
  }"#;
    forgotten_and_imported(&sandbox, &body.replace("SECRET", &secret));
}

#[test]
fn a_single_task_is_imported() {
    forgotten_and_imported(&Sandbox::new(), "  run_as = \"task\"\n  persistence {}");
}

#[test]
fn a_deployment_on_hosts_behind_a_load_balancer_is_imported() {
    let body = r#"
  memory                            = 5000
  health_check_grace_period_seconds = 60
  capacity {
    max_size            = 2
    ssh_from            = "vpc"
    scale_in_protection = true
  }
  persistence {}
  ingress { cidr_blocks = ["203.0.113.0/24"] }
  load_balancer {
    idle_timeout        = 90
    ingress_cidr_blocks = ["198.51.100.0/24"]
  }"#;
    forgotten_and_imported(&Sandbox::new(), body);
}

#[test]
fn a_single_task_on_hosts_is_imported() {
    forgotten_and_imported(&Sandbox::new(), "  run_as = \"task\"\n  capacity {}");
}

#[test]
fn a_deployment_on_parts_of_ones_own_is_imported() {
    let mut sandbox = Sandbox::new();
    let volume = own_file_system(&sandbox);
    sandbox
        .aws
        .logs
        .create_log_group()
        .log_group_name("/own/logs")
        .send()
        .wait()
        .unwrap();
    sandbox.take_as_found();
    let body =
        format!("  persistence {{ file_system_id = \"{volume}\" }}\n  existing {{ log_group_name = \"/own/logs\" }}");
    forgotten_and_imported(&sandbox, &body);
}

#[test]
fn an_import_block_finds_it_too() {
    let sandbox = Sandbox::new();
    let text = deployment(&sandbox, "  persistence {}");
    sandbox.apply(&text);
    sandbox.terraform.run(&["state", "rm", ADDRESS]).succeeded();
    sandbox.configure(&format!("{text}\nimport {{\n  to = {ADDRESS}\n  id = \"{NAME}\"\n}}\n"));
    assert_eq!(sandbox.plan().change(ADDRESS).actions, ["no-op"], "imported as it is");
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    sandbox.destroy();
}

#[test]
fn a_name_that_nobody_deployed_is_told() {
    let sandbox = Sandbox::new();
    sandbox.configure(&format!("{REQUIRED}\n{}", resource(&sandbox, "this", "nobody", "")));
    let finished = sandbox
        .terraform
        .run(&["import", "-input=false", "-no-color", ADDRESS, "nobody"]);
    assert_ne!(finished.code, Some(0));
    assert!(finished.complaints.contains("nobody"), "{finished}");
}
