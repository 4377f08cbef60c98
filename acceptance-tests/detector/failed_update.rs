//! An update that AWS refuses: what it did not get to shows in the next plan, also where AWS reports nothing of it.

use super::view::{ADDRESS, NAME, deployment};
use crate::harness::{Fault, Sandbox, Wait};

fn tasks(sandbox: &Sandbox) -> Vec<String> {
    let listed = sandbox.aws.ecs.list_tasks().cluster(NAME).send().wait().unwrap();
    listed.task_arns().to_vec()
}

#[test]
fn settings_that_aws_does_not_report_are_still_to_be_applied_after_a_failure() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, ""));
    let before = tasks(&sandbox);
    sandbox.stand_in.inject(Fault::refusal(
        "ecs",
        "UpdateService",
        "AccessDeniedException",
        "You may not change services.",
    ));
    sandbox.configure(&deployment(&sandbox, "  force_new_deployment = true"));
    let error = sandbox.terraform.apply(&[]).error();
    assert!(error.text().contains("ecs:UpdateService"), "{}", error.text());
    assert_eq!(sandbox.state(ADDRESS).at("force_new_deployment"), &false);
    assert_eq!(tasks(&sandbox), before);

    sandbox.stand_in.clear_faults();
    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(change.actions, ["update"]);
    assert_eq!(change.after.at("force_new_deployment"), &true);
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    assert_ne!(tasks(&sandbox), before, "the next apply starts the new tasks");
    sandbox.destroy();
}
