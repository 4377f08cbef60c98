//! `thatdot_marketplace_metering`: what can be told of metering before anything is deployed.

use serde_json::Value;

use crate::detector::{REQUIRED, own_role};
use crate::harness::{Attributes, Fault, Registry, Sandbox, TestImage, Wait};

const ADDRESS: &str = "data.thatdot_marketplace_metering.it";

fn read(sandbox: &Sandbox, image: &str, role: &str) -> Attributes {
    sandbox.configure(&format!(
        r#"{REQUIRED}
        data "thatdot_marketplace_metering" "it" {{
          image         = "{image}"
          task_role_arn = "{role}"
        }}
        "#
    ));
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.state(ADDRESS)
}

/// The product's image, which Amazon ECR has.
fn image(sandbox: &Sandbox, registry: &Registry) -> String {
    sandbox.stand_in.use_registry(registry, registry.address());
    let made = sandbox.aws.ecr.create_repository().repository_name("vendor/product");
    made.send().wait().unwrap();
    registry.push("vendor/product", "1", &TestImage::new(&[1], 100));
    "123456789012.dkr.ecr.us-east-1.amazonaws.com/vendor/product:1".to_owned()
}

/// How Amazon ECR refuses an image of the AWS Marketplace to who is not subscribed.
fn not_subscribed() -> Fault {
    let refusal = "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ecr:BatchGetImage on resource: \
                   arn:aws:ecr:us-east-1:123456789012:repository/vendor/product because no resource-based policy allows \
                   the ecr:BatchGetImage action";
    Fault::refusal("ecr", "BatchGetImage", "AccessDeniedException", refusal)
}

fn says(found: &Attributes, answer: &str, expected: impl Into<Value>) {
    assert_eq!(*found.at(answer), expected.into(), "{answer}: {}", found.text("reason"));
}

#[test]
fn who_may_meter_and_pull_is_told_and_nobody_is_billed() {
    let sandbox = Sandbox::new();
    let registry = Registry::open(&sandbox.terraform.folder().join("registry"));
    let image = image(&sandbox, &registry);
    let role = own_role(&sandbox, "metered");
    let attach = |policy: &str| {
        let attach = sandbox.aws.iam.attach_role_policy().role_name("metered");
        let arn = format!("arn:aws:iam::aws:policy/{policy}");
        attach.policy_arn(arn).send().wait().unwrap();
    };
    attach("AWSMarketplaceMeteringFullAccess");
    let found = read(&sandbox, &image, &role);
    says(&found, "role_may_meter", false);
    let reason = found.text("reason");
    assert!(reason.contains("aws-marketplace:RegisterUsage"), "{reason}");

    attach("AWSMarketplaceMeteringRegisterUsage");
    let found = read(&sandbox, &image, &role);
    for answer in ["role_may_meter", "caller_may_meter", "subscribed", "region_supported"] {
        says(&found, answer, true);
    }
    assert_eq!(found.text("reason"), "");
    assert_eq!(found.text("entitlement"), "unknown");
}

#[test]
fn what_is_in_the_way_of_metering_and_pulling_is_told_and_what_cannot_be_told_is_null() {
    let sandbox = Sandbox::new();
    let registry = Registry::open(&sandbox.terraform.folder().join("registry"));
    let image = image(&sandbox, &registry);
    let role = own_role(&sandbox, "metered");
    let meter = |code, message| {
        sandbox.stand_in.clear_faults();
        let fault = Fault::refusal("meteringmarketplace", "MeterUsage", code, message);
        sandbox.stand_in.inject(fault);
    };
    meter(
        "UnauthorizedException",
        "User is not authorized to perform: aws-marketplace:MeterUsage",
    );
    sandbox.stand_in.inject(not_subscribed());
    let found = read(&sandbox, &image, &role);
    says(&found, "caller_may_meter", false);
    says(&found, "region_supported", true);
    says(&found, "subscribed", false);
    let reason = found.text("reason");
    assert!(reason.contains("subscribe to the product"), "{reason}");

    meter("DisabledApiException", "The API is disabled in the Region.");
    let found = read(&sandbox, &image.replace("product:1", "product:2"), &role);
    says(&found, "caller_may_meter", Value::Null);
    says(&found, "region_supported", false);
    says(&found, "subscribed", Value::Null);
    let reason = found.text("reason");
    for part in ["disabled in the Region", "Requested image not found"] {
        assert!(reason.contains(part), "{part}: {reason}");
    }

    meter("InvalidProductCodeException", "No such product.");
    let found = read(&sandbox, "registry.example.com/product:1", &role);
    says(&found, "caller_may_meter", Value::Null);
    says(&found, "region_supported", true);
    says(&found, "subscribed", Value::Null);
    let reason = found.text("reason");
    assert!(reason.contains("is not in Amazon ECR"), "{reason}");
}

#[test]
fn a_detectors_plan_warns_of_an_image_that_the_account_is_not_subscribed_to() {
    let sandbox = Sandbox::new();
    sandbox.stand_in.inject(not_subscribed());
    sandbox.configure(&format!(
        r#"{REQUIRED}
        resource "thatdot_detector_deployment" "it" {{
          name       = "demo"
          vpc_id     = "{}"
          subnet_ids = {:?}
        }}
        "#,
        sandbox.vpc.vpc_id, sandbox.vpc.public_subnet_ids
    ));
    let plan = sandbox.terraform.plan(&[]).succeeded().to_string();
    assert!(plan.contains("The image cannot be pulled"), "{plan}");
    assert!(plan.contains("subscribe to the product"), "{plan}");
}

#[test]
fn a_detectors_plan_warns_of_a_task_role_that_may_not_meter() {
    let sandbox = Sandbox::new();
    let role = own_role(&sandbox, "unmetered");
    sandbox.configure(&format!(
        r#"{REQUIRED}
        resource "thatdot_detector_deployment" "it" {{
          name       = "demo"
          vpc_id     = "{}"
          subnet_ids = {:?}
          existing {{
            task_role_arn = "{role}"
          }}
        }}
        "#,
        sandbox.vpc.vpc_id, sandbox.vpc.public_subnet_ids
    ));
    let plan = sandbox.terraform.plan(&[]).succeeded().to_string();
    assert!(plan.contains("The task role may not meter"), "{plan}");
    assert!(plan.contains("aws-marketplace:RegisterUsage"), "{plan}");
    assert!(
        plan.contains(r#"task_role_arn = "arn:aws:iam::123456789012:role/unmetered""#),
        "{plan}"
    );
}
