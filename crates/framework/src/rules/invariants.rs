//! What Terraform demands of a plan and of a result, told by attribute before Terraform refuses the whole.

use super::{Entries, entries, get};
use crate::schema::{Attribute, Block, Body};
use protocol::{Nesting, Path, Type, Value};

/// A demand of Terraform's that a provider did not meet. It never shows a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Breach {
    /// Where.
    pub path: Path,
    /// What happened, as a sentence.
    pub what: &'static str,
}

/// A plan keeps what the configuration says (or what was, where there is an object), and says nothing where only the
/// user may; blocks are as many as written.
pub(crate) fn check_planned(body: &Body, prior: &Value, config: &Value, planned: &Value) -> Vec<Breach> {
    let mut breaches = Vec::new();
    planned_block(body, entries(prior), config, planned, &Path::root(), &mut breaches);
    breaches
}

fn planned_block(
    body: &Body,
    prior: Option<&Entries>,
    config: &Value,
    planned: &Value,
    at: &Path,
    breaches: &mut Vec<Breach>,
) {
    let (Value::Map(config), Value::Map(planned)) = (config, planned) else {
        if config != planned {
            breaches.push(Breach {
                path: at.clone(),
                what: "The plan has a block where none is written, or none where one is.",
            });
        }
        return;
    };
    for attribute in &body.attributes {
        let name = attribute.name();
        let prior = prior.map(|prior| get(prior, name));
        if let Some(what) = planned_attribute(attribute, prior, get(config, name), get(planned, name)) {
            breaches.push(Breach {
                path: at.attribute(name),
                what,
            });
        }
    }
    for block in &body.blocks {
        let name = block.name();
        let (config, planned) = (get(config, name), get(planned, name));
        planned_blocks(
            block,
            prior.map(|prior| get(prior, name)),
            config,
            planned,
            &at.attribute(name),
            breaches,
        );
    }
}

fn planned_attribute(
    attribute: &Attribute,
    prior: Option<&Value>,
    config: &Value,
    planned: &Value,
) -> Option<&'static str> {
    if attribute.is_write_only() || planned == config {
        return None;
    }
    if config.is_null() {
        return (!attribute.is_computed()).then_some("The plan has a value where the configuration has none.");
    }
    let keeps_prior = prior.is_some_and(|prior| !prior.is_null() && prior == planned);
    (!keeps_prior).then_some("The plan does not have the configured value.")
}

fn planned_blocks(
    block: &Block,
    prior: Option<&Value>,
    config: &Value,
    planned: &Value,
    at: &Path,
    breaches: &mut Vec<Breach>,
) {
    let body = block.body();
    if block.nesting() == Nesting::Single {
        return planned_block(body, prior.and_then(entries), config, planned, at, breaches);
    }
    let (Value::List(configs), Value::List(items)) = (config, planned) else {
        if config != planned {
            breaches.push(Breach {
                path: at.clone(),
                what: "The plan knows how many blocks there are where the configuration does not, or the reverse.",
            });
        }
        return;
    };
    // Blocks of a set that differ only in what they leave to defaults are one.
    let fewer_are_right = block.nesting() == Nesting::Set && !items.is_empty() && items.len() < configs.len();
    if configs.len() != items.len() && !fewer_are_right {
        breaches.push(Breach {
            path: at.clone(),
            what: "The plan has more or fewer blocks than are written.",
        });
        return;
    }
    let priors = match prior {
        Some(Value::List(priors)) => priors.as_slice(),
        _ => &[],
    };
    if block.nesting() == Nesting::List {
        for (n, (config, item)) in configs.iter().zip(items).enumerate() {
            planned_block(
                body,
                priors.get(n).and_then(entries),
                config,
                item,
                &at.index(n),
                breaches,
            );
        }
        return;
    }
    let suits = |config: &Value, item: &Value| {
        let mut found = Vec::new();
        planned_block(body, None, config, item, at, &mut found);
        found.is_empty()
    };
    let written = configs
        .iter()
        .all(|config| items.iter().any(|item| suits(config, item)));
    if !written
        || !items
            .iter()
            .all(|item| configs.iter().any(|config| suits(config, item)))
    {
        breaches.push(Breach {
            path: at.clone(),
            what: "The plan has a block that differs from the one written.",
        });
    }
}

/// A result has every value that was known at plan, unchanged.
pub(crate) fn check_applied(ty: &Type, planned: &Value, applied: &Value) -> Vec<Breach> {
    let mut breaches = Vec::new();
    compare(ty, planned, applied, &Path::root(), &mut breaches);
    breaches
}

fn compare(ty: &Type, planned: &Value, applied: &Value, at: &Path, breaches: &mut Vec<Breach>) {
    match (ty, planned, applied) {
        (_, Value::Unknown, _) => {}
        (Type::Object(types), Value::Map(planned), Value::Map(applied)) => {
            for (name, ty) in types {
                compare(
                    ty,
                    get(planned, name),
                    get(applied, name),
                    &at.attribute(name),
                    breaches,
                );
            }
        }
        (Type::Map(element), Value::Map(planned), Value::Map(applied)) => {
            for (key, planned) in planned {
                match applied.get(key) {
                    Some(applied) => compare(element, planned, applied, &at.key(key), breaches),
                    None => breaches.push(Breach {
                        path: at.key(key),
                        what: "The result lacks an entry that was planned.",
                    }),
                }
            }
            for key in applied.keys().filter(|key| !planned.contains_key(*key)) {
                breaches.push(Breach {
                    path: at.key(key),
                    what: "The result has an entry that was not planned.",
                });
            }
        }
        (Type::List(element), Value::List(planned), Value::List(applied)) if planned.len() == applied.len() => {
            for (n, (planned, applied)) in planned.iter().zip(applied).enumerate() {
                compare(element, planned, applied, &at.index(n), breaches);
            }
        }
        (Type::Tuple(types), Value::List(planned), Value::List(applied)) if planned.len() == applied.len() => {
            for (n, ((planned, applied), ty)) in planned.iter().zip(applied).zip(types).enumerate() {
                compare(ty, planned, applied, &at.index(n), breaches);
            }
        }
        (Type::Set(element), Value::List(planned), Value::List(applied)) => {
            let suits = |planned: &Value, applied: &Value| {
                let mut found = Vec::new();
                compare(element, planned, applied, at, &mut found);
                found.is_empty()
            };
            let all_there = planned
                .iter()
                .all(|planned| applied.iter().any(|applied| suits(planned, applied)));
            let none_else = applied
                .iter()
                .all(|applied| planned.iter().any(|planned| suits(planned, applied)));
            if !all_there || !none_else {
                breaches.push(Breach {
                    path: at.clone(),
                    what: "The result has other elements than were planned.",
                });
            }
        }
        (Type::List(_) | Type::Tuple(_), Value::List(_), Value::List(_)) => {
            breaches.push(Breach {
                path: at.clone(),
                what: "The result has more or fewer elements than were planned.",
            });
        }
        (Type::Dynamic, Value::Dynamic(planned), Value::Dynamic(applied)) if planned.0 == applied.0 => {
            compare(&planned.0, &planned.1, &applied.1, at, breaches);
        }
        (_, planned, applied) => {
            if planned != applied {
                breaches.push(Breach {
                    path: at.clone(),
                    what: "The result does not have the value that was planned.",
                });
            }
        }
    }
}
