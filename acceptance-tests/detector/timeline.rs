//! The log at INFO, by which one sees where the time of an apply goes.

use std::fs::read_to_string;

use super::view::{ADDRESS, deployment};
use crate::harness::Sandbox;

/// The lines of a log about what was done to components: component and what is told of it.
fn told(log: &str) -> Vec<(String, String)> {
    let lines = log.lines().filter(|line| line.contains("[INFO]"));
    let told = lines.filter_map(|line| {
        let (component, what) = line.split_once(" fraud: ")?.1.split_once(": ")?;
        // Behind a colon follow the fields, for machines.
        let what = what.split(": ").next().unwrap_or_default();
        Some((component.to_owned(), what.to_owned()))
    });
    told.collect()
}

#[test]
fn the_log_reads_like_a_timeline() {
    let mut sandbox = Sandbox::new();
    let log = sandbox.terraform.folder().join("info.log");
    sandbox.terraform.set("TF_LOG_PROVIDER", Some("INFO"));
    sandbox.terraform.set("TF_LOG_PATH", log.to_str());
    sandbox.apply(&deployment(&sandbox, "  persistence {}"));

    let lines = told(&read_to_string(&log).unwrap());
    let begun = |component: &str| {
        lines
            .iter()
            .position(|line| *line == (component.to_owned(), "create".to_owned()))
    };
    let ended = |component: &str| {
        lines.iter().position(|(of, what)| {
            let seconds = what
                .strip_prefix("create took ")
                .and_then(|rest| rest.strip_suffix(" s"));
            of == component && seconds.is_some_and(|seconds| seconds.parse::<f64>().is_ok())
        })
    };
    let state = sandbox.state(ADDRESS);
    let components = state.keys("components");
    assert!(components.len() > 10);
    for component in components {
        assert!(begun(component).is_some(), "{component} begins nowhere in {lines:#?}");
        assert!(
            begun(component) < ended(component),
            "{component} ends nowhere in {lines:#?}"
        );
    }
    assert!(ended("efs_file_system") < begun("ecs_service"));
    let whole = "thatdot_detector_deployment: create done after ";
    assert!(read_to_string(&log).unwrap().contains(whole));

    sandbox.destroy();
    assert!(
        told(&read_to_string(&log).unwrap())
            .iter()
            .any(|(of, what)| of == "ecs_service" && what.starts_with("delete took "))
    );
}
