use super::*;
use aws::policy::Statement;
use aws::testing::{Answer, Asked, Stage};

const ARN: &str = "arn:aws:iam::123456789012:policy/team/demo-operator";

fn wanted() -> IamPolicy {
    IamPolicy {
        name: "demo-operator".into(),
        path: "/team/".into(),
        description: "What demo may do".into(),
        document: document("s3:GetObject").into(),
    }
}

fn document(action: &str) -> Policy {
    Policy::new([Statement::allow([action]).on(["*"])])
}

fn identity() -> Identity {
    super::identity(ARN)
}

fn answer(operation: &str, result: &str) -> Answer {
    Answer::xml(format!(
        "<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"
    ))
}

fn version(number: u32, is_default: bool) -> String {
    format!("<member><VersionId>v{number}</VersionId><IsDefaultVersion>{is_default}</IsDefaultVersion></member>")
}

/// IAM with one policy that has five versions, of which the newest but one is the default.
fn iam(asked: &Asked) -> Answer {
    let result = match asked.operation.as_str() {
        "GetPolicy" => format!(
            "<Policy><PolicyName>demo-operator</PolicyName><PolicyId>ANPA</PolicyId><Arn>{ARN}</Arn><Path>/team/</Path>\
             <DefaultVersionId>v11</DefaultVersionId><Description>What demo may do</Description>\
             <Tags><member><Key>a</Key><Value>b</Value></member></Tags></Policy>"
        ),
        "GetPolicyVersion" => {
            assert!(asked.body.contains("VersionId=v11"), "{}", asked.body);
            let text = document("s3:GetObject")
                .to_json()
                .replace('{', "%7B")
                .replace('"', "%22");
            format!("<PolicyVersion><Document>{text}</Document><VersionId>v11</VersionId></PolicyVersion>")
        }
        "ListPolicyVersions" if asked.body.contains("Marker") => {
            format!("<Versions>{}{}</Versions>", version(9, false), version(3, false))
        }
        "ListPolicyVersions" => format!(
            "<Versions>{}{}{}</Versions><IsTruncated>true</IsTruncated><Marker>more</Marker>",
            version(12, false),
            version(11, true),
            version(10, false)
        ),
        "ListEntitiesForPolicy" => "<PolicyUsers><member><UserName>ann</UserName></member></PolicyUsers>\
             <PolicyGroups><member><GroupName>admins</GroupName></member></PolicyGroups>\
             <PolicyRoles><member><RoleName>ci</RoleName></member></PolicyRoles>"
            .to_owned(),
        _ => String::new(),
    };
    answer(&asked.operation, &result)
}

#[tokio::test(start_paused = true)]
async fn a_policy_without_a_default_version_is_no_answer_of_awss_and_no_version_without_a_name_is_asked_for() {
    let stage = Stage::answering(|asked| match asked.operation.as_str() {
        "GetPolicy" => answer("GetPolicy", &format!("<Policy><Arn>{ARN}</Arn></Policy>")),
        other => panic!("{other} was called"),
    });
    let error = wanted().read(&stage.call(), &identity()).await.unwrap_err();
    assert!(error.message.contains("default version"), "{}", error.message);
}

#[tokio::test]
async fn the_default_version_is_what_the_policy_says() {
    let stage = Stage::answering(iam);
    let have = wanted().read(&stage.call(), &identity()).await.unwrap().unwrap();
    let different = engine::Spec::compare(&wanted(), &have.spec).different();
    assert!(different.is_empty(), "{different:?}");
    assert_eq!(have.tags.unwrap().get("a").map(String::as_str), Some("b"));
    let other = IamPolicy {
        document: document("s3:PutObject").into(),
        ..wanted()
    };
    assert_eq!(engine::Spec::compare(&other, &have.spec).different(), ["document"]);
}

#[tokio::test]
async fn a_sixth_version_takes_the_place_of_the_oldest() {
    let stage = Stage::answering(iam);
    let have = wanted().read(&stage.call(), &identity()).await.unwrap().unwrap();
    let before = stage.operations().len();
    wanted().update(&stage.call(), &have, &["document"]).await.unwrap();
    let asked = &stage.asked()[before..];
    let operations: Vec<_> = asked.iter().map(|asked| asked.operation.as_str()).collect();
    assert_eq!(
        operations,
        [
            "ListPolicyVersions",
            "ListPolicyVersions",
            "DeletePolicyVersion",
            "CreatePolicyVersion"
        ]
    );
    assert!(asked[2].body.contains("VersionId=v3"), "{}", asked[2].body);
    assert!(asked[3].body.contains("SetAsDefault=true"), "{}", asked[3].body);
}

#[tokio::test]
async fn a_policy_goes_with_all_its_versions() {
    let stage = Stage::answering(iam);
    wanted().delete(&stage.call(), &identity()).await.unwrap();
    let operations = stage.operations();
    assert_eq!(
        operations
            .iter()
            .filter(|asked| *asked == "DeletePolicyVersion")
            .count(),
        4
    );
    assert_eq!(operations.last().unwrap(), "DeletePolicy");
}

#[tokio::test(start_paused = true)]
async fn whoever_still_holds_the_policy_is_named() {
    let stage = Stage::answering(|asked| {
        if asked.operation == "DeletePolicy" {
            return Answer::refused_xml("DeleteConflict", "Cannot delete a policy attached to entities.");
        }
        iam(asked)
    });
    let error = wanted().delete(&stage.call(), &identity()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    let remedy = error.remedy.unwrap();
    assert!(remedy.contains("user ann, group admins, role ci"), "{remedy}");
}

#[tokio::test]
async fn a_policy_under_another_path_is_found_by_its_name() {
    let stage = Stage::answering(|asked| match asked.operation.as_str() {
        "GetPolicy" => Answer::refused_xml(
            "NoSuchEntity",
            "Policy arn:aws:iam::123456789012:policy/x was not found.",
        ),
        "ListPolicies" if asked.body.contains("Marker") => answer(
            "ListPolicies",
            &format!("<Policies><member><PolicyName>Demo-Operator</PolicyName><Arn>{ARN}</Arn></member></Policies>"),
        ),
        _ => answer(
            "ListPolicies",
            "<Policies><member><PolicyName>other</PolicyName><Arn>arn:other</Arn></member></Policies>\
             <IsTruncated>true</IsTruncated><Marker>more</Marker>",
        ),
    });
    assert_eq!(wanted().find(&stage.call()).await.unwrap(), Some(identity()));
}

#[tokio::test]
async fn a_missing_policy_is_absent() {
    let stage = Stage::answering(|asked| match asked.operation.as_str() {
        "ListPolicies" => answer("ListPolicies", "<Policies/>"),
        _ => Answer::refused_xml(
            "NoSuchEntity",
            "Policy arn:aws:iam::123456789012:policy/x was not found.",
        ),
    });
    assert!(wanted().find(&stage.call()).await.unwrap().is_none());
    assert!(wanted().read(&stage.call(), &identity()).await.unwrap().is_none());
    wanted().delete(&stage.call(), &identity()).await.unwrap();
}

#[tokio::test]
async fn a_second_creator_is_told_so() {
    let stage = Stage::answering(|_| {
        Answer::refused_xml(
            "EntityAlreadyExists",
            "A policy called demo-operator already exists. Duplicate names are not allowed.",
        )
    });
    let error = wanted().create(&stage.call()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::AlreadyExists);
}
