//! The test that keeps the rooms apart: no source file may mention a room that its own room must not know.

use std::fs;
use std::path::{Path, PathBuf};

/// For each room, what its files must not mention.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "protocol",
        &[
            "crate::plugin",
            "crate::framework",
            "crate::provider",
            "crate::products",
            "crate::engine",
            "crate::aws",
            "crate::registry",
            "aws_sdk_",
            "aws_config",
        ],
    ),
    (
        "framework",
        &[
            "crate::plugin",
            "crate::provider",
            "crate::products",
            "crate::engine",
            "crate::aws",
            "crate::registry",
            "aws_sdk_",
            "aws_config",
        ],
    ),
    (
        "plugin",
        &[
            "crate::provider",
            "crate::products",
            "crate::engine",
            "crate::aws",
            "crate::registry",
            "aws_sdk_",
            "aws_config",
        ],
    ),
    (
        "engine",
        &[
            "crate::plugin",
            "crate::protocol",
            "crate::framework",
            "crate::provider",
            "crate::products",
            "crate::aws",
            "crate::registry",
            "aws_sdk_",
            "aws_config",
        ],
    ),
    (
        "aws",
        &[
            "crate::plugin",
            "crate::protocol",
            "crate::framework",
            "crate::provider",
            "crate::products",
        ],
    ),
    (
        "products",
        &[
            "crate::plugin",
            "crate::protocol",
            "crate::provider",
            "aws_sdk_",
            "aws_config",
        ],
    ),
    (
        "registry",
        &[
            "crate::plugin",
            "crate::protocol",
            "crate::framework",
            "crate::provider",
            "crate::products",
            "crate::engine",
            "crate::aws",
            "aws_sdk_",
            "aws_config",
        ],
    ),
    ("provider", &["crate::plugin", "crate::registry", "aws_sdk_"]),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
    found
}

fn room(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name)
}

/// The lines of a file that are code, with their numbers.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(n, line)| (n + 1, line))
}

#[test]
fn no_room_mentions_one_it_must_not_know() {
    let mut breaches = Vec::new();
    for (name, forbidden) in FORBIDDEN {
        let files = sources(&room(name));
        assert!(!files.is_empty(), "the room {name} has no files: has it moved?");
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            for (number, line) in code(&text) {
                for word in forbidden.iter().filter(|word| line.contains(*word)) {
                    breaches.push(format!("{}:{number}: {name} must not know {word}", file.display()));
                }
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn components_meet_only_through_references() {
    let folder = room("aws").join("components");
    let files = sources(&folder);
    let kinds: Vec<String> = files
        .iter()
        .filter_map(|file| {
            file.strip_prefix(&folder)
                .ok()?
                .components()
                .next()?
                .as_os_str()
                .to_str()
        })
        .map(|name| name.trim_end_matches(".rs").to_owned())
        .filter(|name| name != "mod")
        .collect();
    for file in &files {
        let own = file.strip_prefix(&folder).unwrap().components().next().unwrap();
        let own = own.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
        if own == "mod" {
            continue;
        }
        let text = fs::read_to_string(file).unwrap();
        for (number, line) in code(&text) {
            for other in kinds.iter().filter(|kind| **kind != own) {
                assert!(
                    !line.contains(&format!("components::{other}")) && !line.contains(&format!("super::{other}")),
                    "{}:{number}: {own} must not know {other}",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn only_the_plugin_writes_to_standard_output() {
    for file in sources(&room("")) {
        if file.starts_with(room("plugin")) || file.ends_with("main.rs") || file.ends_with("arrows.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in code(&text) {
            for word in ["println!", "print!(", "stdout("] {
                assert!(!line.contains(word), "{}:{number}: {word}", file.display());
            }
        }
    }
}
