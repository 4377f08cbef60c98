//! Errors and warnings as Terraform hands them on.

use serde::Deserialize;
use serde_json::Value;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// An error.
    Error,
    /// A warning.
    Warning,
}

/// One error or warning.
#[derive(Debug, Clone, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The headline.
    pub summary: String,
    /// The text.
    #[serde(default)]
    pub detail: String,
    #[serde(default)]
    snippet: Option<Snippet>,
}

/// The piece of configuration that Terraform shows with it, which is how a user sees an attribute's path.
#[derive(Debug, Clone, Deserialize)]
struct Snippet {
    code: String,
}

impl Diagnostic {
    /// Headline and text.
    pub fn text(&self) -> String {
        format!("{}\n{}", self.summary, self.detail)
    }

    /// Headline and text, with a word in the place of each id that AWS makes up.
    pub fn masked(&self) -> String {
        let is_made_up = |word: &str| word.len() >= 8 && word.chars().all(|c| c.is_ascii_hexdigit());
        let mask = |line: &str| {
            let words: Vec<_> = line.split_inclusive(|c: char| !c.is_ascii_alphanumeric()).collect();
            let mask = |word: &&str| {
                let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
                if is_made_up(bare) {
                    word.replace(bare, "ID")
                } else {
                    (*word).to_owned()
                }
            };
            words.iter().map(mask).collect::<String>()
        };
        self.text().lines().map(mask).collect::<Vec<_>>().join("\n")
    }

    /// The line of configuration that it is about: `cpu = 3000`; where it is about what is not there, its block's head.
    pub fn line(&self) -> &str {
        self.snippet.as_ref().map_or("", |snippet| snippet.code.trim())
    }

    /// All that a command's JSON output holds: a document with a list, or a stream of messages, one a line.
    pub fn all_of(output: &str) -> Vec<Self> {
        let parse = |value: &Value| {
            Self::deserialize(value).unwrap_or_else(|error| panic!("not a diagnostic ({error}): {value}"))
        };
        if let Ok(document) = serde_json::from_str::<Value>(output)
            && let Some(list) = document["diagnostics"].as_array()
        {
            return list.iter().map(parse).collect();
        }
        let messages = output
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        messages
            .filter(|message| message["type"] == "diagnostic")
            .map(|message| parse(&message["diagnostic"]))
            .collect()
    }
}
