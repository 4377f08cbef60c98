//! Inputs that are known only after apply.

use super::view::{ADDRESS, deployment, not_ready};
use crate::ecs::delete_log_group;
use crate::harness::Sandbox;

/// The same configuration, with a text in it that is known only after apply.
fn unknown(sandbox: &Sandbox, body: &str, text: &str) -> String {
    let later = format!("resource \"terraform_data\" \"later\" {{\n  input = {text}\n}}\n");
    let whole = deployment(sandbox, body).replacen(text, "terraform_data.later.output", 1);
    format!("{later}{whole}")
}

#[test]
fn a_deployment_in_a_network_that_is_not_there_yet_is_planned_and_applied() {
    let sandbox = Sandbox::new();
    let subnets = format!("{:?}", sandbox.vpc.private_subnet_ids);
    sandbox.configure(&unknown(&sandbox, "  persistence {}", &subnets));
    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(
        change.unknown.at("components"),
        true,
        "which mount targets there will be depends on the subnets"
    );
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    assert!(not_ready(&sandbox.state(ADDRESS)).is_empty());
    sandbox.destroy();
}

#[test]
fn a_subnet_that_is_not_there_yet_leaves_what_stays_known() {
    let sandbox = Sandbox::new();
    let [first, second] = [0, 1].map(|at| format!("{:?}", sandbox.vpc.private_subnet_ids[at]));
    let one = deployment(&sandbox, "  persistence {}").replace(&format!("[{first}, {second}]"), &format!("[{first}]"));
    sandbox.apply(&one);
    sandbox.configure(&unknown(&sandbox, "  persistence {}", &second));
    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(change.actions, ["update"]);
    assert_eq!(change.unknown.at("components"), true);
    for kept in [
        "cluster_arn",
        "service_arn",
        "task_definition_arn",
        "task_role_arn",
        "task_role_name",
        "execution_role_arn",
        "file_system_id",
        "security_group_ids",
        "log_group_name",
    ] {
        assert_eq!(change.after.at(kept), change.before.at(kept), "{kept}");
    }

    let group = change.before.text("log_group_name");
    delete_log_group(&sandbox, group);
    let outdated = sandbox
        .terraform
        .run(&["apply", "-input=false", "-json", "saved.tfplan"])
        .error();
    assert!(outdated.text().contains("has vanished"), "{}", outdated.text());

    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    assert!(not_ready(&sandbox.state(ADDRESS)).is_empty());
    sandbox.destroy();
}

#[test]
fn an_image_that_is_not_known_yet_changes_only_what_runs() {
    let sandbox = Sandbox::new();
    let body = "  image = \"example.com/novelty:v1\"";
    sandbox.apply(&unknown(&sandbox, body, "\"example.com/novelty:v1\""));
    sandbox.configure(&unknown(
        &sandbox,
        &body.replace("v1", "v2"),
        "\"example.com/novelty:v2\"",
    ));
    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(change.actions, ["update"]);
    assert_eq!(change.unknown.at("/components/ecs_task_definition/id"), true);
    assert!(
        change
            .unknown
            .at("/components/log_group")
            .as_object()
            .is_none_or(serde_json::Map::is_empty),
        "the log group stays"
    );
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    sandbox.destroy();
}

#[test]
fn a_mistake_in_what_was_not_known_is_told_before_the_first_write() {
    let sandbox = Sandbox::new();
    let vpc = format!("\"{}\"", sandbox.vpc.vpc_id);
    let text = unknown(&sandbox, "", &vpc).replace(&format!("input = {vpc}"), "input = \"vpc-0123456789abcdef0\"");
    sandbox.configure(&text);
    sandbox.terraform.plan(&[]).succeeded();
    let error = sandbox.terraform.apply(&[]).error();
    assert!(error.text().contains("vpc-0123456789abcdef0"), "{}", error.text());
    sandbox.assert_nothing_left();
}
