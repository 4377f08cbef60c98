//! Faults while a create that failed is undone. The matrix takes its calls from creates that succeed, which delete nothing.
//!
//! A create is refused at the last call that it makes, once all is made. What the provider calls from there on, it calls to
//! undo; each of these calls is struck.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use super::fault::Fault;
use super::judge::{self, Case, Verdict};
use super::reply::REQUEST_ID;
use super::scenario::{Operation, Scenario, parts};
use super::stage::Stage;
use super::terraform::{Ran, Terraform};
use super::wire::{Call, Strike};

/// How many cases of each deployment are run where not all are asked for.
const SAMPLE: usize = 4;

/// What befalls a call that deletes.
const OF_WRITES: [Fault; 5] = [
    Fault::Denied,
    Fault::Unavailable,
    Fault::LostAnswer,
    Fault::Killed,
    Fault::Interrupted,
];

/// What befalls a call that looks at what is to be deleted, or whether it is gone.
const OF_READS: [Fault; 2] = [Fault::Denied, Fault::Unavailable];

#[test]
fn whatever_befalls_a_rollback_it_is_told_and_nothing_is_lost() {
    let wanted = super::variable("FAULTS_ONLY").unwrap_or_default();
    let wrong: Vec<String> = super::chosen(&wanted)
        .flat_map(|scenario| run(scenario, &wanted))
        .collect();
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

/// Runs a scenario's cases: those that went wrong.
fn run(scenario: &Scenario, wanted: &str) -> Vec<String> {
    let stage = scenario.stage();
    let undoing = Undoing::of(scenario, stage);
    let mut cases = undoing.cases(scenario);
    cases.retain(|case| {
        let text = Shown(case).to_string();
        wanted.split_whitespace().all(|word| text.contains(word))
    });
    let total = cases.len();
    if super::sample().is_some() {
        cases.sort_by_key(super::chance);
        cases.truncate(SAMPLE);
    }
    let told = super::at_once(&cases, |case| (case, undoing.judged(case, scenario, stage)));
    stage.forget();
    let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, told) in &told {
        *tally.entry(told.as_ref().map_or("WRONG", Verdict::word)).or_default() += 1;
    }
    println!(
        "{}: {} of {total} cases of a rollback: {tally:?}",
        scenario.name,
        cases.len()
    );
    let wrong = told.into_iter().filter_map(|(case, told)| Some((case, told.err()?)));
    wrong
        .map(|(case, why)| format!("{}\n  {}", Shown(case), why.replace('\n', "\n  ")))
        .collect()
}

/// A case, as it is named.
struct Shown<'a>(&'a Case);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Case {
            scenario,
            call,
            nth,
            fault,
            ..
        } = self.0;
        write!(f, "{scenario} Rollback {call}#{nth} {fault:?}")
    }
}

/// How a create is undone.
struct Undoing {
    /// What it ends with.
    refused: Strike,
    /// The calls of the create and its undoing.
    calls: Vec<Call>,
}

impl Undoing {
    /// The scenario's: nothing else befalls it, and it leaves nothing.
    fn of(scenario: &Scenario, stage: &Stage) -> Self {
        let (wire, mut terraform) = stage.start(scenario, Operation::Create);
        wire.expect(None);
        let ran = terraform.apply();
        assert!(ran.succeeded(), "{}: {}", scenario.name, ran.text());
        let made = wire.calls();
        let last = made.last().expect("a create makes calls").operation.clone();
        let refused = Strike {
            nth: made.iter().filter(|call| call.operation == last).count() - 1,
            operation: last,
            fault: Fault::DeniedOnce,
        };
        let (wire, mut terraform) = stage.start(scenario, Operation::Create);
        wire.expect([refused.clone()]);
        let ran = terraform.apply();
        assert!(
            wire.struck() == 1 && !ran.succeeded(),
            "{}: {refused:?} struck nothing: {}",
            scenario.name,
            ran.text()
        );
        assert!(
            terraform.object.is_none(),
            "{}: a state was left: {}",
            scenario.name,
            ran.text()
        );
        assert_eq!(wire.inventory(), stage.found, "{}: {}", scenario.name, ran.text());
        Self {
            refused,
            calls: wire.calls(),
        }
    }

    /// The calls after the refusal, struck.
    fn cases(&self, scenario: &Scenario) -> Vec<Case> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let mut asked = HashSet::new();
        let mut refused = false;
        let mut cases = Vec::new();
        for call in &self.calls {
            let nth = counts.entry(&call.operation).or_default();
            let faults: &[Fault] = if !refused {
                &[]
            } else if call.writes() {
                &OF_WRITES
            } else if asked.insert((&call.operation, &call.text)) {
                &OF_READS
            } else {
                // Of calls that ask the same again and again, the first is struck.
                &[]
            };
            cases.extend(faults.iter().map(|fault| Case {
                scenario: scenario.name.to_owned(),
                operation: Operation::Create,
                call: call.operation.clone(),
                nth: *nth,
                fault: *fault,
            }));
            refused |= call.operation == self.refused.operation && *nth == self.refused.nth;
            *nth += 1;
        }
        cases
    }

    fn judged(&self, case: &Case, scenario: &Scenario, stage: &Stage) -> Result<Verdict, String> {
        let (wire, mut terraform) = stage.start(scenario, Operation::Create);
        let strike = Strike {
            operation: case.call.clone(),
            nth: case.nth,
            fault: case.fault,
        };
        wire.expect([self.refused.clone(), strike]);
        let patience = std::mem::replace(&mut terraform.provider["max_retries"], judge::max_retries(case));
        let ran = terraform.apply();
        terraform.provider["max_retries"] = patience;
        if ran.succeeded() {
            return Err(format!("the create was refused, and succeeded:\n{}", ran.text()));
        }
        if wire.struck_each()[1] == 0 {
            return Ok(Verdict::Unreached);
        }
        let nothing_left = terraform.object.is_none();
        if !ran.killed {
            told(case, &terraform, &ran)?;
        }
        judge::follow(case, scenario, stage, &wire, &mut terraform, &ran)?;
        Ok(if ran.killed {
            Verdict::Resumed
        } else if nothing_left {
            Verdict::Completed
        } else {
            Verdict::Told
        })
    }
}

/// Everything that was left is named, and one of the errors says of a part of it why: by AWS's code and request id. What
/// passes leaves nothing.
fn told(case: &Case, terraform: &Terraform, ran: &Ran) -> Result<(), String> {
    let left = parts(terraform);
    let text = ran.text();
    if left.is_empty() {
        return Ok(());
    }
    if case.fault.passes() || case.fault == Fault::Interrupted {
        return Err(format!("it was to be undone whole:\n{text}"));
    }
    if let Some(unnamed) = left.iter().find(|part| !text.contains(&part.key)) {
        return Err(format!("{} is left, and not named:\n{text}", unnamed.key));
    }
    let action = case.call.split(':').nth(1).unwrap_or(&case.call);
    let codes = case.fault.codes();
    let says_why = ran.errors().any(|error| {
        let detail = &error.detail;
        left.iter().any(|part| error.summary.contains(&part.key))
            && detail.contains(action)
            && codes.iter().any(|code| detail.contains(code))
            && detail.contains(REQUEST_ID)
    });
    if says_why {
        Ok(())
    } else {
        Err(format!("no error tells why a part was left:\n{text}"))
    }
}
