//! Every call of every operation of every deployment, struck with every fault.

use std::collections::{BTreeMap, HashMap};

use super::fault::Fault;
use super::judge::Case;
use super::scenario::{Operation, Scenario};
use super::stage::Stage;
use super::wire::{Call, writes};

/// How many of the calls that ask the same again and again (waiting) are struck: the first ones.
const OF_ONE_QUESTION: usize = 2;

/// The cases of one operation: it is done once undisturbed, and its calls written down.
pub fn cases(scenario: &Scenario, stage: &Stage, operation: Operation) -> Vec<Case> {
    let (wire, mut terraform) = stage.start(scenario, operation);
    wire.expect(None);
    let ran = operation.run(&mut terraform);
    assert!(ran.succeeded(), "{} {operation:?}: {}", scenario.name, ran.text());
    let mut asked: HashMap<(String, String), usize> = HashMap::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut cases = Vec::new();
    let mut written = false;
    for Call {
        operation: call,
        text,
        refreshes,
        ..
    } in wire.calls()
    {
        let nth = counts.entry(call.clone()).or_default();
        let times = asked.entry((call.clone(), text)).or_default();
        *times += 1;
        written |= writes(&call);
        // Every operation begins with the same call that tells the account, and most with the same refresh as a read.
        let elsewhere = match operation {
            Operation::Create => false,
            Operation::Read => call.starts_with("sts:"),
            _ => refreshes || call.starts_with("sts:"),
        };
        if !elsewhere && (*times <= OF_ONE_QUESTION || writes(&call)) {
            let faults = Fault::of(&call).filter(|fault| match fault {
                Fault::BlindRead => written && !writes(&call),
                Fault::Killed => writes(&call),
                // Every part is looked at in a read, and what it cannot understand there it cannot elsewhere.
                Fault::Odd(_) => operation == Operation::Read || writes(&call),
                _ => true,
            });
            cases.extend(faults.map(|fault| Case {
                scenario: scenario.name.to_owned(),
                operation,
                call: call.clone(),
                nth: *nth,
                fault,
            }));
        }
        *nth += 1;
    }
    cases
}
