use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;

use super::*;
use aws::policy::Statement;
use aws::testing::{Answer, Asked, Stage};

const ARN: &str = "arn:aws:iam::123456789012:role/thatdot/demo-task";

fn wanted() -> IamRole {
    IamRole {
        name: "demo-task".into(),
        path: "/thatdot/".into(),
        description: "What the tasks of demo may do".into(),
        trust: Policy::trust(
            "ecs-tasks.amazonaws.com",
            &"123456789012".into(),
            "arn:aws:ecs:us-east-1:123456789012:*",
        )
        .into(),
        managed_policies: BTreeSet::from([ManagedPolicy::MarketplaceMeteringRegisterUsage]).into(),
        inline_policies: BTreeMap::from([("thatdot-exec".to_owned(), exec())]).into(),
        permissions_boundary: None.into(),
    }
}

fn exec() -> Policy {
    Policy::new([Statement::allow(["ssmmessages:CreateControlChannel"]).on(["*"])])
}

/// IAM with one role that carries things of ours and of others.
fn iam(asked: &Asked) -> Answer {
    let escaped = |policy: &Policy| policy.to_json().replace('%', "%25").replace('"', "&quot;");
    let result = match asked.operation.as_str() {
        "GetRole" => format!(
            "<Role><Path>/thatdot/</Path><RoleName>demo-task</RoleName><RoleId>AROA</RoleId><Arn>{ARN}</Arn>\
             <CreateDate>2024-01-01T00:00:00Z</CreateDate><Description>What the tasks of demo may do</Description>\
             <AssumeRolePolicyDocument>{}</AssumeRolePolicyDocument>\
             <Tags><member><Key>a</Key><Value>b</Value></member></Tags></Role>",
            escaped(wanted().trust.get().unwrap())
        ),
        "ListAttachedRolePolicies" if asked.body.contains("Marker") => {
            attached("arn:aws:iam::123456789012:policy/theirs")
        }
        "ListAttachedRolePolicies" => {
            let ours = "arn:aws:iam::aws:policy/AWSMarketplaceMeteringRegisterUsage";
            format!("{}<IsTruncated>true</IsTruncated><Marker>more</Marker>", attached(ours))
        }
        "ListRolePolicies" => {
            "<PolicyNames><member>thatdot-exec</member><member>theirs</member></PolicyNames>".to_owned()
        }
        "GetRolePolicy" => format!(
            "<RoleName>demo-task</RoleName><PolicyName>thatdot-exec</PolicyName><PolicyDocument>{}</PolicyDocument>",
            escaped(&exec())
        ),
        "ListInstanceProfilesForRole" => "<InstanceProfiles/>".to_owned(),
        _ => String::new(),
    };
    let operation = &asked.operation;
    Answer::xml(format!(
        "<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"
    ))
}

fn attached(arn: &str) -> String {
    format!(
        "<AttachedPolicies><member><PolicyName>p</PolicyName><PolicyArn>{arn}</PolicyArn></member></AttachedPolicies>"
    )
}

fn identity() -> Identity {
    Identity {
        id: "demo-task".into(),
        arn: Some(ARN.into()),
    }
}

async fn observed(stage: &Stage) -> Observed<IamRole, RoleArn> {
    wanted().read(&stage.call(), &identity()).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_others_attached_is_no_difference() {
    let stage = Stage::answering(iam);
    let have = observed(&stage).await;
    assert_eq!(
        engine::Spec::compare(&wanted(), &have.spec).different(),
        [""; 0],
        "{:?}",
        have.spec
    );
    assert_eq!(have.tags.unwrap().get("a").map(String::as_str), Some("b"));
    assert_eq!(have.output.as_str(), ARN);
}

#[tokio::test]
async fn a_read_asks_first_for_what_takes_two_calls() {
    let stage = Stage::answering(iam);
    observed(&stage).await;
    assert_eq!(stage.operations()[0], "ListRolePolicies");
}

#[tokio::test]
async fn what_we_no_longer_want_is_taken_off_and_nothing_else() {
    let stage = Stage::answering(iam);
    let have = observed(&stage).await;
    let before = stage.operations().len();
    let bare = IamRole {
        managed_policies: BTreeSet::new().into(),
        inline_policies: BTreeMap::new().into(),
        ..wanted()
    };
    assert_eq!(
        engine::Spec::compare(&bare, &have.spec).different(),
        ["managed_policies", "inline_policies"]
    );
    bare.update(&stage.call(), &have, &["managed_policies", "inline_policies"])
        .await
        .unwrap();
    assert_eq!(stage.operations()[before..], ["DetachRolePolicy", "DeleteRolePolicy"]);
    assert!(
        stage.asked()[before]
            .body
            .contains("AWSMarketplaceMeteringRegisterUsage")
    );
    assert!(stage.asked()[before + 1].body.contains("thatdot-exec"));
}

#[tokio::test]
async fn a_role_is_bounded_before_anything_is_given_to_it() {
    let stage = Stage::answering(iam);
    let have = observed(&stage).await;
    let before = stage.operations().len();
    let bounded = IamRole {
        managed_policies: BTreeSet::from([ManagedPolicy::EcsTaskExecution]).into(),
        inline_policies: BTreeMap::from([("thatdot-other".to_owned(), exec())]).into(),
        permissions_boundary: Some("arn:aws:iam::123456789012:policy/boundary".into()).into(),
        ..wanted()
    };
    let different = engine::Spec::compare(&bounded, &have.spec).different();
    bounded.update(&stage.call(), &have, &different).await.unwrap();
    assert_eq!(
        stage.operations()[before..],
        [
            "PutRolePermissionsBoundary",
            "AttachRolePolicy",
            "DetachRolePolicy",
            "PutRolePolicy",
            "DeleteRolePolicy"
        ]
    );
}

#[tokio::test]
async fn a_missing_role_is_absent() {
    let stage =
        Stage::answering(|_| Answer::refused_xml("NoSuchEntity", "The role with name demo-task cannot be found."));
    assert!(wanted().read(&stage.call(), &identity()).await.unwrap().is_none());
    wanted().delete(&stage.call(), &identity()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn whatever_hangs_on_the_role_goes_before_it() {
    let refusals = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| {
        if asked.operation == "DeleteRole" && refusals.fetch_add(1, SeqCst) == 0 {
            return Answer::refused_xml(
                "DeleteConflict",
                "Cannot delete entity, must detach all policies first.",
            );
        }
        iam(asked)
    });
    wanted().delete(&stage.call(), &identity()).await.unwrap();
    let count = |operation: &str| stage.operations().iter().filter(|asked| *asked == operation).count();
    assert_eq!(count("DeleteRole"), 2);
    assert_eq!(count("DetachRolePolicy"), 3, "ours; then ours and theirs");
    assert_eq!(count("DeleteRolePolicy"), 3, "ours; then ours and theirs");
    assert_eq!(count("ListInstanceProfilesForRole"), 1);
}

#[tokio::test]
async fn where_nobody_else_put_anything_on_a_role_nothing_is_listed() {
    let stage = Stage::answering(iam);
    wanted().delete(&stage.call(), &identity()).await.unwrap();
    assert_eq!(
        stage.operations(),
        ["DetachRolePolicy", "DeleteRolePolicy", "DeleteRole"]
    );
}

#[tokio::test]
async fn a_second_creator_is_told_so() {
    let stage =
        Stage::answering(|_| Answer::refused_xml("EntityAlreadyExists", "Role with name demo-task already exists."));
    assert_eq!(
        wanted().create(&stage.call()).await.unwrap_err().kind,
        ErrorKind::AlreadyExists
    );
}

#[tokio::test(start_paused = true)]
async fn all_that_hangs_on_it_is_taken_off_although_one_is_refused() {
    let stage = Stage::answering(|asked| match asked.operation.as_str() {
        "DetachRolePolicy" if asked.body.contains("Metering") => Answer::refused_xml("AccessDenied", "no"),
        other => Answer::xml(format!("<{other}Response/>")),
    });
    let policies = BTreeSet::from([
        ManagedPolicy::MarketplaceMeteringFullAccess,
        ManagedPolicy::EcsTaskExecution,
    ]);
    let spec = IamRole {
        managed_policies: policies.into(),
        ..wanted()
    };
    let identity = Identity {
        id: "demo".to_owned(),
        arn: None,
    };
    let error = Box::pin(spec.delete(&stage.call(), &identity)).await.unwrap_err();
    assert_eq!(error.attempted, "iam:DetachRolePolicy");
    let detached = stage
        .operations()
        .iter()
        .filter(|asked| *asked == "DetachRolePolicy")
        .count();
    assert_eq!(detached, 2);
}
