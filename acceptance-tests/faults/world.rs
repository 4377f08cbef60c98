//! AWS as the harness has it: worlds of the stand-in, each a copy of one that was kept.
//!
//! A world is asked without giving the thread away, so that a paused clock stands still while it answers.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value as Json, json};

/// The region of all worlds.
pub const REGION: &str = "us-east-1";

/// The process that keeps the worlds. It ends, and they with it, when its standard input closes: with this process.
pub struct Worlds {
    _process: Child,
    empty: Kept,
}

/// A world as it was at one moment, to be had as often as wanted.
#[derive(Debug, Clone, Copy)]
pub struct Kept {
    port: u16,
}

/// One world, ours alone.
pub struct World {
    connection: Mutex<BufReader<TcpStream>>,
}

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
            empty: Kept {
                port: port(&said["port"]),
            },
        }
    }

    /// A world with nothing in it.
    pub fn empty(&self) -> Kept {
        self.empty
    }
}

impl Kept {
    /// A copy of it.
    pub fn world(self) -> World {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).expect("the worlds live");
        stream.set_nodelay(true).expect("a socket");
        World {
            connection: Mutex::new(BufReader::new(stream)),
        }
    }
}

impl World {
    /// Sends a request, and waits for the answer.
    pub fn exchange(&self, method: &str, target: &str, headers: &[(String, String)], body: &[u8]) -> Answer {
        let mut connection = self.connection.lock().unwrap();
        let headers: String = headers
            .iter()
            .flat_map(|(name, value)| [name, ": ", value, "\r\n"])
            .collect();
        let length = body.len();
        let head = format!("{method} {target} HTTP/1.1\r\ncontent-length: {length}\r\n{headers}\r\n");
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        connection.get_mut().write_all(&request).expect("the world lives");
        read_answer(&mut connection)
    }

    /// What it holds when so much of its time has passed, as `kind id`.
    pub fn inventory(&self, passed: Duration) -> BTreeSet<String> {
        let at = [Self::clock(passed)];
        let said = self.controlled("POST", "inventory", &at, &json!({"regions": [REGION]}));
        serde_json::from_value(said).expect("an inventory")
    }

    /// The header that says how much of its time has passed.
    pub fn clock(passed: Duration) -> (String, String) {
        ("x-stand-in-clock".to_owned(), passed.as_secs_f64().to_string())
    }

    /// Requests that AWS's service models do not allow.
    pub fn violations(&self) -> Vec<Json> {
        serde_json::from_value(self.control("GET", "violations", &Json::Null)).expect("violations")
    }

    /// A plain VPC, in which deployments are made.
    pub fn vpc(&self) -> Json {
        self.control("POST", "vpc", &json!({"regions": [REGION]}))
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
        let answer = self.exchange(method, path, &headers, body.as_bytes());
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!((200..300).contains(&answer.status), "{service}: {text}");
        text
    }

    /// Denies an action to everybody from now on.
    pub fn lacking(&self, action: &str) {
        self.control("POST", "permissions", &json!({"judged": false, "lacking": [action]}));
    }

    /// Keeps it as it is now.
    pub fn keep(&self) -> Kept {
        Kept {
            port: port(&self.control("POST", "snapshot", &Json::Null)),
        }
    }

    fn control(&self, method: &str, what: &str, body: &Json) -> Json {
        self.controlled(method, what, &[], body)
    }

    fn controlled(&self, method: &str, what: &str, headers: &[(String, String)], body: &Json) -> Json {
        let answer = self.exchange(
            method,
            &format!("/_stand-in/{what}"),
            headers,
            body.to_string().as_bytes(),
        );
        let text = String::from_utf8_lossy(&answer.body);
        assert_eq!(answer.status, 200, "{method} {what}: {text}");
        serde_json::from_str(&text).expect("JSON")
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
    let length = answer.header("content-length").and_then(|length| length.parse().ok());
    answer.body.resize(length.unwrap_or(0), 0);
    from.read_exact(&mut answer.body).expect("a whole answer");
    answer
}

fn port(said: &Json) -> u16 {
    said.as_u64()
        .and_then(|port| port.try_into().ok())
        .unwrap_or_else(|| panic!("no port: {said}"))
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
