//! The engine's record as the `components` map, and back.

use std::collections::BTreeMap;

use engine::{self, Action, Key, Preview, Record, Status};
use framework::Attr;
use products::Part;

/// The map as Terraform holds it.
pub type Components = Attr<BTreeMap<String, Attr<Part>>>;

/// The record that a state holds.
pub fn to_record(components: &Components) -> Record {
    let Some(parts) = components.known() else {
        return Record::new();
    };
    let entry = |(key, part): (&String, &Attr<Part>)| {
        let part = part.known()?;
        let recorded = engine::Part {
            kind: part.kind.known()?.clone(),
            id: part.id.known().cloned(),
            arn: part.arn.known().cloned(),
            status: part
                .status
                .known()
                .map_or(Ok(Status::Ready), |status| status.parse())
                .unwrap_or(Status::Ready),
        };
        Some((Key::new(key), recorded))
    };
    parts.iter().filter_map(entry).collect()
}

/// The map that shows a record.
pub fn from_record(record: &Record) -> Components {
    Attr::Known(
        record
            .iter()
            .map(|(key, part)| (key.to_string(), Attr::Known(shown(part))))
            .collect(),
    )
}

fn shown(part: &engine::Part) -> Part {
    Part {
        kind: Attr::Known(part.kind.clone()),
        id: part.id.clone().into(),
        arn: part.arn.clone().into(),
        status: Attr::Known(part.status.to_string()),
    }
}

/// The parts whose object a planned map keeps: those whose id it tells; `None` where the plan left the map open.
pub fn promised(components: &Components) -> Option<Vec<Key>> {
    let parts = components.known()?.iter();
    let kept = parts.filter(|(_, part)| part.known().is_some_and(|part| part.id.known().is_some()));
    Some(kept.map(|(key, _)| Key::new(key)).collect())
}

/// The map as a plan shows it: what will be made is unknown as a whole, what is made again or replaced keeps its type,
/// what is updated in place keeps all but its status, what goes has no entry.
pub fn planned(record: &Record, preview: &Preview) -> Components {
    if !preview.is_whole {
        return Attr::Unknown;
    }
    let entry = |(key, action): &(Key, Action)| {
        let part = match (record.get(key).map(shown), action) {
            (_, Action::Delete | Action::Leave) => return None,
            (None, _) => Attr::Unknown,
            (Some(part), Action::Keep) => Attr::Known(part),
            (Some(part), Action::Update { .. }) => Attr::Known(Part {
                status: Attr::Unknown,
                ..part
            }),
            (Some(part), Action::Create { .. } | Action::Restore | Action::Replace { .. }) => Attr::Known(Part {
                kind: part.kind,
                id: Attr::Unknown,
                arn: Attr::Unknown,
                status: Attr::Unknown,
            }),
        };
        Some((key.to_string(), part))
    };
    Attr::Known(preview.actions.iter().filter_map(entry).collect())
}
