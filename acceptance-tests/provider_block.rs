//! `provider "thatdot"`: whose AWS, where, and one clear error at configure when that is wrong.

use crate::detector::{REQUIRED, deployment, resource};
use crate::harness::{Diagnostic, Fault, Sandbox};

/// A provider block with something to read, so that Terraform configures it.
fn with_provider(block: &str) -> String {
    format!(
        "{REQUIRED}\nprovider \"thatdot\" {{\n  {block}\n}}\ndata \"thatdot_network\" \"this\" {{\n  default = true\n}}\n"
    )
}

fn refused(sandbox: &Sandbox, block: &str) -> Diagnostic {
    sandbox.configure(&with_provider(block));
    sandbox.terraform.plan(&[]).error()
}

fn accepted(sandbox: &Sandbox, block: &str) {
    sandbox.configure(&with_provider(block));
    sandbox.terraform.plan(&[]).succeeded();
}

#[test]
fn a_region_that_is_not_one_is_one_clear_error() {
    let mut sandbox = Sandbox::new();
    let error = refused(&sandbox, "region = \"us-esat-1\"");
    assert_eq!(error.line(), "region = \"us-esat-1\"");
    assert!(error.text().contains("us-esat-1"), "{}", error.text());

    sandbox.terraform.set("AWS_REGION", None);
    let error = refused(&sandbox, "");
    assert!(
        error.text().contains("region") && error.text().contains("AWS_REGION"),
        "{}",
        error.text()
    );
    accepted(&sandbox, "region = \"eu-central-1\"");
}

#[test]
fn missing_credentials_are_one_clear_error() {
    let mut sandbox = Sandbox::new();
    sandbox.terraform.set("AWS_ACCESS_KEY_ID", None);
    sandbox.terraform.set("AWS_SECRET_ACCESS_KEY", None);
    let error = refused(&sandbox, "");
    assert!(error.text().to_lowercase().contains("credentials"), "{}", error.text());
    assert!(
        error.text().contains("AWS_PROFILE") || error.text().contains("profile"),
        "{}",
        error.text()
    );
    accepted(&sandbox, "access_key = \"AKIATEST\"\n  secret_key = \"secret\"");
    let error = refused(&sandbox, "access_key = \"AKIATEST\"");
    assert!(error.text().contains("secret_key"), "{}", error.text());
}

#[test]
fn credentials_that_aws_refuses_are_one_clear_error_that_keeps_the_secret() {
    let sandbox = Sandbox::new();
    let words = "The security token included in the request is invalid.";
    sandbox.stand_in.inject(Fault::refusal(
        "sts",
        "GetCallerIdentity",
        "InvalidClientTokenId",
        words,
    ));
    let error = refused(&sandbox, "access_key = \"AKIATEST\"\n  secret_key = \"very-secret\"");
    assert!(
        error.text().contains(words) && error.text().contains("InvalidClientTokenId"),
        "{}",
        error.text()
    );
    assert!(!error.text().contains("very-secret"), "{}", error.text());
    sandbox.stand_in.clear_faults();
}

#[test]
fn profiles_come_from_shared_files() {
    let mut sandbox = Sandbox::new();
    sandbox.terraform.set("AWS_ACCESS_KEY_ID", None);
    sandbox.terraform.set("AWS_SECRET_ACCESS_KEY", None);
    sandbox.terraform.set("AWS_REGION", None);
    sandbox
        .terraform
        .write("aws/config", "[profile work]\nregion = eu-west-1\n");
    sandbox.terraform.write(
        "aws/credentials",
        "[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = secret\n",
    );
    let files = "shared_config_files = [\"aws/config\"]\n  shared_credentials_files = [\"aws/credentials\"]";
    accepted(&sandbox, &format!("profile = \"work\"\n  {files}"));
    let error = refused(
        &sandbox,
        &format!("profile = \"play\"\n  region = \"eu-west-1\"\n  {files}"),
    );
    assert!(error.text().contains("play"), "{}", error.text());
}

#[test]
fn only_the_accounts_that_are_allowed_are_worked_in() {
    let sandbox = Sandbox::new();
    accepted(&sandbox, "allowed_account_ids = [\"123456789012\"]");
    let error = refused(&sandbox, "allowed_account_ids = [\"210987654321\"]");
    assert!(error.line().starts_with("allowed_account_ids"), "{}", error.line());
    assert!(error.text().contains("123456789012"), "{}", error.text());
    let error = refused(&sandbox, "forbidden_account_ids = [\"123456789012\"]");
    assert!(error.line().starts_with("forbidden_account_ids"), "{}", error.line());
    let both = "allowed_account_ids = [\"123456789012\"]\n  forbidden_account_ids = [\"210987654321\"]";
    let error = refused(&sandbox, both);
    assert!(error.text().contains("forbidden_account_ids"), "{}", error.text());
    let error = refused(&sandbox, "allowed_account_ids = [\"main\"]");
    assert!(error.text().contains("12 digits"), "{}", error.text());
}

#[test]
fn endpoints_are_called_where_the_block_says() {
    let mut sandbox = Sandbox::new();
    let endpoint = sandbox.stand_in.endpoint().to_owned();
    sandbox.terraform.set("AWS_ENDPOINT_URL", Some("http://127.0.0.1:9"));
    let services = ["ec2", "ecs", "efs", "iam", "logs", "sts"]
        .map(|service| format!("{service} = \"{endpoint}\""))
        .join("\n    ");
    let provider = format!("provider \"thatdot\" {{\n  endpoints {{\n    {services}\n  }}\n}}\n");
    sandbox.apply(&format!(
        "{REQUIRED}{provider}{}",
        resource(&sandbox, "this", "fraud", "  persistence {}")
    ));
    sandbox.destroy();
}

#[test]
fn an_endpoint_that_nobody_serves_is_told_with_its_address() {
    let mut sandbox = Sandbox::new();
    sandbox.terraform.set("AWS_ENDPOINT_URL", Some("http://127.0.0.1:9"));
    let error = refused(&sandbox, "max_retries = 0");
    assert!(error.text().contains("http://127.0.0.1:9"), "{}", error.text());
}

#[test]
fn a_role_is_assumed() {
    let sandbox = Sandbox::new();
    let role = "arn:aws:iam::123456789012:role/deployer";
    sandbox.stand_in.forget_calls();
    accepted(
        &sandbox,
        &format!(
            "assume_role {{\n    role_arn = \"{role}\"\n    session_name = \"ci\"\n    external_id = \"x-1\"\n    duration = \"1h\"\n  }}"
        ),
    );
    let calls = sandbox.stand_in.calls();
    let assumed = calls
        .iter()
        .find(|call| call.action == "AssumeRole")
        .expect("the role is assumed");
    assert_eq!(assumed.params["RoleArn"], role);
    assert_eq!(assumed.params["RoleSessionName"], "ci");
    assert_eq!(assumed.params["ExternalId"], "x-1");
    assert_eq!(assumed.params["DurationSeconds"].to_string().trim_matches('"'), "3600");
}

#[test]
fn a_provider_that_is_not_known_yet_is_told() {
    let sandbox = Sandbox::new();
    let later = "resource \"terraform_data\" \"later\" {\n  input = \"us-east-1\"\n}\n";
    let provider = "provider \"thatdot\" {\n  region = terraform_data.later.output\n}\n";
    sandbox.configure(&format!("{later}{provider}{}", deployment(&sandbox, "")));
    let error = sandbox.terraform.plan(&[]).error();
    assert!(error.text().contains("region"), "{}", error.text());
}
