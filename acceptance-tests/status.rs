//! `thatdot_deployment_status`: how a deployment is doing, and what it answers.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use crate::detector::{REQUIRED, deployment, resource};
use crate::harness::{Attributes, Sandbox, TaskOutcome, Wait};

const ADDRESS: &str = "data.thatdot_deployment_status.this";

/// The detector that the tests ask about.
const NAME: &str = "fraud";

fn status(arguments: &str) -> String {
    format!("data \"thatdot_deployment_status\" \"this\" {{\n  {arguments}\n}}\n")
}

/// A detector that stands, and its status.
fn read(sandbox: &Sandbox, body: &str, arguments: &str) -> Attributes {
    sandbox.configure(&format!("{}\n{}", deployment(sandbox, body), status(arguments)));
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.state(ADDRESS)
}

/// A server on this machine that answers as Private AI does.
fn private_ai() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            BufReader::new(stream.try_clone().unwrap())
                .read_line(&mut line)
                .unwrap();
            let (status, body) = if line.starts_with("GET /healthz ") {
                ("200 OK", "{}")
            } else if line.starts_with("GET / ") {
                ("200 OK", "{\"app_version\": \"3.3.2-cpu\"}")
            } else {
                ("404 Not Found", "")
            };
            let length = body.len();
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    url
}

#[test]
fn a_running_service_tells_its_tasks_and_events_and_what_it_answers() {
    let sandbox = Sandbox::new();
    let url = private_ai();
    let arguments = format!("service_arn  = thatdot_detector_deployment.this.service_arn\n  endpoint_url = \"{url}/\"");
    let found = read(&sandbox, "", &arguments);
    assert_eq!(found.text("status"), "ACTIVE");
    assert_eq!(found.at("desired_count"), 1);
    assert_eq!(found.at("running_count"), 1);
    assert_eq!(found.text("rollout_state"), "COMPLETED");
    assert_eq!(found.text("/tasks/0/status"), "RUNNING");
    assert_eq!(
        found.text("/tasks/0/private_ip"),
        sandbox.state("thatdot_detector_deployment.this").text("private_ip")
    );
    assert!(
        found
            .text("/tasks/0/task_definition_arn")
            .contains("task-definition/fraud:")
    );
    assert!(found.text("/tasks/0/started_at").ends_with('Z'));
    assert!(found.text("/tasks/0/image_digests/service").starts_with("sha256:"));
    assert!(!found.text("/events/0/message").is_empty());

    assert_eq!(found.text("url"), url);
    assert_eq!(found.at("reachable"), true);
    assert!(found.at("reason").is_null());
    assert_eq!(found.text("app_version"), "3.3.2-cpu");
    assert_eq!(
        (found.at("http_status"), found.at("healthz_status")),
        (&200.into(), &200.into())
    );
    sandbox.destroy();
}

#[test]
fn a_deployment_that_does_not_answer_is_told_and_fails_nothing() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, ""));
    let found = read(
        &sandbox,
        "",
        &format!("name = \"{NAME}\"\n  endpoint_url = \"http://127.0.0.1:9\""),
    );
    assert_eq!(found.at("reachable"), false);
    assert!(found.text("reason").contains("refused"), "{}", found.text("reason"));
    assert!(found.at("app_version").is_null() && found.at("healthz_status").is_null());
    assert_eq!(found.at("running_count"), 1);

    let unasked = read(
        &sandbox,
        "",
        &format!("cluster = \"{NAME}\"\n  service = \"{NAME}\"\n  probe = false"),
    );
    assert_eq!(unasked.at("reachable"), false);
    assert!(unasked.at("url").is_null() && unasked.text("reason").contains("probe"));
}

#[test]
fn a_single_task_is_found_by_its_name() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, "  run_as = \"task\""));
    let found = read(
        &sandbox,
        "  run_as = \"task\"",
        &format!("name = \"{NAME}\"\n  probe = false"),
    );
    assert!(found.at("status").is_null() && found.at("desired_count").is_null());
    assert_eq!(found.at("running_count"), 1);
    assert_eq!(found.text("/tasks/0/status"), "RUNNING");
}

#[test]
fn tasks_that_are_gone_leave_the_service_to_tell_why() {
    let sandbox = Sandbox::new();
    sandbox.apply(&deployment(&sandbox, "  wait_for_steady_state = false"));
    sandbox.stand_in.tasks_end(&TaskOutcome {
        stopped_reason: "Essential container in task exited",
        stop_code: "EssentialContainerExited",
        exit_code: Some(1),
        log_lines: &[],
    });
    let ecs = &sandbox.aws.ecs;
    let tasks = ecs.list_tasks().cluster(NAME).send().wait().unwrap();
    for arn in tasks.task_arns() {
        ecs.stop_task().cluster(NAME).task(arn).send().wait().unwrap();
    }
    // ECS goes on trying: a task that it has just started runs for a moment.
    let look = || {
        let query = format!("name = \"{NAME}\"");
        read(&sandbox, "  wait_for_steady_state = false", &query)
    };
    let found = (0..20)
        .map(|_| look())
        .find(|found| found.at("running_count") == 0)
        .expect("a look at which no task runs");
    assert_eq!(found.at("reachable"), false);
    assert_eq!(found.at("desired_count"), 1);
}

#[test]
fn what_is_not_there_or_not_asked_for_rightly_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.configure(&format!("{REQUIRED}\n{}", status("name = \"nobody\"")));
    let error = sandbox.terraform.plan(&[]).error();
    assert_eq!(error.line(), "name = \"nobody\"");
    assert!(error.text().contains("service_arn"), "{}", error.text());
    for arguments in [
        "",
        "cluster = \"a\"",
        "name = \"a\"\n  cluster = \"a\"\n  service = \"a\"",
        "name = \"a\"\n  endpoint_url = \"ftp://a\"",
    ] {
        sandbox.configure(&format!("{REQUIRED}\n{}", status(arguments)));
        assert!(!sandbox.terraform.validate().errors().is_empty(), "{arguments}");
    }
}

#[test]
fn the_documentations_snippet_works() {
    let sandbox = Sandbox::new();
    let snippet = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/data-sources/thatdot_deployment_status/data-source.tf"
    );
    let snippet = std::fs::read_to_string(snippet).unwrap();
    sandbox.apply(&format!(
        "{REQUIRED}\n{}\n{snippet}",
        resource(&sandbox, "fraud", NAME, "")
    ));
    let said = sandbox.terraform.json(&["output", "-json"]);
    assert_eq!(said["tasks"]["value"].as_array().map(Vec::len), Some(1));
}
