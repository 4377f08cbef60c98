//! Between the SDK and a world: every call is written down, and some of them are struck.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use super::asked::{Asked, named};
use super::fault::{Fault, Protocol};
use super::memory::Request;
use super::reply;
use super::world::{Answer, World};

/// How long a request is on its way, and its answer.
const WAY: Duration = Duration::from_millis(15);

/// A call that was made.
#[derive(Debug, Clone)]
pub struct Call {
    /// The operation, as `ecs:CreateCluster`, in the names of boto3.
    pub operation: String,
    /// The request: its path and query, and its body.
    pub text: String,
    /// Whether it was made to refresh the state, before what was asked for.
    pub refreshes: bool,
    /// When, in the world's time.
    pub at: Duration,
}

impl Call {
    /// Whether it may change something.
    pub fn writes(&self) -> bool {
        writes(&self.operation)
    }
}

/// Whether an operation may change something.
pub fn writes(operation: &str) -> bool {
    let action = operation.split(':').nth(1).unwrap_or(operation);
    !["BatchGet", "Describe", "Get", "List", "Simulate"]
        .iter()
        .any(|verb| action.starts_with(verb))
}

/// Which call is struck, with what.
#[derive(Debug, Clone)]
pub struct Strike {
    /// The operation.
    pub operation: String,
    /// Which of its calls, from 0.
    pub nth: usize,
    /// What befalls it.
    pub fault: Fault,
}

impl Strike {
    /// Whether it befalls that call of the operation, counted from 0.
    fn befalls(&self, operation: &str, n: usize) -> bool {
        let is_over = self.fault.times().is_some_and(|times| n >= self.nth + times);
        self.operation == operation && n >= self.nth && !is_over
    }
}

/// The way to one world.
pub struct Wire {
    world: World,
    log: Mutex<Log>,
    /// How much of the world's time had passed when the present process began.
    begun: Mutex<(Duration, Option<Instant>)>,
    /// Told when the process is to be killed or interrupted.
    pub signal: Notify,
    /// Whether the state is being refreshed.
    pub refreshes: AtomicBool,
}

#[derive(Default)]
struct Log {
    calls: Vec<Call>,
    counts: HashMap<String, usize>,
    /// The strikes, and how many calls each has befallen.
    strikes: Vec<(Strike, usize)>,
    /// When the strikes are over, in the world's time.
    over: Option<Duration>,
    /// Which of all calls are struck, whatever is called: each whose number this divides.
    every: Option<(usize, Fault)>,
    everywhere: usize,
    killed: bool,
    done: Vec<String>,
}

impl Wire {
    /// The way to that world.
    pub fn to(world: World) -> Arc<Self> {
        Self::at(world, Duration::ZERO)
    }

    /// The way to that world, of whose time so much has passed.
    pub fn at(world: World, passed: Duration) -> Arc<Self> {
        Arc::new(Self {
            world,
            log: Mutex::default(),
            begun: Mutex::new((passed, None)),
            signal: Notify::new(),
            refreshes: AtomicBool::new(false),
        })
    }

    /// The world.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// A process begins, with a clock of its own that stands at nought for the world's time.
    pub fn begin(&self) {
        self.begun.lock().unwrap().1 = Some(Instant::now());
    }

    /// The process has ended, and that much time passes before the next.
    pub fn end(&self, pause: Duration) {
        let passed = self.now() + pause;
        *self.begun.lock().unwrap() = (passed, None);
    }

    /// How much of the world's time has passed.
    pub fn now(&self) -> Duration {
        let (base, begun) = *self.begun.lock().unwrap();
        base + begun.map_or(Duration::ZERO, |begun| begun.elapsed())
    }

    /// What the world holds now, when what AWS was about to do by itself is done.
    pub fn inventory(&self) -> BTreeSet<String> {
        self.world.inventory(self.now())
    }

    /// Forgets the calls so far and sets the next strikes: none, one (an `Option`), or several. Of two that are of the same call,
    /// the first befalls it.
    pub fn expect(&self, strikes: impl IntoIterator<Item = Strike>) {
        *self.log.lock().unwrap() = Log {
            strikes: strikes.into_iter().map(|strike| (strike, 0)).collect(),
            ..Log::default()
        };
    }

    /// The same, over after so much time.
    pub fn expect_for(&self, time: Duration, strike: Strike) {
        self.expect([strike]);
        self.log.lock().unwrap().over = Some(self.now() + time);
    }

    /// Forgets the calls so far and strikes each so-manieth call from now on, whatever is called.
    pub fn expect_everywhere(&self, every: usize, fault: Fault) {
        self.expect(None);
        self.log.lock().unwrap().every = Some((every, fault));
    }

    /// Every call since, by the operations that they turned out to be.
    pub fn calls(&self) -> Vec<Call> {
        let mut calls = self.log.lock().unwrap().calls.clone();
        for call in &mut calls {
            call.operation = named(&call.operation);
        }
        calls
    }

    /// Every change that the world has made since.
    pub fn done(&self) -> Vec<String> {
        self.log.lock().unwrap().done.clone()
    }

    /// Whether the signal was a kill.
    pub fn killed(&self) -> bool {
        self.log.lock().unwrap().killed
    }

    /// How many calls were struck since.
    pub fn struck(&self) -> usize {
        self.struck_each().into_iter().sum::<usize>() + self.log.lock().unwrap().everywhere
    }

    /// How many calls each strike has befallen since.
    pub fn struck_each(&self) -> Vec<usize> {
        let log = self.log.lock().unwrap();
        log.strikes.iter().map(|(_, struck)| *struck).collect()
    }

    /// A client whose requests go here.
    pub fn client(self: &Arc<Self>) -> SharedHttpClient {
        let wire = self.clone();
        http_client_fn(move |settings, _| {
            SharedHttpConnector::new(Connection {
                wire: wire.clone(),
                settings: settings.clone(),
            })
        })
    }

    /// Writes a call down; the fault, where it is struck.
    fn note(&self, operation: &str, text: String) -> Option<Fault> {
        let mut log = self.log.lock().unwrap();
        log.calls.push(Call {
            operation: operation.to_owned(),
            text,
            refreshes: self.refreshes.load(Ordering::Relaxed),
            at: self.now(),
        });
        let count = log.counts.entry(operation.to_owned()).or_default();
        let n = *count;
        *count += 1;
        if let Some((every, fault)) = log.every
            && log.calls.len().is_multiple_of(every)
        {
            log.everywhere += 1;
            return Some(fault);
        }
        if log.over.is_some_and(|over| self.now() >= over) {
            return None;
        }
        let (strike, struck) = log
            .strikes
            .iter_mut()
            .find(|(strike, _)| strike.befalls(operation, n))?;
        *struck += 1;
        Some(strike.fault)
    }
}

#[derive(Clone)]
struct Connection {
    wire: Arc<Wire>,
    settings: HttpConnectorSettings,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

impl HttpConnector for Connection {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connection = self.clone();
        HttpConnectorFuture::new(async move { connection.carry(&request).await })
    }
}

impl Connection {
    async fn carry(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let asked = Asked::read(request);
        let fault = self.wire.note(&asked.operation, asked.text());
        sleep(WAY).await;
        let answer = match fault {
            None => self.ask(&asked),
            Some(fault) => self.struck(&asked, fault).await?,
        };
        sleep(WAY).await;
        let mut response = HttpResponse::new(
            answer
                .status
                .try_into()
                .map_err(|_| ConnectorError::other("a status".into(), None))?,
            SdkBody::from(answer.body),
        );
        for (name, value) in answer.headers {
            response.headers_mut().insert(name, value);
        }
        Ok(response)
    }

    /// What a call comes to that is struck.
    async fn struck(&self, asked: &Asked, fault: Fault) -> Result<Answer, ConnectorError> {
        let reset = || ConnectorError::io(std::io::Error::from(std::io::ErrorKind::ConnectionReset).into());
        match fault {
            Fault::LostRequest => Err(reset()),
            Fault::LostAnswer => {
                self.ask(asked);
                Err(reset())
            }
            Fault::Unreachable => Err(ConnectorError::io(
                std::io::Error::from(std::io::ErrorKind::ConnectionRefused).into(),
            )),
            Fault::Silence => self.silence().await,
            Fault::LateAnswer | Fault::Overdue => {
                self.ask(asked);
                self.silence().await
            }
            Fault::BlindRead => Ok(reply::nothing(asked)),
            Fault::Odd(odd) => Ok(odd.of(self.ask(asked))),
            Fault::Killed => {
                self.ask(asked);
                self.wire.log.lock().unwrap().killed = true;
                self.wire.signal.notify_one();
                std::future::pending().await
            }
            Fault::Interrupted => {
                self.wire.signal.notify_one();
                Ok(self.ask(asked))
            }
            _ => match fault.refusal(asked.protocol, &asked.service) {
                Some(refusal) => Ok(reply::refused(asked, refusal)),
                None => Ok(self.ask(asked)),
            },
        }
    }

    /// What comes of waiting for an answer as long as the SDK does.
    async fn silence(&self) -> Result<Answer, ConnectorError> {
        match self.settings.read_timeout() {
            None => std::future::pending().await,
            Some(patience) => {
                sleep(patience).await;
                Err(ConnectorError::timeout("the server was silent".into()))
            }
        }
    }

    fn ask(&self, asked: &Asked) -> Answer {
        let answer = self.wire.world.exchange(Request {
            method: asked.method.clone(),
            target: asked.target.clone(),
            headers: asked.headers.clone(),
            body: asked.body.clone(),
            at: Some(self.wire.now()),
        });
        let operation = answer.header("x-stand-in-operation").unwrap_or(&asked.operation);
        if asked.protocol == Protocol::Rest {
            asked.turned_out(operation);
        }
        if answer.status < 300 && writes(operation) {
            let done = format!("{operation} {}", asked.text());
            self.wire.log.lock().unwrap().done.push(done);
        }
        Answer::clone(&answer)
    }
}
