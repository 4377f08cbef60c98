//! A saved plan that no longer fits what stands.

use super::view::{ADDRESS, deployment, id_of, parts, service};
use crate::ecs::delete_log_group;
use crate::harness::Sandbox;

#[test]
fn a_part_that_vanished_since_the_plan_is_told_before_anything_is_changed() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, ""));
    sandbox.configure(&deployment(&sandbox, "  desired_count = 2"));
    assert_eq!(sandbox.plan().change(ADDRESS).actions, ["update"]);

    let group = id_of(&sandbox.state(ADDRESS), "log_group");
    delete_log_group(&sandbox, &group);
    sandbox.stand_in.forget_calls();
    let error = sandbox
        .terraform
        .run(&["apply", "-input=false", "-json", "saved.tfplan"])
        .error();
    for word in ["log_group", &group, "has vanished", "Nothing was changed", "Plan again"] {
        assert!(error.text().contains(word), "{word}: {}", error.text());
    }
    assert_eq!(sandbox.stand_in.writes(), Vec::<String>::new());
    assert_eq!(service(&sandbox).desired_count(), 1);
    assert_eq!(parts(&sandbox.state(ADDRESS))["log_group"].status, "missing");

    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    assert_eq!(service(&sandbox).running_count(), 2);
    sandbox.destroy();
}
