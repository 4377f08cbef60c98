//! Each action that a part calls, taken away, makes some operation fail with a denial that says what is missing.
//!
//! Deployments live through everything once undisturbed (`lives.rs`), and which actions each step takes is written down. Then
//! steps are repeated in a world where one of their actions is denied to everybody.

mod lives;
mod tampering;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use aws::{Aws, Endpoints, Partition};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use engine::Need;
use products::deployer::{self, Deployment, Part};

use self::lives::{Life, Step};
use super::terraform::Ran;
use super::wire::Wire;
use super::world::Worlds;

/// How many actions are taken away where not all are asked for.
const SAMPLE: usize = 12;

#[test]
fn each_action_that_a_part_calls_taken_away_makes_an_operation_fail_and_say_what_is_missing() {
    let worlds = Worlds::start();
    let all = super::variable("DENIALS").is_some_and(|wanted| wanted == "all");
    let wanted = lives::LIVES.iter().filter(|life| all || life.sampled);
    let lived: Vec<Lived> = wanted.map(|life| Lived::of(life, &worlds)).collect();
    let mut takers: BTreeMap<&str, Vec<(&Lived, &Step)>> = BTreeMap::new();
    for lived in &lived {
        for step in &lived.steps {
            for action in &step.actions {
                takers.entry(action).or_default().push((lived, step));
            }
        }
    }
    let called = called();
    let mut wrong = Vec::new();
    if all {
        let untaken = called.iter().filter(|action| !takers.contains_key(**action));
        wrong.extend(untaken.map(|action| format!("{action} is taken by no step")));
    }
    let mut actions: Vec<&str> = called
        .into_iter()
        .filter(|action| takers.contains_key(action))
        .collect();
    if let Some(only) = super::variable("DENIALS_ONLY") {
        actions.retain(|action| action.starts_with(&only));
    } else if !all {
        actions.sort_by_key(|action| chance(action));
        actions.truncate(SAMPLE);
    }
    assert!(!actions.is_empty(), "there is nothing to take away");
    let found = super::at_once(&actions, |action| {
        let why = taken_away(action, &takers[action]).err()?;
        // At once, too: all of them take their time.
        println!("{action}: {why}");
        Some(format!("{action}: {why}"))
    });
    wrong.extend(found.into_iter().flatten());
    println!("{} actions were taken away", actions.len());
    assert!(wrong.is_empty(), "{} actions:\n{}", wrong.len(), wrong.join("\n"));
}

/// A life that was lived.
struct Lived {
    name: &'static str,
    steps: Vec<Step>,
    /// The keys of every part that there was.
    keys: BTreeSet<String>,
}

impl Lived {
    fn of(life: &'static Life, worlds: &Worlds) -> Self {
        let (steps, keys) = life.live(worlds);
        Self {
            name: life.name,
            steps,
            keys,
        }
    }
}

/// Without the action, one of the steps that take it fails, and says so; others may go on without.
fn taken_away(action: &str, takers: &[(&Lived, &Step)]) -> Result<(), String> {
    for (lived, step) in takers {
        let wire = Wire::at(step.before.world(), step.time);
        wire.world().lacking(action);
        let mut terraform = step.terraform.over(wire.clone());
        let ran = step.work.run(&mut terraform);
        if !ran.succeeded() {
            let name = terraform.written["name"].as_str().unwrap_or_default();
            return told(action, &lived.keys, name, &ran).map_err(|why| format!("{} {}: {why}", lived.name, step.name));
        }
    }
    let names: Vec<_> = takers
        .iter()
        .map(|(lived, step)| format!("{} {}", lived.name, step.name))
        .collect();
    Err(format!("all go on without it: {}", names.join(", ")))
}

/// One of the errors names the action, what it was done to, for which part, and the statement to add. What is looked for
/// before there are parts, for an import, is named after the deployment.
fn told(action: &str, keys: &BTreeSet<String>, name: &str, ran: &Ran) -> Result<(), String> {
    let lacks = |summary: &str, detail: &str, has_place: bool| {
        let mut lacking = Vec::new();
        // What is looked at before there are parts has a place in the configuration.
        let has_part = keys.iter().any(|key| summary.contains(key.as_str()));
        let is_sought = summary.starts_with("Could not look for the ") && summary.ends_with(name);
        if !has_place && !has_part && !is_sought {
            lacking.push("the part");
        }
        if !detail.contains(&format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": ""#)) {
            lacking.push("the statement to add");
        }
        if !detail.contains("is not authorized to perform: ") {
            lacking.push("AWS's own words");
        }
        lacking
    };
    let each = ran
        .errors()
        .map(|error| lacks(&error.summary, &error.detail, error.path.is_some()));
    match each.min_by_key(Vec::len) {
        Some(lacking) if lacking.is_empty() => Ok(()),
        Some(lacking) => Err(format!("no error tells {}:\n{}", lacking.join(", "), ran.text())),
        None => Err("it failed and told no error".to_owned()),
    }
}

/// Every action that a part of a product calls and fails without, whatever blocks the product has.
fn called() -> BTreeSet<&'static str> {
    let aws = somewhere();
    let with = |parts: &[Part]| Deployment {
        name: "demo".to_owned(),
        iam_path: "/".to_owned(),
        permissions_boundary: framework::Attr::Null,
        image: framework::Attr::Unknown,
        parts: parts.iter().copied().collect(),
        existing: None,
        file_system_id: framework::Attr::Null,
        license_secret_arn: framework::Attr::Null,
    };
    let detector = [Part::AccessPoint, Part::Capacity, Part::LoadBalancer, Part::WebAcl];
    let privateai = [
        Part::LicenseOnEfs,
        Part::WebAcl,
        Part::ApiGateway,
        Part::Jwt,
        Part::Bastion,
        Part::Autoscaling,
    ];
    let permissions = [
        deployer::of_detector(&with(&detector), &aws),
        deployer::of_detector(&with(&[Part::RunTask]), &aws),
        deployer::of_privateai(&with(&privateai), &aws),
        deployer::of_network(&with(&[Part::FlowLogs, Part::Endpoints]), &aws),
    ];
    let permissions = permissions.into_iter().flatten();
    permissions
        .filter(|permission| permission.need == Need::Call)
        .map(|permission| permission.action)
        .collect()
}

/// Clients that reach nothing: a design makes no calls.
fn somewhere() -> Aws {
    let region = Region::from_static(super::world::REGION);
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region.clone())
        .build();
    let account = "123456789012".into();
    Aws::new(&config, &Endpoints::default(), account, region, Partition::named("aws"))
}

/// The same chance for an action each time, unless `FAULTS_SEED` is another.
fn chance(action: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (super::variable("FAULTS_SEED"), action).hash(&mut hasher);
    hasher.finish()
}
