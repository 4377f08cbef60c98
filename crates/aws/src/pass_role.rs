//! Refusals to pass a role to a service: of a role that was just made they end by themselves, of any other they mean what
//! they say.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::Aws;
use super::ask::ask;
use super::ids::RoleArn;
use engine::{Call, Error, ErrorKind};

/// How long a new role may be unknown to a service. Source: AWS IAM user guide, *Troubleshoot IAM*, "Changes that I make
/// are not always immediately visible".
pub const PROPAGATION: Duration = Duration::from_mins(1);

/// From which age on a role counts as known everywhere: well beyond [`PROPAGATION`], since this machine's clock may differ
/// from AWS's by minutes before AWS refuses to talk to it.
const SETTLED: Duration = Duration::from_mins(10);

/// Whether AWS refuses to let the caller pass a role.
pub fn is_refusal(error: &Error) -> bool {
    error.kind == ErrorKind::Denied && error.message.contains("iam:PassRole")
}

/// How long such a refusal may end by itself: not at all, where the role that it names has stood for a while.
pub async fn patience(call: &Call<'_, Aws>, refusal: &Error) -> Duration {
    match age(call, refusal).await {
        Some(age) if age >= SETTLED => Duration::ZERO,
        _ => PROPAGATION,
    }
}

/// How old the role is that the refusal names; `None` where that cannot be told (AWS IAM API, `GetRole`).
async fn age(call: &Call<'_, Aws>, refusal: &Error) -> Option<Duration> {
    let (_, named) = refusal.message.split_once("on resource: ")?;
    let arn = RoleArn::from(named.split_whitespace().next()?.trim_end_matches(['.', ',']));
    let request = call.world.iam.get_role().role_name(arn.role_name());
    let role = ask(call, "iam:GetRole", request.send()).await.ok()?.role?;
    let made = Duration::from_secs(role.create_date().secs().try_into().ok()?);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    (role.arn() == arn.as_str()).then(|| now.saturating_sub(made))
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;
    use crate::retry::{START_TOO_EARLY, retry_while};
    use crate::testing::{Answer, Stage};

    const REFUSAL: &str = "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iam:PassRole on resource: \
                           arn:aws:iam::123456789012:role/demo because no identity-based policy allows the iam:PassRole action";

    fn role(created: &str) -> Answer {
        Answer::xml(format!(
            "<GetRoleResponse><GetRoleResult><Role><Path>/</Path><RoleName>demo</RoleName><RoleId>AROA1</RoleId>\
             <Arn>arn:aws:iam::123456789012:role/demo</Arn><CreateDate>{created}</CreateDate></Role></GetRoleResult>\
             </GetRoleResponse>"
        ))
    }

    /// How long a refusal to run a task is taken for one that ends by itself, and how often IAM is asked.
    async fn tried(role: Answer) -> (Duration, usize) {
        let stage = Stage::answering(move |asked| match asked.operation.as_str() {
            "GetRole" => role.clone(),
            _ => Answer::refused("AccessDeniedException", REFUSAL),
        });
        let call = stage.call();
        let begun = Instant::now();
        let refused = retry_while(&call, &START_TOO_EARLY, || {
            ask(
                &call,
                "ecs:RunTask",
                call.world.ecs.run_task().task_definition("demo").send(),
            )
        });
        let error = refused.await.unwrap_err();
        assert!(error.message.contains("iam:PassRole"), "{}", error.message);
        let asked = stage
            .operations()
            .iter()
            .filter(|operation| *operation == "GetRole")
            .count();
        (begun.elapsed(), asked)
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_to_pass_an_old_role_is_told_at_once() {
        assert_eq!(tried(role("2020-01-01T00:00:00Z")).await, (Duration::ZERO, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_role_gets_the_time_to_become_known_and_no_more() {
        for answer in [
            role("2999-01-01T00:00:00Z"),
            Answer::refused_xml("AccessDenied", "You may not look at roles."),
        ] {
            let (waited, asked) = tried(answer).await;
            assert!(waited.abs_diff(PROPAGATION) < Duration::from_millis(5), "{waited:?}");
            assert_eq!(asked, 1);
        }
    }
}
