//! What all objects of Amazon EC2 share: how they are named, tagged, and looked for by their tags.

use std::future::Future;
use std::time::Duration;

use aws_sdk_ec2::config::Builder;
use aws_sdk_ec2::types::{Filter, ResourceType, Tag, TagSpecification};
use aws_smithy_types::retry::RetryConfig;
use tokio::time::Instant;
use uuid::Uuid;

use super::error::ask;
use super::retry::retry_while;
use super::retry::vpc::THROTTLED;
use super::{Aws, tags};
use crate::engine::{Call, Error, ErrorKind, Identity, Result, TAG_COMPONENT, TAG_DEPLOYMENT, TAG_DEPLOYMENT_ID, Tags};

/// How long after each lost answer what was asked for is looked for.
const LOST: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(5)];

/// The address of an object of that kind and id. EC2 answers no ARNs for most kinds; they are built as the *Service
/// authorization reference* has them.
pub(super) fn identity(call: &Call<'_, Aws>, kind: &ResourceType, id: &str) -> Identity {
    let Aws {
        partition,
        region,
        account_id,
        ..
    } = call.world;
    Identity {
        id: id.to_owned(),
        arn: Some(format!(
            "arn:{partition}:ec2:{region}:{account_id}:{}/{id}",
            kind.as_str()
        )),
    }
}

/// The tags that a new object of that kind is made with.
pub(super) fn tagged(call: &Call<'_, Aws>, kind: ResourceType) -> TagSpecification {
    TagSpecification::builder()
        .resource_type(kind)
        .set_tags(Some(tags::to_ec2(call.tags)))
        .build()
}

/// A filter with one value.
pub(super) fn filter(name: impl Into<String>, value: impl Into<String>) -> Filter {
    Filter::builder().name(name).values(value).build()
}

/// The filters that find the component's object by its tags, whoever owns it.
pub(super) fn sought(call: &Call<'_, Aws>) -> Vec<Filter> {
    vec![
        filter(format!("tag:{TAG_DEPLOYMENT}"), call.name),
        filter(format!("tag:{TAG_COMPONENT}"), call.key.base().as_str()),
    ]
}

/// Of several objects found by their tags, the one of this very deployment, else the first.
pub(super) fn ours_or_first<T>(call: &Call<'_, Aws>, mut found: Vec<T>, tags: impl Fn(&T) -> &[Tag]) -> Option<T> {
    let is_ours = |object: &T| {
        let id = tags::from_ec2(tags(object)).remove(TAG_DEPLOYMENT_ID);
        id.as_deref() == Some(call.deployment.as_str())
    };
    let place = found.iter().position(is_ours).unwrap_or_default();
    (place < found.len()).then(|| found.swap_remove(place))
}

/// Sets and removes tags.
pub(super) async fn retag(call: &Call<'_, Aws>, id: &str, set: &Tags, remove: &[String]) -> Result<()> {
    let ec2 = &call.world.ec2;
    if !set.is_empty() {
        let request = ec2.create_tags().resources(id).set_tags(Some(tags::to_ec2(set)));
        ask(call, "ec2:CreateTags", request.send()).await?;
    }
    if !remove.is_empty() {
        let names = remove.iter().map(|name| Tag::builder().key(name).build()).collect();
        let request = ec2.delete_tags().resources(id).set_tags(Some(names));
        ask(call, "ec2:DeleteTags", request.send()).await?;
    }
    Ok(())
}

/// A fresh idempotency token.
pub(super) fn token() -> String {
    Uuid::new_v4().to_string()
}

/// The settings of a create that knows no client token: the SDK, trying again after an answer that was lost, would make a
/// second one. See [`made_once`].
pub(super) fn sent_once() -> Builder {
    Builder::new().retry_config(RetryConfig::disabled())
}

/// Makes an object by a create that knows no client token. Where the answer is lost, the object is looked for by its tags
/// after a while (EC2 knows of it a little later), and made again only where there is none.
///
/// # Errors
/// What the create was refused with; that its answer was lost, where the object stands: whoever asked finds it.
pub(super) async fn made_once<T, F, Attempt, L, Look>(call: &Call<'_, Aws>, attempt: F, look: L) -> Result<T>
where
    F: Fn() -> Attempt,
    Attempt: Future<Output = Result<T>>,
    L: Fn() -> Look,
    Look: Future<Output = Result<Option<Identity>>>,
{
    let mut pauses = LOST.into_iter();
    loop {
        let lost = match retry_while(call, &THROTTLED, &attempt).await {
            Err(error) if is_lost(&error) => error,
            other => return other,
        };
        let Some(pause) = pauses.next().filter(|pause| Instant::now() + *pause < call.deadline) else {
            return Err(lost);
        };
        tokio::select! {
            biased;
            () = call.cancel.cancelled() => return Err(lost),
            () = tokio::time::sleep(pause) => {}
        }
        if look().await?.is_some() {
            return Err(lost);
        }
        tracing::debug!(component = %call.key, error = %lost, "nothing was made: trying again");
    }
}

/// Whether it cannot be told if the work was done: no answer, or EC2's word for a failure of its own (Amazon EC2 API,
/// *Server error codes*).
fn is_lost(error: &Error) -> bool {
    const CODES: [&str; 4] = ["InternalError", "InternalFailure", "ServiceUnavailable", "Unavailable"];
    let is_server_error = error.code.as_deref().is_some_and(|code| CODES.contains(&code));
    error.kind == ErrorKind::Unreachable || is_server_error
}

/// What EC2 tells, with a success, of one of several objects that it did nothing about.
pub(super) fn unsuccessful(attempted: &str, items: &[aws_sdk_ec2::types::UnsuccessfulItem]) -> Option<Error> {
    let error = items.first()?.error()?;
    let code = error.code().unwrap_or_default();
    Some(super::error::spoken(
        attempted,
        code,
        error.message().unwrap_or("AWS gave no reason"),
    ))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::aws::testing::{Answer, Stage};

    fn lost() -> Error {
        Error::new(ErrorKind::Unreachable, "ec2:CreateVpc", "connection reset")
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_lost_answer_made_is_not_made_again() {
        let stage = Stage::answering(|_| Answer::Lost);
        let (call, attempts) = (stage.call(), Cell::new(0));
        let attempt = || async {
            attempts.set(attempts.get() + 1);
            Err::<(), _>(lost())
        };
        let stands = || async {
            Ok(Some(Identity {
                id: "vpc-1".into(),
                arn: None,
            }))
        };
        assert_eq!(made_once(&call, attempt, stands).await, Err(lost()));
        assert_eq!(attempts.get(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_not_made_is_tried_again() {
        let stage = Stage::answering(|_| Answer::Lost);
        let (call, attempts) = (stage.call(), Cell::new(0));
        let attempt = || async {
            attempts.set(attempts.get() + 1);
            if attempts.get() < 3 { Err(lost()) } else { Ok("made") }
        };
        assert_eq!(made_once(&call, attempt, || async { Ok(None) }).await, Ok("made"));
        attempts.set(-10);
        assert_eq!(made_once(&call, attempt, || async { Ok(None) }).await, Err(lost()));
        assert_eq!(attempts.get(), -7, "not for ever");
    }
}
