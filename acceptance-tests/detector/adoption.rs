//! What a provider that died left behind: found again, never doubled, taken over only when told to.

use super::view::{ADDRESS, NAME, deployment, id_of};
use crate::harness::{Fault, Sandbox, Wait};

const BODY: &str = "  persistence {}";

/// A world in which `terraform` and its provider were killed while they made the service.
fn after_a_killed_create() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.configure(&deployment(&sandbox, BODY));
    sandbox
        .stand_in
        .inject(Fault::slow("ecs", "CreateService", 3_000).times(1));
    let running = sandbox
        .terraform
        .start(&["apply", "-auto-approve", "-input=false", "-no-color"]);
    running.until_called(&sandbox.stand_in, "RegisterTaskDefinition");
    std::thread::sleep(std::time::Duration::from_millis(500));
    running.kill();
    // The call that was under way still takes effect at AWS.
    sandbox.stand_in.settle();
    sandbox
}

fn volumes(sandbox: &Sandbox) -> Vec<String> {
    let answer = sandbox.aws.efs.describe_file_systems().send().wait().unwrap();
    answer
        .file_systems()
        .iter()
        .map(|volume| volume.file_system_id().to_owned())
        .collect()
}

#[test]
fn leftovers_are_listed_with_the_ways_to_go_on_and_nothing_is_touched() {
    let sandbox = after_a_killed_create();
    sandbox.stand_in.forget_calls();
    let error = sandbox.terraform.apply(&[]).error();
    for word in ["efs_file_system", "log_group", "terraform import", "adopt_existing"] {
        assert!(error.text().contains(word), "{word} is not in: {}", error.text());
    }
    assert_eq!(sandbox.stand_in.changes(), Vec::<String>::new());
}

#[test]
fn with_adopt_existing_they_are_taken_over_and_nothing_is_doubled() {
    let sandbox = after_a_killed_create();
    let volume = volumes(&sandbox);
    assert_eq!(volume.len(), 1);
    sandbox.apply(&deployment(&sandbox, &format!("{BODY}\n  adopt_existing = true")));
    assert_eq!(volumes(&sandbox), volume);
    assert_eq!(id_of(&sandbox.state(ADDRESS), "efs_file_system"), volume[0]);
    sandbox.destroy();
}

#[test]
fn what_carries_the_name_but_not_our_tags_is_never_taken_over() {
    let mut sandbox = Sandbox::new();
    sandbox
        .aws
        .ecs
        .create_cluster()
        .cluster_name(NAME)
        .send()
        .wait()
        .unwrap();
    sandbox.take_as_found();
    sandbox.configure(&deployment(&sandbox, "  adopt_existing = true"));
    let error = sandbox.terraform.apply(&[]).error();
    assert!(
        error.text().contains("ecs_cluster") && error.text().contains(NAME),
        "{}",
        error.text()
    );
    sandbox.assert_nothing_left();
}

#[test]
fn two_states_do_not_share_a_deployment() {
    let sandbox = Sandbox::new();
    let text = deployment(&sandbox, "");
    sandbox.apply(&text);
    let other = crate::harness::Terraform::new(&sandbox.terraform.folder().join("other"), sandbox.stand_in.endpoint());
    other.write("main.tf", &text);
    let error = other.apply(&[]).error();
    assert!(error.text().contains("adopt_existing"), "{}", error.text());
    other.write("main.tf", &deployment(&sandbox, "  adopt_existing = true"));
    other.apply(&[]).succeeded();

    // The first state no longer owns what the second took over: destroying it harms nothing.
    let finished = sandbox.terraform.destroy(&[]);
    assert!(finished.code.is_some());
    let plan = other.run(&["plan", "-input=false", "-no-color", "-detailed-exitcode"]);
    assert_eq!(plan.code, Some(0), "{plan}");
    other.destroy(&[]).succeeded();
    sandbox.assert_nothing_left();
}
