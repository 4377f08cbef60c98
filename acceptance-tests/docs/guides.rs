//! The pages of the vendors' guides: every step is told of, with what covers it, and AWS has what they say.

use std::fs;

use super::schema::Offer;
use super::table::{self, Row};
use super::{offer, page};
use crate::container_image::{SOURCE, World, small};
use crate::harness::{Attributes, Sandbox, Wait, guide};
use crate::own;

/// The vendor's guide of the detector.
const DETECTOR: &str = include_str!("../guides/thatdot-anomaly-detector-configuration-guide.txt");
/// The vendor's guide of Private AI.
const PRIVATEAI: &str = include_str!("../guides/private-ai-ecs-manual-deployment-guide.txt");

fn guide_page(product: &str) -> String {
    let path = format!("docs/guides/{product}_from_the_vendors_guide.md");
    fs::read_to_string(page::root().join(path)).expect("the guide's page")
}

/// What is wrong with the rows of a guide's page, as far as the page alone tells.
fn problems(steps: &[guide::Step], rows: &[Row], offer: &Offer, resource: &str) -> Vec<String> {
    let tells = |row: &Row, step: &guide::Step| {
        row.label == step.label && !row.quote.is_empty() && step.text.starts_with(&row.quote)
    };
    let told = rows
        .iter()
        .zip(steps)
        .take_while(|(row, step)| tells(row, step))
        .count();
    if told < steps.len().max(rows.len()) {
        return vec![format!(
            "here the guide has {:?}, and the page {:?}",
            steps.get(told),
            rows.get(told)
        )];
    }
    let of_row = |row: &Row| {
        let unknown = row
            .code()
            .filter(|code| is_name(code) && !is_known(code, offer, resource));
        let unknown = unknown.map(|name| format!("names {name}, which there is not"));
        let all: Vec<String> = unknown.chain(row.problem().map(str::to_owned)).collect();
        all.into_iter()
            .map(|problem| format!("{} ({}) {problem}", row.label, row.quote))
            .collect::<Vec<_>>()
    };
    rows.iter().flat_map(of_row).collect()
}

/// Whether it is written as attributes are.
fn is_name(code: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_.".contains(letter);
    code.starts_with(|letter: char| letter.is_ascii_lowercase()) && code.chars().all(is_letter) && code != "false"
}

/// Whether there is an attribute, a block, a data source or a function of that name.
fn is_known(name: &str, offer: &Offer, resource: &str) -> bool {
    let (head, rest) = name.split_once('.').unwrap_or((name, ""));
    let of = [offer.resource_schemas.get(head), offer.data_source_schemas.get(head)];
    if let Some(schema) = of.into_iter().flatten().next() {
        return rest.is_empty() || schema.block.has(rest);
    }
    let own = &offer.resource_schemas[resource].block;
    own.has(name) || offer.provider.block.has(name) || offer.functions.contains_key(name)
}

/// The configurations that a page shows.
pub fn configuration(page: &str) -> String {
    let blocks = page.split("```terraform\n").skip(1);
    blocks
        .filter_map(|rest| rest.split("```").next())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Fails the test unless AWS has all that the rows say.
fn assert_made(sandbox: &Sandbox, rows: &[Row], resources: &[(&str, &str)]) {
    let states: Vec<(&str, Attributes)> = resources
        .iter()
        .map(|(label, address)| (*label, sandbox.state(address)))
        .collect();
    let facts: Vec<_> = rows
        .iter()
        .flat_map(|row| row.facts.iter().map(move |fact| (row, fact)))
        .collect();
    // What the other resources lack, such as the network, they share with the first ones.
    let of = |label: &str| {
        let own = states.iter().filter(|(of, _)| *of == label);
        let shared = states.iter().filter(|(of, _)| of.is_empty() && !label.is_empty());
        own.chain(shared).map(|(_, state)| state).collect::<Vec<_>>()
    };
    let (queries, expected): (Vec<_>, Vec<_>) = facts.iter().map(|(_, fact)| fact.ask(&of(&fact.resource))).unzip();
    let told = sandbox.stand_in.describe(&queries);
    assert_eq!(told.len(), facts.len());
    let wrong: Vec<String> = facts
        .iter()
        .zip(expected.iter().zip(&told))
        .filter(|(_, (expected, told))| expected != told)
        .map(|((row, fact), (expected, told))| {
            format!(
                "{}: {}: {} is {told}, not {expected}",
                row.label, fact.component, fact.expression
            )
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "AWS has not what the guide's page says:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_step_and_note_of_the_private_ai_guide_has_its_row() {
    let steps = guide::numbered(PRIVATEAI);
    assert_eq!(steps.len(), 282, "the guide was read whole");
    let rows = table::rows(&guide_page("privateai"));
    let problems = problems(&steps, &rows, &offer(), "thatdot_privateai_deployment");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_step_of_the_detectors_guide_has_its_row() {
    let steps = guide::bullets(DETECTOR);
    assert_eq!(steps.len(), 54, "the guide was read whole");
    let rows = table::rows(&guide_page("detector"));
    let problems = problems(&steps, &rows, &offer(), "thatdot_detector_deployment");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn what_the_page_of_the_private_ai_guide_says_of_aws_is_so() {
    let mut world = World::guarded();
    world.source.push(SOURCE, "3.3.2-cpu", &small());
    let page = guide_page("privateai");
    let text = configuration(&page)
        .replace("crprivateaiprod.azurecr.io/deid:3.3.2-cpu", &world.named("3.3.2-cpu"))
        .replace("my-company", "reader");
    let sandbox = &mut world.sandbox;
    sandbox
        .aws
        .ec2
        .create_key_pair()
        .key_name("guide")
        .send()
        .wait()
        .unwrap();
    assert!(
        page.contains(&sandbox.stand_in.topic()),
        "the page names the topic that hears of the hosts"
    );
    let certificate = own::certificate(sandbox, "deid");
    sandbox.take_as_found();
    for (name, value) in [
        ("license", "{}"),
        ("registry_password", "let-me-read"),
        ("certificate_arn", &certificate),
    ] {
        sandbox.terraform.set(&format!("TF_VAR_{name}"), Some(value));
    }
    sandbox.apply(&text);
    let resources = [
        ("", "thatdot_network.main"),
        ("", "thatdot_operator.admin"),
        ("", "thatdot_container_image.deid"),
        ("", "thatdot_privateai_deployment.deid"),
        ("market", "thatdot_privateai_deployment.market"),
        ("split", "thatdot_operator.split"),
    ];
    assert_made(sandbox, &table::rows(&page), &resources);
    sandbox.destroy();
}

#[test]
fn what_the_page_of_the_detectors_guide_says_of_aws_is_so() {
    let sandbox = Sandbox::new();
    let page = guide_page("detector");
    sandbox.apply(&configuration(&page));
    let resources = [
        ("", "thatdot_network.main"),
        ("", "thatdot_detector_deployment.fraud"),
        ("once", "thatdot_detector_deployment.once"),
    ];
    assert_made(&sandbox, &table::rows(&page), &resources);
    sandbox.destroy();
}
