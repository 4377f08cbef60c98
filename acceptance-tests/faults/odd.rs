//! Answers that AWS does not give: what a proxy, a portal or a broken service sends. A call that writes has done its work all
//! the same.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::wire::Call;
use super::world::Answer;

/// What is odd about an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Odd {
    /// A page for people, as a portal shows it.
    Html,
    /// Nothing at all.
    Empty,
    /// It breaks off in the middle.
    Cut,
    /// All lists and objects are there, and nothing is in them.
    Bare,
    /// Every text is empty.
    Blank,
    /// Every number is beyond all measure.
    Absurd,
    /// The list is many times as long, and there is another page.
    Huge,
    /// There is always another page, and it is this one.
    Endless,
}

/// A number that nothing has.
const ABSURD: &str = "-9223372036854775808";

/// How often a list is repeated: the outermost one.
const TIMES: usize = 300;

/// The token of the page that follows: the first one.
const TOKEN: &str = "0";

impl Odd {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Html,
        Self::Empty,
        Self::Cut,
        Self::Bare,
        Self::Blank,
        Self::Absurd,
        Self::Huge,
        Self::Endless,
    ];

    /// Whether it answers only calls that list something.
    pub fn is_of_a_list(self) -> bool {
        matches!(self, Self::Huge | Self::Endless)
    }

    /// The answer, made odd.
    pub fn of(self, mut answer: Answer) -> Answer {
        let is_xml = answer.body.starts_with(b"<");
        answer.body = match self {
            Self::Html => {
                answer.headers = vec![("content-type".to_owned(), "text/html".to_owned())];
                b"<!DOCTYPE html><html><body><p>Sign in to continue<br></body></html>".to_vec()
            }
            Self::Empty => Vec::new(),
            Self::Cut => answer.body[..answer.body.len() / 2].to_vec(),
            _ if is_xml => self.xml(&String::from_utf8_lossy(&answer.body)).into_bytes(),
            _ => match serde_json::from_slice(&answer.body) {
                Ok(json) => self.page(self.json(json)).to_string().into_bytes(),
                Err(_) => answer.body,
            },
        };
        answer.headers.retain(|(name, _)| name != "content-length");
        answer
    }

    fn json(self, value: Json) -> Json {
        match (self, value) {
            (_, Json::Array(items)) => items.into_iter().map(|item| self.json(item)).collect(),
            (_, Json::Object(members)) => {
                let members = members.into_iter().map(|(name, value)| (name, self.json(value)));
                members
                    .filter(|(_, value)| self != Self::Bare || !is_leaf(value))
                    .collect()
            }
            (Self::Blank, Json::String(_)) => Json::String(String::new()),
            (Self::Absurd, Json::Number(_)) => serde_json::from_str(ABSURD).unwrap_or_default(),
            (_, value) => value,
        }
    }

    fn page(self, mut value: Json) -> Json {
        if let (Self::Huge | Self::Endless, Json::Object(members)) = (self, &mut value) {
            for items in members.values_mut().filter_map(Json::as_array_mut) {
                let times = if self == Self::Huge { TIMES } else { 1 };
                *items = items.iter().cycle().take(items.len() * times).cloned().collect();
            }
            for name in ["nextToken", "NextToken", "NextMarker"] {
                members.insert(name.to_owned(), Json::from(TOKEN));
            }
        }
        value
    }

    /// The same of XML. Tags without what they hold are kept as they are: AWS sends no attributes that matter.
    fn xml(self, text: &str) -> String {
        let mut odd = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('<') {
            odd += before;
            let (tag, after) = after.split_once('>').unwrap_or((after, ""));
            let name = tag.split_whitespace().next().unwrap_or_default();
            let leaf = after
                .split_once(&format!("</{name}>"))
                .filter(|(leaf, _)| !leaf.contains('<'));
            match leaf {
                Some((leaf, beyond)) if !name.starts_with('/') => {
                    let held = match self {
                        Self::Blank => "",
                        Self::Absurd if leaf.parse::<f64>().is_ok() => ABSURD,
                        _ => leaf,
                    };
                    if self != Self::Bare {
                        odd.extend(["<", tag, ">", held, "</", name, ">"]);
                    }
                    rest = beyond;
                }
                _ => {
                    odd.extend(["<", tag, ">"]);
                    rest = after;
                }
            }
        }
        odd += rest;
        match self {
            Self::Huge => long(&odd),
            Self::Endless => endless(&odd),
            _ => odd,
        }
    }
}

fn is_leaf(value: &Json) -> bool {
    !value.is_array() && !value.is_object()
}

/// The outermost list of a page, many times over, and another page after it.
fn long(text: &str) -> String {
    for item in ["item", "member"] {
        let (open, close) = (format!("<{item}>"), format!("</{item}>"));
        if let (Some(from), Some(to)) = (text.find(&open), text.rfind(&close)) {
            let (head, items, tail) = (&text[..from], &text[from..to + close.len()], &text[to + close.len()..]);
            return format!("{head}{}{tail}", items.repeat(TIMES));
        }
    }
    text.to_owned()
}

/// A page that says that another follows, in the words of each service.
fn endless(text: &str) -> String {
    const MORE: &str = "<nextToken>0</nextToken><NextToken>0</NextToken><NextMarker>0</NextMarker><Marker>0</Marker>\
                        <IsTruncated>true</IsTruncated>";
    let result = text.rfind("Result>").and_then(|at| text[..at].rfind("</"));
    match result.or_else(|| text.rfind("</")) {
        Some(end) => format!("{}{MORE}{}", &text[..end], &text[end..]),
        None => text.to_owned(),
    }
}

/// How the names of what names an object end.
const NAMES: [&str; 5] = ["id", "arn", "name", "cluster", "service"];

fn names(field: &str) -> bool {
    let field = field
        .trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
        .to_lowercase();
    NAMES.iter().any(|end| field.ends_with(end))
}

/// Whether a call names an object by an empty id: in its path, in a form or in JSON.
pub fn is_nameless(call: &Call) -> bool {
    let (target, body) = call.text.split_once(' ').unwrap_or((&call.text, ""));
    let path = target.split('?').next().unwrap_or_default();
    let fields = target
        .split_once('?')
        .map_or("", |(_, query)| query)
        .split('&')
        .chain(body.split('&'));
    let mut pairs = fields.filter_map(|field| field.split_once('='));
    path.contains("//")
        || path.len() > 1 && path.ends_with('/')
        || !body.starts_with('{') && pairs.any(|(name, value)| value.is_empty() && names(name))
        || serde_json::from_str(body).is_ok_and(|body| has_nameless(&body))
}

fn has_nameless(value: &Json) -> bool {
    match value {
        Json::Array(items) => items.iter().any(has_nameless),
        Json::Object(members) => members
            .iter()
            .any(|(name, value)| has_nameless(value) || names(name) && value.as_str() == Some("")),
        _ => false,
    }
}
