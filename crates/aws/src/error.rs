//! From the SDK's errors to the engine's: what class a refusal is of, in whose words it is told, and what to do next.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_types::request_id::RequestId;

use engine::{Error, ErrorKind, Result};

/// What is behind an error.
type Cause<'a> = Option<&'a (dyn StdError + 'static)>;

/// An SDK error in the engine's words.
pub fn refusal<E>(attempted: &str, error: &SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    let words = error.to_string();
    match error {
        SdkError::ConstructionFailure(_) => Error::bug(attempted, chain(words, error.source())),
        _ => told(attempted, error.meta(), error.raw_response(), words, error.source()),
    }
}

/// The same for what every operation's error has, so that there is one of it in the program, and not one for each operation.
fn told(
    attempted: &str,
    meta: &ErrorMetadata,
    answer: Option<&HttpResponse>,
    words: String,
    cause: Cause<'_>,
) -> Error {
    let mut told = match (meta.code(), answer) {
        (Some(code), _) => spoken(attempted, code, meta.message().unwrap_or("AWS gave no reason")),
        (None, Some(answer)) => unspoken(attempted, answer),
        (None, None) if caused_by_credentials(cause) => Error::new(ErrorKind::Denied, attempted, chain(words, cause)).with_remedy(
            "The credentials could not be obtained or renewed. Renew them (for example with `aws sso login`) and apply again.",
        ),
        (None, None) => Error::new(ErrorKind::Unreachable, attempted, chain(words, cause))
            .with_remedy(remedy_unreachable(attempted)),
    };
    // IAM and EC2 repeat the id in the body, and proxies drop headers.
    let id = answer.and_then(RequestId::request_id).or(meta.request_id());
    told.request_id = id.map(str::to_owned);
    told
}

/// `None` where the object does not exist.
pub fn unless_absent<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// An answer that lacks what the API promises.
pub fn lacking(attempted: &str, what: &str) -> Error {
    Error::new(ErrorKind::Other, attempted, format!("AWS's answer holds no {what}"))
        .with_remedy("This is not how AWS answers. Check the endpoint; if it is AWS's own, apply again.")
}

/// An object out of an answer. Where the answer lacks a text that every object has, as its id is, the SDK reads it as empty:
/// taken for an id, it would have the state forget the object.
pub fn with_id<T>(attempted: &str, what: &str, found: T, id: fn(&T) -> &str) -> Result<T> {
    if id(&found).is_empty() {
        return Err(lacking(attempted, what));
    }
    Ok(found)
}

/// A refusal in AWS's own words.
pub fn spoken(attempted: &str, code: &str, message: &str) -> Error {
    let (kind, message) = (kind(code, message), without_request(message));
    let mut error = Error::new(kind, attempted, message);
    error.code = Some(code.to_owned());
    error.remedy = remedy(kind, code, attempted, message);
    error
}

/// What AWS says of a signature that does not fit, without the request that it goes on to repeat: the session's token is a
/// header of it.
pub fn without_request(message: &str) -> &str {
    message
        .split("The Canonical String")
        .next()
        .unwrap_or_default()
        .trim_end()
}

fn unspoken(attempted: &str, raw: &HttpResponse) -> Error {
    let status = raw.status().as_u16();
    let form = raw.headers().get("content-type").unwrap_or("no content type");
    let message = format!("the answer (HTTP {status}, {form}) is not one of AWS's API");
    Error::new(ErrorKind::Unreachable, attempted, message).with_remedy(remedy_unreachable(attempted))
}

/// The class of an error code. Sources: the *Errors* section of each operation's page in the API references of Amazon
/// ECS, EC2, EFS, Elastic Load Balancing, API Gateway, CloudWatch Logs, AWS WAF and AWS IAM, and the common errors of each.
fn kind(code: &str, message: &str) -> ErrorKind {
    let has = |words: &[&str]| words.iter().any(|word| code.contains(word));
    if has(&[
        "Throttl",
        "RequestLimitExceeded",
        "TooManyRequests",
        "SlowDown",
        "PriorRequestNotComplete",
    ]) {
        ErrorKind::Throttled
    } else if is_about_credentials(code) || has(&["AccessDenied", "Unauthorized", "NotAuthorized", "OptInRequired"]) {
        ErrorKind::Denied
    } else if has(&["NotFound", "NoSuchEntity", "WAFNonexistentItem"]) {
        ErrorKind::NotFound
    } else if has(&[
        "AlreadyExist",
        ".Duplicate",
        "DuplicateLoadBalancer",
        "DuplicateListener",
        "ResourceExists",
    ]) || message.contains("was not idempotent")
    {
        ErrorKind::AlreadyExists
    } else if has(&[
        "LimitExceeded",
        "QuotaExceeded",
        "NoFreeAddresses",
        "InsufficientFreeAddresses",
        "TooMany",
    ]) {
        ErrorKind::LimitExceeded
    } else if has(&[
        "InUse",
        "Conflict",
        "DependencyViolation",
        "ClusterContains",
        "InProgress",
        "ConcurrentUpdate",
        "ResourceContention",
        "Incorrect",
        "NotActive",
        "ConcurrentModification",
        "OperationAborted",
        "UnmodifiableEntity",
        "OperationNotPermitted",
    ]) {
        ErrorKind::Conflict
    } else if has(&[
        "Invalid",
        "Validation",
        "Malformed",
        "BadRequest",
        "Missing",
        "Unsupported",
        "PlatformUnknown",
        "PlatformTaskDefinitionIncompatibility",
        "ClientException",
        "PolicyNotAttachable",
    ]) {
        ErrorKind::Invalid
    } else {
        ErrorKind::Other
    }
}

/// Whether a code says that AWS does not accept who is calling, whatever was called.
fn is_about_credentials(code: &str) -> bool {
    const CODES: [&str; 9] = [
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "AuthFailure",
        "MissingAuthenticationToken",
    ];
    CODES.contains(&code)
}

fn remedy(kind: ErrorKind, code: &str, attempted: &str, message: &str) -> Option<String> {
    match kind {
        ErrorKind::Denied if is_about_credentials(code) => Some(
            "AWS does not accept the credentials any more. Renew them (for example with `aws sso login`) and apply again."
                .to_owned(),
        ),
        ErrorKind::Denied => Some(remedy_denied(attempted, message)),
        ErrorKind::Throttled => Some(
            "The account's rate of calls is used up, also by others. Apply again later, or raise `max_retries` in the \
             provider block."
                .to_owned(),
        ),
        ErrorKind::LimitExceeded => {
            Some("Ask for a higher quota in the Service Quotas console, or delete what is not needed, and apply again.".to_owned())
        }
        ErrorKind::Invalid => Some(
            "Change what AWS objects to in the configuration, and apply again. Where it is nothing that you wrote, please \
             report it to the provider's authors, with the request id."
                .to_owned(),
        ),
        ErrorKind::NotFound => Some(
            "What AWS does not find may have been deleted meanwhile, or belong to another account or region. Plan again: the \
             plan then shows what stands."
                .to_owned(),
        ),
        ErrorKind::AlreadyExists => Some(
            "Choose another name, or delete what has the name now, and apply again.".to_owned(),
        ),
        ErrorKind::Conflict => Some(
            "Wait until what AWS names has ended, or take away what is in the way, and apply again: the next run goes on where \
             this one stopped."
                .to_owned(),
        ),
        ErrorKind::Other => Some(
            "The failure is on AWS's side. Look at the AWS Health Dashboard, and apply again: the next run goes on where this \
             one stopped."
                .to_owned(),
        ),
        _ => None,
    }
}

/// Names the missing permission as AWS does: `… is not authorized to perform: ACTION on resource: RESOURCE because …`.
fn remedy_denied(attempted: &str, message: &str) -> String {
    let after = |mark: &str| {
        let (_, rest) = message.split_once(mark)?;
        rest.split_whitespace()
            .next()
            .map(|word| word.trim_end_matches([',', '.']))
    };
    let action = after("not authorized to perform: ").unwrap_or(attempted);
    let resource = after("on resource: ").unwrap_or("*");
    let statement = format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}"#);
    if message.contains("explicit deny") {
        return format!(
            "A policy denies {action} on {resource} in so many words: have it changed (an identity's policy, a permissions \
             boundary, or one of the organisation's)."
        );
    }
    format!("Allow {action} to the identity that runs Terraform, for example with the statement {statement}.")
}

fn remedy_unreachable(attempted: &str) -> String {
    let service = attempted.split(':').next().unwrap_or(attempted);
    format!(
        "Check that this machine reaches the {service} endpoint: network, name resolution, `http_proxy`/`https_proxy`, the \
         region, and `endpoints` or AWS_ENDPOINT_URL where they are set. Then apply again."
    )
}

/// An error's words and what caused it, without repeating what has been said already.
fn chain(mut text: String, mut cause: Cause<'_>) -> String {
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = error.source();
    }
    text
}

fn caused_by_credentials(mut cause: Cause<'_>) -> bool {
    while let Some(error) = cause {
        if error.is::<CredentialsError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::ask;
    use crate::testing::{Answer, Stage};

    async fn describe(answer: Answer) -> Error {
        let stage = Stage::answering(move |_| answer.clone());
        let call = stage.call();
        ask(&call, "ecs:DescribeClusters", call.world.ecs.describe_clusters().send())
            .await
            .unwrap_err()
    }

    #[tokio::test]
    async fn a_refusal_keeps_awss_words_code_and_request_id() {
        let error = describe(Answer::refused("ClusterNotFoundException", "Cluster not found.")).await;
        assert_eq!(error.kind, ErrorKind::NotFound);
        assert_eq!(error.code.as_deref(), Some("ClusterNotFoundException"));
        assert_eq!(error.message, "Cluster not found.");
        assert_eq!(error.request_id.as_deref(), Some("request-1"));
        assert_eq!(error.attempted, "ecs:DescribeClusters");
    }

    #[tokio::test]
    async fn an_answer_in_html_is_no_answer_of_the_api() {
        let error = describe(Answer::html(500, "<html>Internal Server Error</html>")).await;
        assert_eq!(error.kind, ErrorKind::Unreachable);
        assert!(
            error.message.contains("HTTP 500") && error.message.contains("text/html"),
            "{}",
            error.message
        );
        assert!(error.remedy.unwrap().contains("ecs endpoint"));
    }

    #[tokio::test]
    async fn a_refused_connection_says_what_to_check() {
        let error = describe(Answer::Lost).await;
        assert_eq!(error.kind, ErrorKind::Unreachable);
        assert!(error.message.contains("connection reset"), "{}", error.message);
    }

    #[tokio::test]
    async fn a_denial_names_the_statement_that_is_missing() {
        let message = "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iam:PassRole on resource: \
                       arn:aws:iam::123456789012:role/x because no identity-based policy allows the iam:PassRole action";
        let error = describe(Answer::refused("AccessDeniedException", message)).await;
        assert_eq!(error.kind, ErrorKind::Denied);
        let remedy = error.remedy.unwrap();
        assert!(
            remedy.contains(r#""Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/x""#),
            "{remedy}"
        );
    }

    #[tokio::test]
    async fn a_request_that_aws_repeats_is_not_told_on() {
        let message = "The request signature we calculated does not match.\\n\\nThe Canonical String for this request should \
                       have been\\n'POST\\nx-amz-security-token:hunter2'";
        let error = describe(Answer::refused("InvalidSignatureException", message)).await;
        assert_eq!(error.message, "The request signature we calculated does not match.");
    }

    #[test]
    fn codes_have_their_classes() {
        for (code, expected) in [
            ("ThrottlingException", ErrorKind::Throttled),
            ("RequestLimitExceeded", ErrorKind::Throttled),
            ("UnauthorizedOperation", ErrorKind::Denied),
            ("ExpiredTokenException", ErrorKind::Denied),
            ("AccessDenied", ErrorKind::Denied),
            ("InvalidGroup.NotFound", ErrorKind::NotFound),
            ("NoSuchEntity", ErrorKind::NotFound),
            ("EntityAlreadyExists", ErrorKind::AlreadyExists),
            ("InvalidGroup.Duplicate", ErrorKind::AlreadyExists),
            ("InvalidGroup.InUse", ErrorKind::Conflict),
            ("DependencyViolation", ErrorKind::Conflict),
            ("DeleteConflict", ErrorKind::Conflict),
            ("FileSystemInUse", ErrorKind::Conflict),
            ("UpdateInProgressException", ErrorKind::Conflict),
            ("ScalingActivityInProgress", ErrorKind::Conflict),
            ("ResourceContention", ErrorKind::Conflict),
            ("ConcurrentUpdateException", ErrorKind::Conflict),
            (
                "InvalidLaunchTemplateName.AlreadyExistsException",
                ErrorKind::AlreadyExists,
            ),
            ("InvalidLaunchTemplateId.NotFound", ErrorKind::NotFound),
            ("IncorrectFileSystemLifeCycleState", ErrorKind::Conflict),
            ("SecurityGroupLimitExceeded", ErrorKind::LimitExceeded),
            ("LimitExceeded", ErrorKind::LimitExceeded),
            ("InvalidParameterException", ErrorKind::Invalid),
            ("MalformedPolicyDocument", ErrorKind::Invalid),
            ("ClientException", ErrorKind::Invalid),
            ("DuplicateLoadBalancerName", ErrorKind::AlreadyExists),
            ("DuplicateListener", ErrorKind::AlreadyExists),
            ("ResourceExistsException", ErrorKind::AlreadyExists),
            ("OperationNotPermitted", ErrorKind::Conflict),
            ("TooManyLoadBalancers", ErrorKind::LimitExceeded),
            ("TooManyRequestsException", ErrorKind::Throttled),
            ("WAFNonexistentItemException", ErrorKind::NotFound),
            ("ServerException", ErrorKind::Other),
        ] {
            assert_eq!(kind(code, ""), expected, "{code}");
        }
        let taken = kind("InvalidParameterException", "Creation of service was not idempotent.");
        assert_eq!(taken, ErrorKind::AlreadyExists);
    }
}
