//! Changes in place.

use super::view::{ADDRESS, NAME, document, guides_policy, managed, of_role, of_user, operator, own, standing};
use crate::harness::{Sandbox, Wait};

const FULL_ACCESS: [&str; 2] = ["AmazonECS_FullAccess", "AmazonElasticFileSystemFullAccess"];

fn user_id(sandbox: &Sandbox) -> String {
    let user = sandbox.aws.iam.get_user().user_name(NAME).send().wait().unwrap();
    user.user().unwrap().user_id().to_owned()
}

#[test]
fn one_policy_becomes_one_for_each_service_and_back_around_the_same_user() {
    let sandbox = standing("  user {}");
    let before = user_id(&sandbox);
    sandbox.configure(&operator("  policies = \"per_service\"\n  user {}"));
    assert_eq!(sandbox.plan().change(ADDRESS).actions, ["update"]);
    sandbox.apply(&operator("  policies = \"per_service\"\n  user {}"));
    assert_eq!(user_id(&sandbox), before);
    let state = sandbox.state(ADDRESS);
    let services = state.keys("policy_arns");
    assert_eq!(
        services,
        [
            "apigateway",
            "autoscaling",
            "cloudformation",
            "ec2",
            "ecr",
            "elasticloadbalancing",
            "iam",
            "logs"
        ]
    );
    let mut expected: Vec<String> = services.iter().map(|service| own(&format!("-{service}"))).collect();
    expected.extend(FULL_ACCESS.map(managed));
    assert_eq!(of_user(&sandbox), expected.into_iter().collect());

    sandbox.apply(&operator("  user {}"));
    assert_eq!(user_id(&sandbox), before);
    assert_eq!(document(&sandbox, &own("")), guides_policy());
    let mut expected = vec![own("")];
    expected.extend(FULL_ACCESS.map(managed));
    assert_eq!(of_user(&sandbox), expected.into_iter().collect());
    sandbox.destroy();
}

#[test]
fn aws_own_policies_come_and_go() {
    let sandbox = standing("  user {}");
    let metering = managed("AWSMarketplaceMeteringRegisterUsage");
    sandbox.apply(&operator("  marketplace = true\n  user {}"));
    assert!(of_user(&sandbox).contains(&metering));
    sandbox.apply(&operator("  full_access_policies = false\n  user {}"));
    assert_eq!(of_user(&sandbox), [own("")].into());
    sandbox.apply(&operator("  user {}"));
    assert_eq!(of_user(&sandbox).len(), 3);
    assert!(!of_user(&sandbox).contains(&metering));
    sandbox.destroy();
}

#[test]
fn the_policy_follows_the_repositorys_region_a_seventh_time_too() {
    let sandbox = standing("");
    let regions = [
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "us-west-1",
        "us-west-2",
        "ca-central-1",
    ];
    for region in regions {
        sandbox.apply(&operator(&format!("  ecr_region = \"{region}\"")));
        let text = document(&sandbox, &own("")).to_json();
        assert!(
            text.contains(&format!("arn:aws:ecr:{region}:123456789012:repository/*")),
            "{text}"
        );
    }
    sandbox.destroy();
}

#[test]
fn a_boundary_is_put_moved_and_taken_away() {
    let sandbox = standing("  user {}");
    let before = user_id(&sandbox);
    let boundary = || {
        let user = sandbox.aws.iam.get_user().user_name(NAME).send().wait().unwrap();
        let boundary = user.user().unwrap().permissions_boundary();
        boundary
            .and_then(|boundary| boundary.permissions_boundary_arn())
            .map(str::to_owned)
    };
    for name in FULL_ACCESS {
        let arn = managed(name);
        sandbox.apply(&operator(&format!(
            "  permissions_boundary = \"{arn}\"\n  user {{\n    force_destroy = true\n  }}"
        )));
        assert_eq!(boundary(), Some(arn));
    }
    sandbox.apply(&operator("  user {}"));
    assert_eq!(boundary(), None);
    assert_eq!(user_id(&sandbox), before);
    sandbox.destroy();
}

#[test]
fn a_user_becomes_a_role_with_the_same_policy() {
    let sandbox = standing("  user {}");
    let trust = "  role {\n    trusted_arns = [\"123456789012\"]\n  }";
    sandbox.apply(&operator(trust));
    assert_eq!(of_role(&sandbox).len(), 3);
    assert!(
        sandbox.aws.iam.get_user().user_name(NAME).send().wait().is_err(),
        "the user is gone"
    );
    let state = sandbox.state(ADDRESS);
    assert!(state.at("user_name").is_null());
    assert_eq!(state.text("role_name"), NAME);

    let whole = r#"  role {
    trust_policy = jsonencode({
      Version   = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = "123456789012" }
        Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
      }]
    })
  }"#;
    sandbox.apply(&operator(whole));
    let role = sandbox.aws.iam.get_role().role_name(NAME).send().wait().unwrap();
    let trust = role.role().unwrap().assume_role_policy_document().unwrap().to_owned();
    assert!(trust.contains("MultiFactorAuthPresent"), "{trust}");
    sandbox.destroy();
}

#[test]
fn tags_are_on_everything_that_can_carry_them() {
    let sandbox = standing("  user {}");
    sandbox.apply(&operator("  tags = { Team = \"privacy\" }\n  user {}"));
    let iam = &sandbox.aws.iam;
    let user = iam.get_user().user_name(NAME).send().wait().unwrap();
    let policy = iam.get_policy().policy_arn(own("")).send().wait().unwrap();
    for tags in [user.user().unwrap().tags(), policy.policy().unwrap().tags()] {
        assert!(
            tags.iter().any(|tag| tag.key() == "Team" && tag.value() == "privacy"),
            "{tags:?}"
        );
    }
    sandbox.apply(&operator("  user {}"));
    let user = iam.get_user().user_name(NAME).send().wait().unwrap();
    assert!(user.user().unwrap().tags().iter().all(|tag| tag.key() != "Team"));
    sandbox.destroy();
}
