//! A deployment that stands, taken over by its name.

use super::view::{ADDRESS, LICENSED, deployment};
use super::whole::whole;
use crate::detector::REQUIRED;
use crate::harness::Sandbox;

fn comes_back(body: &str) {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, body));
    sandbox.terraform.run(&["state", "rm", ADDRESS]).succeeded();
    sandbox
        .terraform
        .run(&["import", "-input=false", "-no-color", ADDRESS, "deid"])
        .succeeded();
    sandbox.assert_settled();
    sandbox.destroy();
}

#[test]
fn a_deployment_on_hosts_comes_back_with_nothing_to_change() {
    comes_back(&format!("{LICENSED}\n  load_balancer {{}}\n  bastion {{}}"));
}

#[test]
fn a_deployment_with_every_block_comes_back_by_a_block_and_terraform_writes_all_of_it() {
    let mut sandbox = Sandbox::new();
    let text = whole(&mut sandbox);
    sandbox.apply(&text);
    sandbox.terraform.run(&["state", "rm", ADDRESS]).succeeded();
    sandbox.configure(&format!("{text}\nimport {{\n  to = {ADDRESS}\n  id = \"deid\"\n}}\n"));
    assert_eq!(sandbox.plan().change(ADDRESS).actions, ["no-op"], "imported as it is");
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    sandbox.writes_its_configuration(REQUIRED, ADDRESS, "deid");
    sandbox.destroy();
}

#[test]
fn its_configuration_can_be_written_by_terraform_which_cannot_know_the_licence() {
    let sandbox = Sandbox::new();
    let text = deployment(
        &sandbox,
        &format!("{LICENSED}\n  load_balancer {{}}\n  api_gateway {{ authorization = \"NONE\" }}"),
    );
    sandbox.apply(&text);
    sandbox.writes_its_configuration(REQUIRED, ADDRESS, "deid");

    // Another version is another text, which only the user has.
    let generated = sandbox.terraform.folder().join("generated.tf");
    let written = std::fs::read_to_string(&generated).unwrap();
    assert!(written.contains("content_wo_version      = 1"), "{written}");
    let newer = written.replace("content_wo_version      = 1", "content_wo_version      = 2");
    sandbox.terraform.write("generated.tf", &newer);
    assert_eq!(sandbox.terraform.plan(&[]).error().summary, "A licence without a text");
    sandbox.terraform.write("generated.tf", &written);
    sandbox.destroy();
}

#[test]
fn a_deployment_on_fargate_comes_back_with_nothing_to_change() {
    comes_back(&format!("{LICENSED}\n  fargate {{}}"));
}
