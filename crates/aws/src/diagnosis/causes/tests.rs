//! The causes that the words of AWS and of containers lead to.

mod logged;
mod told;

use self::logged::LOG;
use self::told::AWS;
use super::*;

fn remedy(evidence: &Evidence) -> &'static str {
    finding(evidence).remedy
}

fn evidence(stopped: &str, log: &str) -> Evidence {
    Evidence {
        stopped: vec![stopped.to_owned()],
        log: log.lines().map(str::to_owned).collect(),
        ..Evidence::default()
    }
}

#[test]
fn awss_words_lead_to_the_likely_cause() {
    for (words, source, remedy_says) in AWS {
        let told = remedy(&evidence(words, ""));
        assert!(told.contains(remedy_says), "{words} ({source})\n→ {told}");
    }
}

/// The words by which no test finds their cause would be nobody's to miss.
#[test]
fn every_cause_has_its_words_among_those_that_were_seen() {
    for cause in CAUSES {
        for words in cause.aws {
            assert!(AWS.iter().any(|(text, ..)| says(text, words)), "{words}");
        }
        for words in cause.log {
            assert!(
                LOG.iter().any(|(text, ..)| says(&text.to_lowercase(), words)),
                "{words}"
            );
        }
    }
}

#[test]
fn the_containers_last_words_lead_to_the_likely_cause() {
    for (words, source, remedy_says) in LOG {
        let told = remedy(&evidence("Essential container in task exited", words));
        assert!(told.contains(remedy_says), "{words} ({source})\n→ {told}");
    }
}

#[test]
fn a_container_that_was_killed_is_put_down_to_what_its_log_tells() {
    let killed = "Essential container in task exited\n    service: exit code 137";
    for (log, remedy_says) in [
        ("java.lang.OutOfMemoryError: Java heap space", "ran out of memory"),
        ("Your license expired on 2026-01-31", "does not accept its licence"),
        ("loading models", "breaks off in the middle"),
    ] {
        assert!(remedy(&evidence(killed, log)).contains(remedy_says), "{log}");
    }
}

#[test]
fn what_a_product_logs_in_passing_is_not_taken_for_awss_words() {
    let log = "connect to 10.0.0.9:9092: dial tcp: i/o timeout\nACCESS DENIED for guest\nlicense accepted\nmanifest unknown\n\
        Consumer is not subscribed to any topics";
    let told = remedy(&evidence("Essential container in task exited", log));
    assert!(told.contains("ended by itself"), "{told}");
}

#[test]
fn what_a_jvm_is_to_do_without_memory_is_not_taken_for_its_want() {
    let log = "Picked up JAVA_TOOL_OPTIONS: -XX:+ExitOnOutOfMemoryError -XX:+HeapDumpOnOutOfMemoryError\nbye";
    let told = remedy(&evidence("Essential container in task exited", log));
    assert!(told.contains("ended by itself"), "{told}");
}

#[test]
fn the_last_line_of_the_log_that_tells_the_cause_is_told() {
    let log = "a\njava.lang.OutOfMemoryError: Java heap space\nb\njava.lang.OutOfMemoryError: Metaspace\nc";
    let found = finding(&evidence("Essential container in task exited", log));
    assert_eq!(found.line, Some(3));
    // What AWS tells needs no line.
    let found = finding(&evidence("OutOfMemoryError: Container killed due to memory usage", "a"));
    assert_eq!(found.line, None);
}

#[test]
fn why_hosts_do_not_come_goes_before_what_follows_from_it() {
    let told = remedy(&Evidence {
        events: vec![
            "(service a) was unable to place a task. Reason: No Container Instances were found in your cluster.".to_owned(),
        ],
        hosts: vec![
            "demo could not launch a host: You have requested more vCPU capacity than your current vCPU limit of 0 allows"
                .to_owned(),
        ],
        ..Evidence::default()
    });
    assert!(told.contains("quota of vCPUs"), "{told}");
}

#[test]
fn evidence_that_tells_nothing_says_where_to_look() {
    assert!(remedy(&Evidence::default()).contains("`timeouts`"));
}
