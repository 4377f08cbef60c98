//! The vendors' guides, read as they were published: nothing in their text is edited to make it parse.

use std::collections::BTreeMap;

use serde_json::{Deserializer, Value};

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
