//! What is written by hand: its links lead somewhere, and what it shows is valid.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::guides::configuration;
use super::page::root;
use crate::harness::Terraform;

/// Every page of the documentation, by its path in `docs/`.
fn pages() -> BTreeMap<String, String> {
    let folders = ["", "guides", "resources", "data-sources", "functions"];
    let entries = folders
        .iter()
        .flat_map(|folder| fs::read_dir(root().join("docs").join(folder)).unwrap());
    let files = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let name = |path: &Path| {
        path.strip_prefix(root().join("docs"))
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    files
        .map(|path| (name(&path), fs::read_to_string(&path).unwrap()))
        .collect()
}

/// The targets of a page's links that lead to other pages, or to another place in the page.
fn links(page: &str) -> Vec<&str> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.starts_with("https://")).collect()
}

/// The anchors of a page: those that are written, and those of its headings.
fn anchors(page: &str) -> Vec<String> {
    let written = page
        .split("<a id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned);
    let titles = page.lines().filter_map(|line| line.strip_prefix('#'));
    let slug = |title: &str| {
        let kept = title.trim_matches(['#', ' ']).to_lowercase();
        let letters = kept
            .chars()
            .filter(|letter| letter.is_alphanumeric() || "-_ ".contains(*letter));
        letters.collect::<String>().replace(' ', "-")
    };
    written.chain(titles.map(slug)).collect()
}

/// A path without the steps back up.
fn plain(path: &Path) -> String {
    let mut steps = PathBuf::new();
    for step in path.components() {
        match step {
            Component::ParentDir => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.to_str().unwrap().to_owned()
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let pages = pages();
    let mut dead = Vec::new();
    for (path, page) in &pages {
        for link in links(page) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let folder = Path::new(path).parent().unwrap();
            let target = if file.is_empty() {
                path.clone()
            } else {
                plain(&folder.join(file))
            };
            let there = pages
                .get(&target)
                .is_some_and(|page| anchor.is_empty() || anchors(page).iter().any(|at| at == anchor));
            if !there {
                dead.push(format!("{path}: {link}"));
            }
        }
    }
    assert!(dead.is_empty(), "links that lead nowhere: {dead:?}");
}

#[test]
fn every_guide_has_its_front_matter_and_is_on_the_first_page() {
    let pages = pages();
    for (path, page) in pages.iter().filter(|(path, _)| path.starts_with("guides/")) {
        assert!(page.starts_with("---\npage_title: \""), "{path} has no title");
        assert!(
            page.contains("\nsubcategory: \"\"\ndescription: |-\n  "),
            "{path} has no description"
        );
        assert!(
            pages["index.md"].contains(path),
            "the first page does not lead to {path}"
        );
    }
}

#[test]
fn every_configuration_in_a_guide_is_valid() {
    for (path, page) in pages().iter().filter(|(path, _)| path.starts_with("guides/")) {
        let text = configuration(page);
        if text.is_empty() {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let terraform = Terraform::new(folder.path(), "http://127.0.0.1:9");
        terraform.write("main.tf", &text);
        let finished = terraform.validate();
        assert_eq!(finished.code, Some(0), "{path}: {finished}");
    }
}
