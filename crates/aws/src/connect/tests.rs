//! What a user sees of settings, good and bad.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;

use super::*;

pub(super) const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
     <Arn>arn:aws-us-gov:sts::123456789012:assumed-role/ci/x</Arn><Account>123456789012</Account>\
     </GetCallerIdentityResult></GetCallerIdentityResponse>";

const ASSUMED: &str = "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA1</AccessKeyId>\
     <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration>\
     </Credentials></AssumeRoleResult></AssumeRoleResponse>";

/// STS, by the request's body; `None` is a connection that is refused.
type Sts = fn(&str) -> Option<(u16, &'static str)>;

#[derive(Debug, Clone)]
struct Far {
    sts: Sts,
    asked: Arc<Mutex<Vec<String>>>,
}

impl HttpConnector for Far {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let answer = match (self.sts)(&body) {
            Some((status, text)) => {
                let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(text));
                response.headers_mut().insert("x-amzn-requestid", "r-1");
                Ok(response)
            }
            None => Err(ConnectorError::io("connection refused".into())),
        };
        let agent = request.headers().get("x-amz-user-agent").unwrap_or_default();
        self.asked
            .lock()
            .unwrap()
            .push(format!("{} {agent} {body}", request.uri()));
        HttpConnectorFuture::ready(answer)
    }
}

/// Connects through that STS, and tells what was asked of it.
async fn connected(settings: Settings, sts: Sts) -> (Result<Aws, ConnectError>, Vec<String>) {
    let far = Far {
        sts,
        asked: Arc::default(),
    };
    let connector = SharedHttpConnector::new(far.clone());
    let http = http_client_fn(move |_, _| connector.clone());
    let connection = match contradictions(&settings) {
        Ok(()) => {
            let loader = loader(&settings, http);
            Box::pin(connect_through(settings, loader)).await
        }
        Err(error) => Err(error),
    };
    let asked = far.asked.lock().unwrap().clone();
    (connection, asked)
}

/// Settings that find nothing outside themselves.
pub(super) fn settings() -> Settings {
    Settings {
        region: Some("us-gov-west-1".to_owned()),
        access_key: Some("AKIA1".to_owned()),
        secret_key: Some(Secret::new("s")),
        shared_config_files: vec!["/nonexistent/config".into()],
        shared_credentials_files: vec!["/nonexistent/credentials".into()],
        terraform_version: Some("1.11.4".to_owned()),
        ..Settings::default()
    }
}

async fn refused(settings: Settings, sts: Sts) -> ConnectError {
    connected(settings, sts).await.0.err().unwrap()
}

#[tokio::test]
async fn the_account_and_the_partition_are_told_by_one_call() {
    let (aws, asked) = connected(settings(), |_| Some((200, IDENTITY))).await;
    let aws = aws.unwrap();
    assert_eq!(
        (aws.account_id.as_str(), aws.partition.as_str()),
        ("123456789012", "aws-us-gov")
    );
    assert_eq!(asked.len(), 1);
    assert!(
        asked[0].contains("lib/Terraform/1.11.4") && asked[0].contains("lib/terraform-provider-thatdot/"),
        "{asked:?}"
    );
}

#[tokio::test]
async fn an_unknown_region_is_refused_before_any_call() {
    let (answer, asked) = connected(
        Settings {
            region: Some("us-esat-1".to_owned()),
            ..settings()
        },
        |_| Some((200, IDENTITY)),
    )
    .await;
    let error = answer.err().unwrap();
    assert_eq!(error.setting(), Some("region"));
    assert!(error.to_string().contains("us-esat-1"));
    assert!(asked.is_empty());
}

#[tokio::test]
async fn half_a_key_and_two_lists_of_accounts_are_refused() {
    let error = refused(
        Settings {
            secret_key: None,
            ..settings()
        },
        |_| None,
    )
    .await;
    assert_eq!(error.setting(), Some("secret_key"));
    let lists = Settings {
        allowed_account_ids: vec!["1".to_owned()],
        forbidden_account_ids: vec!["2".to_owned()],
        ..settings()
    };
    assert_eq!(refused(lists, |_| None).await.setting(), Some("forbidden_account_ids"));
}

#[tokio::test]
async fn accounts_that_are_ruled_out_are_refused_by_the_list_that_does() {
    let allowed = Settings {
        allowed_account_ids: vec!["999999999999".to_owned()],
        ..settings()
    };
    let error = refused(allowed, |_| Some((200, IDENTITY))).await;
    assert_eq!(error.setting(), Some("allowed_account_ids"));
    assert!(error.to_string().contains("123456789012"));
    let forbidden = Settings {
        forbidden_account_ids: vec!["123456789012".to_owned()],
        ..settings()
    };
    assert_eq!(
        refused(forbidden, |_| Some((200, IDENTITY))).await.setting(),
        Some("forbidden_account_ids")
    );
}

#[tokio::test]
async fn expired_credentials_are_told_with_awss_code_and_how_to_renew_them() {
    let error = refused(settings(), |_| {
        let body = "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The security token is expired</Message></Error>\
                    <RequestId>r-1</RequestId></ErrorResponse>";
        Some((403, body))
    })
    .await
    .to_string();
    for part in ["ExpiredToken", "r-1", "aws sso login"] {
        assert!(error.contains(part), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttled_first_call_is_not_put_down_to_the_credentials() {
    let error = refused(settings(), |_| {
        let body = "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error>\
                    <RequestId>r-1</RequestId></ErrorResponse>";
        Some((400, body))
    })
    .await
    .to_string();
    for part in ["sts:GetCallerIdentity", "Throttling", "r-1", "Apply again"] {
        assert!(error.contains(part), "{error}");
    }
    assert!(!error.contains("refused"), "{error}");
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_is_named_after_a_few_attempts() {
    let endpoints = Endpoints {
        sts: Some("http://127.0.0.1:9".to_owned()),
        ..Endpoints::default()
    };
    let (answer, asked) = connected(
        Settings {
            endpoints,
            ..settings()
        },
        |_| None,
    )
    .await;
    let error = answer.err().unwrap();
    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("http://127.0.0.1:9"), "{error}");
    assert!(error.to_string().contains("connection refused"), "{error}");
    assert_eq!(asked.len(), 3);
}

#[tokio::test]
async fn a_role_is_assumed_with_everything_that_was_said_of_it() {
    let role = AssumeRole {
        session: Session {
            role_arn: "arn:aws:iam::123456789012:role/deploy".to_owned(),
            duration: Some(Duration::from_hours(1)),
            ..Session::default()
        },
        external_id: Some("x1".to_owned()),
        tags: [("team".to_owned(), "data".to_owned())].into(),
        transitive_tag_keys: vec!["team".to_owned()],
        source_identity: Some("ci".to_owned()),
    };
    let (aws, asked) = connected(
        Settings {
            assume_role: Some(role),
            ..settings()
        },
        |body| {
            Some((
                200,
                if body.contains("Action=AssumeRole") {
                    ASSUMED
                } else {
                    IDENTITY
                },
            ))
        },
    )
    .await;
    assert!(aws.is_ok());
    let parts = [
        "ExternalId=x1",
        "DurationSeconds=3600",
        "Tags.member.1.Key=team",
        "TransitiveTagKeys.member.1=team",
        "SourceIdentity=ci",
        "RoleSessionName=terraform-provider-thatdot",
    ];
    for part in parts {
        assert!(asked[0].contains(part), "{part} in {}", asked[0]);
    }
    assert_eq!(asked.len(), 2, "the role's credentials are kept for the next call");
}

#[tokio::test]
async fn a_role_that_sts_refuses_is_named() {
    let session = Session {
        role_arn: "arn:aws:iam::123456789012:role/deploy".to_owned(),
        ..Session::default()
    };
    let role = AssumeRole {
        session,
        ..AssumeRole::default()
    };
    let error = refused(
        Settings {
            assume_role: Some(role),
            ..settings()
        },
        |_| {
            Some((
                403,
                "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
            ))
        },
    )
    .await;
    assert_eq!(error.setting(), Some("assume_role"));
    assert!(
        error.to_string().contains("role/deploy") && error.to_string().contains("AccessDenied"),
        "{error}"
    );
}

#[tokio::test]
async fn a_web_identity_needs_no_credentials_of_its_own() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let session = Session {
        role_arn: "arn:aws:iam::123456789012:role/deploy".to_owned(),
        ..Session::default()
    };
    let role = WebIdentity {
        session,
        token: WebIdentityToken::Text(Secret::new("jwt")),
    };
    let settings = Settings {
        web_identity: Some(role),
        access_key: None,
        secret_key: None,
        ..settings()
    };
    let (aws, asked) = connected(settings, |body| {
        CALLS.fetch_add(1, Ordering::Relaxed);
        if body.contains("Action=AssumeRoleWithWebIdentity") {
            return Some((
                200,
                "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>\
                 <AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
                 <Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>\
                 </AssumeRoleWithWebIdentityResponse>",
            ));
        }
        Some((200, IDENTITY))
    })
    .await;
    assert!(aws.is_ok(), "{:?}", aws.err());
    assert!(asked[0].contains("WebIdentityToken=jwt"), "{asked:?}");
    assert_eq!(CALLS.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_profile_that_there_is_not_is_named() {
    let settings = Settings {
        access_key: None,
        secret_key: None,
        profile: Some("typo".to_owned()),
        ..settings()
    };
    let error = refused(settings, |_| Some((200, IDENTITY))).await.to_string();
    assert!(error.contains("typo"), "{error}");
}

#[tokio::test]
async fn on_trust_nobody_is_asked_where_the_account_is_told() {
    let settings = Settings {
        skip_credentials_validation: true,
        allowed_account_ids: vec!["123456789012".to_owned()],
        ..settings()
    };
    let (aws, asked) = connected(settings, |_| None).await;
    let aws = aws.unwrap();
    assert_eq!(
        (aws.account_id.as_str(), aws.partition.as_str()),
        ("123456789012", "aws-us-gov")
    );
    assert!(asked.is_empty());
}

#[tokio::test]
async fn on_trust_an_account_that_cannot_be_told_says_where_to_name_it() {
    let error = refused(
        Settings {
            skip_credentials_validation: true,
            ..settings()
        },
        |_| None,
    )
    .await;
    assert_eq!(error.setting(), Some("allowed_account_ids"));
}

#[test]
fn secrets_are_never_shown() {
    let shown = format!(
        "{:?}",
        Settings {
            token: Some(Secret::new("hunter2")),
            ..settings()
        }
    );
    assert!(!shown.contains("hunter2"), "{shown}");
}
