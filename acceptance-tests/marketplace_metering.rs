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

#[test]
fn who_may_meter_and_pull_is_told_and_nobody_is_billed() {
    let sandbox = Sandbox::new();
    let registry = Registry::open(&sandbox.terraform.folder().join("registry"));
    registry.push("vendor/product", "1", &TestImage::new(&[1], 100));
    let image = format!("{}/vendor/product:1", registry.address());
    let role = own_role(&sandbox, "metered");
    let attach = |policy: &str| {
        let attach = sandbox.aws.iam.attach_role_policy().role_name("metered");
        let arn = format!("arn:aws:iam::aws:policy/{policy}");
        attach.policy_arn(arn).send().wait().unwrap();
    };
    attach("AWSMarketplaceMeteringFullAccess");
    let found = read(&sandbox, &image, &role);
    assert_eq!(
        *found.at("role_may_meter"),
        Value::Bool(false),
        "RegisterUsage is missing"
    );
    assert!(
        found.text("reason").contains("aws-marketplace:RegisterUsage"),
        "{}",
        found.text("reason")
    );

    attach("AWSMarketplaceMeteringRegisterUsage");
    let found = read(&sandbox, &image, &role);
    for answer in ["role_may_meter", "caller_may_meter", "subscribed", "region_supported"] {
        assert_eq!(
            *found.at(answer),
            Value::Bool(true),
            "{answer}: {}",
            found.text("reason")
        );
    }
    assert_eq!(found.text("reason"), "");
    assert_eq!(found.text("entitlement"), "unknown");

    let refuse = |code, message| {
        sandbox.stand_in.clear_faults();
        sandbox
            .stand_in
            .inject(Fault::refusal("meteringmarketplace", "MeterUsage", code, message));
    };
    refuse(
        "UnauthorizedException",
        "User is not authorized to perform: aws-marketplace:MeterUsage",
    );
    let found = read(&sandbox, &image.replace("product:1", "product:2"), &role);
    assert_eq!(*found.at("caller_may_meter"), Value::Bool(false));
    assert_eq!(*found.at("subscribed"), Value::Bool(false));
    assert_eq!(*found.at("region_supported"), Value::Bool(true));

    refuse("DisabledApiException", "The API is disabled in the Region.");
    let found = read(&sandbox, &image, &role);
    assert_eq!(*found.at("caller_may_meter"), Value::Null);
    assert_eq!(*found.at("region_supported"), Value::Bool(false));
    assert!(
        found.text("reason").contains("disabled in the Region"),
        "{}",
        found.text("reason")
    );
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
