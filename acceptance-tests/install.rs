//! The newcomer's path: installing the provider, and the demo.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::harness::{StandIn, Terraform, binary};

/// The repository's own folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn told(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn after_make_install_a_plain_init_finds_the_provider() {
    let home = tempfile::tempdir().unwrap();
    let mut terraform = Terraform::new(home.path(), "http://127.0.0.1:9");
    // As a user has it who set nothing: no settings but a stale one.
    terraform.set("TF_CLI_CONFIG_FILE", Some("/nowhere/terraform.rc"));
    let install = Command::new("make")
        .args([
            "--no-print-directory",
            "install",
            &format!("BINARY={}", binary().display()),
        ])
        .env("HOME", home.path())
        .env_remove("XDG_DATA_HOME")
        .env_remove("MAKEFLAGS")
        .current_dir(root())
        .output()
        .unwrap();
    assert!(install.status.success(), "{}", told(&install));

    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let block = readme
        .split("```hcl\n")
        .find(|block| block.starts_with("terraform {"))
        .expect("a required_providers block");
    terraform.write("main.tf", &block[..block.find("```").expect("the end of the block")]);
    terraform.run(&["init", "-input=false", "-no-color"]).succeeded();
    terraform.validate().succeeded();
}

#[test]
fn the_demo_applies_plans_again_and_leaves_nothing_whatever_the_environment_says() {
    // The stand-in is set up first, so that two tests do not do it at once.
    let folder = tempfile::tempdir().unwrap();
    drop(StandIn::start(&folder.path().join("stand-in.log")));
    let output = Command::new("acceptance-tests/demo.sh")
        .env("THATDOT_PROVIDER", binary())
        .env("TF_CLI_CONFIG_FILE", "/nowhere/terraform.rc")
        .env("AWS_PROFILE", "nobody")
        .env("TF_VAR_name", "stale")
        .env_remove("MAKEFLAGS")
        .current_dir(root())
        .output()
        .unwrap();
    let told = told(&output);
    assert!(output.status.success(), "{told}");
    for words in [
        "No changes",
        "\"missing\" -> (known after apply)",
        "drifted: desired_count",
        "ecs_service",
        "ready",
        "url",
        "Nothing: the account holds",
    ] {
        assert!(told.contains(words), "{words:?} is not in:\n{told}");
    }
    let addresses = told.matches("docs_url = \"http://").count();
    assert_eq!(addresses, 2, "after the first apply and after the repair:\n{told}");
}

#[test]
fn a_provider_that_a_developer_started_serves_terraform_without_being_installed() {
    let mut provider = Command::new(binary())
        .arg("--debug")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // To the end: what is told to nobody any more ends the provider.
    let mut said = BufReader::new(provider.stdout.take().unwrap()).lines();
    let found = said
        .by_ref()
        .map(Result::unwrap)
        .find_map(|line| line.trim().strip_prefix("TF_REATTACH_PROVIDERS=").map(str::to_owned));
    let home = tempfile::tempdir().unwrap();
    let mut terraform = Terraform::new(home.path(), "http://127.0.0.1:9");
    terraform.set(
        "TF_REATTACH_PROVIDERS",
        found.as_deref().map(|value| value.trim_matches('\'')),
    );
    terraform.write("terraform.rc", "");
    terraform.write(
        "main.tf",
        "terraform {\n  required_providers {\n    thatdot = { source = \"thatdot/thatdot\" }\n  }\n}\n\noutput \"cpu\" {\n  value = \
         provider::thatdot::fargate_size(1, 14).cpu\n}\n",
    );
    let applied = terraform.apply(&[]);
    provider.kill().and_then(|()| provider.wait()).unwrap();
    applied.succeeded();
    assert_eq!(terraform.json(&["output", "-json"])["cpu"]["value"], 2048);
}

#[test]
fn run_by_hand_the_provider_says_what_it_is_and_how_to_use_it() {
    let output = Command::new(binary())
        .env_remove("TF_PLUGIN_MAGIC_COOKIE")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = told(&output);
    assert!(
        told.contains("is a Terraform provider") && told.contains("required_providers"),
        "{told}"
    );
}
