//! The rooms keep apart: each is a crate, and knows what its manifest lists and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// For each room, the rooms that it may know.
const MAY_KNOW: [(&str, &[&str]); 10] = [
    ("chance", &[]),
    ("protocol", &[]),
    ("framework", &["protocol"]),
    ("plugin", &["chance", "framework", "protocol"]),
    ("engine", &["chance"]),
    ("registry", &["chance"]),
    ("aws", &["chance", "engine", "registry"]),
    ("components", &["aws", "chance", "engine", "registry"]),
    ("products", &["aws", "components", "engine", "framework", "registry"]),
    (
        "provider",
        &["aws", "components", "engine", "framework", "products", "protocol"],
    ),
];

/// The rooms that speak SDK types.
const SPEAK_SDK: [&str; 2] = ["aws", "components"];

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn room(name: &str) -> PathBuf {
    at("crates").join(name).join("src")
}

/// What a room is built with.
fn dependencies(room: &str) -> BTreeSet<String> {
    let manifest = fs::read_to_string(at("crates").join(room).join("Cargo.toml")).unwrap();
    let (_, section) = manifest.split_once("\n[dependencies]\n").unwrap();
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| line.split_once(['.', ' ']));
    names.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn no_room_knows_one_that_it_must_not() {
    let rooms: BTreeSet<&str> = MAY_KNOW.iter().map(|(room, _)| *room).collect();
    for (room, may) in MAY_KNOW {
        for known in dependencies(room) {
            let (known, is_sdk) = (known.as_str(), known.starts_with("aws-sdk-") || known == "aws-config");
            assert!(
                !rooms.contains(known) || may.contains(&known),
                "{room} must not know {known}"
            );
            assert!(!is_sdk || SPEAK_SDK.contains(&room), "{room} must not know {known}");
        }
    }
    let all: BTreeSet<String> = fs::read_dir(at("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "workspace-hack")
        .collect();
    assert!(all.iter().map(String::as_str).eq(rooms), "{all:?}");
}

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

/// The lines of a file that are code, with their numbers.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(n, line)| (n + 1, line))
}

#[test]
fn components_meet_only_through_references() {
    let folder = room("components");
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
        .filter(|name| name != "lib")
        .collect();
    for file in &files {
        let own = file.strip_prefix(&folder).unwrap().components().next().unwrap();
        let own = own.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
        if own == "lib" {
            continue;
        }
        let text = fs::read_to_string(file).unwrap();
        for (number, line) in code(&text) {
            for other in kinds.iter().filter(|kind| **kind != own) {
                assert!(
                    !line.contains(&format!("crate::{other}")) && !line.contains(&format!("super::{other}")),
                    "{}:{number}: {own} must not know {other}",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn only_the_plugin_writes_to_standard_output() {
    for (name, _) in MAY_KNOW.iter().filter(|(name, _)| *name != "plugin") {
        for file in sources(&room(name)) {
            let text = fs::read_to_string(&file).unwrap();
            for (number, line) in code(&text) {
                for word in ["println!", "print!(", "stdout("] {
                    assert!(!line.contains(word), "{}:{number}: {word}", file.display());
                }
            }
        }
    }
}
