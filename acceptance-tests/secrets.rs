//! Secrets show nowhere, however much is logged.

use std::path::Path;
use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine};

use crate::detector::REQUIRED;
use crate::harness::{Fault, Finished, Sandbox, Wait};

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

/// Everything that a command wrote.
fn written(finished: &Finished) -> String {
    format!("{}{}", finished.output, finished.complaints)
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
    told.push(written(&sandbox.terraform.run(&["plan", "-out=saved"]).succeeded()));
    told.push(written(&sandbox.terraform.run(&["show", "-json", "saved"]).succeeded()));
    told.push(written(&sandbox.terraform.apply(&["saved"]).succeeded()));
    sandbox.configure(&configuration(&sandbox, 2));
    let refusal = Fault::refusal("secretsmanager", "PutSecretValue", "InvalidRequestException", "No.");
    sandbox.stand_in.inject(refusal);
    let failed = sandbox.terraform.apply(&[]);
    assert!(failed.error().summary.contains("secret"), "{failed}");
    told.push(written(&failed));
    sandbox.stand_in.clear_faults();
    told.push(written(&sandbox.terraform.apply(&[]).succeeded()));
    told.push(written(&sandbox.terraform.run(&["show", "-json"]).succeeded()));
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

/// What AWS says where it repeats what it was asked, with the licence or a token in it.
const ECHOED_LICENSE: &str =
    r#"1 validation error detected: Value '{"key":"planted-licence-7f3a"}' at 'secretString' failed"#;
const ECHOED_TOKEN: &str = "The request signature we calculated does not match the signature you provided.\n\nThe Canonical \
                            String for this request should have been\n'POST\n/\n\nhost:ecs.us-east-1.amazonaws.com\n\
                            x-amz-security-token:planted-session-token-a5d2\n'";

#[test]
fn what_aws_repeats_of_a_request_shows_no_secret_in_error_or_log() {
    let mut sandbox = Sandbox::new();
    let log = sandbox.terraform.folder().join("trace.log");
    for (name, value) in [
        ("TF_LOG", "TRACE"),
        ("TF_LOG_PATH", log.to_str().unwrap()),
        ("TF_VAR_license", LICENSE),
        ("TF_VAR_secret_key", SECRET_KEY),
        ("TF_VAR_token", SESSION_TOKEN),
    ] {
        sandbox.terraform.set(name, Some(value));
    }
    let provider = r#"
        variable "secret_key" {
          type      = string
          ephemeral = true
        }
        variable "token" {
          type      = string
          ephemeral = true
        }
        provider "thatdot" {
          access_key  = "AKIAPLANTED"
          secret_key  = var.secret_key
          token       = var.token
          max_retries = 1
        }
        "#;
    sandbox.configure(&format!("{}{provider}", configuration(&sandbox, 1)));
    let told = |finished: &Finished, words: &str| {
        let text = written(finished);
        assert!(text.contains(words), "{words}: {text}");
        keeps_secrets("what Terraform tells", &text);
    };
    let failed = |fault: Fault, words: &str| {
        sandbox.stand_in.inject(fault);
        told(&sandbox.terraform.apply(&[]), words);
        sandbox.stand_in.clear_faults();
    };
    let refused = |code, message| Fault::refusal("secretsmanager", "CreateSecret", code, message);
    failed(
        refused("ValidationException", ECHOED_LICENSE),
        "1 validation error detected",
    );
    let denial = "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: secretsmanager:CreateSecret";
    failed(refused("AccessDeniedException", denial), "secretsmanager:CreateSecret");
    let broken = refused("InternalServiceError", ECHOED_LICENSE).with_status(500);
    failed(broken, "InternalServiceError");
    let unsigned = |service, action| Fault::refusal(service, action, "InvalidSignatureException", ECHOED_TOKEN);
    failed(unsigned("ecs", "CreateCluster"), "does not match the signature");
    failed(unsigned("sts", "GetCallerIdentity"), "does not match the signature");
    let found = sandbox.terraform.folder().join("terraform.tfstate");
    let state = std::fs::read(found).map(|state| String::from_utf8_lossy(&state).into_owned());
    keeps_secrets("the state", &state.unwrap_or_default());

    let saved = sandbox.terraform.run(&["plan", "-out=saved"]);
    told(&saved, "Saved the plan");
    keeps_secrets("the plan", &unpacked(&sandbox.terraform.folder().join("saved")));
    told(&sandbox.terraform.apply(&["saved"]).succeeded(), "Apply complete");
    let logged = String::from_utf8_lossy(&std::fs::read(&log).unwrap()).into_owned();
    assert!(logged.contains("secretsmanager:CreateSecret"), "the calls are logged");
    keeps_secrets("the log", &logged);
    sandbox.destroy();
}

#[test]
fn what_the_environment_holds_is_in_no_error() {
    let mut sandbox = Sandbox::new();
    let proxy = "planted-proxy-password-9b0e";
    for (name, value) in [
        ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
        ("AWS_SESSION_TOKEN", SESSION_TOKEN),
        ("HTTPS_PROXY", &format!("http://someone:{proxy}@127.0.0.1:9")),
        ("SOME_TOKEN", "planted-elsewhere-2d11"),
        ("RUST_BACKTRACE", "full"),
    ] {
        sandbox.terraform.set(name, Some(value));
    }
    let secrets = [SECRET_KEY, SESSION_TOKEN, proxy, "planted-elsewhere-2d11"];
    // The first leads to a proxy that does not answer, the others to nothing that can be used.
    for (block, words) in [
        (
            "endpoints { sts = \"https://sts.example.com\" }",
            "could not be reached",
        ),
        ("profile = \"nobody\"", "nobody"),
        ("custom_ca_bundle = \"/nonexistent\"", "/nonexistent"),
    ] {
        let provider = format!("provider \"thatdot\" {{\n  {block}\n}}\n");
        sandbox.configure(&format!(
            "{REQUIRED}{provider}data \"thatdot_network\" \"it\" {{\n  default = true\n}}\n"
        ));
        let failed = sandbox.terraform.apply(&[]);
        let errors = failed
            .errors()
            .iter()
            .map(|error| error.summary.clone() + &error.detail)
            .collect::<String>();
        keeps(&secrets, "what Terraform tells", &written(&failed));
        assert!(errors.contains(words), "{words}: {failed}");
    }
}
