//! The table of a guide: what the vendor's guide says, step by step, what covers it here, and what AWS then has.

use serde::Serialize;
use serde_json::Value;

use crate::harness::Attributes;

/// A row of the table.
#[derive(Debug)]
pub struct Row {
    /// The step's number, or `Note`.
    pub label: String,
    /// How the step begins.
    pub quote: String,
    /// What covers it, or why nothing does.
    pub here: String,
    /// What AWS then has.
    pub facts: Vec<Fact>,
}

/// Something that AWS tells of an object.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Whose component: empty, or the label of one of the other resources.
    pub resource: String,
    /// The component's key, or its type where there are several.
    pub component: String,
    /// A `JMESPath` on what AWS tells of it.
    pub expression: String,
    /// What that gives, in JSON, with references.
    pub value: String,
}

/// A question to AWS.
#[derive(Debug, Serialize)]
pub struct Query {
    kind: String,
    id: String,
    arn: Option<String>,
    expression: String,
}

/// The rows of a page.
pub fn rows(page: &str) -> Vec<Row> {
    let lines = page.lines().filter(|line| line.starts_with("| "));
    let rows = lines.map(cells).filter(|cells| cells[0] != "Step");
    rows.map(row).collect()
}

/// A row's cells. A bar within one is written `\|`.
fn cells(line: &str) -> Vec<String> {
    let inner = line.trim().trim_matches('|').replace("\\|", "\0");
    inner.split('|').map(|cell| cell.trim().replace('\0', "|")).collect()
}

fn row(cells: Vec<String>) -> Row {
    let [label, quote, here, facts] = <[String; 4]>::try_from(cells).expect("four cells");
    Row {
        label,
        quote: quote.trim_end_matches('…').trim().replace('\\', ""),
        here,
        facts: facts.split("<br>").filter(|fact| !fact.is_empty()).map(fact).collect(),
    }
}

fn fact(text: &str) -> Fact {
    let parts = || {
        let (component, rest) = text.trim_matches('`').split_once(": ")?;
        let (expression, value) = rest.rsplit_once(" = ")?;
        let (resource, component) = component.split_once('/').unwrap_or(("", component));
        Some(Fact {
            resource: resource.to_owned(),
            component: component.to_owned(),
            expression: expression.to_owned(),
            value: value.to_owned(),
        })
    };
    parts().unwrap_or_else(|| panic!("no `component: expression = value`: {text}"))
}

impl Row {
    /// What is wrong with it: a step is covered, by a name or always, and AWS then has something; or it is not, for a reason.
    pub fn problem(&self) -> Option<&'static str> {
        let is = |word: &str| self.here.strip_prefix(word);
        let reason = is("*yours*").or(is("*refused*"));
        let is_covered = reason.is_none() && is("*click*").is_none();
        match (is_covered, self.facts.is_empty()) {
            (false, false) => Some("is not covered, and yet AWS has something"),
            (false, true) if reason.is_some_and(|reason| reason.trim_matches([':', ' ']).is_empty()) => {
                Some("gives no reason")
            }
            (true, true) => Some("is covered, and nothing tells what AWS then has"),
            (true, false) if is("*always*").is_none() && self.code().next().is_none() => Some("names no attribute"),
            _ => None,
        }
    }

    /// What it shows as code.
    pub fn code(&self) -> impl Iterator<Item = &str> {
        self.here.split('`').skip(1).step_by(2)
    }
}

impl Fact {
    /// The question to AWS, and what it must answer, for the resources whose components the fact may be of.
    pub fn ask(&self, resources: &[&Attributes]) -> (Query, Value) {
        let (_, part) =
            component(resources, &self.component).unwrap_or_else(|| panic!("there is no {}", self.component));
        let text = |name: &str| part[name].as_str().map(str::to_owned);
        let query = Query {
            kind: text("type").expect("a type"),
            id: text("id").expect("an id"),
            arn: text("arn"),
            expression: referring(&self.expression, |reference| {
                let value = referred(resources, reference);
                value.as_str().expect("a text").to_owned()
            }),
        };
        let value = referring(&self.value, |reference| referred(resources, reference).to_string());
        let mut value: Value = serde_json::from_str(&value).unwrap_or_else(|error| panic!("{value}: {error}"));
        if let (true, Value::Array(items)) = (self.expression.starts_with("sort("), &mut value) {
            items.sort_by_key(ToString::to_string);
        }
        (query, value)
    }
}

/// A component by its key, or the first one of a type.
fn component(resources: &[&Attributes], name: &str) -> Option<(String, Value)> {
    let parts = || {
        let maps = resources
            .iter()
            .filter_map(|resource| resource.at("components").as_object());
        maps.flatten().map(|(key, part)| (key.clone(), part.clone()))
    };
    parts()
        .find(|(key, _)| key == name)
        .or_else(|| parts().find(|(_, part)| part["type"] == name))
}

/// What `$name`, `$name.arn` or `$attribute.path` stands for: a component's id or ARN, or an attribute.
fn referred(resources: &[&Attributes], reference: &str) -> Value {
    let (name, rest) = reference.split_once('.').unwrap_or((reference, ""));
    if let Some((_, part)) = component(resources, name) {
        return part[if rest.is_empty() { "id" } else { rest }].clone();
    }
    let pointer = format!("/{}", reference.replace('.', "/"));
    let values = resources.iter().map(|resource| resource.at(&pointer));
    let mut known = values.filter(|value| !value.is_null());
    known
        .next()
        .unwrap_or_else(|| panic!("${reference} stands for nothing"))
        .clone()
}

/// A text with its references replaced.
fn referring(text: &str, value: impl Fn(&str) -> String) -> String {
    let mut pieces = text.split('$');
    let mut replaced = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
        let end = piece.find(|letter| !is_name(letter)).unwrap_or(piece.len());
        replaced += &value(&piece[..end]);
        replaced += &piece[end..];
    }
    replaced
}
