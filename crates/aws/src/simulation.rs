//! Asking IAM beforehand what a principal may do (AWS IAM API, `SimulatePrincipalPolicy`). IAM answers by the principal's own
//! policies and boundary, and by those of the organisation that it knows of; resource policies and what conditions say of
//! the moment (addresses, times) it does not know.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::types::{ContextEntry, ContextKeyTypeEnum, PolicyEvaluationDecisionType};
use futures::stream::{self, StreamExt, TryStreamExt};

use super::Aws;
use super::error::{refusal, unless_absent};
use super::permissions::Site;
use engine::{Error, ErrorKind, Need, Permission, Result};

const SIMULATE: &str = "iam:SimulatePrincipalPolicy";

/// How many simulations run at once: IAM admits few per second.
const AT_ONCE: usize = 4;

/// One combination of conditions: each key with one value.
type Circumstances = BTreeMap<String, String>;

/// What a preflight takes, whoever makes it: the deployer is seldom known to whom writes the policy.
pub fn preflight(aws: &Aws) -> Vec<Permission> {
    let site = Site::new(aws, "");
    [
        site.iam("role/*")
            .and(site.iam("user/*"))
            .called(["iam:SimulatePrincipalPolicy"]),
        site.iam("role/*").helpful(["iam:GetRole"]),
    ]
    .concat()
}

/// Those of the permissions that the caller lacks, in their order; whatever it can do without is not asked for. Nobody
/// limits an account's owner, so nothing is missing then.
///
/// # Errors
/// The caller is unknown, or IAM does not answer.
pub async fn missing<'p>(aws: &Aws, permissions: &[&'p Permission]) -> Result<Vec<&'p Permission>> {
    let source = match aws.caller.as_deref().map(Caller::of) {
        None => {
            return Err(Error::new(
                ErrorKind::Other,
                SIMULATE,
                "who calls is not known: skip_credentials_validation keeps the provider from asking",
            )
            .with_remedy("Leave out skip_credentials_validation, or preflight."));
        }
        Some(Caller::Owner) => return Ok(Vec::new()),
        Some(Caller::Principal(arn)) => arn.to_owned(),
        Some(Caller::Session(role)) => role_arn(aws, role).await?,
    };
    let denied = denied(aws, &source, permissions).await?;
    let lacks = |permission: &&Permission| denied.iter().any(|denied| denied.is(permission));
    Ok(permissions.iter().copied().filter(lacks).collect())
}

/// What a container of the AWS Marketplace calls. Source: AWS Marketplace seller guide, *Metering for container products*.
pub const METERING: [&str; 2] = ["aws-marketplace:MeterUsage", "aws-marketplace:RegisterUsage"];

/// What asking about a role takes, which one can do without.
pub fn of_role(aws: &Aws, role_arn: &str) -> Vec<Permission> {
    Site::new(aws, "")
        .exactly(role_arn)
        .helpful(["iam:SimulatePrincipalPolicy"])
}

/// Whether a role may do these actions on anything.
pub async fn role_may(aws: &Aws, role_arn: &str, actions: &[&str]) -> Result<bool> {
    let request = aws.iam.simulate_principal_policy().policy_source_arn(role_arn);
    let request = request.set_action_names(Some(actions.iter().map(|&action| action.to_owned()).collect()));
    let answer = request.send().await.map_err(|error| refusal(SIMULATE, &error))?;
    let decisions = answer.evaluation_results();
    Ok(!decisions.is_empty()
        && decisions
            .iter()
            .all(|result| *result.eval_decision() == PolicyEvaluationDecisionType::Allowed))
}

/// Who calls, as policies see it. Source: AWS IAM user guide, *IAM identifiers*.
#[derive(Debug, PartialEq, Eq)]
enum Caller<'a> {
    /// A user, by its ARN.
    Principal(&'a str),
    /// A session of a role, whose ARN holds the role's name without its path.
    Session(&'a str),
    /// The account itself.
    Owner,
}

impl<'a> Caller<'a> {
    fn of(arn: &'a str) -> Self {
        match arn.split_once(":assumed-role/") {
            Some((_, session)) => Self::Session(session.split('/').next().unwrap_or(session)),
            None if arn.ends_with(":root") => Self::Owner,
            None => Self::Principal(arn),
        }
    }
}

async fn role_arn(aws: &Aws, name: &str) -> Result<String> {
    let answer = aws.iam.get_role().role_name(name).send().await;
    match unless_absent(answer.map_err(|error| refusal("iam:GetRole", &error))) {
        Ok(Some(found)) => Ok(found.role.map(|role| role.arn).unwrap_or_default()),
        // Most roles have no path, and then their ARN is known without asking.
        Ok(None) | Err(_) => Ok(format!("arn:{}:iam::{}:role/{name}", aws.partition, aws.account_id)),
    }
}

/// What IAM is asked in one call: actions on one resource under one set of circumstances.
struct Question {
    actions: Vec<String>,
    resource: String,
    conditions: BTreeMap<String, BTreeSet<String>>,
    circumstances: Circumstances,
}

/// An action that the principal may not do.
struct Denied {
    action: String,
    resource: String,
    conditions: BTreeMap<String, BTreeSet<String>>,
}

impl Denied {
    fn is(&self, permission: &Permission) -> bool {
        self.action == permission.action
            && self.resource == permission.resource
            && self.conditions == permission.conditions
    }
}

async fn denied(aws: &Aws, source: &str, permissions: &[&Permission]) -> Result<Vec<Denied>> {
    let mut asked = Vec::new();
    for question in questions(permissions) {
        asked.push(ask(aws, source, question));
    }
    let answers: Vec<Vec<Denied>> = stream::iter(asked).buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(answers.into_iter().flatten().collect())
}

/// As few questions as cover the permissions that the caller cannot do without.
fn questions(permissions: &[&Permission]) -> Vec<Question> {
    let mut places: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for permission in permissions.iter().filter(|permission| permission.need != Need::Help) {
        let place = (&permission.resource, &permission.conditions);
        places.entry(place).or_default().insert(permission.action);
    }
    let mut questions = Vec::new();
    for ((resource, conditions), actions) in places {
        for circumstances in circumstances(conditions) {
            questions.push(Question {
                actions: actions.iter().map(|&action| action.to_owned()).collect(),
                resource: resource.clone(),
                conditions: conditions.clone(),
                circumstances,
            });
        }
    }
    questions
}

async fn ask(aws: &Aws, source: &str, question: Question) -> Result<Vec<Denied>> {
    let Question {
        actions,
        resource,
        conditions,
        circumstances,
    } = question;
    let context = circumstances.into_iter().map(|(key, value)| {
        ContextEntry::builder()
            .context_key_name(key)
            .context_key_type(ContextKeyTypeEnum::String)
            .context_key_values(value)
            .build()
    });
    let pages = aws
        .iam
        .simulate_principal_policy()
        .policy_source_arn(source)
        .resource_arns(&resource)
        .set_action_names(Some(actions))
        .set_context_entries(Some(context.collect()))
        .into_paginator()
        .items()
        .send();
    let results: std::result::Result<Vec<_>, _> = pages.collect().await;
    let results = results.map_err(|error| refusal(SIMULATE, &error))?;
    let refused = results
        .into_iter()
        .filter(|result| result.eval_decision != PolicyEvaluationDecisionType::Allowed);
    let denied = refused.map(|result| Denied {
        action: result.eval_action_name,
        resource: resource.clone(),
        conditions: conditions.clone(),
    });
    Ok(denied.collect())
}

/// Every combination of one value for each key: a policy must allow each of them.
fn circumstances(conditions: &BTreeMap<String, BTreeSet<String>>) -> Vec<Circumstances> {
    conditions
        .iter()
        .fold(vec![Circumstances::new()], |all, (key, values)| {
            let with = |circumstances: &Circumstances| {
                let each = values.iter().map(|value| {
                    let mut circumstances = circumstances.clone();
                    circumstances.insert(key.clone(), value.clone());
                    circumstances
                });
                each.collect::<Vec<_>>()
            };
            all.iter().flat_map(with).collect()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_are_told_apart_by_their_arns() {
        let user = "arn:aws:iam::123456789012:user/ops/ci";
        assert_eq!(Caller::of(user), Caller::Principal(user));
        assert_eq!(
            Caller::of("arn:aws:sts::123456789012:assumed-role/deployer/ci"),
            Caller::Session("deployer")
        );
        assert_eq!(Caller::of("arn:aws:iam::123456789012:root"), Caller::Owner);
    }

    #[test]
    fn each_value_of_a_condition_is_asked_for_alone() {
        let values = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<BTreeSet<_>>();
        let conditions = BTreeMap::from([("a".to_owned(), values(&["1", "2"])), ("b".to_owned(), values(&["3"]))]);
        let all = circumstances(&conditions);
        assert_eq!(all.len(), 2);
        assert!(all.iter().all(|one| one["b"] == "3") && all[0]["a"] != all[1]["a"]);
        assert_eq!(circumstances(&BTreeMap::new()), [Circumstances::new()]);
    }
}
