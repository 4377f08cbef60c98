//! What a resource expands into, drawn from the component graph that the provider itself works by.
//!
//! Terraform plans each resource once with everything switched on. From that plan the product designs its graph, as it
//! does in every apply; the same plan with one block left out, or with one setting changed, tells which parts depend on it.

use std::collections::{BTreeMap, BTreeSet};

use aws::{Aws, Endpoints, Partition};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use engine::{Graph, Key};
use products::Product;
use serde_json::{Value, json};

use super::schema::{Block, Offer};
use super::subjects::{self, Change, Subject};
use crate::harness::Sandbox;

/// What there is to say of one part.
#[derive(Debug, Default)]
pub struct Part {
    /// The kind of AWS object, or both of them.
    pub kinds: BTreeSet<&'static str>,
    /// What asks for it; nothing: it is always there.
    pub with: Vec<String>,
    /// What leaves it out.
    pub without: Vec<String>,
    /// The parts that are made before it, without those that another of them waits for anyway.
    pub after: BTreeSet<String>,
    /// The IAM actions that its whole life takes.
    pub actions: BTreeSet<&'static str>,
}

/// A resource's parts, by key.
pub type Expansion = BTreeMap<String, Part>;

/// The graph that a planned object of a product becomes.
pub fn graph_of<P: Product + Default>(planned: Value, aws: &Aws) -> Graph<Aws> {
    let model = serde_json::from_value(planned).expect("the plan fits the model");
    P::default().design(&model, aws).graph
}

/// What each resource expands into, by its type.
pub fn all(offer: &Offer) -> BTreeMap<&'static str, Expansion> {
    let sandbox = Sandbox::new();
    let subjects = subjects::all(&sandbox.vpc);
    let resources: BTreeMap<&str, Value> = subjects
        .iter()
        .map(|subject| (subject.type_name, json!({ "whole": subject.whole })))
        .collect();
    let configuration = json!({
        "terraform": { "required_providers": { "thatdot": { "source": "thatdot/thatdot" } } },
        "provider": { "thatdot": { "max_retries": 0 } },
        "resource": resources,
    });
    sandbox.terraform.write("main.tf.json", &configuration.to_string());
    let plan = sandbox.plan();
    let aws = somewhere();
    let expansions = subjects.into_iter().map(|subject| {
        let block = &offer.resource_schemas[subject.type_name].block;
        let change = plan.change(&format!("{}.whole", subject.type_name));
        let whole = completed(change.after.at("").clone(), block);
        assert_every_block_is_told(&subject, block);
        (subject.type_name, expansion(&subject, &whole, block, &aws))
    });
    expansions.collect()
}

/// Clients that reach nothing: a design makes no calls.
fn somewhere() -> Aws {
    let region = Region::from_static("us-east-1");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region.clone())
        .build();
    Aws::new(
        &config,
        &Endpoints::default(),
        "123456789012".into(),
        region,
        Partition::named("aws"),
    )
}

/// A new block of a resource must be switched on somewhere, or nothing would be told of it.
fn assert_every_block_is_told(subject: &Subject, block: &Block) {
    let told = |name: &str| {
        let pointer = format!("/{name}");
        let changed = subject.instead.iter().flat_map(|change| &change.values);
        subject.whole.get(name).is_some() || changed.into_iter().any(|(at, _)| *at == pointer)
    };
    let silent: Vec<_> = block
        .blocks
        .keys()
        .filter(|name| *name != "timeouts" && !told(name))
        .collect();
    assert!(
        silent.is_empty(),
        "{} has blocks that its expansion does not tell of: {silent:?}. Switch them on in acceptance-tests/docs/subjects.rs.",
        subject.type_name
    );
}

/// A configuration that differs from the whole: what it is about, and the values that differ, by their JSON pointer.
type Variant = (String, Vec<(String, Value)>);

fn variant(change: &Change) -> Variant {
    let values = change
        .values
        .iter()
        .map(|(pointer, value)| ((*pointer).to_owned(), value.clone()));
    (change.words.to_owned(), values.collect())
}

fn expansion(subject: &Subject, whole: &Value, block: &Block, aws: &Aws) -> Expansion {
    let many = (subject.many)(whole);
    let parts_of = |values: &[(String, Value)]| {
        let mut model = whole.clone();
        for (pointer, value) in values {
            *model.pointer_mut(pointer).expect("a place in the plan") = value.clone();
        }
        parts(&(subject.design)(completed(model, block), aws), aws, &many)
    };
    let mut found = parts_of(&[]);
    let in_whole: BTreeSet<String> = found.keys().cloned().collect();

    let switches: Vec<Variant> = switched_on(whole, block, &[])
        .into_iter()
        .chain(subject.settings.iter().map(variant))
        .collect();
    let losses = switches.iter().map(|(name, values)| {
        let left = parts_of(values);
        let lost = in_whole.iter().filter(|key| !left.contains_key(*key)).cloned();
        (name.clone(), lost.collect())
    });
    let mut losses: Vec<(String, BTreeSet<String>)> = losses.collect();
    // What others build on comes first: the load balancer before the API in front of it.
    losses.sort_by_key(|(_, lost)| std::cmp::Reverse(lost.len()));
    for (name, lost) in losses {
        for key in lost {
            found.entry(key).or_default().with.push(name.clone());
        }
    }
    // The changes that brought in parts which the whole does not have.
    let mut brought_by: BTreeMap<String, Vec<(String, Value)>> = BTreeMap::new();
    for (name, values) in subject.instead.iter().map(variant) {
        let mut other = parts_of(&values);
        for (key, part) in &mut found {
            match other.get(key) {
                Some(there) => part.actions.extend(&there.actions),
                None if in_whole.contains(key) => part.without.push(name.clone()),
                None => {}
            }
        }
        // A part that stands although the block that asks for it gave way to another is asked for by either.
        let given_way = values
            .iter()
            .filter(|(_, value)| value.is_null())
            .map(|(pointer, _)| &pointer[1..]);
        for block in given_way {
            let asking = found
                .iter_mut()
                .filter(|(_, part)| part.with.iter().any(|with| with == block));
            for (key, part) in asking {
                let before = brought_by.get(key).cloned().unwrap_or_default();
                if let Some(kept) = parts_of(&[before, values.clone()].concat()).remove(key) {
                    let asked = part.with.iter_mut().filter(|with| *with == block);
                    asked.for_each(|with| *with = format!("{block} or {name}"));
                    part.after.extend(kept.after);
                }
            }
        }
        other.retain(|key, _| !in_whole.contains(key));
        for (key, mut part) in other {
            let asks = |(_, gone): &&Variant| !parts_of(&[gone.clone(), values.clone()].concat()).contains_key(&key);
            part.with = switches.iter().filter(asks).map(|(name, _)| name.clone()).collect();
            brought_by.entry(key.clone()).or_insert_with(|| values.clone());
            found.entry(key).or_insert(part).with.push(name.clone());
        }
    }
    for (key, part) in &mut found {
        assert!(!part.actions.is_empty(), "nothing tells what {key} takes of IAM");
        let all = part.with.clone();
        // What a setting in a block asks for, the block asks for too: the setting says it all.
        part.with
            .retain(|name| !all.iter().any(|other| other.starts_with(&format!("{name}."))));
    }
    found
}

/// The blocks that stand in an object, each with the change that takes it away.
fn switched_on(object: &Value, block: &Block, path: &[&str]) -> Vec<Variant> {
    let mut found = Vec::new();
    for (name, nested) in &block.blocks {
        let (value, path) = (&object[name], [path, &[name]].concat());
        let gone = match value {
            Value::Object(_) => Value::Null,
            Value::Array(items) if !items.is_empty() => json!([]),
            _ => continue,
        };
        found.push((path.join("."), vec![(format!("/{}", path.join("/")), gone)]));
        found.extend(switched_on(value, &nested.block, &path));
    }
    found
}

/// An object of the schema's type: what a plan leaves out because it is not known yet, and what is not said of a block, is
/// null.
fn completed(value: Value, block: &Block) -> Value {
    let Value::Object(mut object) = value else {
        return value;
    };
    for name in block.attributes.keys() {
        object.entry(name).or_insert(Value::Null);
    }
    for (name, nested) in &block.blocks {
        let absent = if nested.nesting_mode == "single" {
            Value::Null
        } else {
            json!([])
        };
        let value = object.entry(name).or_insert(absent);
        *value = match value.take() {
            Value::Array(items) => items.into_iter().map(|item| completed(item, &nested.block)).collect(),
            single => completed(single, &nested.block),
        };
    }
    Value::Object(object)
}

/// A graph's parts.
fn parts(graph: &Graph<Aws>, aws: &Aws, many: &[(String, &'static str)]) -> Expansion {
    let edges = graph.edges().expect("a graph without cycles");
    let told = |key: &Key| {
        let key = key.as_str();
        let one = many
            .iter()
            .find_map(|(end, told)| Some(format!("{}{told}", key.strip_suffix(end.as_str())?)));
        one.unwrap_or_else(|| key.to_owned())
    };
    let mut found = Expansion::new();
    // In creation order, so that what comes before a part is there already.
    let mut before: BTreeMap<&Key, BTreeSet<&Key>> = BTreeMap::new();
    for key in edges.order() {
        let needs: BTreeSet<&Key> = edges.needs(key).collect();
        let indirect: BTreeSet<&Key> = needs.iter().flat_map(|need| before[need].iter().copied()).collect();
        let part = found.entry(told(key)).or_default();
        part.kinds.extend(graph.kind(key));
        let direct = needs.difference(&indirect).map(|need| told(need));
        part.after.extend(direct.filter(|need| *need != told(key)));
        before.insert(key, needs.union(&indirect).copied().collect());
    }
    for (key, permission) in graph.permissions(aws, "") {
        found.entry(told(key)).or_default().actions.insert(permission.action);
    }
    found
}
