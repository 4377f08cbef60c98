//! How many tasks and hosts there are: what AWS itself moves is no drift.

use super::view::{ADDRESS, LICENSED, deployment, id_of};
use crate::harness::{Sandbox, Wait};

fn desired(sandbox: &Sandbox) -> i32 {
    let asked = sandbox.aws.ecs.describe_services().cluster("deid").services("deid");
    asked.send().wait().unwrap().services()[0].desired_count()
}

#[test]
fn counts_that_scaling_moves_are_no_difference_and_come_back_without_it() {
    let sandbox = Sandbox::new();
    let with = |scaling: &str| {
        deployment(
            &sandbox,
            &format!("{LICENSED}\n  capacity {{ max_size = 3 }}\n{scaling}"),
        )
    };
    let scaling = "  autoscaling {\n    max_count = 3\n    cpu_percent = 70\n  }";
    sandbox.apply(&with(scaling));
    let before = sandbox.state(ADDRESS);
    let moved = sandbox
        .aws
        .ecs
        .update_service()
        .cluster("deid")
        .service("deid")
        .desired_count(2);
    moved.send().wait().unwrap();
    let asked = sandbox.aws.autoscaling.set_desired_capacity();
    asked
        .auto_scaling_group_name("deid-hosts")
        .desired_capacity(3)
        .send()
        .wait()
        .unwrap();
    sandbox.assert_settled();

    sandbox.apply(&with(
        &scaling.replace("cpu_percent = 70", "memory_percent = 60\n    scale_in_cooldown = 600"),
    ));
    assert_eq!(desired(&sandbox), 2, "an update leaves the count alone");
    let state = sandbox.state(ADDRESS);
    assert_eq!(id_of(&state, "scalable_target"), id_of(&before, "scalable_target"));
    assert!(!state.keys("components").contains(&"scaling_policy_cpu"));
    assert!(state.keys("components").contains(&"scaling_policy_memory"));

    sandbox.apply(&with(""));
    assert_eq!(desired(&sandbox), 1, "without scaling, the configuration's count holds");
    let moved = sandbox
        .aws
        .ecs
        .update_service()
        .cluster("deid")
        .service("deid")
        .desired_count(2);
    moved.send().wait().unwrap();
    let change = sandbox.plan().change(ADDRESS);
    assert!(
        change.before.at("components")["ecs_service"]["status"]
            .as_str()
            .unwrap()
            .contains("desired_count")
    );
    sandbox.terraform.apply(&[]).succeeded();
    assert_eq!(desired(&sandbox), 1);
    sandbox.destroy();
}
