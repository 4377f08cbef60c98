//! What a destroy refuses, and what it takes along.

use super::view::{ADDRESS, NAME, of_user, operator, own, somebody, standing};
use crate::harness::{Fault, Sandbox, Wait};

#[test]
fn a_user_with_credentials_of_others_is_kept_until_it_is_forced() {
    let sandbox = standing("  user {}");
    let iam = &sandbox.aws.iam;
    let key = iam.create_access_key().user_name(NAME).send().wait().unwrap();
    let key = key.access_key().unwrap().access_key_id().to_owned();
    let password = iam.create_login_profile().user_name(NAME).password("Correct-horse-7");
    password.send().wait().unwrap();
    sandbox.assert_settled();

    let error = sandbox.terraform.destroy(&[]).error();
    for told in ["console password", key.as_str(), "force_destroy"] {
        assert!(error.text().contains(told), "{told}: {}", error.text());
    }
    let keys = iam.list_access_keys().user_name(NAME).send().wait().unwrap();
    assert_eq!(keys.access_key_metadata().len(), 1, "nothing was taken away");

    // What was deleted before comes back, and the user learns that it may be forced.
    sandbox.apply(&operator("  user {\n    force_destroy = true\n  }"));
    assert_eq!(of_user(&sandbox).len(), 3);
    sandbox.destroy();
}

#[test]
fn a_policy_that_somebody_else_was_given_is_kept_and_they_are_named() {
    let sandbox = standing("");
    somebody(&sandbox, "ann");
    let iam = &sandbox.aws.iam;
    iam.attach_user_policy()
        .user_name("ann")
        .policy_arn(own(""))
        .send()
        .wait()
        .unwrap();
    let error = sandbox.terraform.destroy(&[]).error();
    assert!(error.text().contains("user ann"), "{}", error.text());
    assert_eq!(sandbox.state(ADDRESS).keys("components"), ["iam_policy"]);

    iam.detach_user_policy()
        .user_name("ann")
        .policy_arn(own(""))
        .send()
        .wait()
        .unwrap();
    sandbox.terraform.destroy(&[]).succeeded();
    iam.delete_user().user_name("ann").send().wait().unwrap();
    sandbox.assert_nothing_left();
}

#[test]
fn a_protected_operator_is_not_destroyed() {
    let sandbox = standing("  deletion_protection = true");
    let error = sandbox.terraform.destroy(&[]).error();
    assert!(error.text().contains("deletion_protection"), "{}", error.text());
    sandbox.apply(&operator(""));
    sandbox.destroy();
}

#[test]
fn a_create_that_iam_refuses_halfway_leaves_nothing() {
    let sandbox = Sandbox::new();
    sandbox.configure(&operator("  user {}"));
    sandbox.stand_in.inject(Fault::refusal(
        "iam",
        "CreateUser",
        "LimitExceeded",
        "Cannot exceed quota for UsersPerAccount: 5000",
    ));
    let error = sandbox.terraform.apply(&[]).error();
    assert!(error.text().contains("UsersPerAccount"), "{}", error.text());
    sandbox.assert_nothing_left();
}
