//! The documentation's snippets work as they stand.

use std::path::Path;

use crate::detector::REQUIRED;
use crate::harness::Sandbox;

fn snippet(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(path);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_operators_and_the_policys_make_one_configuration_that_works_and_is_imported() {
    let sandbox = Sandbox::new();
    let text = format!(
        "{REQUIRED}\n{}\n{}",
        snippet("resources/thatdot_operator/resource.tf"),
        snippet("data-sources/thatdot_operator_policy/data-source.tf")
    );
    sandbox.apply(&text);
    let said = sandbox.terraform.json(&["output", "-json"]);
    assert!(said["image_policy"]["value"].as_str().unwrap().contains("ecr:*"));

    let address = "thatdot_operator.admin";
    sandbox.terraform.run(&["state", "rm", address]).succeeded();
    let command = snippet("resources/thatdot_operator/import.sh");
    let command = command
        .lines()
        .find_map(|line| line.strip_prefix("terraform "))
        .unwrap();
    sandbox
        .terraform
        .run(&command.split(' ').collect::<Vec<_>>())
        .succeeded();
    sandbox.assert_settled();

    sandbox.terraform.run(&["state", "rm", address]).succeeded();
    let block = snippet("resources/thatdot_operator/import-by-string-id.tf");
    sandbox.configure(&format!("{text}\n{block}"));
    assert_eq!(sandbox.plan().change(address).actions, ["no-op"], "imported as it is");
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.destroy();
}
