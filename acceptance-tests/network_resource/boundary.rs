//! `permissions_boundary`: what bounds the role that writes the flow logs.

use super::view::{ADDRESS, changed_in_place, network, standing};
use crate::drift::Subject;
use crate::harness::{Sandbox, Wait};

const NETWORK: Subject = Subject {
    address: ADDRESS,
    fixed: &[],
};

const ROLE: &str = "demo-us-east-1-flow-logs";

const BOUNDARY: &str = "arn:aws:iam::aws:policy/AWSMarketplaceMeteringFullAccess";

const OTHER: &str = "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess";

/// What is added to a network that keeps flow logs within that boundary.
fn within(boundary: &str) -> String {
    format!("  nat = \"none\"\n  permissions_boundary = \"{boundary}\"\n  flow_logs {{}}")
}

/// What bounds the role.
fn boundary(sandbox: &Sandbox) -> Option<String> {
    let answer = sandbox.aws.iam.get_role().role_name(ROLE).send().wait().unwrap();
    let boundary = answer.role().unwrap().permissions_boundary();
    boundary
        .and_then(|boundary| boundary.permissions_boundary_arn())
        .map(str::to_owned)
}

#[test]
fn a_boundary_is_given_moved_and_taken_away_in_place() {
    let sandbox = standing(&within(BOUNDARY));
    assert_eq!(boundary(&sandbox).as_deref(), Some(BOUNDARY));
    for (body, wanted) in [
        (within(OTHER), Some(OTHER)),
        ("  nat = \"none\"\n  flow_logs {}".to_owned(), None),
        (within(BOUNDARY), Some(BOUNDARY)),
    ] {
        let (before, after) = changed_in_place(&sandbox, &network(&body));
        assert_eq!(before, after);
        assert_eq!(boundary(&sandbox).as_deref(), wanted);
    }
    sandbox.destroy();
}

#[test]
fn another_boundary_than_the_configured_one_is_shown_and_repaired() {
    let shown = [("iam_role_flow_logs", "drifted: permissions_boundary")];
    let put = |sandbox: &Sandbox| {
        let request = sandbox.aws.iam.put_role_permissions_boundary().role_name(ROLE);
        request.permissions_boundary(OTHER).send().wait().unwrap();
    };

    let sandbox = standing("  nat = \"none\"\n  flow_logs {}");
    put(&sandbox);
    NETWORK.is_shown_and_repaired(&sandbox, &shown);
    assert_eq!(boundary(&sandbox), None);

    sandbox.apply(&network(&within(BOUNDARY)));
    put(&sandbox);
    NETWORK.is_shown_and_repaired(&sandbox, &shown);
    assert_eq!(boundary(&sandbox).as_deref(), Some(BOUNDARY));
    let request = sandbox.aws.iam.delete_role_permissions_boundary().role_name(ROLE);
    request.send().wait().unwrap();
    NETWORK.is_shown_and_repaired(&sandbox, &shown);
    assert_eq!(boundary(&sandbox).as_deref(), Some(BOUNDARY));
    sandbox.destroy();
}
