//! The data on the volume: the detector is shut down before its task is stopped, and the volume stays where it is to be
//! retained.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use super::view::{ADDRESS, deployment, id_of, parts};
use crate::harness::{Diagnostic, Sandbox};

const RETAINED: &str = "  persistence { retain_on_destroy = true }";

/// A proxy through which the detector is reached, and the requests that come through it. The first is answered as the
/// detector answers, and then it is gone.
fn way_to_the_detector() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (asked, requests) = channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut line = String::new();
        BufReader::new(stream.try_clone().unwrap())
            .read_line(&mut line)
            .unwrap();
        let answer = "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        stream.write_all(answer.as_bytes()).unwrap();
        asked.send(line).unwrap();
    });
    (url, requests)
}

#[test]
fn a_volume_that_is_retained_is_written_out_left_standing_and_used_again() {
    let sandbox = Sandbox::new();
    let (proxy, requests) = way_to_the_detector();
    let through = format!("provider \"thatdot\" {{\n  http_proxy = \"{proxy}\"\n}}\n");
    let with = |body: &str| format!("{through}{}", deployment(&sandbox, body));
    sandbox.apply(&with(RETAINED));
    let state = sandbox.state(ADDRESS);
    let volume = id_of(&state, "efs_file_system");
    assert!(requests.try_recv().is_err(), "nothing was to be shut down yet");

    sandbox.configure(&with(&format!("{RETAINED}\n  environment = {{ MODE = \"new\" }}")));
    let applied = sandbox.terraform.apply(&[]).succeeded();
    let asked = requests.recv().unwrap();
    let address = state.text("private_ip");
    assert_eq!(
        asked.trim_end(),
        format!("POST http://{address}:8080/api/v1/admin/shutdown HTTP/1.1")
    );
    assert!(applied.warnings().is_empty(), "{applied}");

    sandbox.configure(&with(
        "  persistence {\n    retain_on_destroy = true\n    encrypted = false\n  }",
    ));
    let error = sandbox.terraform.plan(&[]).error();
    assert!(error.text().contains("retain_on_destroy = false"), "{}", error.text());

    sandbox.configure(&with(RETAINED));
    let destroyed = sandbox.terraform.destroy(&[]).succeeded();
    let told: Vec<String> = destroyed.warnings().iter().map(Diagnostic::text).collect();
    let [left, not_shut_down] = &told[..] else {
        panic!("two warnings: {destroyed}")
    };
    assert!(left.contains(&volume) && left.contains("adopt_existing"), "{left}");
    assert!(
        not_shut_down.contains("/api/v1/admin/shutdown") && not_shut_down.contains("may be lost"),
        "{not_shut_down}"
    );

    sandbox.configure(&with(RETAINED));
    let error = sandbox.terraform.apply(&[]).error();
    assert!(
        error.text().contains(&volume) && error.text().contains("adopt_existing"),
        "{}",
        error.text()
    );
    sandbox.apply(&with(&format!("{RETAINED}\n  adopt_existing = true")));
    assert_eq!(id_of(&sandbox.state(ADDRESS), "efs_file_system"), volume);

    sandbox.configure(&with(""));
    let removed = sandbox.terraform.apply(&[]).succeeded();
    assert!(!parts(&sandbox.state(ADDRESS)).contains_key("efs_file_system"));
    assert!(
        removed
            .warnings()
            .iter()
            .any(|warning| warning.text().contains(&volume)),
        "{removed}"
    );
    sandbox.apply(&with("  persistence {}"));
    assert_eq!(
        id_of(&sandbox.state(ADDRESS), "efs_file_system"),
        volume,
        "it is ours still"
    );
    sandbox.destroy();
}
