//! What follows from where a case has come to, found out once.
//!
//! What an operation does depends on what is on AWS and in the state. Where both are as they were after another case, and the
//! same is to be done, the same follows: throttled, refused and cut off at one call, a create has undone the same parts, and
//! the next apply begins from the same. That AWS holds the same is told by the changes that it was asked for and made.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use super::judge::{Case, decoded};
use super::scenario::{Operation, parts};
use super::stage::Stage;
use super::terraform::{Ran, Terraform};
use super::wire::Wire;

/// Where a case has come to: what is to be done, what the state holds, and what AWS has done, in any order. Ids that AWS
/// chose anew read as the part that has them, or as any other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Point {
    operation: Operation,
    killed: bool,
    state: String,
    done: Vec<String>,
}

impl Point {
    /// Where the case stands now.
    pub fn of(case: &Case, stage: &Stage, wire: &Wire, terraform: &Terraform, ran: &Ran) -> Self {
        let done = wire.done();
        Self {
            operation: case.operation,
            killed: ran.killed,
            ..Self::plain(
                stage.words(case.operation),
                terraform,
                done.iter().map(|done| in_order(done)),
            )
        }
    }

    /// A deployment that stands, and was just read and found as it is to be: it is what is on AWS that counts, and not how it
    /// came there.
    pub fn standing(case: &Case, stage: &Stage, wire: &Wire, terraform: &Terraform) -> Self {
        Self::plain(stage.words(case.operation), terraform, wire.inventory())
    }

    fn plain(old: &HashSet<String>, terraform: &Terraform, done: impl IntoIterator<Item = String>) -> Self {
        let mut ids: Vec<(String, String)> = parts(terraform)
            .into_iter()
            .flat_map(|part| part.ids.into_iter().map(move |id| (id, format!("<{}>", part.key))))
            .collect();
        ids.sort_by_key(|(id, _)| std::cmp::Reverse(id.len()));
        let plain = |text: &str| {
            let text = ids
                .iter()
                .fold(text.to_owned(), |text, (id, name)| text.replace(id.as_str(), name));
            without_chance(&text, old)
        };
        let mut done: Vec<String> = done.into_iter().map(|done| plain(&done)).collect();
        done.sort();
        Self {
            operation: Operation::Destroy,
            killed: false,
            state: plain(&terraform.remembered()),
            done,
        }
    }
}

/// The beginnings of the operations whose work leaves no trace on AWS once it is undone. The others' does: clusters, services
/// and revisions stay to be seen as inactive, instances as terminated, and a secret's name is taken for a while.
const TRACELESS: [&str; 8] = [
    "application-autoscaling:",
    "apigatewayv2:",
    "autoscaling:",
    "ec2:AuthorizeSecurityGroup",
    "efs:",
    "elbv2:",
    "iam:",
    "logs:",
];

impl Point {
    /// The same where all that was made is gone again: only the traces count, and not in which order calls overtook another.
    pub fn undone(mut self) -> Self {
        self.done
            .retain(|done| !TRACELESS.iter().any(|begins| done.starts_with(begins)));
        self
    }
}

/// What followed from each point.
#[derive(Debug, Default)]
pub struct Seen(Mutex<HashMap<Point, Result<(), String>>>);

impl Seen {
    /// What follows from that point: found out, unless it is known.
    pub fn once(&self, point: Point, find: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
        let known = self.0.lock().unwrap().get(&point).cloned();
        known.unwrap_or_else(|| {
            let found = find();
            self.0.lock().unwrap().insert(point, found.clone());
            found
        })
    }

    /// How many points there were.
    pub fn points(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

/// The words of a text.
pub fn words(text: &str) -> HashSet<String> {
    split(text).map(str::to_owned).collect()
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// A text in which ids that are new read alike: words of eight hexadecimal digits and more, and what follows in an UUID.
fn without_chance(text: &str, old: &HashSet<String>) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        let long = word.len() >= if plain.ends_with("#-") { 4 } else { 8 };
        let is_id = long && word.bytes().all(|byte| byte.is_ascii_hexdigit()) && !old.contains(&word);
        plain += if is_id { "#" } else { &word };
        word.clear();
        plain.push(c);
    }
    plain
}

/// A change in its plain form: a form without its escapes, JSON in one order.
fn in_order(done: &str) -> String {
    let json = done.split_once('{').and_then(|(call, body)| {
        let body: serde_json::Value = serde_json::from_str(&format!("{{{body}")).ok()?;
        Some(format!("{call}{body}"))
    });
    json.unwrap_or_else(|| decoded(done))
}
