//! What others change or delete behind Terraform's back: shown by the plan, repaired by the apply.

use components::{IamPolicy, IamUser};
use engine::Spec;

use super::view::{ADDRESS, NAME, document, guides_policy, managed, of_user, own, standing};
use crate::drift::{self, Subject};
use crate::harness::{Sandbox, Wait};

const FOREIGN: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;

const OPERATOR: Subject = Subject {
    address: ADDRESS,
    // Only we know of it.
    fixed: &["force_destroy"],
};

fn is_shown_and_repaired(sandbox: &Sandbox, expected: &[(&str, &str)]) {
    OPERATOR.is_shown_and_repaired(sandbox, expected);
}

/// The fields of a component that somebody can change at AWS.
fn changeable<S: Spec>() -> Vec<&'static str> {
    drift::changeable::<S>(OPERATOR.fixed)
}

fn detach(sandbox: &Sandbox, arn: &str) {
    let request = sandbox.aws.iam.detach_user_policy().user_name(NAME).policy_arn(arn);
    request.send().wait().unwrap();
}

#[test]
fn a_changed_document_is_shown_and_repaired() {
    let sandbox = standing("");
    assert_eq!(changeable::<IamPolicy>(), ["document"]);
    let request = sandbox.aws.iam.create_policy_version().policy_arn(own(""));
    request
        .policy_document(FOREIGN)
        .set_as_default(true)
        .send()
        .wait()
        .unwrap();
    is_shown_and_repaired(&sandbox, &[("iam_policy", "drifted: document")]);
    assert_eq!(document(&sandbox, &own("")), guides_policy());
    sandbox.destroy();
}

#[test]
fn a_changed_user_is_shown_and_repaired() {
    let sandbox = standing("  user {}");
    assert_eq!(changeable::<IamUser>(), ["permissions_boundary"]);
    let request = sandbox.aws.iam.put_user_permissions_boundary().user_name(NAME);
    let boundary = managed("AWSMarketplaceMeteringFullAccess");
    request.permissions_boundary(boundary).send().wait().unwrap();
    is_shown_and_repaired(&sandbox, &[("iam_user", "drifted: permissions_boundary")]);
    sandbox.destroy();
}

#[test]
fn detached_policies_are_attached_again_and_foreign_ones_are_left_alone() {
    let sandbox = standing("  user {}");
    let iam = &sandbox.aws.iam;
    let theirs = iam
        .create_policy()
        .policy_name("theirs")
        .policy_document(FOREIGN)
        .send()
        .wait()
        .unwrap();
    let theirs = theirs.policy().unwrap().arn().unwrap().to_owned();
    for arn in [theirs.clone(), managed("AWSMarketplaceMeteringFullAccess")] {
        iam.attach_user_policy()
            .user_name(NAME)
            .policy_arn(arn)
            .send()
            .wait()
            .unwrap();
    }
    sandbox.assert_settled();
    detach(&sandbox, &own(""));
    detach(&sandbox, &managed("AmazonECS_FullAccess"));
    is_shown_and_repaired(
        &sandbox,
        &[
            ("iam_policy_attachment_all", "missing"),
            ("iam_policy_attachment_ecs_full_access", "missing"),
        ],
    );
    assert_eq!(of_user(&sandbox).len(), 5);
    sandbox.terraform.destroy(&[]).succeeded();
    iam.delete_policy().policy_arn(theirs).send().wait().unwrap();
    sandbox.assert_nothing_left();
}

#[test]
fn a_deleted_user_is_made_again() {
    let sandbox = standing("  user {}");
    for arn in of_user(&sandbox) {
        detach(&sandbox, &arn);
    }
    sandbox.aws.iam.delete_user().user_name(NAME).send().wait().unwrap();
    is_shown_and_repaired(
        &sandbox,
        &[
            ("iam_policy_attachment_all", "missing"),
            ("iam_policy_attachment_ecs_full_access", "missing"),
            ("iam_policy_attachment_efs_full_access", "missing"),
            ("iam_user", "missing"),
        ],
    );
    assert_eq!(of_user(&sandbox).len(), 3);
    sandbox.destroy();
}

#[test]
fn a_deleted_policy_is_made_again() {
    let sandbox = standing("  user {}");
    detach(&sandbox, &own(""));
    sandbox
        .aws
        .iam
        .delete_policy()
        .policy_arn(own(""))
        .send()
        .wait()
        .unwrap();
    is_shown_and_repaired(
        &sandbox,
        &[("iam_policy", "missing"), ("iam_policy_attachment_all", "missing")],
    );
    sandbox.destroy();
}

#[test]
fn a_deleted_role_is_made_again() {
    let sandbox = standing("  marketplace = true\n  role {\n    trusted_arns = [\"123456789012\"]\n  }");
    let iam = &sandbox.aws.iam;
    for arn in super::view::of_role(&sandbox) {
        iam.detach_role_policy()
            .role_name(NAME)
            .policy_arn(arn)
            .send()
            .wait()
            .unwrap();
    }
    iam.delete_role().role_name(NAME).send().wait().unwrap();
    is_shown_and_repaired(
        &sandbox,
        &[
            ("iam_policy_attachment_all", "missing"),
            ("iam_policy_attachment_ecs_full_access", "missing"),
            ("iam_policy_attachment_efs_full_access", "missing"),
            ("iam_role", "missing"),
        ],
    );
    sandbox.destroy();
}

#[test]
fn an_operator_of_which_nothing_is_left_is_made_anew() {
    let sandbox = standing("");
    sandbox
        .aws
        .iam
        .delete_policy()
        .policy_arn(own(""))
        .send()
        .wait()
        .unwrap();
    assert_eq!(sandbox.plan().change(ADDRESS).actions, ["create"]);
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    sandbox.destroy();
}
