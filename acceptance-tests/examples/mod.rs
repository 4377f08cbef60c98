//! Every example works as it stands.

mod whole;

pub use whole::EXAMPLES;

use std::path::{Path, PathBuf};

use crate::harness::{Sandbox, Terraform, Wait};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// What a file of an example is called in a test's folder, where it stands beside others.
fn copied(example: &str, file: &str) -> String {
    format!("{}-{file}", example.replace('/', "-"))
}

/// Copies the Terraform files of an example into the test's folder.
fn copy(terraform: &Terraform, example: &str) {
    for entry in std::fs::read_dir(examples().join(example)).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "tf") {
            let file = path.file_name().unwrap().to_str().unwrap();
            terraform.write(&copied(example, file), &std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// The folders in a folder of `examples/`, as they are called from there.
fn folders(of: &str) -> Vec<String> {
    let entries = std::fs::read_dir(examples().join(of)).unwrap();
    let folders = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let relative = folders.map(|path| path.strip_prefix(examples()).unwrap().to_str().unwrap().to_owned());
    relative.collect()
}

#[test]
fn every_snippet_of_the_documentation_is_valid_beside_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let terraform = Terraform::new(folder.path(), "http://127.0.0.1:9");
    let kinds = ["resources", "data-sources", "functions"];
    let snippets = kinds
        .iter()
        .flat_map(|kind| folders(kind))
        .chain(["provider".to_owned()]);
    snippets.for_each(|snippet| copy(&terraform, &snippet));
    terraform.validate().succeeded();
}

#[test]
fn every_example_is_valid_by_itself() {
    let whole = folders("")
        .into_iter()
        .filter(|folder| examples().join(folder).join("main.tf").exists());
    for example in whole {
        let folder = tempfile::tempdir().unwrap();
        let terraform = Terraform::new(folder.path(), "http://127.0.0.1:9");
        copy(&terraform, &example);
        terraform.validate().succeeded();
    }
}

/// Takes an object out of the state, and takes it over as its snippets show: by command, and by block.
fn comes_back(sandbox: &Sandbox, folder: &str, address: &str) {
    sandbox.terraform.run(&["state", "rm", address]).succeeded();
    let command = std::fs::read_to_string(examples().join(folder).join("import.sh")).unwrap();
    let command = command
        .lines()
        .find_map(|line| line.strip_prefix("terraform "))
        .expect("a command");
    sandbox
        .terraform
        .run(&command.split(' ').collect::<Vec<_>>())
        .succeeded();
    sandbox.assert_settled();

    sandbox.terraform.run(&["state", "rm", address]).succeeded();
    copy(&sandbox.terraform, folder);
    assert_eq!(sandbox.plan().change(address).actions, ["no-op"], "imported as it is");
    sandbox.terraform.apply(&[]).succeeded();
    without_import_block(sandbox, folder);
}

/// Removes the block that imports, for where there is nothing to be found yet.
fn without_import_block(sandbox: &Sandbox, folder: &str) {
    let block = copied(folder, "import-by-string-id.tf");
    std::fs::remove_file(sandbox.terraform.folder().join(block)).unwrap();
}

/// The resources whose snippets are applied and imported: here, in `container_image/example.rs` and in
/// `operator/snippets.rs`.
const RESOURCES: [&str; 5] = [
    "resources/thatdot_container_image",
    DETECTOR,
    NETWORK,
    "resources/thatdot_operator",
    PRIVATEAI,
];
const DETECTOR: &str = "resources/thatdot_detector_deployment";
const NETWORK: &str = "resources/thatdot_network";
const PRIVATEAI: &str = "resources/thatdot_privateai_deployment";

#[test]
fn every_resource_of_the_documentation_is_among_those_that_live() {
    let mut found = folders("resources");
    found.sort();
    assert_eq!(found, RESOURCES);
}

#[test]
fn the_snippets_of_both_deployments_and_of_all_that_is_read_make_one_configuration_that_works_and_is_imported() {
    let mut sandbox = Sandbox::new();
    let name = aws_sdk_ec2::types::Tag::builder().key("Name").value("main").build();
    sandbox
        .aws
        .ec2
        .create_tags()
        .resources(&sandbox.vpc.vpc_id)
        .tags(name)
        .send()
        .wait()
        .unwrap();
    sandbox.terraform.set("TF_VAR_license", Some("{}"));
    // What is asked of the Marketplace's registry leads nowhere, and says so alike each time.
    sandbox.terraform.set("HTTPS_PROXY", Some("http://127.0.0.1:9"));
    let deployments = [DETECTOR, PRIVATEAI];
    let others = ["provider"].into_iter().chain(deployments).map(str::to_owned);
    let read = ["data-sources", "functions"].into_iter().flat_map(folders);
    for snippet in others.chain(read) {
        copy(&sandbox.terraform, &snippet);
    }
    for folder in deployments {
        without_import_block(&sandbox, folder);
    }
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    comes_back(&sandbox, DETECTOR, "thatdot_detector_deployment.fraud");
    comes_back(&sandbox, PRIVATEAI, "thatdot_privateai_deployment.deid");
    sandbox.destroy();
}

#[test]
fn the_snippets_of_a_network_make_one_that_is_imported() {
    let sandbox = Sandbox::new();
    let folder = NETWORK;
    for snippet in ["provider", folder] {
        copy(&sandbox.terraform, snippet);
    }
    without_import_block(&sandbox, folder);
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    comes_back(&sandbox, folder, "thatdot_network.demo");
    sandbox.destroy();
}
