//! Answers that AWS does not give, to calls that only read: what a proxy, a portal or a broken service sends.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

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
}

/// A number that nothing has.
const ABSURD: &str = "-9223372036854775808";

/// How often a list is repeated: the outermost one.
const TIMES: usize = 300;

/// The token of the page that follows: the first one.
const TOKEN: &str = "0";

impl Odd {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Html,
        Self::Empty,
        Self::Cut,
        Self::Bare,
        Self::Blank,
        Self::Absurd,
        Self::Huge,
    ];

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
        if let (Self::Huge, Json::Object(members)) = (self, &mut value) {
            for items in members.values_mut().filter_map(Json::as_array_mut) {
                *items = items.iter().cycle().take(items.len() * TIMES).cloned().collect();
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
        if self == Self::Huge { long(&odd) } else { odd }
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
