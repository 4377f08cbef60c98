//! The fault matrix: what the provider comes through. See `README.md` beside this file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

mod asked;
mod condition;
#[path = "../harness/declared.rs"]
#[allow(dead_code, reason = "of it, only the actions' names are wanted here")]
mod declared;
mod denials;
mod deployments;
mod fault;
mod handover;
mod judge;
mod killed;
mod ledger;
mod matrix;
mod memory;
mod odd;
mod patience;
mod reply;
mod rollback;
mod scenario;
mod seen;
mod stage;
mod terraform;
mod throttling;
mod wire;
mod world;

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};
use std::thread;
use std::time::Instant;

use judge::{Case, Verdict};
use ledger::Ledger;
use mimalloc::MiMalloc;
use scenario::{Operation, SCENARIOS, Scenario};
use world::Worlds;

/// What worlds have answered fills the heap; the system's allocator takes up to a third of all time to find room in it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The worlds of all tests here; they end with this process.
static WORLDS: LazyLock<Worlds> = LazyLock::new(Worlds::start);

/// How many cases of each deployment are run where not all are asked for.
const SAMPLE: usize = 8;

/// One case in so many may strike nothing: what runs at once does not always make the same calls.
const UNREACHED: usize = 100;

#[test]
fn whatever_befalls_a_call_the_operation_ends_or_says_why_and_nothing_is_lost() {
    let wanted = variable("FAULTS_ONLY").unwrap_or_default();
    let wrong: Vec<String> = chosen(&wanted).flat_map(|scenario| run(scenario, &wanted)).collect();
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

/// The deployments whose cases are wanted.
fn chosen(wanted: &str) -> impl Iterator<Item = &'static Scenario> {
    SCENARIOS.iter().filter(move |scenario| match named(wanted) {
        Some(name) => name == scenario.name,
        None => scenario.sampled || variable("FAULTS").is_some(),
    })
}

/// Runs a scenario's cases: those that went wrong.
fn run(scenario: &Scenario, wanted: &str) -> Vec<String> {
    let begun = Instant::now();
    let stage = scenario.stage();
    let all = Operation::ALL
        .into_iter()
        .flat_map(|operation| matrix::cases(scenario, stage, operation));
    let is_wanted = |case: &Case| {
        let text = case.to_string();
        wanted.split_whitespace().all(|word| text.contains(word))
    };
    let mut cases: Vec<Case> = all.filter(is_wanted).collect();
    let total = cases.len();
    if let Some(sample) = sample() {
        cases.sort_by_key(chance);
        cases.truncate(sample);
    }
    let goes_on = sample().is_none();
    let ledger = Ledger::open(scenario.name, goes_on);
    for operation in Operation::ALL {
        let of_it: Vec<&Case> = cases.iter().filter(|case| case.operation == operation).collect();
        at_once(&of_it, |case| {
            if !(goes_on && ledger.knows(case)) {
                ledger.enter((*case).clone(), judge::run(case, scenario, stage));
            }
        });
        stage.forget();
    }
    let tally = ledger.close();
    println!(
        "{}: {} of {total} cases in {:.0?}, followed from {} points: {tally:?}",
        scenario.name,
        cases.len(),
        begun.elapsed(),
        stage.seen.points(),
    );
    let mut wrong = ledger.wrong();
    let unreached = tally.get(Verdict::Unreached.word()).copied().unwrap_or_default();
    let all: usize = tally.values().sum();
    if unreached > 1 + all / UNREACHED {
        wrong.push(format!("{}: {unreached} of {all} cases struck no call", scenario.name));
    }
    wrong
}

/// Works on all of them, on as many threads as there are processors: what each came to. Every other one is taken from the
/// second half: those that stand beside each other come to the same, which would be found out twice by who works on both at once.
fn at_once<'a, T: Sync, R: Send>(all: &'a [T], work: impl Fn(&'a T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(all.len()));
    thread::scope(|threads| {
        for _ in 0..thread::available_parallelism().map_or(2, Into::into) {
            threads.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let second = n % 2 * all.len().div_ceil(2);
                    let Some(one) = all.get(second + n / 2).filter(|_| n < all.len()) else {
                        break;
                    };
                    let came_to = work(one);
                    done.lock().unwrap().push(came_to);
                }
            });
        }
    });
    done.into_inner().unwrap()
}

/// The deployment that is named among the wanted cases' words.
fn named(wanted: &str) -> Option<&str> {
    let mut words = wanted.split_whitespace();
    words.find(|word| SCENARIOS.iter().any(|scenario| scenario.name == *word))
}

/// How many cases of each deployment are wanted; all of them, where `FAULTS` is `all`.
fn sample() -> Option<usize> {
    match variable("FAULTS").as_deref() {
        Some("all") => None,
        Some(number) => Some(number.parse().expect("FAULTS is `all` or a number")),
        None => Some(SAMPLE),
    }
}

/// The same chance for a case each time, unless `FAULTS_SEED` is another.
fn chance(case: &Case) -> u64 {
    let mut hasher = DefaultHasher::new();
    (variable("FAULTS_SEED"), case.to_string()).hash(&mut hasher);
    hasher.finish()
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
