//! Ctrl-C.

use super::view::{ADDRESS, deployment, id_of, not_ready};
use crate::harness::{Fault, Sandbox};

#[test]
fn after_ctrl_c_the_state_says_what_is_pending_and_the_next_apply_goes_on_in_place() {
    let sandbox = Sandbox::new();
    sandbox.configure(&deployment(&sandbox, "  persistence {}"));
    sandbox.stand_in.inject(Fault::slow("efs", "CreateFileSystem", 2_000));
    let running = sandbox
        .terraform
        .start(&["apply", "-auto-approve", "-input=false", "-no-color"]);
    running.until_called(&sandbox.stand_in, "CreateCluster");
    std::thread::sleep(std::time::Duration::from_millis(300));
    running.interrupt();
    let finished = running.finish();
    assert_eq!(finished.code, Some(1), "{finished}");
    assert!(!sandbox.terraform.is_tainted(ADDRESS), "{finished}");

    let state = sandbox.state(ADDRESS);
    let pending = not_ready(&state);
    assert!(
        pending.contains_key("ecs_service") && pending.values().all(|status| status == "pending"),
        "{pending:?}"
    );
    let cluster = id_of(&state, "ecs_cluster");

    sandbox.stand_in.clear_faults();
    assert_eq!(sandbox.plan().change(ADDRESS).actions, ["update"]);
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    assert_eq!(id_of(&sandbox.state(ADDRESS), "ecs_cluster"), cluster);
    sandbox.destroy();
}

#[test]
fn after_ctrl_c_in_a_destroy_the_next_one_ends_it() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, "  persistence {}"));
    sandbox.stand_in.inject(Fault::slow("efs", "DeleteMountTarget", 1_000));
    sandbox.stand_in.forget_calls();
    let running = sandbox
        .terraform
        .start(&["destroy", "-auto-approve", "-input=false", "-no-color"]);
    running.until_called(&sandbox.stand_in, "DeleteService");
    running.interrupt();
    let finished = running.finish();
    assert_eq!(finished.code, Some(1), "{finished}");
    sandbox.stand_in.clear_faults();
    sandbox.destroy();
}
