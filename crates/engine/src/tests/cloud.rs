//! A cloud in memory that keeps watch over its users: it notes whoever refers to what is not there, deletes what is
//! referred to, or touches what is another's. Any call can be made to fail.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{sleep, sleep_until};

use crate::{Call, Error, ErrorKind, Result, TAG_DEPLOYMENT_ID, Tags};

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    Find,
    Read,
    Create,
    Settle,
    Update,
    Retag,
    Delete,
}

/// How a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is refused; nothing was done.
    Refuse,
    /// Nobody answers; nothing was done.
    Vanish,
    /// It is done, but the answer is lost.
    Lose,
    /// A create is done by half and then refused; anything else is refused.
    Half,
    /// The component panics before it does anything.
    Panic,
    /// The component panics after it is done.
    PanicAfter,
    /// The user stops the run while it is being done.
    Stop,
    /// The user stops the run, and the component gives up waiting.
    StopMidway,
    /// It is done, but only after the deadline.
    Late,
    /// It is done, but what runs on it does not come up.
    Sick,
    /// It is done, and the component waits for ever, whatever its deadline.
    Hang,
}

/// Every fault that ends by itself.
pub const FAULTS: [Fault; 10] = [
    Fault::Refuse,
    Fault::Vanish,
    Fault::Lose,
    Fault::Half,
    Fault::Panic,
    Fault::PanicAfter,
    Fault::Stop,
    Fault::StopMidway,
    Fault::Late,
    Fault::Sick,
];

/// An object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// Unlike the id, never used again.
    pub uid: u64,
    pub id: String,
    pub kind: &'static str,
    pub name: String,
    pub color: u8,
    pub size: u8,
    pub hidden: u8,
    pub base: Vec<String>,
    pub peers: Vec<String>,
    pub watches: Vec<String>,
    /// Counts the changes of its address.
    pub revision: u64,
    pub tags: Option<Tags>,
    /// Whose create made it, or who adopted it.
    pub maker: String,
    /// Whether it can be used.
    pub ready: bool,
}

impl Thing {
    pub fn address(&self) -> String {
        format!("{}@{}", self.id, self.revision)
    }

    /// The ids it refers to.
    pub fn refers_to(&self) -> impl Iterator<Item = &str> {
        let all = self.base.iter().chain(&self.peers).chain(&self.watches);
        all.map(|text| text.split('@').next().unwrap_or_default())
    }
}

/// What happened to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub op: Op,
    pub key: String,
    pub uid: u64,
}

#[derive(Default)]
pub struct State {
    pub things: BTreeMap<String, Thing>,
    pub events: Vec<Event>,
    /// What must never happen, and did.
    pub violations: Vec<String>,
    /// (deleted, referring): deleted while somebody still referred to it.
    pub dangling: Vec<(u64, u64)>,
    /// What was to come to its end before it was deleted, and whether it was told how it was just seen.
    pub ended: BTreeMap<String, bool>,
    /// How long a deletion takes.
    pub deletion: Duration,
    pub next_uid: u64,
    calls: usize,
    running: usize,
    most_running: usize,
    faults: Vec<(When, Fault)>,
    salt: u64,
}

/// Which call goes wrong.
enum When {
    /// The n-th from now on, whatever it is.
    Nth(usize),
    /// The next of that sort on that component.
    Next(Op, String),
}

/// The cloud.
#[derive(Default)]
pub struct Cloud(Mutex<State>);

impl Cloud {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the calls take other times, so that they end in another order.
    pub fn shuffle(&self, salt: u64) {
        self.state().salt = salt;
    }

    /// Lets the n-th call from now on go wrong.
    pub fn fail_nth(&self, n: usize, fault: Fault) {
        let mut state = self.state();
        let nth = state.calls + n;
        state.faults.push((When::Nth(nth), fault));
    }

    /// Lets the next call of that sort on that component go wrong.
    pub fn fail_next(&self, op: Op, key: &str, fault: Fault) {
        self.state().faults.push((When::Next(op, key.to_owned()), fault));
    }

    /// Forgets the faults that have not struck; answers whether there were any.
    pub fn calm(&self) -> bool {
        let mut state = self.state();
        let any = !state.faults.is_empty();
        state.faults.clear();
        any
    }

    /// How many calls there were.
    pub fn calls(&self) -> usize {
        self.state().calls
    }

    /// The most calls that ran at once.
    pub fn most_running(&self) -> usize {
        self.state().most_running
    }

    /// The events since the last time, as "create k1".
    pub fn take_events(&self) -> Vec<String> {
        let events = std::mem::take(&mut self.state().events);
        let words = events
            .into_iter()
            .map(|event| format!("{:?} {}", event.op, event.key).to_lowercase());
        words.collect()
    }

    /// The ids of all objects of a deployment.
    pub fn ids_of(&self, deployment: &str) -> BTreeSet<String> {
        let state = self.state();
        let ours = state.things.values().filter(|thing| thing.maker == deployment);
        ours.map(|thing| thing.id.clone()).collect()
    }

    /// The object of that name; the newest of several.
    pub fn thing(&self, name: &str) -> Option<Thing> {
        let state = self.state();
        let named = state.things.values().filter(|thing| thing.name == name);
        named.max_by_key(|thing| thing.uid).cloned()
    }

    /// Changes an object behind the engine's back.
    pub fn tamper(&self, name: &str, change: impl FnOnce(&mut Thing)) {
        let id = self.thing(name).expect("an object of that name").id;
        change(self.state().things.get_mut(&id).expect("it stands"));
    }

    /// Deletes an object behind the engine's back.
    pub fn vanish(&self, name: &str) {
        let id = self.thing(name).expect("an object of that name").id;
        self.state().things.remove(&id);
    }

    /// Runs a call: it takes its time, and goes wrong where it was told to.
    pub async fn call<T>(
        &self,
        call: &Call<'_, Self>,
        op: Op,
        work: impl FnOnce(&mut State, bool) -> Result<T>,
    ) -> Result<T> {
        let (fault, pause) = self.enter(call, op);
        sleep(pause).await;
        let attempted = format!("cloud:{op:?}");
        let error = |kind, text: &str| Err(Error::new(kind, attempted.clone(), text));
        let result = match fault {
            None => work(&mut self.state(), true),
            Some(Fault::Refuse) => error(ErrorKind::Denied, "refused"),
            Some(Fault::Vanish) => error(ErrorKind::Unreachable, "nobody answers"),
            Some(Fault::Lose) => {
                let _ = work(&mut self.state(), false);
                error(ErrorKind::Unreachable, "the answer was lost")
            }
            Some(Fault::Half) => {
                if op == Op::Create {
                    let _ = work(&mut self.state(), false);
                    let newest = self.state().things.values().map(|thing| thing.uid).max();
                    let mut state = self.state();
                    let made = state.things.values_mut().find(|thing| Some(thing.uid) == newest);
                    if let Some(thing) = made.filter(|thing| !thing.ready) {
                        thing.size = 255;
                    }
                }
                error(ErrorKind::Denied, "refused halfway")
            }
            Some(Fault::Panic) => panic!("before {op:?}"),
            Some(Fault::PanicAfter) => {
                let _ = work(&mut self.state(), false);
                panic!("after {op:?}")
            }
            Some(Fault::Stop) => {
                call.cancel.cancel();
                work(&mut self.state(), true)
            }
            Some(Fault::StopMidway) => {
                call.cancel.cancel();
                let _ = work(&mut self.state(), false);
                error(ErrorKind::Cancelled, "stopped while waiting")
            }
            Some(Fault::Late) => {
                sleep_until(call.deadline + Duration::from_millis(1)).await;
                let _ = work(&mut self.state(), false);
                error(ErrorKind::TimedOut, "too late")
            }
            Some(Fault::Sick) => {
                let _ = work(&mut self.state(), false);
                error(ErrorKind::Unhealthy, "it does not come up")
            }
            Some(Fault::Hang) => {
                let _ = work(&mut self.state(), false);
                self.state().running -= 1;
                return std::future::pending().await;
            }
        };
        self.state().running -= 1;
        result
    }

    fn enter(&self, call: &Call<'_, Self>, op: Op) -> (Option<Fault>, Duration) {
        let mut state = self.state();
        state.calls += 1;
        state.running += 1;
        state.most_running = state.most_running.max(state.running);
        let (calls, key) = (state.calls, call.key.as_str());
        let struck = state.faults.iter().position(|(when, _)| match when {
            When::Nth(n) => *n == calls,
            When::Next(o, k) => *o == op && k == key,
        });
        let fault = struck.map(|index| state.faults.remove(index).1);
        if matches!(fault, Some(Fault::Panic | Fault::PanicAfter)) {
            state.running -= 1;
        }
        let seed = key
            .bytes()
            .fold(state.salt + op as u64, |sum, byte| sum * 31 + u64::from(byte));
        (fault, Duration::from_millis(1 + seed % 97))
    }
}

impl State {
    /// Notes a breach.
    pub fn violation(&mut self, text: String) {
        self.violations.push(text);
    }

    /// Notes what was done, and whether it was another's object.
    pub fn note(&mut self, op: Op, call: &Call<'_, Cloud>, thing: &Thing) {
        let mine = thing.maker == call.deployment.as_str();
        if !mine && op != Op::Retag {
            self.violation(format!(
                "{op:?} of {} for {}, which is {}'s",
                thing.id, call.key, thing.maker
            ));
        }
        self.events.push(Event {
            op,
            key: call.key.to_string(),
            uid: thing.uid,
        });
    }

    /// Notes a reference to what cannot be used.
    pub fn check_references(&mut self, call: &Call<'_, Cloud>, thing: &Thing) {
        let broken: Vec<_> = thing
            .refers_to()
            .filter(|id| !self.things.get(*id).is_some_and(|other| other.ready))
            .map(|id| format!("{} refers to {id}, which cannot be used", call.key))
            .collect();
        self.violations.extend(broken);
    }

    /// Removes an object, with what goes with it, and notes who still refers to it.
    pub fn delete(&mut self, call: &Call<'_, Cloud>, id: &str) {
        let Some(thing) = self.things.get(id).cloned() else {
            return;
        };
        self.note(Op::Delete, call, &thing);
        self.things
            .retain(|_, other| other.kind != "leaf" || !other.base.iter().any(|on| on == id));
        let referring: Vec<u64> = self
            .things
            .values()
            .filter(|other| other.uid != thing.uid && other.refers_to().any(|to| to == id))
            .map(|other| other.uid)
            .collect();
        self.dangling
            .extend(referring.into_iter().map(|other| (thing.uid, other)));
        self.things.remove(id);
    }

    /// Whose an object with these tags is.
    pub fn owner(tags: &Tags) -> String {
        tags.get(TAG_DEPLOYMENT_ID)
            .cloned()
            .unwrap_or_else(|| "nobody".to_owned())
    }
}
