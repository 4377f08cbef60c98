//! SIGKILL and Ctrl-C through the real `terraform`, while a call of the provider is under way: whichever call it is, the next
//! apply or destroy goes on, nothing is made twice, and in the end nothing is left.
//!
//! A seeded few of them here; `INTERRUPTS=all` (in `make faults`) takes every call of one deployment, and more of the others.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::env::var;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::detector;
use crate::harness::{Fault, Sandbox};
use crate::privateai;

/// A deployment: its name, the resource's address, how it is written, and how after a change. The bodies are with
/// `adopt_existing`, where that is asked for.
struct Life {
    name: &'static str,
    address: &'static str,
    written: fn(&Sandbox, &str) -> String,
    body: &'static str,
    changed: &'static str,
    /// How many of its cases are run, in `make test` and in `make faults`.
    few: usize,
    many: usize,
}

const LIVES: [Life; 3] = [
    Life {
        name: "detector",
        address: detector::ADDRESS,
        written: detector::deployment,
        body: "  persistence {}",
        changed: "  persistence { backup = false }\n  cpu = 1024\n  memory = 4096",
        few: 3,
        many: usize::MAX,
    },
    Life {
        name: "detector of one task",
        address: detector::ADDRESS,
        written: detector::deployment,
        body: "  run_as = \"task\"",
        changed: "  run_as = \"task\"\n  cpu = 1024\n  memory = 4096",
        few: 2,
        many: 30,
    },
    Life {
        name: "privateai",
        address: privateai::ADDRESS,
        written: licensed,
        body: "  load_balancer {}",
        changed: "  load_balancer {}\n  tags = { team = \"data\" }",
        few: 2,
        many: 30,
    },
];

fn licensed(sandbox: &Sandbox, body: &str) -> String {
    privateai::deployment(sandbox, &format!("{}{body}", privateai::LICENSED))
}

/// What is under way.
#[derive(Debug, Clone, Copy, Hash)]
enum Operation {
    Create,
    Update,
    Destroy,
}

/// How it is broken off.
#[derive(Debug, Clone, Copy, Hash)]
enum End {
    Killed,
    Interrupted,
}

/// One case: at which call what is broken off how.
#[derive(Debug, Clone, Hash)]
struct Case {
    operation: Operation,
    service: String,
    action: String,
    /// Which of the calls of that action, from 0.
    nth: u32,
    end: End,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            operation,
            service,
            action,
            nth,
            end,
        } = self;
        write!(f, "{operation:?} {service}:{action}#{nth} {end:?}")
    }
}

/// The commands, in the words of Terraform.
impl Operation {
    fn command(self) -> [&'static str; 4] {
        let verb = match self {
            Self::Create | Self::Update => "apply",
            Self::Destroy => "destroy",
        };
        [verb, "-auto-approve", "-input=false", "-no-color"]
    }
}

impl Life {
    fn configure(&self, sandbox: &Sandbox, body: &str, more: &str) {
        sandbox.configure(&(self.written)(sandbox, &format!("{body}\n{more}")));
    }

    /// Every case: each operation is done once undisturbed, and its calls written down. Of calls that only read, and look
    /// again and again, the first of each action counts.
    fn cases(&self, sandbox: &Sandbox) -> Vec<Case> {
        let mut cases = Vec::new();
        for operation in [Operation::Create, Operation::Update, Operation::Destroy] {
            let body = if matches!(operation, Operation::Create) {
                self.body
            } else {
                self.changed
            };
            self.configure(sandbox, body, "");
            sandbox.stand_in.forget_calls();
            sandbox.terraform.run(&operation.command()).succeeded();
            let mut counts: BTreeMap<(String, String), u32> = BTreeMap::new();
            for call in sandbox.stand_in.calls() {
                let nth = counts.entry((call.service.clone(), call.action.clone())).or_default();
                let counted = *nth;
                *nth += 1;
                if !call.writes() && counted > 0 {
                    continue;
                }
                cases.extend([End::Killed, End::Interrupted].map(|end| Case {
                    operation,
                    service: call.service.clone(),
                    action: call.action.clone(),
                    nth: counted,
                    end,
                }));
            }
        }
        cases
    }

    /// Runs one: whether its call was made. Begins and ends with nothing.
    fn play(&self, sandbox: &Sandbox, case: &Case) -> bool {
        if !matches!(case.operation, Operation::Create) {
            self.configure(sandbox, self.body, "");
            sandbox.terraform.apply(&[]).succeeded();
        }
        let body = if matches!(case.operation, Operation::Create) {
            self.body
        } else {
            self.changed
        };
        self.configure(sandbox, body, "");
        let slow = Fault::slow(&*case.service, &*case.action, 1_000);
        sandbox.stand_in.inject(slow.after(case.nth).times(1));
        let mut running = sandbox.terraform.start(&case.operation.command());
        let struck = running.until(|| sandbox.stand_in.faults() == 0);
        if struck {
            match case.end {
                End::Killed => running.kill(),
                End::Interrupted => {
                    running.interrupt();
                    running.finish();
                }
            }
        } else {
            running.finish().succeeded();
        }
        sandbox.stand_in.clear_faults();
        sandbox.stand_in.settle();
        if !matches!(case.operation, Operation::Destroy) {
            self.goes_on(sandbox, case, body);
        }
        sandbox.destroy();
        struck
    }

    /// The next apply goes on, or says how to: and then there is nothing left to do.
    fn goes_on(&self, sandbox: &Sandbox, case: &Case, body: &str) {
        let next = sandbox.terraform.apply(&[]);
        if next.code != Some(0) {
            let told = next.error();
            assert!(
                matches!((case.operation, case.end), (Operation::Create, End::Killed))
                    && told.text().contains("adopt_existing = true"),
                "{}: {case}: {}",
                self.name,
                told.text()
            );
            self.configure(sandbox, body, "  adopt_existing = true");
            sandbox.terraform.apply(&[]).succeeded();
        }
        sandbox.assert_settled();
        assert!(!sandbox.terraform.is_tainted(self.address), "{}: {case}", self.name);
    }
}

/// The same chance for a case each time, unless `INTERRUPTS_SEED` is another.
fn chance(case: &Case) -> u64 {
    let mut hasher = DefaultHasher::new();
    (var("INTERRUPTS_SEED").unwrap_or_default(), case).hash(&mut hasher);
    hasher.finish()
}

fn broken_off(life: &Life) {
    let begun = Instant::now();
    let whole = var("INTERRUPTS").is_ok_and(|asked| asked == "all");
    let mut cases = life.cases(&Sandbox::new());
    let total = cases.len();
    cases.sort_by_key(chance);
    // By turns, for a sample to have both.
    let (killed, interrupted): (Vec<_>, Vec<_>) = cases.into_iter().partition(|case| matches!(case.end, End::Killed));
    let mut cases: Vec<Case> = killed
        .into_iter()
        .zip(interrupted)
        .flat_map(<[Case; 2]>::from)
        .collect();
    cases.truncate(if whole { life.many } else { life.few });
    let (next, made) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let sandbox = Sandbox::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            eprintln!("{}: {case}", life.name);
            made.fetch_add(usize::from(life.play(&sandbox, case)), Ordering::Relaxed);
        }
    };
    // Most of the time is spent waiting for processes to start and for one another.
    std::thread::scope(|threads| {
        for _ in 0..if whole { 3 } else { 1 } {
            threads.spawn(work);
        }
    });
    let ran = cases.len();
    eprintln!(
        "{}: {ran} of {total} cases, {made:?} of them struck, in {:.0?}",
        life.name,
        begun.elapsed()
    );
    assert!(
        made.into_inner() * 10 >= ran * 9,
        "{}: calls come in too many orders to be struck",
        life.name
    );
}

#[test]
fn a_detector_that_is_broken_off_at_a_call_goes_on_and_leaves_nothing() {
    broken_off(&LIVES[0]);
}

#[test]
fn a_detector_of_one_task_that_is_broken_off_at_a_call_goes_on_and_leaves_nothing() {
    broken_off(&LIVES[1]);
}

#[test]
fn a_private_ai_that_is_broken_off_at_a_call_goes_on_and_leaves_nothing() {
    broken_off(&LIVES[2]);
}
