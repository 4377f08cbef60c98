//! What a deployer sees who lacks something.

use super::work_as_deployer;
use crate::detector::REQUIRED;
use crate::harness::Sandbox;

/// A policy that stands in every account.
const BOUNDARY: &str = "arn:aws:iam::aws:policy/AWSMarketplaceMeteringFullAccess";

const DEPLOYMENT: &str = "product = \"detector\"\nname = \"demo\"";

fn detector(sandbox: &Sandbox) -> String {
    format!(
        r#"{REQUIRED}
        resource "thatdot_detector_deployment" "it" {{
          name             = "demo"
          vpc_id           = "{}"
          subnet_ids       = {:?}
          assign_public_ip = true
        }}
        "#,
        sandbox.vpc.vpc_id, sandbox.vpc.public_subnet_ids
    )
}

#[test]
fn a_denial_names_action_object_component_and_the_statement_to_add() {
    for (action, component, object) in [
        ("ecs:CreateService", "ecs_service", "service/demo/demo"),
        ("logs:CreateLogGroup", "log_group", "log-group:/thatdot/demo"),
        (
            "ec2:AuthorizeSecurityGroupIngress",
            "security_group_service",
            "security-group/sg-",
        ),
    ] {
        let mut sandbox = Sandbox::new();
        work_as_deployer(&mut sandbox, &[DEPLOYMENT.to_owned()], &[action]);
        sandbox.configure(&detector(&sandbox));
        let errors = sandbox.terraform.apply(&[]).errors();
        let told = errors.iter().find(|error| error.detail.contains(action));
        let told = told.unwrap_or_else(|| panic!("{action} is not named: {errors:?}"));
        assert!(told.summary.contains(component), "{}", told.summary);
        assert!(told.detail.contains(object), "{}", told.detail);
        assert!(
            told.detail.contains(&format!(r#""Action": "{action}""#)),
            "{}",
            told.detail
        );
        sandbox.assert_nothing_left();
    }
}

#[test]
fn a_preflight_tells_everything_that_is_missing_before_the_first_write() {
    let mut sandbox = Sandbox::new();
    let deployment = format!("{DEPLOYMENT}\npreflight = true");
    work_as_deployer(&mut sandbox, &[deployment], &["ecs:CreateService", "iam:PassRole"]);
    sandbox.stand_in.forget_calls();
    let provider = "provider \"thatdot\" { preflight = true }\n";
    sandbox.configure(&format!("{provider}{}", detector(&sandbox)));
    let error = sandbox.terraform.apply(&[]).error();
    assert!(error.summary.contains("3 permissions are missing"), "{}", error.summary);
    for line in [
        "ecs:CreateService on arn:aws:ecs:us-east-1:123456789012:service/demo/demo, for ecs_service",
        "iam:PassRole on arn:aws:iam::123456789012:role/demo-us-east-1-execution, for iam_role_execution",
        "iam:PassRole on arn:aws:iam::123456789012:role/demo-us-east-1-task, for iam_role_task",
    ] {
        assert!(error.detail.contains(line), "{line}: {}", error.detail);
    }
    let mut writes = sandbox.stand_in.writes();
    writes.retain(|call| call != "iam:SimulatePrincipalPolicy");
    assert!(writes.is_empty(), "nothing was to be changed: {writes:?}");
}

#[test]
fn a_preflight_tells_what_a_look_lacks_while_planning_in_one_report_with_the_rest() {
    let mut sandbox = Sandbox::new();
    let deployment = format!("{DEPLOYMENT}\npreflight = true");
    work_as_deployer(
        &mut sandbox,
        &[deployment],
        &["ec2:DescribeSubnets", "ecs:CreateService"],
    );
    let provider = "provider \"thatdot\" { preflight = true }\n";
    sandbox.configure(&format!("{provider}{}", detector(&sandbox)));
    let errors = sandbox.terraform.plan(&[]).errors();
    let report = errors
        .iter()
        .find(|error| error.summary.contains("2 permissions are missing"));
    let report = report.unwrap_or_else(|| panic!("no report: {errors:?}"));
    for line in [
        "ec2:DescribeSubnets on *, for what is looked at while planning",
        "ecs:CreateService on arn:aws:ecs:us-east-1:123456789012:service/demo/demo, for ecs_service",
    ] {
        assert!(report.detail.contains(line), "{line}: {}", report.detail);
    }
}

/// A deployer whose policy names a boundary, with a configuration of so many days and these further words: no role is made
/// without the boundary, the whole life goes with it, and it is not taken off.
fn lives_within_the_boundary_alone(policy: &str, configuration: impl Fn(&Sandbox, &str, i32) -> String) {
    let mut sandbox = Sandbox::new();
    let policy = format!("{policy}\npermissions_boundary = \"{BOUNDARY}\"");
    work_as_deployer(&mut sandbox, &[policy], &[]);
    let bounded = format!("permissions_boundary = \"{BOUNDARY}\"");
    let refused = |days: i32, action: &str| {
        sandbox.configure(&configuration(&sandbox, "", days));
        let errors = sandbox.terraform.apply(&[]).errors();
        assert!(
            errors.iter().any(|error| error.detail.contains(action)),
            "{action}: {errors:?}"
        );
    };
    refused(7, "iam:CreateRole");
    sandbox.assert_nothing_left();

    sandbox.apply(&configuration(&sandbox, &bounded, 7));
    sandbox.apply(&configuration(&sandbox, &bounded, 30));
    refused(30, "iam:DeleteRolePermissionsBoundary");
    sandbox.apply(&configuration(&sandbox, &bounded, 30));
    sandbox.destroy();
}

#[test]
fn a_policy_with_a_boundary_lets_no_role_of_a_deployment_be_made_without_it() {
    lives_within_the_boundary_alone(DEPLOYMENT, |sandbox, more, days| {
        let more = format!("assign_public_ip = true\n log_retention_in_days = {days}\n {more}");
        detector(sandbox).replace("assign_public_ip = true", &more)
    });
}

#[test]
fn a_policy_with_a_boundary_lets_no_role_of_a_network_be_made_without_it() {
    let policy = "product = \"network\"\nname = \"demo\"\nflow_logs = true";
    lives_within_the_boundary_alone(policy, |_, more, days| {
        format!(
            r#"{REQUIRED}
            resource "thatdot_network" "it" {{
              name = "demo"
              tags = {{ Days = "{days}" }}
              {more}
              flow_logs {{ retention_in_days = {days} }}
            }}
            "#
        )
    });
}
