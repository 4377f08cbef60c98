//! How a group goes.

use std::sync::Mutex;

use super::*;

/// A group that loses its hosts some looks after its sizes were set to zero, and is gone some looks after its deletion.
fn going(looks_with_hosts: u32, refusals: u32) -> impl Fn(&Asked) -> Answer {
    let (hosts, refused, deleted) = (AtomicU32::new(0), AtomicU32::new(0), Mutex::new(None));
    move |asked: &Asked| {
        let mut deleted = deleted.lock().unwrap();
        match asked.operation.as_str() {
            "DeleteAutoScalingGroup" if refused.fetch_add(1, SeqCst) < refusals => Answer::refused_xml(
                "ScalingActivityInProgress",
                "You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.",
            ),
            "DeleteAutoScalingGroup" => {
                *deleted = Some(2);
                standing_group(asked)
            }
            "DescribeAutoScalingGroups" => match &mut *deleted {
                Some(0) => answered(asked, "", ""),
                Some(looks) => {
                    *looks -= 1;
                    let going = group("").replace("<MinSize>", "<Status>Delete in progress</Status><MinSize>");
                    answered(asked, &going, "")
                }
                None if hosts.fetch_add(1, SeqCst) < looks_with_hosts => {
                    answered(asked, &group(&host(1, "InService", true)), "")
                }
                None => standing_group(asked),
            },
            _ => standing_group(asked),
        }
    }
}

fn known() -> Identity {
    Identity {
        id: "demo".to_owned(),
        arn: Some(ARN.to_owned()),
    }
}

#[tokio::test(start_paused = true)]
async fn it_goes_once_its_hosts_have_gone_unprotected_and_is_awaited() {
    let stage = Stage::answering(going(5, 2));
    wanted().delete(&stage.call(), &known()).await.unwrap();
    let operations = stage.operations();
    assert_eq!(operations[0], "UpdateAutoScalingGroup");
    let sizes = &stage.asked()[0].body;
    for size in ["MinSize=0", "MaxSize=0", "DesiredCapacity=0"] {
        assert!(sizes.contains(size), "{sizes}");
    }
    let at = |operation: &str| operations.iter().position(|asked| asked == operation).unwrap();
    assert!(at("SetInstanceProtection") < at("DeleteAutoScalingGroup"));
    let deletes = operations
        .iter()
        .filter(|asked| *asked == "DeleteAutoScalingGroup")
        .count();
    assert_eq!(deletes, 3);
    assert_eq!(operations.last().map(String::as_str), Some("DescribeAutoScalingGroups"));
}

#[tokio::test(start_paused = true)]
async fn hosts_that_somebody_holds_do_not_hold_the_group_for_ever() {
    let stage = Stage::answering(going(u32::MAX, 0));
    let begun = Instant::now();
    let call = Call {
        deadline: begun + PATIENCE * 3,
        ..stage.call()
    };
    wanted().delete(&call, &known()).await.unwrap();
    let waited = begun.elapsed();
    assert!(PATIENCE <= waited && waited < PATIENCE * 2, "{waited:?}");
    let asked = stage.asked();
    let delete = asked
        .iter()
        .find(|asked| asked.operation == "DeleteAutoScalingGroup")
        .unwrap();
    assert!(delete.body.contains("ForceDelete=true"));
}

#[tokio::test]
async fn a_group_that_is_gone_or_going_is_absent() {
    let going = group("").replace("<MinSize>", "<Status>Delete in progress</Status><MinSize>");
    for groups in [String::new(), going] {
        let stage = Stage::answering(move |asked| answered(asked, &groups, ""));
        assert_eq!(wanted().find(&stage.call()).await.unwrap(), None);
        assert!(wanted().read(&stage.call(), &known()).await.unwrap().is_none());
    }
    let stage = Stage::answering(|asked| match asked.operation.as_str() {
        "UpdateAutoScalingGroup" => Answer::refused_xml(
            "ValidationError",
            "AutoScalingGroup name not found - AutoScalingGroup 'demo' not found",
        ),
        _ => standing_group(asked),
    });
    wanted().delete(&stage.call(), &known()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn one_that_somebody_else_has_begun_to_delete_is_awaited() {
    let looks = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| match asked.operation.as_str() {
        "DescribeAutoScalingGroups" if looks.fetch_add(1, SeqCst) > 2 => answered(asked, "", ""),
        "DescribeAutoScalingGroups" => {
            let going = group("").replace("<MinSize>", "<Status>Delete in progress</Status><MinSize>");
            answered(asked, &going, "")
        }
        "UpdateAutoScalingGroup" => Answer::refused_xml(
            "ValidationError",
            "You cannot update an AutoScalingGroup that is marked for deletion.",
        ),
        other => panic!("{other} is not to be asked"),
    });
    wanted().delete(&stage.call(), &known()).await.unwrap();
}

#[tokio::test]
async fn a_refusal_is_told_and_not_that_the_group_could_not_be_seen_after_it() {
    let stage =
        Stage::answering(|asked| Answer::refused_xml("AccessDenied", &format!("{} is denied", asked.operation)));
    let error = wanted().delete(&stage.call(), &known()).await.unwrap_err();
    assert_eq!(error.attempted, "autoscaling:UpdateAutoScalingGroup");
}
