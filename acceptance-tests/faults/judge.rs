//! What a case must come to, and what it came to.

use std::collections::BTreeSet;
use std::fmt;

use framework::Diagnostic;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::chance;
use super::fault::Fault;
use super::odd::is_nameless;
use super::reply::REQUEST_ID;
use super::scenario::{Operation, Scenario, parts};
use super::seen::Point;
use super::stage::Stage;
use super::terraform::{Ran, Terraform};
use super::wire::{Strike, Wire, writes};

/// One case of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Case {
    /// The scenario.
    pub scenario: String,
    /// What is done.
    pub operation: Operation,
    /// Which operation of AWS is struck.
    pub call: String,
    /// Which of its calls, from 0.
    pub nth: usize,
    /// With what.
    pub fault: Fault,
}

/// What a case came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The operation did what it was to do.
    Completed,
    /// It failed, and said what a user needs to know.
    Told,
    /// It was killed, and could be gone on from.
    Resumed,
    /// The call was not made this time.
    Unreached,
    /// Anything else: why.
    Wrong(String),
}

impl Verdict {
    /// In a word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Told => "told",
            Self::Resumed => "resumed",
            Self::Unreached => "unreached",
            Self::Wrong(_) => "WRONG",
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            scenario,
            operation,
            call,
            nth,
            fault,
        } = self;
        write!(f, "{scenario} {operation:?} {call}#{nth} {fault:?}")
    }
}

/// Objects of the inventory that come and go with others and are no parts.
const DERIVED: [&str; 8] = [
    "ecs-task",
    "ecs-container-instance",
    "network-interface",
    "instance",
    "volume",
    "iam-role-attachment",
    "iam-role-policy",
    "efs-mount-target-interface",
];

/// Runs a case.
pub fn run(case: &Case, scenario: &Scenario, stage: &Stage) -> Verdict {
    match judged(case, scenario, stage) {
        Ok(verdict) => verdict,
        Err(why) => Verdict::Wrong(why),
    }
}

fn judged(case: &Case, scenario: &Scenario, stage: &Stage) -> Result<Verdict, String> {
    let (wire, mut terraform) = stage.start(scenario, case.operation);
    wire.expect(Some(Strike {
        operation: case.call.clone(),
        nth: case.nth,
        fault: case.fault,
    }));
    let patience = std::mem::replace(&mut terraform.provider["max_retries"], max_retries(case));
    let ran = case.operation.run(&mut terraform);
    terraform.provider["max_retries"] = patience;
    if wire.struck() == 0 {
        return Ok(Verdict::Unreached);
    }
    if matches!(case.operation, Operation::Read | Operation::Import)
        && let Some(write) = wire.calls().into_iter().find(super::wire::Call::writes)
    {
        return Err(format!("a read changed something: {write:?}"));
    }
    if let Fault::Odd(_) = case.fault {
        understood(&wire, &ran)?;
    }
    let verdict = if ran.killed {
        Verdict::Resumed
    } else if ran.succeeded() {
        Verdict::Completed
    } else if case.fault.passes() {
        return Err(format!("it was to pass, and failed:\n{}", ran.text()));
    } else {
        explained(case, stage, &terraform, &ran)?;
        Verdict::Told
    };
    follow(case, scenario, stage, &wire, &mut terraform, &ran)?;
    Ok(verdict)
}

/// What follows from where a case has come: nothing is lost, and what is done next goes on from there.
pub fn follow(
    case: &Case,
    scenario: &Scenario,
    stage: &Stage,
    wire: &Wire,
    terraform: &mut Terraform,
    ran: &Ran,
) -> Result<(), String> {
    untouched(wire, scenario, stage)?;
    let point = Point::of(case, stage, wire, terraform, ran);
    wire.expect(None);
    let after = |why: String| format!("{why}\nafter:\n{}", ran.text());
    stage.seen.once(point.clone(), || {
        if !ran.killed && case.operation == Operation::Create && terraform.object.is_none() {
            same(&stage.found, &wire.inventory()).map_err(after)?;
            return stage.seen.once(point.undone(), || {
                go_on(case, stage, wire, terraform, ran).map_err(after)
            });
        }
        if !ran.killed && case.operation != Operation::Import {
            known(wire, stage, terraform).map_err(after)?;
        }
        go_on(case, stage, wire, terraform, ran).map_err(after)
    })?;
    untouched(wire, scenario, stage)?;
    let violations = wire.world().violations();
    if violations.is_empty() {
        Ok(())
    } else {
        Err(format!("requests that AWS's models do not allow: {violations:?}"))
    }
}

/// How many calls no operation makes, however odd an answer is.
const ENDLESS: usize = 2000;

/// What was made of an odd answer: neither a panic nor a search without end, and no call that names nothing.
fn understood(wire: &Wire, ran: &Ran) -> Result<(), String> {
    if ran.text().contains("Bug in the provider") {
        return Err(format!(
            "an answer was taken for a defect of the provider's:\n{}",
            ran.text()
        ));
    }
    let calls = wire.calls();
    if calls.len() > ENDLESS {
        return Err(format!("{} calls were made:\n{}", calls.len(), ran.text()));
    }
    match calls.iter().find(|call| is_nameless(call)) {
        Some(call) => Err(format!("{} was called of nothing: {}", call.operation, call.text)),
        None => Ok(()),
    }
}

/// How often a call is tried again: of the faults that never end, one case in ten has it as users do, and the others less, for
/// time's sake.
pub fn max_retries(case: &Case) -> Json {
    let few = case.fault.times().is_none() && !chance(case).is_multiple_of(10);
    if few { json!(3) } else { Json::Null }
}

/// A second run converges, and a destroy leaves nothing.
fn go_on(case: &Case, stage: &Stage, wire: &Wire, terraform: &mut Terraform, first: &Ran) -> Result<(), String> {
    match case.operation {
        Operation::Create | Operation::Update => {
            let again = terraform.apply();
            let changed = again.applied || !again.succeeded();
            if first.killed && case.operation == Operation::Create && !again.succeeded() {
                if !again.text().contains("adopt_existing = true") {
                    return Err(format!("after the kill, no way on is told:\n{}", again.text()));
                }
                terraform.written["adopt_existing"] = json!(true);
                must("apply with adopt_existing", &terraform.apply())?;
            } else {
                must("apply", &again)?;
            }
            // An apply that had nothing to do was an empty plan.
            if changed {
                settled(terraform)?;
            }
            let point = Point::standing(case, stage, wire, terraform);
            return stage.seen.once(point, || leaves_nothing(stage, wire, terraform));
        }
        Operation::Read => return settled(terraform),
        Operation::Import => {
            if terraform.object.is_none() {
                must("import", &case.operation.run(terraform))?;
            }
            return settled(terraform);
        }
        Operation::Destroy => must("destroy", &terraform.destroy())?,
    }
    leaves_nothing(stage, wire, terraform)
}

/// A destroy leaves nothing: not on AWS, and no state.
fn leaves_nothing(stage: &Stage, wire: &Wire, terraform: &mut Terraform) -> Result<(), String> {
    must("destroy", &terraform.destroy_as_read())?;
    if terraform.object.is_some() {
        return Err("the destroy left a state".to_owned());
    }
    same(&stage.found, &wire.inventory())
}

fn must(what: &str, ran: &Ran) -> Result<(), String> {
    if ran.succeeded() {
        Ok(())
    } else {
        Err(format!("the {what} afterwards failed:\n{}", ran.text()))
    }
}

fn settled(terraform: &mut Terraform) -> Result<(), String> {
    let (ran, settled) = terraform.plan();
    if settled {
        Ok(())
    } else {
        Err(format!("the next plan is not empty:\n{}", ran.text()))
    }
}

fn same(found: &BTreeSet<String>, now: &BTreeSet<String>) -> Result<(), String> {
    let left: Vec<_> = now.difference(found).collect();
    let gone: Vec<_> = found.difference(now).collect();
    if left.is_empty() && gone.is_empty() {
        Ok(())
    } else {
        Err(format!("left behind: {left:?}; gone with it: {gone:?}"))
    }
}

/// What exists is what the state knows.
fn known(wire: &Wire, stage: &Stage, terraform: &Terraform) -> Result<(), String> {
    let now = wire.inventory();
    if let Some(gone) = stage.found.difference(&now).next() {
        return Err(format!("gone, and not ours: {gone}"));
    }
    let parts = parts(terraform);
    // A part without an id is known by its name and tags.
    let sought: BTreeSet<String> = parts
        .iter()
        .filter(|part| part.ids.is_empty())
        .map(|part| part.kind.clone())
        .collect();
    let ids: BTreeSet<String> = parts.into_iter().flat_map(|part| part.ids).collect();
    let unknown: Vec<_> = now
        .difference(&stage.found)
        .filter(|item| !DERIVED.contains(&item.split(' ').next().unwrap_or_default()))
        .filter(|item| {
            let kind = item.split(' ').next().unwrap_or_default().replace('-', "_");
            !sought.iter().any(|sought| is_of_kind(&kind, sought))
        })
        .filter(|item| {
            let id = item.split(' ').nth(1).unwrap_or_default();
            !ids.iter()
                .any(|known| known == id || id.ends_with(&format!("/{known}")))
        })
        .collect();
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(format!("on AWS, and not in the state: {unknown:?}"))
    }
}

/// Whether an object that the inventory calls so may be a component of that kind.
fn is_of_kind(item: &str, kind: &str) -> bool {
    let has_words_of =
        |whole: &str, part: &str| part.split('_').all(|word| whole.split('_').any(|other| other == word));
    item.ends_with(kind) || has_words_of(kind, item) || (item, kind) == ("address", "elastic_ip")
}

/// Nothing of the neighbour was changed, nor of what the user brings.
fn untouched(wire: &Wire, scenario: &Scenario, stage: &Stage) -> Result<(), String> {
    for call in wire.calls().into_iter().filter(super::wire::Call::writes) {
        if scenario.never.iter().any(|never| call.operation.starts_with(never)) {
            return Err(format!(
                "{} changed what the user brings: {}",
                call.operation, call.text
            ));
        }
        let text = decoded(&call.text);
        if let Some(id) = stage.neighbour.iter().find(|id| text.contains(id.as_str())) {
            return Err(format!("{} touched {id}, which is not ours", call.operation));
        }
    }
    Ok(())
}

/// A form as it was before it was encoded, as far as ids go.
pub fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, more)) = rest.split_first() {
        let hex = more.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let escaped = hex
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
            .filter(|_| first == b'%');
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &more[2..] } else { more };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One of the errors says all that a user needs: the component, the operation, AWS's code and request id, what to do.
fn explained(case: &Case, stage: &Stage, terraform: &Terraform, ran: &Ran) -> Result<(), String> {
    let keys: Vec<String> = parts(&stage.applied)
        .into_iter()
        .chain(parts(terraform))
        .map(|part| part.key)
        .collect();
    let action = case.call.split(':').nth(1).unwrap_or(&case.call);
    let code = case.fault.codes();
    let lacks = |error: &Diagnostic| -> Vec<&str> {
        let text = format!("{}\n{}", error.summary, error.detail);
        let mut lacking = Vec::new();
        // What fails before there is a component has a place in the configuration, or is about the whole.
        if ran.applied && error.path.is_none() && !keys.iter().any(|key| error.summary.contains(key.as_str())) {
            lacking.push("the component");
        }
        // What a call that wrote has answered oddly may be noticed by the call after it.
        let noticed_later = matches!(case.fault, Fault::Odd(_)) && writes(&case.call);
        if !text.contains(action) && !noticed_later {
            lacking.push("the operation");
        }
        if !code.is_empty() && !code.iter().any(|code| text.contains(code)) {
            lacking.push("the code");
        }
        if !code.is_empty() && !text.contains(REQUEST_ID) {
            lacking.push("the request id");
        }
        // The error of the first call, which is no component's, is one paragraph.
        let first = error.summary == "Cannot work with AWS" && text.contains(". ");
        if !first && text.split("\n\n").count() < 2 + usize::from(!code.is_empty()) {
            lacking.push("what to do");
        }
        lacking
    };
    if case.fault == Fault::Interrupted {
        return Ok(());
    }
    let best = ran.errors().map(lacks);
    match best.min_by_key(Vec::len) {
        Some(lacking) if lacking.is_empty() => Ok(()),
        Some(lacking) => Err(format!("no error tells {}:\n{}", lacking.join(", "), ran.text())),
        None => Err("it failed and told no error".to_owned()),
    }
}
