//! `deletion_protection`.

use super::view::{ADDRESS, REQUIRED, deployment};
use crate::harness::Sandbox;

const ON: &str = "  deletion_protection = true\n  persistence {}";

fn protected() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, ON));
    sandbox
}

#[test]
fn a_protected_deployment_is_not_destroyed_until_protection_is_off() {
    let sandbox = protected();
    sandbox.stand_in.forget_calls();
    for options in [&["-refresh=false"][..], &[]] {
        let error = sandbox.terraform.destroy(options).error();
        assert!(error.text().contains("deletion_protection"), "{}", error.text());
    }
    sandbox.configure(REQUIRED);
    let error = sandbox.terraform.plan(&[]).error();
    assert!(
        error.text().contains("deletion_protection"),
        "a removed block: {}",
        error.text()
    );
    assert_eq!(sandbox.stand_in.writes(), Vec::<String>::new());

    sandbox.apply(&deployment(&sandbox, "  persistence {}"));
    sandbox.destroy();
}

#[test]
fn what_would_replace_a_protected_deployment_or_its_data_is_refused_at_plan() {
    let sandbox = protected();
    for text in [
        deployment(&sandbox, ON).replace("\"fraud\"", "\"other\""),
        deployment(
            &sandbox,
            "  deletion_protection = true\n  persistence { encrypted = false }",
        ),
        deployment(
            &sandbox,
            "  deletion_protection = true\n  persistence { performance_mode = \"maxIO\" }",
        ),
        deployment(
            &sandbox,
            "  deletion_protection = true\n  persistence { kms_key_id = \"arn:aws:kms:us-east-1:123456789012:key/0123\" }",
        ),
        deployment(&sandbox, "  deletion_protection = true"),
    ] {
        sandbox.configure(&text);
        let error = sandbox.terraform.plan(&[]).error();
        assert!(error.text().contains("deletion_protection"), "{}", error.text());
    }
    sandbox.apply(&deployment(&sandbox, &format!("{ON}\n  memory = 8192")));
}

#[test]
fn a_protected_deployment_that_is_tainted_is_still_not_destroyed() {
    let sandbox = protected();
    sandbox.terraform.run(&["taint", ADDRESS]).succeeded();
    let error = sandbox.terraform.apply(&[]).error();
    assert!(error.text().contains("untaint"), "{}", error.text());
    sandbox.terraform.run(&["untaint", ADDRESS]).succeeded();
    sandbox.assert_settled();
}
