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

/// Source: Terraform registry, *Provider Documentation*, and what `tfplugindocs validate` looks at.
#[test]
fn the_registrys_rules_are_kept() {
    const LARGEST: usize = 500_000;
    for (path, page) in pages() {
        let ending = Path::new(&path).extension();
        assert!(ending.is_some_and(|ending| ending == "md"), "{path} is no page");
        assert!(page.len() <= LARGEST, "{path} has {} bytes", page.len());
        let front = page.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
        let (front, _) = front.unwrap_or_else(|| panic!("{path} has no front matter"));
        let keys: Vec<_> = front
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(key, _)| key)
            .collect();
        let expected = ["page_title", "subcategory", "description"];
        let expected = expected
            .iter()
            .filter(|key| path != "index.md" || **key != "subcategory");
        for key in expected.clone() {
            assert!(keys.contains(key), "{path} has no {key}");
        }
        let strange: Vec<_> = keys
            .iter()
            .filter(|key| !key.starts_with(' ') && !expected.clone().any(|known| known == *key))
            .collect();
        assert!(strange.is_empty(), "{path} has {strange:?} in front");
    }
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
fn every_configuration_that_is_shown_is_formatted() {
    let folder = tempfile::tempdir().unwrap();
    let terraform = Terraform::new(folder.path(), "http://127.0.0.1:9");
    let readme = (
        "README.md".to_owned(),
        fs::read_to_string(root().join("README.md")).unwrap(),
    );
    for (path, page) in pages().into_iter().chain([readme]) {
        let fences = page.split("```").skip(1).step_by(2);
        let shown = fences.filter_map(|fence| fence.strip_prefix("terraform\n").or(fence.strip_prefix("hcl\n")));
        for (number, text) in shown.enumerate() {
            terraform.write(&format!("{}-{number}.tf", path.replace('/', "-")), text);
        }
    }
    terraform.run(&["fmt", "-check", "-diff"]).succeeded();
    let examples = root().join("examples");
    terraform
        .run(&["fmt", "-check", "-diff", "-recursive", examples.to_str().unwrap()])
        .succeeded();
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
