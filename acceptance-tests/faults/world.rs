//! AWS as the harness has it: worlds of the stand-in, each a copy of one that was kept.
//!
//! A world is asked without giving the thread away, so that a paused clock stands still while it answers.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::memory::{Memory, Place, Request};

/// The region of all worlds.
pub const REGION: &str = "us-east-1";

/// The process that keeps the worlds. It ends, and they with it, when its standard input closes: with this process.
pub struct Worlds {
    _process: Child,
    empty: Origin,
}

/// Where a world that is kept is to be had, as often as wanted: a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link(u16);

/// A world as it was at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    /// Where it is to be had.
    pub link: Link,
    /// How much had happened by itself.
    pub happened: u64,
    /// When more will.
    pub due: Option<Duration>,
    /// Requests so far that AWS's service models do not allow.
    violations: Vec<Json>,
    /// How many processes have worked on it.
    processes: u64,
}

/// A world that is kept, and what is known of it.
pub struct Kept(Mutex<Arc<Memory>>);

/// One world, ours alone: a copy, made once it is asked what no copy before it was.
pub struct World {
    memory: Arc<Memory>,
    stand: Mutex<Stand>,
}

/// What a world has come to.
struct Stand {
    place: Place,
    /// The copy, and where it is: behind, where what it was asked was known.
    live: Option<(Place, Live)>,
    violations: Vec<Json>,
    processes: u64,
}

/// A copy of a world: a process of its own.
pub struct Live(BufReader<TcpStream>);

/// An answer over HTTP.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// One header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find_map(|(header, value)| (header == name).then_some(value.as_str()))
    }

    /// A header that holds a number.
    pub fn number<T: FromStr>(&self, name: &str) -> Option<T> {
        self.header(name).and_then(|value| value.parse().ok())
    }

    /// The body of an answer of the stand-in itself.
    fn json(&self) -> Json {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, 200, "{text}");
        serde_json::from_str(&text).expect("JSON")
    }
}

impl Worlds {
    /// Starts the process.
    pub fn start() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("acceptance-tests/stand-in");
        let mut process = Command::new(python(&root))
            .args(["-m", "stand_in.worlds"])
            .env("PYTHONPATH", &root)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the stand-in's Python starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("standard output is piped"))
            .read_line(&mut line)
            .expect("the worlds say where they are");
        let said: Json = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no worlds: {line:?}"));
        Self {
            _process: process,
            empty: Origin::told(&said),
        }
    }

    /// A world with nothing in it.
    pub fn empty(&self) -> Kept {
        Kept::of(self.empty.clone())
    }
}

impl Origin {
    fn told(said: &Json) -> Self {
        let port = said["port"].as_u64().and_then(|port| port.try_into().ok());
        Self {
            link: Link(port.unwrap_or_else(|| panic!("no port: {said}"))),
            happened: said["happened"].as_u64().unwrap_or_else(|| panic!("no time: {said}")),
            due: said["due"].as_f64().map(Duration::from_secs_f64),
            violations: Vec::new(),
            processes: 0,
        }
    }
}

impl Link {
    /// A copy of the world there.
    pub fn connect(self) -> Live {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.0)).expect("the worlds live");
        stream.set_nodelay(true).expect("a socket");
        Live(BufReader::new(stream))
    }

    /// Ends the world there; copies of it live on.
    pub fn forget(self) {
        self.connect().control("forget");
    }
}

impl Live {
    /// Sends a request, and waits for the answer.
    pub fn exchange(&mut self, request: &Request) -> Answer {
        let Request {
            method,
            target,
            headers,
            body,
            at,
        } = request;
        let clock = at.map(|at| ("x-stand-in-clock".to_owned(), at.as_secs_f64().to_string()));
        let headers: String = headers
            .iter()
            .chain(&clock)
            .flat_map(|(name, value)| [name, ": ", value, "\r\n"])
            .collect();
        let length = body.len();
        let head = format!("{method} {target} HTTP/1.1\r\ncontent-length: {length}\r\n{headers}\r\n");
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        self.0.get_mut().write_all(&request).expect("the world lives");
        read_answer(&mut self.0)
    }

    /// Keeps the world as it is now.
    pub fn keep(&mut self) -> Origin {
        Origin::told(&self.control("snapshot"))
    }

    fn control(&mut self, what: &str) -> Json {
        self.exchange(&controls(what, None, &Json::Null)).json()
    }
}

impl Kept {
    fn of(origin: Origin) -> Self {
        Self(Mutex::new(Arc::new(Memory::of(origin))))
    }

    /// A copy of it.
    pub fn world(&self) -> World {
        let memory = self.0.lock().unwrap().clone();
        World {
            stand: Mutex::new(Stand {
                place: Place::FIRST,
                live: None,
                violations: memory.origin().violations.clone(),
                processes: memory.origin().processes,
            }),
            memory,
        }
    }

    /// Forgets what its copies were asked.
    pub fn forget(&self) {
        let mut memory = self.0.lock().unwrap();
        memory.end();
        *memory = Arc::new(Memory::of(memory.origin().clone()));
    }
}

impl World {
    /// Sends a request, and waits for the answer.
    pub fn exchange(&self, request: Request) -> Arc<Answer> {
        let mut stand = self.stand.lock().unwrap();
        let known = self.memory.recall(stand.place, &request);
        let (answer, place) = known.unwrap_or_else(|| {
            let from = stand.live.take();
            let mut live = self.memory.lead(from, stand.place);
            let answer = Arc::new(live.exchange(&request));
            let place = self.memory.learn(stand.place, request, answer.clone());
            stand.live = Some((place, live));
            (answer, place)
        });
        stand.place = place;
        if let Some(wrong) = answer.header("x-stand-in-violations") {
            let wrong: Vec<Json> = serde_json::from_str(wrong).expect("violations");
            stand.violations.extend(wrong);
        }
        answer
    }

    /// A process begins to work on it: from what it may draw by chance.
    pub fn begins(&self) -> u64 {
        let mut stand = self.stand.lock().unwrap();
        stand.processes += 1;
        stand.processes
    }

    /// What it holds when so much of its time has passed, as `kind id`.
    pub fn inventory(&self, passed: Duration) -> BTreeSet<String> {
        let asked = controls("inventory", Some(passed), &json!({"regions": [REGION]}));
        serde_json::from_value(self.exchange(asked).json()).expect("an inventory")
    }

    /// Requests that AWS's service models do not allow.
    pub fn violations(&self) -> Vec<Json> {
        self.stand.lock().unwrap().violations.clone()
    }

    /// A plain VPC, in which deployments are made.
    pub fn vpc(&self) -> Json {
        self.control("vpc", &json!({"regions": [REGION]}))
    }

    /// What a service answers to a request of somebody else's; `headers` say what is asked.
    pub fn asked(&self, service: &str, headers: &[(&str, &str)], body: &str) -> String {
        self.asked_at(service, "POST", "/", headers, body)
    }

    /// The same of a service that is asked by method and path.
    pub fn asked_at(&self, service: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
        let scope = format!("Credential=AKIAIOSFODNN7EXAMPLE/20260101/{REGION}/{service}/aws4_request");
        let signed = format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0");
        let host = format!("{service}.{REGION}.amazonaws.com");
        let own = [("host", host.as_str()), ("authorization", signed.as_str())];
        let headers: Vec<(String, String)> = own
            .iter()
            .chain(headers)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let answer = self.exchange(Request {
            method: method.to_owned(),
            target: path.to_owned(),
            headers,
            body: body.into(),
            at: None,
        });
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!((200..300).contains(&answer.status), "{service}: {text}");
        text
    }

    /// Denies an action to everybody from now on.
    pub fn lacking(&self, action: &str) {
        self.control("permissions", &json!({"judged": false, "lacking": [action]}));
    }

    /// Keeps it as it is now.
    pub fn keep(&self) -> Kept {
        let mut stand = self.stand.lock().unwrap();
        let from = stand.live.take();
        let mut live = self.memory.lead(from, stand.place);
        let kept = live.keep();
        stand.live = Some((stand.place, live));
        Kept::of(Origin {
            violations: stand.violations.clone(),
            processes: stand.processes,
            ..kept
        })
    }

    fn control(&self, what: &str, body: &Json) -> Json {
        self.exchange(controls(what, None, body)).json()
    }
}

/// Where a world tells what it holds.
pub const INVENTORY: &str = "/_stand-in/inventory";

/// A request to the stand-in itself.
fn controls(what: &str, at: Option<Duration>, body: &Json) -> Request {
    Request {
        method: "POST".to_owned(),
        target: format!("/_stand-in/{what}"),
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
        at,
    }
}

fn read_answer(from: &mut BufReader<TcpStream>) -> Answer {
    let mut line = || {
        let mut line = String::new();
        from.read_line(&mut line).expect("the world answers");
        line.trim_end().to_owned()
    };
    let status_line = line();
    let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no HTTP: {status_line:?}"));
    let mut headers = Vec::new();
    loop {
        let line = line();
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let mut answer = Answer {
        status,
        headers,
        body: Vec::new(),
    };
    let length = answer.number("content-length");
    answer.body.resize(length.unwrap_or(0), 0);
    from.read_exact(&mut answer.body).expect("a whole answer");
    answer
}

/// The stand-in's Python, set up where it is not yet.
fn python(root: &Path) -> PathBuf {
    let target = target_dir();
    let output = Command::new(root.join("setup.sh"))
        .env("CARGO_TARGET_DIR", &target)
        .output()
        .expect("acceptance-tests/stand-in/setup.sh starts");
    assert!(
        output.status.success(),
        "The stand-in for AWS could not be set up:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    target.join("stand-in/venv/bin/python")
}

/// Cargo's target folder.
pub fn target_dir() -> PathBuf {
    let binary = Path::new(env!("CARGO_BIN_EXE_terraform-provider-thatdot"));
    let target = binary.parent().and_then(Path::parent);
    target.expect("the binary lies in target/PROFILE").to_owned()
}
