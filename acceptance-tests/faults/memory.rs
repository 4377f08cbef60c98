//! What a world has answered, remembered: thousands of cases ask one world the same, up to where their fault strikes.
//!
//! A world is where its past has brought it: the changes that it was asked for, each at its time, and what it did by itself
//! meanwhile. A [`Moment`] is one such past. What was answered at a moment is answered again to whoever comes there, without
//! the stand-in. Two copies of a world with one past are alike, down to the ids that they make up, so that whoever leaves the
//! known ways is given a copy that is led through the same past.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::wire::writes;
use super::world::{Answer, INVENTORY, Link, Live, Origin};

/// How many worlds are kept at most, besides the first: each is a process, and whatever the kernel does to a page that all of
/// them share (a look whether it is in use, say) it does for each.
const KEPT: usize = 24;

/// How many steps a copy is led before it is kept where it has come: fewer are gone again as quickly.
const FAR: usize = 8;

/// What led from one moment to another: what was asked, and the answer.
type Step = (Arc<Request>, Arc<Answer>);

/// What was asked, in the parts that an answer depends on.
type Question = String;

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// How much of the world's time has passed; without it, as much as at the request before.
    pub at: Option<Duration>,
}

/// Where a world is in its past: which moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(usize);

impl Place {
    /// Where a memory begins.
    pub const FIRST: Self = Self(0);
}

/// All that the worlds of one origin have answered.
pub struct Memory {
    origin: Origin,
    past: Mutex<Past>,
}

struct Past {
    moments: Vec<Moment>,
    /// The moments of which a world is kept besides the first, the one that was kept first before the others.
    kept: VecDeque<usize>,
}

struct Moment {
    /// The moment before it, and what led on from there.
    came: Option<(usize, Step)>,
    /// Where copies of it are to be had.
    kept: Option<Link>,
    /// How much had happened by itself.
    happened: u64,
    /// When more will.
    due: Option<Duration>,
    /// What was told, and led nowhere.
    told: HashMap<Question, Arc<Answer>>,
    /// What led on, and to which moment.
    led: HashMap<(Question, Option<Duration>), (Arc<Answer>, usize)>,
}

impl Memory {
    /// Of a world of which nothing is known yet.
    pub fn of(origin: Origin) -> Self {
        let first = Moment {
            came: None,
            kept: Some(origin.link),
            happened: origin.happened,
            due: origin.due,
            told: HashMap::new(),
            led: HashMap::new(),
        };
        Self {
            origin,
            past: Mutex::new(Past {
                moments: vec![first],
                kept: VecDeque::new(),
            }),
        }
    }

    /// The world that all begins from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What was answered to that there and then, and where that led.
    pub fn recall(&self, place: Place, request: &Request) -> Option<(Arc<Answer>, Place)> {
        let question = question(request);
        let past = self.past.lock().unwrap();
        let moment = &past.moments[place.0];
        if moment.stands(request.at)
            && let Some(answer) = moment.told.get(&question)
        {
            return Some((answer.clone(), place));
        }
        let (answer, next) = moment.led.get(&(question, request.at))?;
        Some((answer.clone(), Place(*next)))
    }

    /// Remembers what a world answered there and then: where that led.
    pub fn learn(&self, place: Place, request: Request, answer: Arc<Answer>) -> Place {
        let question = question(&request);
        let happened = answer
            .number("x-stand-in-happened")
            .expect("a world tells what happened");
        let moments = &mut self.past.lock().unwrap().moments;
        let moment = &mut moments[place.0];
        if request.at.is_some() && moment.happened == happened && !may_change(&request, &answer) {
            moment.told.insert(question, answer);
            return place;
        }
        let key = (question, request.at);
        if let Some((known, next)) = moment.led.get(&key) {
            alike(&request, known, &answer);
            return Place(*next);
        }
        let next = moments.len();
        moments[place.0].led.insert(key, (answer.clone(), next));
        moments.push(Moment {
            came: Some((place.0, (Arc::new(request), answer.clone()))),
            kept: None,
            happened,
            due: answer.number("x-stand-in-due").map(Duration::from_secs_f64),
            told: HashMap::new(),
            led: HashMap::new(),
        });
        Place(next)
    }

    /// A copy of the world at that place: led there from `from`, where it is on the way, or from the last that was kept.
    pub fn lead(&self, from: Option<(Place, Live)>, to: Place) -> Live {
        let (kept, way) = self.way(from.as_ref().map(|(place, _)| *place), to);
        let mut world = kept.or(from.map(|(_, world)| world)).expect("a way begins somewhere");
        for (request, known) in &way {
            alike(request, known, &world.exchange(request));
        }
        if way.len() >= FAR
            && let Some(needless) = self.keep(to, world.keep().link)
        {
            needless.forget();
        }
        world
    }

    /// The way to a place, from a copy of the last world that was kept on it, unless it comes through `from` after that.
    fn way(&self, from: Option<Place>, to: Place) -> (Option<Live>, Vec<Step>) {
        let moments = &self.past.lock().unwrap().moments;
        let mut way = Vec::new();
        let mut at = to.0;
        let kept = loop {
            if from == Some(Place(at)) {
                break None;
            }
            let moment = &moments[at];
            if let Some(link) = moment.kept {
                break Some(link.connect());
            }
            let (before, step) = moment.came.as_ref().expect("the first moment is kept");
            way.push(step.clone());
            at = *before;
        };
        way.reverse();
        (kept, way)
    }

    /// Keeps none of its worlds any more but the first. Not done when it is dropped: a provider that was killed may hold on to
    /// the way to its world.
    pub fn end(&self) {
        let mut past = self.past.lock().unwrap();
        while let Some(moment) = past.kept.pop_front() {
            if let Some(kept) = past.moments[moment].kept.take() {
                kept.forget();
            }
        }
    }

    /// Keeps a world of that place; answers one that is not to be kept any more.
    fn keep(&self, place: Place, link: Link) -> Option<Link> {
        let mut past = self.past.lock().unwrap();
        let known = &mut past.moments[place.0].kept;
        if known.is_some() {
            return Some(link);
        }
        *known = Some(link);
        past.kept.push_back(place.0);
        let oldest = if past.kept.len() > KEPT {
            past.kept.pop_front()
        } else {
            None
        };
        oldest.and_then(|moment| past.moments[moment].kept.take())
    }
}

impl Moment {
    /// Whether nothing more has happened by then.
    fn stands(&self, at: Option<Duration>) -> bool {
        at.is_some_and(|at| self.due.is_none_or(|due| at < due))
    }
}

/// What an answer depends on: neither when it was signed, nor in which order a body of JSON has its members.
fn question(request: &Request) -> Question {
    let header = |name: &str| {
        let found = request
            .headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.as_str())
    };
    let signed_by = header("authorization").split_once("Credential=");
    let signed_by = signed_by.map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
    let body = match serde_json::from_slice::<serde_json::Value>(&request.body) {
        Ok(json) => json.to_string(),
        Err(_) => String::from_utf8_lossy(&request.body).into_owned(),
    };
    [
        &request.method,
        &request.target,
        header("host"),
        header("x-amz-target"),
        signed_by,
        &body,
    ]
    .join("\n")
}

/// Whether a world may be another after that.
fn may_change(request: &Request, answer: &Answer) -> bool {
    match answer.header("x-stand-in-operation") {
        Some(operation) => writes(operation),
        None => request.target != INVENTORY,
    }
}

/// Fails where two worlds with one past answer differently: in anything but figures, which times are made of, and order.
fn alike(request: &Request, known: &Answer, answer: &Answer) {
    let letters = |answer: &Answer| {
        let letters = answer.body.iter().copied().filter(u8::is_ascii_alphabetic);
        let mut letters: Vec<u8> = letters.collect();
        letters.sort_unstable();
        letters
    };
    assert!(
        known.status == answer.status && letters(known) == letters(answer),
        "one past, two answers to {}:\n{}\n{}",
        question(request),
        String::from_utf8_lossy(&known.body),
        String::from_utf8_lossy(&answer.body),
    );
}
