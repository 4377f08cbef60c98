//! The modules in `examples/modules`, by their own `terraform test` files: mocked, and standing.

use std::path::{Path, PathBuf};

use crate::harness::Sandbox;

/// Where the modules are.
fn modules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/modules")
}

/// A module, in a sandbox of its own.
fn module(name: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let folder = modules().join(name);
    for path in files(&folder) {
        let file = path.strip_prefix(&folder).unwrap().to_str().unwrap();
        sandbox.terraform.write(file, &std::fs::read_to_string(&path).unwrap());
    }
    sandbox
}

/// The files of a folder and of those in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

/// Runs the module's tests, all of which must pass, and fails the test unless AWS is as it was.
fn passes(sandbox: &Sandbox) {
    sandbox.terraform.validate().succeeded();
    let finished = sandbox.terraform.run(&["test", "-no-color"]).succeeded();
    for file in ["mocked", "standing"] {
        let passed = format!("tests/{file}.tftest.hcl... pass");
        assert!(finished.output.contains(&passed), "{passed:?} is not in: {finished}");
    }
    assert!(finished.output.contains(" 0 failed"), "{finished}");
    sandbox.assert_nothing_left();
}

#[test]
fn every_module_is_among_those_that_are_tested() {
    let entries = std::fs::read_dir(modules()).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["detector", "privateai"]);
}

#[test]
fn the_detectors_module_passes_its_own_tests_and_leaves_nothing() {
    passes(&module("detector"));
}

#[test]
fn private_ais_module_passes_its_own_tests_and_leaves_nothing() {
    let mut sandbox = module("privateai");
    let image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid:3.3.2-cpu";
    sandbox.terraform.set("TF_VAR_image", Some(image));
    sandbox.terraform.set("TF_VAR_license", Some("{}"));
    passes(&sandbox);
}
