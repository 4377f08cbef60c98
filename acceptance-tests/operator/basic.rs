//! What an apply makes.

use super::view::{
    ACCOUNT, ADDRESS, NAME, document, guides_policy, managed, not_ready, of_role, of_user, operator, own, somebody,
    standing,
};
use crate::harness::{Sandbox, Wait};

#[test]
fn a_user_has_the_guides_policy_and_attachments_and_no_credentials() {
    let sandbox = Sandbox::new();
    sandbox.apply(&operator("  user {}"));
    let state = sandbox.state(ADDRESS);
    assert!(not_ready(&state).is_empty());
    assert_eq!(state.text("/policy_arns/all"), own(""));
    assert_eq!(state.text("user_name"), NAME);
    assert_eq!(state.text("user_arn"), format!("arn:aws:iam::{ACCOUNT}:user/{NAME}"));
    assert!(state.at("role_arn").is_null());

    assert_eq!(document(&sandbox, &own("")), guides_policy());
    let attached = [
        own(""),
        managed("AmazonECS_FullAccess"),
        managed("AmazonElasticFileSystemFullAccess"),
    ];
    assert_eq!(of_user(&sandbox), attached.into());
    let iam = &sandbox.aws.iam;
    assert!(
        iam.get_login_profile().user_name(NAME).send().wait().is_err(),
        "no console password"
    );
    let keys = iam.list_access_keys().user_name(NAME).send().wait().unwrap();
    assert!(keys.access_key_metadata().is_empty(), "no access key");

    let user = iam.get_user().user_name(NAME).send().wait().unwrap();
    let owner = state.text("id");
    let tags = user.user().unwrap().tags();
    assert!(
        tags.iter()
            .any(|tag| tag.key() == "thatdot:deployment-id" && tag.value() == owner)
    );
    sandbox.destroy();
}

#[test]
fn a_plan_names_every_object_and_makes_none() {
    let sandbox = Sandbox::new();
    sandbox.configure(&operator("  user {}\n  marketplace = true"));
    sandbox.stand_in.forget_calls();
    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(change.actions, ["create"]);
    assert_eq!(
        change.unknown.keys("components"),
        [
            "iam_policy",
            "iam_policy_attachment_all",
            "iam_policy_attachment_ecs_full_access",
            "iam_policy_attachment_efs_full_access",
            "iam_policy_attachment_marketplace",
            "iam_user",
        ]
    );
    assert_eq!(sandbox.stand_in.writes(), Vec::<String>::new());
}

#[test]
fn without_user_and_role_the_policies_stand_alone() {
    let sandbox = Sandbox::new();
    sandbox.apply(&operator("  policies = \"per_service\"\n  iam_path = \"/operators/\""));
    let state = sandbox.state(ADDRESS);
    assert_eq!(state.keys("components").len(), 8);
    assert_eq!(
        state.text("/policy_arns/ecr"),
        format!("arn:aws:iam::{ACCOUNT}:policy/operators/{NAME}-operator-ecr")
    );
    let ecr = document(&sandbox, state.text("/policy_arns/ecr")).to_json();
    assert!(
        ecr.contains("\"ecr:*\"") && ecr.contains("arn:aws:ecr:us-east-1:123456789012:repository/*"),
        "{ecr}"
    );
    assert!(!ecr.contains("apigateway"), "{ecr}");
    sandbox.destroy();
}

#[test]
fn a_role_is_assumed_by_whom_the_configuration_trusts() {
    let mut sandbox = Sandbox::new();
    let ann = somebody(&sandbox, "ann");
    sandbox.take_as_found();
    let body = format!("  marketplace = true\n  role {{\n    trusted_arns = [\"{ann}\"]\n  }}");
    sandbox.apply(&operator(&body));
    let state = sandbox.state(ADDRESS);
    assert_eq!(state.text("role_name"), NAME);
    assert!(state.at("user_arn").is_null());
    let attached = [
        own(""),
        managed("AmazonECS_FullAccess"),
        managed("AmazonElasticFileSystemFullAccess"),
        managed("AWSMarketplaceMeteringRegisterUsage"),
    ];
    assert_eq!(of_role(&sandbox), attached.into());
    let role = sandbox.aws.iam.get_role().role_name(NAME).send().wait().unwrap();
    let trust = role.role().unwrap().assume_role_policy_document().unwrap().to_owned();
    assert!(trust.contains("user/ann") || trust.contains("user%2Fann"), "{trust}");
    sandbox.destroy();
}

#[test]
fn two_operators_of_one_name_are_told_apart() {
    let sandbox = standing("  user {}");
    let both = format!(
        "{}\nresource \"thatdot_operator\" \"other\" {{\n  name = \"{NAME}\"\n}}\n",
        operator("  user {}")
    );
    sandbox.configure(&both);
    let error = sandbox.terraform.apply(&[]).error();
    assert!(
        error.text().contains("belongs to another deployment"),
        "{}",
        error.text()
    );
    sandbox.configure(&operator("  user {}"));
    sandbox.assert_settled();
    sandbox.destroy();
}
