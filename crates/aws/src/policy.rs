//! IAM policy documents, typed: written from statements, read back, and compared by what they mean. Source: AWS IAM user
//! guide, *IAM JSON policy reference*.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::ids::{AccountId, RoleArn};

/// The version of the policy language.
const VERSION: &str = "2012-10-17";

/// A policy document. Two are equal when they say the same, whatever the order of statements and words, whether a single
/// word stands in a list, and whatever the statements are called.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    #[serde(default = "old_version")]
    version: String,
    #[serde(rename = "Statement", deserialize_with = "one_or_many_statements")]
    statements: BTreeSet<Statement>,
}

/// One statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    effect: Effect,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    principal: Option<Principals>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not_principal: Option<Principals>,
    #[serde(default, skip_serializing_if = "Words::is_empty")]
    action: Words,
    #[serde(default, skip_serializing_if = "Words::is_empty")]
    not_action: Words,
    #[serde(default, skip_serializing_if = "Words::is_empty")]
    resource: Words,
    #[serde(default, skip_serializing_if = "Words::is_empty")]
    not_resource: Words,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    condition: BTreeMap<String, BTreeMap<String, Words>>,
}

/// Whether a statement allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Effect {
    /// Allows.
    Allow,
    /// Denies, whatever else allows.
    Deny,
}

/// Whom a statement speaks of: names by their kind (`AWS`, `Service` …). A lone `*` means the same as `{"AWS": "*"}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
struct Principals(BTreeMap<String, Words>);

impl Principals {
    fn of(kind: &str, name: &str) -> Self {
        Self::all(kind, [name])
    }

    fn all<'n>(kind: &str, names: impl IntoIterator<Item = &'n str>) -> Self {
        Self([(kind.to_owned(), Words::of(names))].into())
    }
}

/// Words in no order; in a document a single one may stand without a list, and as a number or a truth value.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
struct Words(BTreeSet<String>);

impl Words {
    fn of<W: Into<String>>(words: impl IntoIterator<Item = W>) -> Self {
        Self(words.into_iter().map(Into::into).collect())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = |value: Value| match value {
            Value::String(text) => Ok(text),
            Value::Bool(truth) => Ok(truth.to_string()),
            Value::Number(number) => Ok(number.to_string()),
            other => Err(serde::de::Error::custom(format!("{other} is no word of a policy"))),
        };
        match Value::deserialize(deserializer)? {
            Value::Array(values) => values.into_iter().map(word).collect::<Result<_, _>>().map(Self),
            single => word(single).map(|word| Self::of([word])),
        }
    }
}

impl<'de> Deserialize<'de> for Principals {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(star) if star == "*" => Ok(Self::of("AWS", "*")),
            named => serde_json::from_value(named)
                .map(Self)
                .map_err(serde::de::Error::custom),
        }
    }
}

fn one_or_many_statements<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Statement>, D::Error> {
    let value = match Value::deserialize(deserializer)? {
        Value::Array(statements) => Value::Array(statements),
        single => Value::Array(vec![single]),
    };
    serde_json::from_value(value).map_err(serde::de::Error::custom)
}

/// What the language's version is where a document does not say.
fn old_version() -> String {
    "2008-10-17".to_owned()
}

impl Policy {
    /// A policy of these statements.
    pub fn new(statements: impl IntoIterator<Item = Statement>) -> Self {
        Self {
            version: VERSION.to_owned(),
            statements: statements.into_iter().collect(),
        }
    }

    /// Who may assume a role: an AWS service, only on behalf of this account and of these sources, so that the service
    /// cannot be made to act for somebody else. Source: AWS IAM user guide, *The confused deputy problem*.
    pub fn trust(service: &str, account: &AccountId, source_arn: &str) -> Self {
        Self::new([Statement::allow(["sts:AssumeRole"])
            .to_service(service)
            .when("StringEquals", "aws:SourceAccount", [account.as_str()])
            .when("ArnLike", "aws:SourceArn", [source_arn])])
    }

    /// Lets a service assume the role: EC2, which says nothing of whom it does so for.
    pub fn trust_service(service: &str) -> Self {
        Self::new([Statement::allow(["sts:AssumeRole"]).to_service(service)])
    }

    /// The document that a text holds, as it is or URL-encoded, as IAM gives it.
    ///
    /// # Errors
    /// What makes the text no policy.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        if text.trim_start().starts_with('{') {
            return serde_json::from_str(text);
        }
        serde_json::from_slice(&url_decoded(text))
    }

    /// The AWS principals (roles, accounts, everybody) that its statements speak of.
    pub fn principals(&self) -> BTreeSet<&str> {
        let principals = self
            .statements
            .iter()
            .filter_map(|statement| statement.principal.as_ref());
        let named = principals.filter_map(|principals| principals.0.get("AWS"));
        named.flat_map(|words| words.0.iter().map(String::as_str)).collect()
    }

    /// The services that its statements speak of.
    pub fn services(&self) -> BTreeSet<String> {
        let principals = self
            .statements
            .iter()
            .filter_map(|statement| statement.principal.as_ref());
        let named = principals.filter_map(|principals| principals.0.get("Service"));
        named.flat_map(|words| words.0.iter().cloned()).collect()
    }

    /// Whether every statement says whom it speaks of, and none of what: whether it can be a role's trust policy. Source:
    /// AWS IAM user guide, *IAM JSON policy elements: Resource*.
    pub fn can_be_trust(&self) -> bool {
        let fits = |statement: &Statement| {
            (statement.principal.is_some() || statement.not_principal.is_some())
                && statement.resource.is_empty()
                && statement.not_resource.is_empty()
        };
        !self.statements.is_empty() && self.statements.iter().all(fits)
    }

    /// The document as AWS takes it.
    pub fn to_json(&self) -> String {
        // Maps with text keys, lists and texts: nothing that JSON cannot hold.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

impl Statement {
    fn new(effect: Effect, actions: Words) -> Self {
        Self {
            effect,
            principal: None,
            not_principal: None,
            action: actions,
            not_action: Words::default(),
            resource: Words::default(),
            not_resource: Words::default(),
            condition: BTreeMap::new(),
        }
    }

    /// Allows these actions.
    pub fn allow<W: Into<String>>(actions: impl IntoIterator<Item = W>) -> Self {
        Self::new(Effect::Allow, Words::of(actions))
    }

    /// Denies these actions.
    pub fn deny<W: Into<String>>(actions: impl IntoIterator<Item = W>) -> Self {
        Self::new(Effect::Deny, Words::of(actions))
    }

    /// On these resources.
    #[must_use]
    pub fn on<W: Into<String>>(mut self, resources: impl IntoIterator<Item = W>) -> Self {
        self.resource = Words::of(resources);
        self
    }

    /// To an AWS service.
    #[must_use]
    pub fn to_service(mut self, service: &str) -> Self {
        self.principal = Some(Principals::of("Service", service));
        self
    }

    /// To roles.
    #[must_use]
    pub fn to_roles<'r>(mut self, roles: impl IntoIterator<Item = &'r RoleArn>) -> Self {
        self.principal = Some(Principals::all("AWS", roles.into_iter().map(RoleArn::as_str)));
        self
    }

    /// To these AWS principals, by their ARNs or account ids.
    #[must_use]
    pub fn to_aws<W: Into<String>>(mut self, principals: impl IntoIterator<Item = W>) -> Self {
        self.principal = Some(Principals([("AWS".to_owned(), Words::of(principals))].into()));
        self
    }

    /// To everybody.
    #[must_use]
    pub fn to_everybody(mut self) -> Self {
        self.principal = Some(Principals::of("AWS", "*"));
        self
    }

    /// Only where the condition holds.
    #[must_use]
    pub fn when<W: Into<String>>(mut self, operator: &str, key: &str, values: impl IntoIterator<Item = W>) -> Self {
        self.condition
            .entry(operator.to_owned())
            .or_default()
            .insert(key.to_owned(), Words::of(values));
        self
    }
}

/// A text with its `%XX` turned back into bytes; what is no such escape stays as it is.
fn url_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.extend(u8::try_from(high * 16 + low));
                at += 3;
            }
            (byte, ..) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_that_say_the_same_are_equal() {
        let ours = Policy::trust(
            "ecs-tasks.amazonaws.com",
            &"123456789012".into(),
            "arn:aws:ecs:us-east-1:123456789012:*",
        );
        let awss = r#"{
            "Statement": {
                "Sid": "x",
                "Condition": {
                    "ArnLike": {"aws:SourceArn": ["arn:aws:ecs:us-east-1:123456789012:*"]},
                    "StringEquals": {"aws:SourceAccount": "123456789012"}
                },
                "Principal": {"Service": ["ecs-tasks.amazonaws.com"]},
                "Action": ["sts:AssumeRole"],
                "Effect": "Allow"
            },
            "Version": "2012-10-17"
        }"#;
        assert_eq!(Policy::parse(awss).unwrap(), ours);
        assert_eq!(Policy::parse(&ours.to_json()).unwrap(), ours);
    }

    #[test]
    fn documents_that_say_something_else_differ() {
        let ours = Policy::trust(
            "ecs-tasks.amazonaws.com",
            &"123456789012".into(),
            "arn:aws:ecs:us-east-1:123456789012:*",
        );
        for (from, to) in [
            ("Allow", "Deny"),
            ("ecs-tasks", "ec2"),
            ("StringEquals", "StringLike"),
            ("2012-10-17", "2008-10-17"),
            (r#""Action""#, r#""NotAction""#),
            (r#""Principal""#, r#""NotPrincipal""#),
        ] {
            let other = ours.to_json().replace(from, to);
            assert_ne!(Policy::parse(&other).unwrap(), ours, "{other}");
        }
    }

    #[test]
    fn answers_of_iam_are_url_encoded() {
        let text = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22\
                    %3A%22s3%3AGet%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D";
        assert_eq!(
            Policy::parse(text).unwrap(),
            Policy::new([Statement::allow(["s3:Get*"]).on(["*"])])
        );
    }

    #[test]
    fn numbers_and_truths_are_words_too() {
        let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*",
            "Condition": {"Bool": {"aws:SecureTransport": false}, "NumericLessThan": {"aws:MultiFactorAuthAge": 3600}}}]}"#;
        let policy = Policy::parse(text).unwrap();
        let json = policy.to_json();
        assert!(
            json.contains(r#"{"aws:SecureTransport":["false"]}"#) && json.contains(r#"["3600"]"#),
            "{json}"
        );
        assert_eq!(policy.principals(), BTreeSet::from(["*"]));
    }

    #[test]
    fn a_trust_policy_names_principals_and_no_resources() {
        let trusting = Statement::allow(["sts:AssumeRole"]).to_aws(["arn:aws:iam::123456789012:root"]);
        assert!(Policy::new([trusting.clone()]).can_be_trust());
        assert!(!Policy::new([trusting.clone().on(["*"])]).can_be_trust());
        assert!(!Policy::new([trusting, Statement::allow(["s3:Get*"])]).can_be_trust());
        assert!(!Policy::new([]).can_be_trust());
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "[]",
            "{}",
            "%7",
            r#"{"Statement": [{"Effect": "Perhaps"}]}"#,
            r#"{"Statement": 7}"#,
        ] {
            assert!(Policy::parse(text).is_err(), "{text}");
        }
    }
}
