//! The local stand-in for AWS: one server per test, started here and ended with the test.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::http::Request;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Registry, Wait, declared, wait_until};

/// The region that tests work in.
pub const REGION: &str = "us-east-1";

/// The id of the key that Terraform works with, where a test does not say otherwise.
pub const PROVIDER: &str = "AKIATERRAFORM";

/// One call that the stand-in answered.
#[derive(Debug, Clone, Deserialize)]
pub struct Call {
    /// The service, as boto3 names it: `ecs`.
    pub service: String,
    /// The operation: `CreateCluster`.
    pub action: String,
    /// The id of the key that it was signed with.
    pub caller: String,
    /// AWS's code, where it refused.
    #[serde(default)]
    pub error_code: Option<String>,
    /// The parsed request.
    #[serde(default)]
    pub params: Value,
}

impl Call {
    /// Whether it may have changed something.
    pub fn writes(&self) -> bool {
        !["Assume", "BatchGet", "Describe", "Get", "List", "Head", "Simulate"]
            .iter()
            .any(|verb| self.action.starts_with(verb))
    }

    /// Whether the provider made it, as whomever it was told to.
    fn is_of_provider(&self) -> bool {
        self.caller == PROVIDER
    }

    /// The action's name in IAM.
    pub fn iam_action(&self) -> String {
        declared::action(&self.service, &self.action)
    }
}

/// An error that the stand-in is told to answer.
#[derive(Debug, Clone, Serialize)]
pub struct Fault {
    service: String,
    action: String,
    mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    times: Option<u32>,
    skip: u32,
    delay_ms: u32,
}

impl Fault {
    /// An operation that is refused, every time, with that code and message.
    pub fn refusal(
        service: impl Into<String>,
        action: impl Into<String>,
        code: &'static str,
        message: &'static str,
    ) -> Self {
        Self {
            code: Some(code),
            message: Some(message),
            status: Some(400),
            ..Self::of(service, action, "error")
        }
    }

    /// An operation that takes that much longer, every time.
    pub fn slow(service: impl Into<String>, action: impl Into<String>, delay_ms: u32) -> Self {
        Self {
            delay_ms,
            ..Self::of(service, action, "delay")
        }
    }

    /// An operation that is done, but whose answer gets lost.
    pub fn lost_answer(service: impl Into<String>, action: impl Into<String>) -> Self {
        Self {
            times: Some(1),
            ..Self::of(service, action, "drop-after")
        }
    }

    /// With that status.
    pub fn with_status(self, status: u16) -> Self {
        Self {
            status: Some(status),
            ..self
        }
    }

    /// Only so many times.
    pub fn times(self, times: u32) -> Self {
        Self {
            times: Some(times),
            ..self
        }
    }

    /// Only after so many have passed.
    pub fn after(self, skip: u32) -> Self {
        Self { skip, ..self }
    }

    fn of(service: impl Into<String>, action: impl Into<String>, mode: &'static str) -> Self {
        Self {
            service: service.into(),
            action: action.into(),
            mode,
            code: None,
            message: None,
            status: None,
            times: None,
            skip: 0,
            delay_ms: 0,
        }
    }
}

/// How tasks that start from now on end.
#[derive(Debug, Clone, Serialize)]
pub struct TaskOutcome {
    /// ECS's word for why the task stopped.
    #[serde(rename = "stoppedReason")]
    pub stopped_reason: &'static str,
    /// Its code for it: `TaskFailedToStart`, `EssentialContainerExited`.
    #[serde(rename = "stopCode")]
    pub stop_code: &'static str,
    /// The exit code of the container, where it ran.
    pub exit_code: Option<i32>,
    /// What it wrote before.
    pub log_lines: &'static [&'static str],
}

/// A plain VPC: two public subnets and two private ones, in two zones.
#[derive(Debug, Clone, Deserialize)]
pub struct Vpc {
    /// Its id.
    pub vpc_id: String,
    /// The subnets with a route to the internet gateway.
    pub public_subnet_ids: Vec<String>,
    /// The others.
    pub private_subnet_ids: Vec<String>,
}

/// A running stand-in. It ends when this is dropped. In a test on a real account there is none, and who wants something of
/// it fails.
pub struct StandIn {
    running: Option<(Child, String)>,
}

impl StandIn {
    /// Starts one; what it complains about goes to that file.
    pub fn start(complaints: &Path) -> Self {
        let complaints = File::create(complaints).expect("a file for the stand-in's complaints");
        let mut server = python("stand_in", &["--port", "0"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(complaints)
            .spawn()
            .expect("the stand-in's Python starts");
        let mut line = String::new();
        BufReader::new(server.stdout.take().expect("standard output is piped"))
            .read_line(&mut line)
            .expect("the stand-in says where it serves");
        let said: Value =
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("the stand-in did not start: {line:?}"));
        let endpoint = said["endpoint"].as_str().expect("an endpoint").to_owned();
        Self {
            running: Some((server, endpoint)),
        }
    }

    /// None.
    pub fn absent() -> Self {
        Self { running: None }
    }

    /// Where it serves.
    pub fn endpoint(&self) -> &str {
        let (_, endpoint) = self
            .running
            .as_ref()
            .expect("this test needs the local stand-in: run it without TF_ACC=1");
        endpoint
    }

    /// Every AWS call so far, in order.
    pub fn calls(&self) -> Vec<Call> {
        serde_json::from_value(self.control("GET", "calls", None)).expect("a list of calls")
    }

    /// The calls so far that may have changed something, as `ecs:CreateCluster`.
    pub fn writes(&self) -> Vec<String> {
        self.calls()
            .iter()
            .filter(|call| call.writes())
            .map(|call| format!("{}:{}", call.service, call.action))
            .collect()
    }

    /// Those of the writes that AWS did not refuse.
    pub fn changes(&self) -> Vec<String> {
        let calls = self.calls().into_iter();
        let done = calls.filter(|call| call.writes() && call.error_code.is_none());
        done.map(|call| format!("{}:{}", call.service, call.action)).collect()
    }

    /// Forgets the calls so far.
    pub fn forget_calls(&self) {
        self.control("DELETE", "calls", None);
    }

    /// The actions that the provider called and that no part of it declares to need. Who one is, may be asked by anybody, and
    /// to ask the AWS Marketplace's meter is a data source's own purpose.
    pub fn undeclared(&self) -> BTreeSet<String> {
        static DECLARED: LazyLock<BTreeSet<String>> = LazyLock::new(declared::everywhere);
        let calls = self.calls().into_iter().filter(Call::is_of_provider);
        let actions = calls
            .map(|call| call.iam_action())
            .filter(|action| !action.starts_with("sts:") && !action.starts_with("meteringmarketplace:"));
        actions.filter(|action| !DECLARED.contains(action)).collect()
    }

    /// Lets callers that IAM knows do, from now on, what their policies allow and nothing else.
    pub fn judge_callers(&self) {
        self.control("POST", "permissions", Some(json!({ "judged": true })));
    }

    /// Waits until every call that was made has taken effect, also those of callers that are gone.
    pub fn settle(&self) {
        let mut idle = 0;
        wait_until("no call is under way", || {
            idle = if self.control("GET", "under-way", None) == 0 {
                idle + 1
            } else {
                0
            };
            idle > 5
        });
    }

    /// Requests that the AWS service models do not allow.
    pub fn violations(&self) -> Vec<Value> {
        serde_json::from_value(self.control("GET", "violations", None)).expect("a list of violations")
    }

    /// Adds a fault.
    pub fn inject(&self, fault: Fault) {
        self.control("POST", "faults", Some(json!([fault])));
    }

    /// How many faults have not struck as often as they are to.
    pub fn faults(&self) -> usize {
        self.control("GET", "faults", None).as_array().map_or(0, Vec::len)
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.control("DELETE", "faults", None);
    }

    /// Makes tasks end so from now on.
    pub fn tasks_end(&self, outcome: &TaskOutcome) {
        let mut body = serde_json::to_value(outcome).expect("an outcome is JSON");
        let exit_code = body
            .as_object_mut()
            .and_then(|body| body.remove("exit_code"))
            .unwrap_or_default();
        body["containers"] = json!([{ "exitCode": exit_code, "reason": outcome.stopped_reason }]);
        self.control("POST", "task-outcome", Some(body));
    }

    /// Makes tasks run again from now on.
    pub fn tasks_run(&self) {
        self.control("DELETE", "task-outcome", None);
    }

    /// Lets ECR hold what is pushed to that registry, which answers at that address.
    pub fn use_registry(&self, registry: &Registry, address: &str) {
        let body = json!({
            "url": format!("http://{address}"),
            "storage": registry.storage(),
            "password": Registry::token(),
        });
        self.control("POST", "registry", Some(body));
    }

    /// Lets AWS publish that value under the name of one of its public parameters.
    pub fn publish(&self, parameter: &str, value: &str) {
        let body = json!({ "name": parameter, "value": value });
        self.control("POST", "public-parameter", Some(body));
    }

    /// Makes a VPC.
    pub fn vpc(&self) -> Vpc {
        let said = self.tool("stand_in.vpc");
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("no VPC: {said}"))
    }

    /// Makes a secret, and tells its ARN.
    pub fn secret(&self) -> String {
        let said = self.tool("stand_in.secret");
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("no secret: {said}"))
    }

    /// Makes the SNS topic `hosts`, and tells its ARN.
    pub fn topic(&self) -> String {
        let said = self.tool("stand_in.topic");
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("no topic: {said}"))
    }

    /// Every object there is, as `kind id`.
    pub fn inventory(&self) -> BTreeSet<String> {
        let said = self.tool("stand_in.inventory");
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("no inventory: {said}"))
    }

    /// What AWS tells of objects: the answers to queries (`stand_in/describe.py` says what one is), in their order.
    pub fn describe(&self, queries: &impl Serialize) -> Vec<Value> {
        let queries = serde_json::to_string(queries).expect("queries are JSON");
        let told = self.asked("stand_in.describe", &queries);
        serde_json::from_str(&told).unwrap_or_else(|_| panic!("no answers: {told}"))
    }

    fn tool(&self, module: &str) -> String {
        self.asked(module, "")
    }

    fn asked(&self, module: &str, input: &str) -> String {
        tool_output(module, &["--endpoint", self.endpoint(), "--region", REGION], input)
    }

    fn control(&self, method: &str, what: &str, body: Option<Value>) -> Value {
        static CONNECTOR: LazyLock<Connector> = LazyLock::new(|| Connector::builder().build_http());
        let body = body.map_or_else(SdkBody::empty, |body| SdkBody::from(body.to_string()));
        let mut request = Request::new(body);
        request.set_method(method).expect("a method");
        request
            .set_uri(format!("{}/_stand-in/{what}", self.endpoint()))
            .expect("a URL");
        request.headers_mut().insert("content-type", "application/json");
        let response = async {
            let mut response = CONNECTOR.call(request).await.expect("the stand-in answers");
            let body = std::mem::replace(response.body_mut(), SdkBody::taken());
            let bytes = ByteStream::new(body)
                .collect()
                .await
                .expect("a whole answer")
                .into_bytes();
            (response.status().as_u16(), bytes)
        };
        let (status, bytes) = response.wait();
        assert!(
            status < 300,
            "{method} {what}: {status} {}",
            String::from_utf8_lossy(&bytes)
        );
        serde_json::from_slice(&bytes).unwrap_or_default()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        if let Some((server, _)) = &mut self.running {
            // Already ended is as good as ended.
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// What a module of the stand-in prints when it is given that.
pub(super) fn tool_output(module: &str, arguments: &[&str], input: &str) -> String {
    output(python(module, arguments), input)
}

/// What a script of the tests, run by the stand-in's Python, says of a question.
pub fn judged_by(script: &str, question: &Value) -> Value {
    judged(&PYTHON, script, question)
}

/// The same, run by the Python that has the checkers.
pub fn checked_by(script: &str, question: &Value) -> Value {
    judged(&set_up("checkers"), script, question)
}

fn judged(python: &Path, script: &str, question: &Value) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("acceptance-tests")
        .join(script);
    let mut judge = Command::new(python);
    judge.arg("-B").arg(&script);
    serde_json::from_str(&output(judge, &question.to_string())).expect("the script answers in JSON")
}

/// What a command prints when it is given that.
fn output(mut command: Command, input: &str) -> String {
    let mut tool = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the stand-in's Python starts");
    let mut stdin = tool.stdin.take().expect("standard input is piped");
    // A tool that reads no input may have closed it already.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = tool.wait_with_output().expect("the tool ends");
    assert!(output.status.success(), "{command:?} failed");
    String::from_utf8(output.stdout).expect("UTF-8")
}

static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| set_up("stand-in"));

/// The stand-in's Python, ready to run one of its modules.
fn python(module: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(&*PYTHON);
    command.args(["-m", module]).args(arguments);
    command.env("PYTHONPATH", source()).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("acceptance-tests/stand-in")
}

/// The Python of a folder of the tests: sets it up, or finds it set up; test processes that run at once take turns.
fn set_up(name: &str) -> PathBuf {
    let target = target_dir();
    std::fs::create_dir_all(&target).expect("the target folder");
    let lock = File::create(target.join(format!("{name}.lock"))).expect("the lock file");
    lock.lock().expect("the lock");
    let output = Command::new(source().join("setup.sh"))
        .arg(format!("acceptance-tests/{name}"))
        .env("CARGO_TARGET_DIR", &target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("acceptance-tests/stand-in/setup.sh starts");
    assert!(
        output.status.success(),
        "The Python of acceptance-tests/{name} could not be set up:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    target.join(name).join("venv/bin/python")
}

/// Cargo's target folder: the provider's binary lies in a profile's folder in it.
pub fn target_dir() -> PathBuf {
    binary()
        .parent()
        .and_then(Path::parent)
        .expect("the binary lies in target/PROFILE")
        .to_owned()
}

/// The provider under test.
pub fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_terraform-provider-thatdot"))
}
