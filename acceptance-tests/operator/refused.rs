//! Mistakes that are told before anything is made, each on its attribute.

use super::view::{ACCOUNT, NAME, operator};
use crate::deployer_policy::work_with;
use crate::detector::REQUIRED;
use crate::harness::{Sandbox, Terraform};

/// A mistake: what is added to a configuration that is right, the line that the error points at, and what it says.
type Mistake = (&'static str, &'static str, &'static [&'static str]);

const MISTAKES: [Mistake; 12] = [
    ("policies = \"many\"", "policies = \"many\"", &["single", "per_service"]),
    ("ecr_region = \"Virginia\"", "ecr_region = \"Virginia\"", &["us-east-1"]),
    ("iam_path = \"operators\"", "iam_path = \"operators\"", &["/"]),
    (
        "permissions_boundary = \"Boundary\"\n  user {}",
        "permissions_boundary = \"Boundary\"",
        &["ARN"],
    ),
    ("marketplace = true", "marketplace = true", &["user or role block"]),
    (
        "full_access_policies = true",
        "full_access_policies = true",
        &["user or role block"],
    ),
    (
        "user {}\n  role {\n    trusted_arns = [\"123456789012\"]\n  }",
        "user {}",
        &["user or a role"],
    ),
    ("role {}", "role {}", &["trusted_arns", "trust_policy"]),
    ("role {\n    trusted_arns = []\n  }", "trusted_arns = []", &[]),
    (
        "role {\n    trusted_arns = [\"ann\"]\n  }",
        "trusted_arns = [\"ann\"]",
        &["account id of 12 digits"],
    ),
    (
        "role {\n    trust_policy = \"{}\"\n  }",
        "trust_policy = \"{}\"",
        &["Principal", "no Resource"],
    ),
    (
        "role {\n    trust_policy = \"{}\"\n    trusted_arns = [\"123456789012\"]\n  }",
        "trust_policy = \"{}\"",
        &["trust_policy"],
    ),
];

#[test]
fn every_mistake_is_told_at_validate_and_pointed_at() {
    let folder = tempfile::tempdir().unwrap();
    let terraform = Terraform::new(folder.path(), "http://127.0.0.1:9");
    for (added, line, words) in MISTAKES {
        terraform.write("main.tf", &operator(&format!("  {added}")));
        let errors = terraform.validate().errors();
        let told = errors.iter().any(|error| {
            let text = error.text().split_whitespace().collect::<Vec<_>>().join(" ");
            (error.line() == line || error.line().starts_with(line)) && words.iter().all(|word| text.contains(word))
        });
        assert!(told, "{added}: {errors:#?}");
    }
}

#[test]
fn a_name_that_iam_objects_cannot_be_named_by_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let terraform = Terraform::new(folder.path(), "http://127.0.0.1:9");
    for name in ["", "a b", "1st", &"x".repeat(33)] {
        let text = format!("{REQUIRED}\nresource \"thatdot_operator\" \"this\" {{\n  name = \"{name}\"\n}}\n");
        terraform.write("main.tf", &text);
        let error = terraform.validate().error();
        assert_eq!(error.line(), format!("name = \"{name}\""));
    }
}

#[test]
fn more_policies_than_iam_admits_are_told_at_plan() {
    let sandbox = Sandbox::new();
    sandbox.configure(&operator(
        "  policies = \"per_service\"\n  marketplace = true\n  user {}",
    ));
    let error = sandbox.terraform.plan(&[]).error();
    assert_eq!(error.line(), "policies = \"per_service\"");
    assert!(
        error.text().contains("11 policies") && error.text().contains("10"),
        "{}",
        error.text()
    );
}

#[test]
fn a_boundary_that_is_not_there_is_told_at_plan() {
    let sandbox = Sandbox::new();
    let line = "permissions_boundary = \"arn:aws:iam::123456789012:policy/nowhere\"";
    sandbox.configure(&operator(&format!("  {line}\n  user {{}}")));
    let error = sandbox.terraform.plan(&[]).error();
    assert_eq!(error.line(), line);
    assert!(error.text().contains("policy/nowhere"), "{}", error.text());
}

#[test]
fn a_preflight_tells_before_the_first_write_that_the_policies_may_not_be_attached() {
    for (holder, kind, action) in [
        ("user {}", "user", "iam:AttachUserPolicy"),
        (
            "role {\n    trusted_arns = [\"123456789012\"]\n  }",
            "role",
            "iam:AttachRolePolicy",
        ),
    ] {
        let mut sandbox = Sandbox::new();
        let all_but = format!(
            r#"{{"Version": "2012-10-17", "Statement": [
                {{"Effect": "Allow", "Action": "*", "Resource": "*"}},
                {{"Effect": "Deny", "Action": "{action}", "Resource": "*"}}]}}"#
        );
        work_with(&mut sandbox, &[all_but]);
        let provider = "provider \"thatdot\" { preflight = true }\n";
        let text = operator(&format!(
            "  iam_path = \"/operators/\"\n  full_access_policies = false\n  {holder}"
        ));
        sandbox.configure(&format!("{provider}{text}"));
        sandbox.stand_in.forget_calls();
        let error = sandbox.terraform.apply(&[]).error();
        let line = format!("{action} on arn:aws:iam::{ACCOUNT}:{kind}/operators/{NAME}, for iam_policy_attachment_all");
        assert!(error.detail.contains(&line), "{line}: {}", error.detail);
        let mut writes = sandbox.stand_in.writes();
        writes.retain(|call| call != "iam:SimulatePrincipalPolicy");
        assert!(writes.is_empty(), "nothing was to be changed: {writes:?}");
    }
}
