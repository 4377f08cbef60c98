use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;

use super::*;
use aws::testing::{Answer, Asked, Stage};

const ARN: &str = "arn:aws:iam::123456789012:user/team/demo";
const BOUNDARY: &str = "arn:aws:iam::123456789012:policy/boundary";

fn wanted(force_destroy: bool) -> IamUser {
    IamUser {
        name: "demo".into(),
        path: "/team/".into(),
        permissions_boundary: Some(PolicyArn::from(BOUNDARY)).into(),
        force_destroy: force_destroy.into(),
    }
}

fn identity() -> Identity {
    Identity {
        id: "demo".into(),
        arn: Some(ARN.into()),
    }
}

fn answer(operation: &str, result: &str) -> Answer {
    Answer::xml(format!(
        "<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"
    ))
}

/// IAM with one user, to whom others gave everything that a user can have.
fn iam(asked: &Asked) -> Answer {
    const SINCE: &str = "<CreateDate>2024-01-01T00:00:00Z</CreateDate>";
    let result = match asked.operation.as_str() {
        "GetUser" => format!(
            "<User><Path>/team/</Path><UserName>demo</UserName><UserId>AIDA</UserId><Arn>{ARN}</Arn>{SINCE}\
             <PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>\
             <PermissionsBoundaryArn>{BOUNDARY}</PermissionsBoundaryArn></PermissionsBoundary>\
             <Tags><member><Key>a</Key><Value>b</Value></member></Tags></User>"
        ),
        "GetLoginProfile" => format!("<LoginProfile><UserName>demo</UserName>{SINCE}</LoginProfile>"),
        "ListAccessKeys" => {
            "<AccessKeyMetadata><member><AccessKeyId>AKIA1</AccessKeyId></member></AccessKeyMetadata>".to_owned()
        }
        "ListMFADevices" => "<MFADevices><member><UserName>demo</UserName>\
             <SerialNumber>arn:aws:iam::123456789012:mfa/demo</SerialNumber>\
             <EnableDate>2024-01-01T00:00:00Z</EnableDate></member></MFADevices>"
            .to_owned(),
        "ListSigningCertificates" => "<Certificates><member><UserName>demo</UserName><CertificateId>CERT1</CertificateId>\
             <CertificateBody>x</CertificateBody><Status>Active</Status></member></Certificates>"
            .to_owned(),
        "ListSSHPublicKeys" => "<SSHPublicKeys><member><UserName>demo</UserName><SSHPublicKeyId>APKA1</SSHPublicKeyId>\
             <Status>Active</Status><UploadDate>2024-01-01T00:00:00Z</UploadDate></member></SSHPublicKeys>"
            .to_owned(),
        "ListServiceSpecificCredentials" => format!(
            "<ServiceSpecificCredentials><member><UserName>demo</UserName><Status>Active</Status>\
             <ServiceUserName>demo-at</ServiceUserName>{SINCE}<ServiceName>codecommit.amazonaws.com</ServiceName>\
             <ServiceSpecificCredentialId>ACCA1</ServiceSpecificCredentialId></member></ServiceSpecificCredentials>"
        ),
        "ListAttachedUserPolicies" => {
            "<AttachedPolicies><member><PolicyName>p</PolicyName><PolicyArn>arn:theirs</PolicyArn></member></AttachedPolicies>"
                .to_owned()
        }
        "ListUserPolicies" => "<PolicyNames><member>theirs</member></PolicyNames>".to_owned(),
        "ListGroupsForUser" => format!(
            "<Groups><member><Path>/</Path><GroupName>team</GroupName><GroupId>AGPA</GroupId><Arn>arn:group</Arn>{SINCE}\
             </member></Groups>"
        ),
        _ => String::new(),
    };
    answer(&asked.operation, &result)
}

/// The same without credentials.
fn bare(asked: &Asked) -> Answer {
    let empty = match asked.operation.as_str() {
        "GetLoginProfile" => {
            return Answer::refused_xml("NoSuchEntity", "Login Profile for User demo cannot be found.");
        }
        "ListAccessKeys" => "<AccessKeyMetadata/>",
        "ListMFADevices" => "<MFADevices/>",
        "ListSigningCertificates" => "<Certificates/>",
        "ListSSHPublicKeys" => "<SSHPublicKeys/>",
        "ListServiceSpecificCredentials" => "<ServiceSpecificCredentials/>",
        _ => return iam(asked),
    };
    answer(&asked.operation, empty)
}

fn deletions(stage: &Stage) -> Vec<String> {
    let verbs = ["Delete", "Detach", "Remove", "Deactivate"];
    let asked = stage.operations().into_iter();
    asked
        .filter(|operation| verbs.iter().any(|verb| operation.starts_with(verb)))
        .collect()
}

#[tokio::test]
async fn what_is_read_is_what_was_wanted() {
    let stage = Stage::answering(iam);
    let have = wanted(true).read(&stage.call(), &identity()).await.unwrap().unwrap();
    let different = engine::Spec::compare(&wanted(true), &have.spec).different();
    assert!(different.is_empty(), "{different:?}");
    assert_eq!(have.output.user_name(), "demo");
    assert_eq!(have.tags.unwrap().get("a").map(String::as_str), Some("b"));
}

#[tokio::test]
async fn a_user_with_credentials_of_others_stays_whole_and_they_are_named() {
    let stage = Stage::answering(iam);
    let error = wanted(false).delete(&stage.call(), &identity()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    for named in ["console password", "AKIA1", "mfa/demo", "CERT1", "APKA1", "ACCA1"] {
        assert!(error.message.contains(named), "{named}: {}", error.message);
    }
    assert!(error.remedy.unwrap().contains("force_destroy"));
    assert_eq!(deletions(&stage), [""; 0]);
}

#[tokio::test]
async fn by_force_it_goes_with_everything() {
    let stage = Stage::answering(iam);
    wanted(true).delete(&stage.call(), &identity()).await.unwrap();
    assert_eq!(
        deletions(&stage),
        [
            "DeleteLoginProfile",
            "DeleteAccessKey",
            "DeactivateMFADevice",
            "DeleteVirtualMFADevice",
            "DeleteSigningCertificate",
            "DeleteSSHPublicKey",
            "DeleteServiceSpecificCredential",
            "DetachUserPolicy",
            "DeleteUserPolicy",
            "RemoveUserFromGroup",
            "DeleteUser",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_others_attached_does_not_hold_it() {
    let refusals = AtomicU32::new(0);
    let stage = Stage::answering(move |asked| {
        if asked.operation == "DeleteUser" && refusals.fetch_add(1, SeqCst) == 0 {
            return Answer::refused_xml(
                "DeleteConflict",
                "Cannot delete entity, must detach all policies first.",
            );
        }
        bare(asked)
    });
    wanted(false).delete(&stage.call(), &identity()).await.unwrap();
    assert_eq!(
        deletions(&stage).iter().filter(|asked| *asked == "DeleteUser").count(),
        2
    );
}

#[tokio::test]
async fn its_boundary_is_put_and_taken_away_in_place() {
    let stage = Stage::answering(iam);
    let have = wanted(false).read(&stage.call(), &identity()).await.unwrap().unwrap();
    let unbound = IamUser {
        permissions_boundary: None.into(),
        ..wanted(false)
    };
    unbound
        .update(&stage.call(), &have, &["permissions_boundary"])
        .await
        .unwrap();
    wanted(true)
        .update(&stage.call(), &have, &["permissions_boundary", "force_destroy"])
        .await
        .unwrap();
    assert_eq!(
        stage.operations()[1..],
        ["DeleteUserPermissionsBoundary", "PutUserPermissionsBoundary"]
    );
}

#[tokio::test]
async fn a_missing_user_is_absent() {
    let stage = Stage::answering(|_| Answer::refused_xml("NoSuchEntity", "The user with name demo cannot be found."));
    assert!(wanted(false).find(&stage.call()).await.unwrap().is_none());
    assert!(wanted(false).read(&stage.call(), &identity()).await.unwrap().is_none());
    wanted(false).delete(&stage.call(), &identity()).await.unwrap();
}

#[tokio::test]
async fn a_second_creator_is_told_so() {
    let stage = Stage::answering(|_| Answer::refused_xml("EntityAlreadyExists", "User with name demo already exists."));
    let error = wanted(false).create(&stage.call()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::AlreadyExists);
}
