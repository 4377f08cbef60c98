//! What a plan tells before anything is asked of the cloud.

use super::cloud::Cloud;
use super::key;
use super::kinds::{Blue, Plain, Red, addresses, ids};
use crate::{Action, Graph, Identity, Input, Part, Record, Status, preview};

fn ready(keys: &[(&str, &str)]) -> Record {
    let parts = keys.iter().map(|(name, kind)| {
        let id = Identity {
            id: format!("{kind}-{name}"),
            arn: None,
        };
        (key(name), Part::standing(kind, &id, Status::Ready))
    });
    parts.collect()
}

fn with_status(record: &mut Record, name: &str, status: &str) {
    record.get_mut(&key(name)).unwrap().status = status.parse().unwrap();
}

/// The actions, as "key: action".
fn told(record: &Record, prior: Option<&Graph<Cloud>>, wanted: &Graph<Cloud>, tags_change: bool) -> Vec<String> {
    let foretold = preview(record, prior, wanted, tags_change).unwrap();
    let lines = foretold.actions.into_iter().map(|(key, action)| match action {
        Action::Create { missing: true } => format!("{key}: create again"),
        Action::Create { missing: false } => format!("{key}: create"),
        Action::Restore => format!("{key}: restore"),
        Action::Update { fields } => format!("{key}: update {}", fields.join(", ")),
        Action::Replace { fields } => format!("{key}: replace {}", fields.join(", ")),
        Action::Delete => format!("{key}: delete"),
        Action::Leave => format!("{key}: leave"),
        Action::Keep => format!("{key}: keep"),
    });
    lines
        .chain((!foretold.is_whole).then(|| "and more".to_owned()))
        .collect()
}

/// A definition, a service that runs it, an alarm named after the service, a record that follows its address.
fn graph(definition: Blue) -> Graph<Cloud> {
    let mut graph = Graph::new();
    graph.add(key("definition"), definition);
    graph.add(
        key("service"),
        Red {
            peers: ids(&["definition"]),
            ..Red::new()
        },
    );
    graph.add(
        key("alarm"),
        Blue {
            base: ids(&["service"]),
            ..Blue::new()
        },
    );
    graph.add(
        key("follower"),
        Plain {
            watches: addresses(&["service"]),
            ..Plain::new()
        },
    );
    graph
}

fn record() -> Record {
    ready(&[
        ("definition", "blue"),
        ("service", "red"),
        ("alarm", "blue"),
        ("follower", "plain"),
    ])
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

#[test]
fn without_a_record_everything_is_made_in_order() {
    let lines = told(&Record::new(), None, &graph(Blue::new()), false);
    assert_eq!(lines[..2], ["definition: create", "service: create"]);
    assert_eq!(lines.len(), 4);
}

#[test]
fn what_is_as_it_was_is_kept() {
    let lines = told(&record(), Some(&graph(Blue::new())), &graph(Blue::new()), false);
    assert!(lines.iter().all(|line| line.ends_with(": keep")), "{lines:?}");
}

#[test]
fn a_change_reaches_whoever_refers_to_it() {
    let replaced = graph(Blue {
        color: 1.into(),
        ..Blue::new()
    });
    let lines = sorted(told(&record(), Some(&graph(Blue::new())), &replaced, false));
    let expected = [
        "alarm: keep",
        "definition: replace color",
        "follower: update watches",
        "service: update peers",
    ];
    assert_eq!(lines, expected, "an id survives an update, an address may not");

    let updated = graph(Blue {
        size: 1.into(),
        ..Blue::new()
    });
    let lines = sorted(told(&record(), Some(&graph(Blue::new())), &updated, false));
    assert_eq!(
        lines,
        [
            "alarm: keep",
            "definition: update size",
            "follower: keep",
            "service: keep"
        ]
    );
}

#[test]
fn what_is_unknown_may_change() {
    let wanted = graph(Blue {
        color: Input::Unknown,
        size: Input::Unknown,
        ..Blue::new()
    });
    let lines = told(&record(), Some(&graph(Blue::new())), &wanted, false);
    assert_eq!(lines[..2], ["definition: replace color, size", "service: update peers"]);
    let lines = told(&record(), None, &wanted, false);
    assert_eq!(lines[0], "definition: replace color, size");
}

#[test]
fn where_parts_depend_on_what_is_unknown_those_that_are_there_are_foretold_and_nothing_is_said_of_the_others() {
    let mut record = record();
    record.extend(ready(&[("extra", "plain")]));
    let mut prior = graph(Blue::new());
    prior.add(key("extra"), Plain::new());
    let mut wanted = graph(Blue::new());
    wanted.mark_undetermined();
    let lines = sorted(told(&record, Some(&prior), &wanted, false));
    let expected = [
        "alarm: keep",
        "and more",
        "definition: keep",
        "follower: keep",
        "service: keep",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn what_is_missing_is_made_again_and_what_drifted_is_repaired() {
    let mut record = record();
    with_status(&mut record, "definition", "missing");
    with_status(&mut record, "service", "drifted: size, tags");
    with_status(&mut record, "alarm", "drifted: color");
    let graph = graph(Blue::new());
    let lines = sorted(told(&record, Some(&graph), &graph, false));
    let expected = [
        "alarm: replace color",
        "definition: create again",
        "follower: update watches",
        "service: update size, peers, tags",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn what_is_lost_and_comes_back_as_it_was_leaves_those_who_know_it_by_its_name_as_they_are() {
    let mut record = record();
    with_status(&mut record, "service", "missing");
    let prior = graph(Blue::new());
    let lines = sorted(told(&record, Some(&prior), &prior, false));
    let expected = [
        "alarm: keep",
        "definition: keep",
        "follower: update watches",
        "service: restore",
    ];
    assert_eq!(lines, expected);
    // Without knowing what it was, nobody can say.
    assert!(told(&record, None, &prior, false).contains(&"service: create again".to_owned()));
}

#[test]
fn what_was_not_made_or_not_seen_to_its_end_goes_on() {
    let mut record = record();
    record.insert(key("definition"), Part::pending("blue"));
    with_status(&mut record, "alarm", "pending");
    with_status(&mut record, "follower", "drifted: unfinished, size");
    let graph = graph(Blue::new());
    let lines = sorted(told(&record, Some(&graph), &graph, false));
    let expected = [
        "alarm: update ",
        "definition: create",
        "follower: update size, watches",
        "service: update peers",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn tags_change_on_everything_that_carries_any() {
    let graph = graph(Blue::new());
    let lines = sorted(told(&record(), Some(&graph), &graph, true));
    let expected = [
        "alarm: update tags",
        "definition: update tags",
        "follower: update watches",
        "service: update tags",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn what_is_not_wanted_goes_in_reverse() {
    let prior = graph(Blue::new());
    let lines = told(&record(), Some(&prior), &Graph::new(), false);
    let at = |key: &str| lines.iter().position(|line| *line == format!("{key}: delete")).unwrap();
    assert!(at("alarm") < at("service") && at("follower") < at("service") && at("service") < at("definition"));
    let mut prior = graph(Blue::new());
    prior.retain(&key("service"));
    assert!(told(&record(), Some(&prior), &Graph::new(), false).contains(&"service: leave".to_owned()));
}

#[test]
fn a_replaced_object_that_still_stands_is_told_to_go() {
    let mut record = record();
    let old = key("definition").replaced(1);
    record.insert(old, record[&key("definition")].clone());
    let graph = graph(Blue::new());
    let lines = told(&record, Some(&graph), &graph, false);
    assert_eq!(lines.last().unwrap(), "definition (replaced): delete");
}

#[test]
fn another_target_is_a_change_even_where_nothing_else_is() {
    let wanted = |target: &str, extra: &str| {
        let mut graph = Graph::new();
        graph.add(key("a"), Blue::new());
        graph.add(key("b"), Blue::new());
        let peers = ids(&[target]).with("extra", extra.to_owned(), |mut list, extra| {
            list.push(extra.clone());
            list
        });
        graph.add(key("c"), Blue { peers, ..Blue::new() });
        graph
    };
    let record = ready(&[("a", "blue"), ("b", "blue"), ("c", "blue")]);
    let last = |now: &Graph<Cloud>| {
        let lines = told(&record, Some(&wanted("a", "x")), now, false);
        lines.into_iter().find(|line| line.starts_with("c:")).unwrap()
    };
    assert_eq!(last(&wanted("a", "x")), "c: keep");
    assert_eq!(last(&wanted("b", "x")), "c: update peers");
    assert_eq!(
        last(&wanted("a", "y")),
        "c: update peers",
        "a known ingredient of a reference counts as well"
    );
}

#[test]
fn another_kind_under_the_same_key_is_a_replacement() {
    let (mut prior, mut wanted) = (Graph::new(), Graph::new());
    prior.add(key("run"), Blue::new());
    wanted.add(key("run"), Red::new());
    assert_eq!(
        told(&ready(&[("run", "blue")]), Some(&prior), &wanted, false),
        ["run: replace type"]
    );
}
