//! What every kind makes of answers to a look at it that AWS does not give: an error or an absence, never a panic or a hang.
//! What stands with odd values in it is for the fault matrix, which has whole deployments to look at.

use std::time::Duration;

use tokio::time::Instant;

use super::kinds;
use aws::testing::{Answer, Asked, Stage};
use engine::{ErrorKind, Identity};

/// Ids in each of the forms that kinds give them.
const IDS: [&str; 5] = [
    "demo",
    "api-1/part-1",
    "role/demo:arn:aws:iam::aws:policy/ReadOnlyAccess",
    "arn:aws:ecs:us-east-1:123456789012:service/demo/demo",
    "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/demo/1",
];

/// An answer, by what was asked.
type Script = fn(&Asked) -> Answer;

/// How lists and objects are called on which the services' answers stand.
const LISTS: [&str; 20] = [
    "Items",
    "AccessPoints",
    "FileSystems",
    "MountTargets",
    "ScalableTargets",
    "ScalingPolicies",
    "SecurityGroups",
    "attributes",
    "capacityProviders",
    "clusters",
    "failures",
    "images",
    "logGroups",
    "repositories",
    "services",
    "tags",
    "tasks",
    "taskArns",
    "Tags",
    "Policies",
];

/// Nothing that an answer must hold: lists with one empty object in each.
fn hollow(asked: &Asked) -> Answer {
    if asked.operation.contains(' ') || asked.body.starts_with('{') {
        let lists = LISTS.map(|name| (name.to_owned(), serde_json::json!([{}])));
        let all: serde_json::Map<String, serde_json::Value> = lists.into_iter().collect();
        return Answer::json(serde_json::Value::from(all).to_string());
    }
    let operation = &asked.operation;
    let (_, of) = operation.split_at(
        operation
            .find(|c: char| c.is_lowercase())
            .unwrap_or(0)
            .saturating_sub(1),
    );
    let of = of
        .trim_start_matches("Describe")
        .trim_start_matches("Get")
        .trim_start_matches("List");
    let set = of[..1].to_lowercase() + &of[1..];
    let single = set.trim_end_matches('s');
    Answer::xml(format!(
        "<{operation}Response><{set}Set><item/></{set}Set><{single}Set><item/></{single}Set><{operation}Result>\
         <{of}><member/></{of}></{operation}Result></{operation}Response>"
    ))
}

const ODD: [(&str, Script); 8] = [
    ("a page of a portal", |_| {
        Answer::html(200, "<html><body>Sign in<br></body></html>")
    }),
    ("a page of a broken proxy", |_| {
        Answer::html(502, "<html><body>Bad Gateway</body></html>")
    }),
    ("nothing", |_| Answer::Told(200, "text/plain", String::new())),
    ("an empty object", |_| Answer::json("{}")),
    ("an empty document", |asked| {
        Answer::xml(format!(
            "<{0}Response><{0}Result></{0}Result></{0}Response>",
            asked.operation.replace(['/', ' '], "")
        ))
    }),
    ("lists of nothing", hollow),
    ("nesting without end", |_| Answer::json("[".repeat(100_000))),
    ("noise", |_| {
        Answer::Told(200, "application/json", "\u{0}\u{1}☃".repeat(10_000))
    }),
];

/// Objects without the id that each has. The SDK reads what is missing as empty.
#[tokio::test(start_paused = true)]
async fn an_object_without_its_id_is_an_error_that_says_so() {
    let xml = |operation: &str, inner: &str| {
        let result = format!("{operation}Result");
        Answer::xml(format!(
            "<{operation}Response><{result}>{inner}</{result}></{operation}Response>"
        ))
    };
    for (kind, action) in [
        ("efs_access_point", "DescribeAccessPoints"),
        ("efs_file_system", "DescribeFileSystems"),
        ("efs_mount_target", "DescribeMountTargets"),
        ("iam_role", "GetRole"),
        ("instance_profile", "GetInstanceProfile"),
        ("secret", "DescribeSecret"),
    ] {
        let stage = Stage::answering(move |asked| match asked.operation.as_str() {
            "GetRole" => xml("GetRole", "<Role><Tags/></Role>"),
            "ListRolePolicies" => xml("ListRolePolicies", "<PolicyNames/>"),
            "ListAttachedRolePolicies" => xml("ListAttachedRolePolicies", "<AttachedPolicies/>"),
            "GetInstanceProfile" => xml("GetInstanceProfile", "<InstanceProfile><Roles/></InstanceProfile>"),
            "DescribeSecret" => Answer::json(r#"{"ARN": "", "Name": "", "Tags": []}"#),
            other if other.contains("mount-targets") => Answer::json(r#"{"MountTargets": [{}], "SecurityGroups": []}"#),
            other if other.contains("access-points") => Answer::json(r#"{"AccessPoints": [{}]}"#),
            _ => Answer::json(r#"{"FileSystems": [{"Tags": []}]}"#),
        });
        let identity = Identity {
            id: "demo".to_owned(),
            arn: None,
        };
        let error = kinds().sees(kind, &stage.call(), &identity).await.unwrap_err();
        assert!(error.attempted.ends_with(action), "{kind}: {error}");
        assert!(error.message.contains("AWS's answer holds no"), "{kind}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn odd_answers_are_an_error_or_an_absence_and_never_the_end() {
    let kinds = kinds();
    let mut asked_nothing: Vec<&str> = Vec::new();
    let stages = ODD.map(|(odd, script)| (odd, Stage::answering(script)));
    for kind in kinds.names() {
        let mut asked = 0;
        for (odd, stage) in &stages {
            for id in IDS {
                let before = stage.asked().len();
                let identity = Identity {
                    id: id.to_owned(),
                    arn: id.starts_with("arn:").then(|| id.to_owned()),
                };
                let begun = Instant::now();
                let seen = kinds.sees(kind, &stage.call(), &identity).await;
                assert!(
                    begun.elapsed() <= Duration::from_mins(11),
                    "{kind}: {odd}: {:?}",
                    begun.elapsed()
                );
                let now = stage.asked().len() - before;
                asked += now;
                if let Ok(Some(seen)) = &seen {
                    assert!(!seen.id.is_empty(), "{kind} {id}: {odd}: the state would forget it");
                }
                // Where nothing was asked, the id is not of the kind's form.
                if let (Err(error), false) = (seen, now == 0) {
                    let told = format!("{kind} {id}: {odd}: {error}: {}", error.message);
                    assert_ne!(error.kind, ErrorKind::Bug, "{told}");
                    assert!(
                        error.attempted.contains(':') || error.attempted.contains("wait"),
                        "{told}"
                    );
                    assert!(error.remedy.is_some(), "{told}");
                }
            }
        }
        if asked == 0 {
            asked_nothing.push(kind);
        }
    }
    // An image is looked at by its tag, which no id holds; what registries answer is the registry's tests' matter.
    assert_eq!(asked_nothing, ["container_image"], "the others are looked at");
}
