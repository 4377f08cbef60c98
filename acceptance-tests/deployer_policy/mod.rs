//! `thatdot_deployer_policy`, and what it is made of: what components declare to need.

pub mod audit;
mod declared;
mod denied;
mod life;
mod reference;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::detector::REQUIRED;
use crate::harness::{Sandbox, Wait};

/// The policies of whoever deploys these, each told by the attributes of a data source, in as many documents as it takes.
fn policies(sandbox: &Sandbox, deployments: &[String]) -> Vec<String> {
    let sources = deployments.iter().enumerate().map(|(number, body)| {
        format!(
            "data \"thatdot_deployer_policy\" \"of_{number}\" {{\n{body}\n}}\noutput \"of_{number}\" {{\n  value = \
             data.thatdot_deployer_policy.of_{number}.json_parts\n}}\n"
        )
    });
    sandbox.configure(&format!("{REQUIRED}{}", sources.collect::<String>()));
    sandbox.terraform.apply(&[]).succeeded();
    let said = sandbox.terraform.run(&["output", "-json"]).succeeded().output;
    // Nothing stands: the folder is free for another configuration.
    for file in ["main.tf", "terraform.tfstate"] {
        std::fs::remove_file(sandbox.terraform.folder().join(file)).unwrap();
    }
    let said: BTreeMap<String, Value> = serde_json::from_str(&said).expect("the outputs");
    let documents = said.values().flat_map(|output| output["value"].as_array().unwrap());
    documents
        .map(|document| document.as_str().unwrap().to_owned())
        .collect()
}

/// Lets Terraform work from now on as a user who may do what the policies of these deployments grant, but for the actions
/// that are `lacking`, and nothing else.
pub fn work_as_deployer(sandbox: &mut Sandbox, deployments: &[String], lacking: &[&str]) {
    let whole = policies(sandbox, deployments);
    let policies = lacking
        .iter()
        .fold(whole, |policies, action| without(&policies, action));
    work_with(sandbox, &policies);
}

/// Lets Terraform work from now on as a user who may do what these policies grant, and nothing else.
pub fn work_with(sandbox: &mut Sandbox, policies: &[String]) {
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
