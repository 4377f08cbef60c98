//! `thatdot_deployer_policy`, and what it is made of: what components declare to need.

mod audit;
mod declared;
mod denied;
mod life;
mod reference;

use serde_json::Value;

use crate::detector::REQUIRED;
use crate::harness::{Sandbox, Wait};

/// The deployer's policy in as many documents as it takes, with these parts.
fn policies(sandbox: &Sandbox, product: &str, name: &str, parts: &str) -> Vec<String> {
    sandbox.configure(&format!(
        r#"{REQUIRED}
        data "thatdot_deployer_policy" "it" {{
          product = "{product}"
          name    = "{name}"
          {parts}
        }}
        output "parts" {{ value = data.thatdot_deployer_policy.it.json_parts }}
        "#
    ));
    sandbox.terraform.apply(&[]).succeeded();
    let said = sandbox.terraform.run(&["output", "-json", "parts"]).succeeded().output;
    sandbox.terraform.destroy(&[]).succeeded();
    serde_json::from_str(&said).expect("a list of documents")
}

/// A user with these policies and nothing else, as whom Terraform works from now on.
fn work_as_deployer(sandbox: &mut Sandbox, policies: &[String]) {
    let iam = &sandbox.aws.iam;
    iam.create_user().user_name("deployer").send().wait().unwrap();
    for (number, policy) in policies.iter().enumerate() {
        let made = iam
            .create_policy()
            .policy_name(format!("deployer-{number}"))
            .policy_document(policy);
        let made = made.send().wait().unwrap();
        let arn = made.policy().unwrap().arn().unwrap();
        iam.attach_user_policy()
            .user_name("deployer")
            .policy_arn(arn)
            .send()
            .wait()
            .unwrap();
    }
    let key = iam.create_access_key().user_name("deployer").send().wait().unwrap();
    let key = key.access_key().unwrap();
    sandbox.terraform.set("AWS_ACCESS_KEY_ID", Some(key.access_key_id()));
    sandbox
        .terraform
        .set("AWS_SECRET_ACCESS_KEY", Some(key.secret_access_key()));
    sandbox.stand_in.judge_callers();
    sandbox.take_as_found();
}

/// The policies with an action taken out of every statement.
fn without(policies: &[String], action: &str) -> Vec<String> {
    let without = |text: &String| {
        let mut policy: Value = serde_json::from_str(text).unwrap();
        let statements = policy["Statement"].as_array_mut().unwrap();
        for statement in statements.iter_mut() {
            statement["Action"]
                .as_array_mut()
                .unwrap()
                .retain(|other| other != action);
        }
        statements.retain(|statement| !statement["Action"].as_array().unwrap().is_empty());
        policy.to_string()
    };
    policies.iter().map(without).collect()
}
