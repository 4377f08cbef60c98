//! Secrets show nowhere, however much is logged.

use std::path::Path;
use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine};

use crate::detector::REQUIRED;
use crate::harness::{Fault, Sandbox, Wait};

/// A licence and a credential that must never show.
const LICENSE: &str = r#"{"key":"planted-licence-7f3a"}"#;
const SECRET_KEY: &str = "planted-secret-key-41c9";
const SESSION_TOKEN: &str = "planted-session-token-a5d2";

fn configuration(sandbox: &Sandbox, version: u8) -> String {
    format!(
        r#"{REQUIRED}
        variable "license" {{
          type      = string
          ephemeral = true
        }}
        resource "thatdot_privateai_deployment" "deid" {{
          name               = "deid"
          vpc_id             = "{}"
          private_subnet_ids = {:?}
          public_subnet_ids  = {:?}
          image              = "123456789012.dkr.ecr.us-east-1.amazonaws.com/deid:3.3.2-cpu"
          license {{
            content_wo         = var.license
            content_wo_version = {version}
            on                 = "efs"
          }}
          bastion {{ ingress_cidr_blocks = ["203.0.113.4/32"] }}
        }}
        "#,
        sandbox.vpc.vpc_id, sandbox.vpc.private_subnet_ids, sandbox.vpc.public_subnet_ids,
    )
}

fn keeps_secrets(what: &str, text: &str) {
    keeps(
        &[LICENSE, "planted-licence-7f3a", SECRET_KEY, SESSION_TOKEN],
        what,
        text,
    );
}

/// Fails the test where one of the secrets is in the text, as it is or in base64.
pub fn keeps(secrets: &[&str], what: &str, text: &str) {
    for secret in secrets {
        // Of a secret amid other bytes, base64 shows one of three forms; what all bytes of a form stand for is compared.
        let forms = (0..3).map(|shift| {
            let padded = BASE64_STANDARD.encode(format!("{}{secret}", "x".repeat(shift)));
            padded[4..padded.len() - 4].to_owned()
        });
        for form in forms.chain([(*secret).to_owned(), secret.replace('"', "\\\"")]) {
            assert!(!text.contains(&form), "{what} shows {secret}");
        }
    }
}

/// All that is in a saved plan, which is an archive.
pub fn unpacked(plan: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let unpacked = Command::new("python3")
        .args(["-m", "zipfile", "-e"])
        .args([plan, folder.path()])
        .status();
    assert!(unpacked.unwrap().success(), "{} is no archive", plan.display());
    let files = std::fs::read_dir(folder.path()).unwrap();
    let texts = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned());
    let text = texts.collect::<String>();
    assert!(text.contains("thatdot_"), "nothing was planned: {text}");
    text
}

#[test]
fn licence_and_credentials_are_in_no_plan_state_log_error_task_definition_or_user_data() {
    let mut sandbox = Sandbox::new();
    let log = sandbox.terraform.folder().join("trace.log");
    sandbox.terraform.set("TF_LOG", Some("TRACE"));
    sandbox.terraform.set("TF_LOG_PATH", log.to_str());
    sandbox.terraform.set("TF_VAR_license", Some(LICENSE));
    sandbox.terraform.set("AWS_SECRET_ACCESS_KEY", Some(SECRET_KEY));
    sandbox.terraform.set("AWS_SESSION_TOKEN", Some(SESSION_TOKEN));
    let mut told = Vec::new();

    sandbox.configure(&configuration(&sandbox, 1));
    told.push(sandbox.terraform.run(&["plan", "-out=saved"]).succeeded().to_string());
    told.push(
        sandbox
            .terraform
            .run(&["show", "-json", "saved"])
            .succeeded()
            .to_string(),
    );
    told.push(sandbox.terraform.apply(&["saved"]).succeeded().to_string());
    sandbox.configure(&configuration(&sandbox, 2));
    let refusal = Fault::refusal("secretsmanager", "PutSecretValue", "InvalidRequestException", "No.");
    sandbox.stand_in.inject(refusal);
    let failed = sandbox.terraform.apply(&[]);
    assert!(failed.error().summary.contains("secret"), "{failed}");
    told.push(failed.to_string());
    sandbox.stand_in.clear_faults();
    told.push(sandbox.terraform.apply(&[]).succeeded().to_string());
    told.push(sandbox.terraform.run(&["show", "-json"]).succeeded().to_string());
    for text in told {
        keeps_secrets("what Terraform tells", &text);
    }

    let read = |file: &str| std::fs::read(sandbox.terraform.folder().join(file)).unwrap();
    keeps_secrets("the state", &String::from_utf8_lossy(&read("terraform.tfstate")));
    keeps_secrets("the plan", &unpacked(&sandbox.terraform.folder().join("saved")));
    let logged = String::from_utf8_lossy(&read("trace.log")).into_owned();
    assert!(logged.contains("secretsmanager"), "the calls are logged");
    keeps_secrets("the log", &logged);

    let state = sandbox.state("thatdot_privateai_deployment.deid");
    let definition = sandbox.aws.ecs.describe_task_definition();
    let definition = definition
        .task_definition(state.text("task_definition_arn"))
        .send()
        .wait()
        .unwrap();
    keeps_secrets("the task definition", &format!("{definition:?}"));
    let templates = sandbox
        .aws
        .ec2
        .describe_launch_template_versions()
        .versions("$Latest")
        .send()
        .wait()
        .unwrap();
    let [template] = templates.launch_template_versions() else {
        panic!("one template was to be there: {templates:?}");
    };
    keeps_secrets("the hosts' template", &format!("{template:?}"));
    let bastion = sandbox
        .aws
        .ec2
        .describe_instance_attribute()
        .instance_id(state.text("bastion_instance_id"));
    let bastion = bastion
        .attribute(aws_sdk_ec2::types::InstanceAttributeName::UserData)
        .send()
        .wait()
        .unwrap();
    let data = bastion
        .user_data()
        .and_then(|data| data.value())
        .expect("the bastion has user data");
    keeps_secrets("the bastion's user data", data);

    let secret = sandbox
        .aws
        .secretsmanager
        .get_secret_value()
        .secret_id(state.text("license_secret_arn"));
    assert_eq!(secret.send().wait().unwrap().secret_string(), Some(LICENSE));
    sandbox.destroy();
}
