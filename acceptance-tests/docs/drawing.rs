//! The section of a page that shows what a resource expands into: a table and a diagram.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::expansion::{Expansion, Part};

/// The section. `has_policy` says that a data source writes the policy that the resource takes.
pub fn section(expansion: &Expansion, has_policy: bool) -> String {
    format!(
        "## What It Expands Into\n\nThe AWS objects that one such resource is made of, by their keys in `components`, drawn \
         with everything switched on.{} The last column, and each arrow, tell what is made before what; deleting goes the other \
         way.\n\n{}\n\n```mermaid\n{}```\n\n### What It Takes of IAM\n\nWhat the caller must be allowed for the whole life of \
         these parts, by their type.{}\n\n{}",
        words(expansion),
        table(expansion),
        diagram(expansion),
        if has_policy {
            " The data source [`thatdot_deployer_policy`](../data-sources/deployer_policy.md) writes it as a policy for \
             one deployment, narrowed to the names of its parts and to its tags."
        } else {
            ""
        },
        actions(expansion)
    )
}

/// What the capitals in keys stand for.
fn words(expansion: &Expansion) -> String {
    let stand_for = [
        ("SUBNET", "subnet's id"),
        ("ZONE", "availability zone"),
        ("SERVICE", "service's name"),
    ];
    let used = stand_for
        .iter()
        .filter(|(word, _)| expansion.keys().any(|key| key.ends_with(word)));
    let sentences: Vec<String> = used
        .map(|(word, meaning)| format!(" `{word}` stands for each {meaning}."))
        .collect();
    sentences.concat()
}

fn table(expansion: &Expansion) -> String {
    let mut text = "| Component | Type | Made | After |\n|---|---|---|---|\n".to_owned();
    for (key, part) in expansion {
        let after: Vec<String> = part.after.iter().map(|earlier| format!("`{earlier}`")).collect();
        let kinds: Vec<String> = part.kinds.iter().map(|kind| format!("`{kind}`")).collect();
        let _ = writeln!(
            text,
            "| `{key}` | {} | {} | {} |",
            kinds.join(" or "),
            made(part),
            after.join(", ")
        );
    }
    text.trim_end().to_owned()
}

fn actions(expansion: &Expansion) -> String {
    let mut by_kind: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for part in expansion.values() {
        for kind in &part.kinds {
            by_kind.entry(kind).or_default().extend(&part.actions);
        }
    }
    let rows = by_kind.into_iter().map(|(kind, actions)| {
        let actions: Vec<String> = actions.iter().map(|action| format!("`{action}`")).collect();
        format!("| `{kind}` | {} |", actions.join(", "))
    });
    let rows: Vec<String> = rows.collect();
    format!("| Type | Actions |\n|---|---|\n{}", rows.join("\n"))
}

/// On what it depends whether a part is made.
fn made(part: &Part) -> String {
    let quoted = |names: &[String], between: &str| {
        let names: Vec<String> = names
            .iter()
            .map(|name| format!("`{}`", name.replace(" or ", "` or `")))
            .collect();
        names.join(between)
    };
    match (part.with.is_empty(), part.without.is_empty()) {
        (true, true) => "always".to_owned(),
        (true, false) => format!("unless {}", quoted(&part.without, " or ")),
        (false, true) => format!("with {}", quoted(&part.with, " and ")),
        (false, false) => format!(
            "with {}, unless {}",
            quoted(&part.with, " and "),
            quoted(&part.without, " or ")
        ),
    }
}

/// A flow chart of the parts. Those that a block, or a setting in it, asks for stand in a box with its name.
fn diagram(expansion: &Expansion) -> String {
    let mut boxes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (key, part) in expansion {
        let title = part
            .with
            .last()
            .map_or("", |name| name.split('.').next().unwrap_or(name));
        boxes.entry(title.to_owned()).or_default().push(key);
    }
    let mut text = "flowchart LR\n".to_owned();
    for (number, (title, keys)) in boxes.iter().enumerate() {
        let nodes = keys.iter().fold(String::new(), |mut nodes, key| {
            let _ = writeln!(nodes, "        {}[\"{key}\"]", id(key));
            nodes
        });
        let _ = if title.is_empty() {
            write!(text, "{}", nodes.replace("        ", "    "))
        } else {
            write!(
                text,
                "    subgraph box{number}[\"{}\"]\n{nodes}    end\n",
                title.replace('"', "#quot;")
            )
        };
    }
    let arrows: BTreeSet<(String, String)> = expansion
        .iter()
        .flat_map(|(key, part)| part.after.iter().map(|earlier| (id(earlier), id(key))))
        .collect();
    for (earlier, later) in arrows {
        let _ = writeln!(text, "    {earlier} --> {later}");
    }
    text
}

/// What Mermaid takes as a name.
fn id(key: &str) -> String {
    key.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_")
}
