//! Changes in place.

use super::view::{ADDRESS, LICENSED, deployment, id_of};
use crate::harness::{Sandbox, Wait};

fn body(capacity: &str, rest: &str) -> String {
    format!("{LICENSED}\n  load_balancer {{ {rest} }}\n  capacity {{\n    max_size = 2\n    {capacity}\n  }}\n")
}

#[test]
fn hosts_load_balancer_and_environment_change_in_place() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, &body("", "")));
    let before = sandbox.state(ADDRESS);
    for changed in [
        deployment(
            &sandbox,
            &body("min_size = 1\n    group_metrics = true", "idle_timeout = 120"),
        ),
        deployment(
            &sandbox,
            &body(
                "volume_size_gib = 80\n    detailed_monitoring = true",
                "deregistration_delay = 30",
            ),
        ),
        deployment(
            &sandbox,
            &format!(
                "{}\n  environment = {{ PAI_LOG_LEVEL = \"info\" }}\n  cpu = 2048",
                body("", "")
            ),
        ),
        deployment(&sandbox, &body("", "")),
    ] {
        sandbox.apply(&changed);
    }
    let after = sandbox.state(ADDRESS);
    for part in [
        "ecs_cluster",
        "ecs_service",
        "load_balancer",
        "target_group",
        "auto_scaling_group",
        "launch_template",
    ] {
        assert_eq!(id_of(&before, part), id_of(&after, part), "{part} was to stay");
    }
    sandbox.destroy();
}

#[test]
fn a_new_version_of_the_licence_is_sent_and_starts_new_tasks() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, LICENSED));
    let before = sandbox.state(ADDRESS);
    let renewed = LICENSED.replace("7f3a", "8c1d").replace("= 1", "= 2");
    sandbox.apply(&deployment(&sandbox, &renewed));
    let after = sandbox.state(ADDRESS);
    assert_eq!(id_of(&before, "secret_license"), id_of(&after, "secret_license"));
    assert_ne!(before.text("task_definition_arn"), after.text("task_definition_arn"));
    let secret = sandbox
        .aws
        .secretsmanager
        .get_secret_value()
        .secret_id(after.text("license_secret_arn"))
        .send()
        .wait()
        .unwrap();
    assert!(secret.secret_string().unwrap().contains("8c1d"));
    sandbox.destroy();
}

#[test]
fn blocks_are_added_and_taken_away() {
    let sandbox = Sandbox::new();
    let plain = deployment(&sandbox, LICENSED);
    sandbox.apply(&plain);
    let before = sandbox.state(ADDRESS);
    let more =
        format!("{LICENSED}\n  load_balancer {{}}\n  api_gateway {{ authorization = \"NONE\" }}\n  bastion {{}}");
    sandbox.apply(&deployment(&sandbox, &more));
    assert!(sandbox.state(ADDRESS).text("url").contains("execute-api"));
    sandbox.apply(&plain);
    let after = sandbox.state(ADDRESS);
    assert_eq!(before.keys("components"), after.keys("components"));
    assert_eq!(id_of(&before, "ecs_service"), id_of(&after, "ecs_service"));
    sandbox.destroy();
}
