//! The functions, as a configuration calls them: offline, before any credentials are asked for.

use crate::detector::REQUIRED;
use crate::harness::{Diagnostic, Terraform};
use serde_json::{Value, json};

/// A folder that reaches no AWS.
fn offline() -> (tempfile::TempDir, Terraform) {
    let folder = tempfile::tempdir().unwrap();
    let terraform = Terraform::new(folder.path(), "http://127.0.0.1:9");
    (folder, terraform)
}

/// The outputs of a configuration that has nothing else.
fn outputs(text: &str) -> Value {
    let (_folder, terraform) = offline();
    terraform.write("main.tf", &format!("{REQUIRED}\n{text}"));
    terraform.apply(&[]).succeeded();
    terraform.json(&["output", "-json"])
}

/// The error that a call is refused with.
fn refused(call: &str) -> Diagnostic {
    let (_folder, terraform) = offline();
    terraform.write(
        "main.tf",
        &format!("{REQUIRED}\noutput \"it\" {{\n  value = provider::thatdot::{call}\n}}\n"),
    );
    terraform.plan(&[]).error()
}

fn example(name: &str) -> String {
    let path = format!("{}/examples/functions/{name}/function.tf", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_documentations_calls_give_what_it_says() {
    let text = ["fargate_size", "privateai_hosts", "image_uri"].map(example).join("\n");
    let said = outputs(&text);
    assert_eq!(said["task"]["value"], "cpu = 2048, memory = 14336");
    assert_eq!(said["hosts"]["value"], json!(3));
    let image = said["image"]["value"].as_str().unwrap();
    assert!(
        image.starts_with("117940112483.dkr.ecr.us-east-1.amazonaws.com/") && image.ends_with("/novelty:v0.9-latest")
    );
}

#[test]
fn a_deployment_takes_a_size_as_it_is() {
    let text = "output \"it\" {\n  value = provider::thatdot::fargate_size(0.5, 3)\n}\n";
    assert_eq!(outputs(text)["it"]["value"], json!({ "cpu": 512, "memory": 3072 }));
}

#[test]
fn a_wrong_argument_is_pointed_at() {
    for (call, parameter, reason) in [
        ("fargate_size(17, 1)", "vcpu", "16 vCPUs at most"),
        ("fargate_size(1, 121)", "gib", "120 GiB at most"),
        ("privateai_hosts(-1, \"m5zn.xlarge\")", "words_per_hour", "less than 0"),
        (
            "privateai_hosts(1, \"m5zn.metal\")",
            "instance_type",
            "does not tell how many vCPUs",
        ),
        (
            "image_uri(\"novelty\", \"v1\", \"us-east-1\")",
            "product",
            "there is \"detector\"",
        ),
        (
            "image_uri(\"detector\", \"v 1\", \"us-east-1\")",
            "version",
            "no image tag",
        ),
        (
            "image_uri(\"detector\", \"v1\", \"cn-north-1\")",
            "region",
            "another partition",
        ),
    ] {
        let error = refused(call);
        let text = error.text().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            text.contains(&format!("\"{parameter}\"")) && text.contains(reason),
            "{call}: {text}"
        );
    }
}
