//! The vendors' guides, read as they were published: nothing in their text is edited to make it parse.

use std::collections::BTreeMap;

use serde_json::{Deserializer, Value};

/// Something that a guide tells its reader to do, or to mind.
#[derive(Debug, PartialEq, Eq)]
pub struct Step {
    /// The step's number, or `Note`.
    pub label: String,
    /// What it says.
    pub text: String,
}

/// The numbered steps of a guide, each as `SECTION.NUMBER`, and its notes, in order.
pub fn numbered(guide: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut section = "";
    let mut is_note = false;
    for line in prose(guide) {
        let text = line.trim();
        let number = text
            .split_once(". ")
            .filter(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()));
        let (label, text) = match number {
            Some((number, _)) if !line.starts_with(' ') => {
                section = number;
                is_note = false;
                continue;
            }
            Some((number, text)) => (format!("{section}.{number}"), text),
            None if ["note:", "for aws marketplace users:"].contains(&text.to_lowercase().as_str()) => {
                is_note = true;
                continue;
            }
            None if is_note => ("Note".to_owned(), text),
            None => continue,
        };
        is_note = false;
        let text = text.to_owned();
        steps.push(Step { label, text });
    }
    steps
}

/// The bullets of a guide, numbered through.
pub fn bullets(guide: &str) -> Vec<Step> {
    let bullets = prose(guide).filter_map(|line| line.trim().strip_prefix("• "));
    let numbered = bullets.enumerate().map(|(index, text)| (index + 1, text.to_owned()));
    numbered
        .map(|(number, text)| Step {
            label: number.to_string(),
            text,
        })
        .collect()
}

/// The lines of a guide that hold words, and no JSON.
fn prose(guide: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    guide.lines().filter(move |line| {
        let opens_json = line.starts_with('{');
        if depth > 0 || opens_json {
            let count = |brace| i32::try_from(line.matches(brace).count()).expect("few braces");
            depth += count('{') - count('}');
            return false;
        }
        !line.trim().is_empty()
    })
}

/// The task definition that a guide shows: the JSON document behind the words that announce it.
pub fn task_definition(guide: &str, announcement: &str) -> Value {
    let announced = guide.find(announcement).expect("the guide shows a task definition");
    let start = announced + guide[announced..].find('{').expect("JSON begins with a brace");
    Deserializer::from_str(&guide[start..])
        .into_iter()
        .next()
        .expect("a document follows")
        .expect("the document is JSON")
}

/// Every scalar of a document by its JSON pointer: `/containerDefinitions/0/image`.
pub fn scalars(document: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    collect(document, "", &mut found);
    found
}

fn collect(value: &Value, pointer: &str, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, field)| collect(field, &format!("{pointer}/{name}"), found)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &format!("{pointer}/{index}"), found);
            }
        }
        scalar => {
            found.insert(pointer.to_owned(), scalar.clone());
        }
    }
}
