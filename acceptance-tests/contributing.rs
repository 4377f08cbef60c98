//! What the pages for visitors and contributors say is so.

use std::path::{Path, PathBuf};

/// The pages.
const PAGES: [&str; 7] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "acceptance-tests/README.md",
    "acceptance-tests/faults/README.md",
];

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(file: &str) -> String {
    std::fs::read_to_string(at(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn the_worked_example_is_quoted_as_it_stands_and_a_product_has_it() {
    let page = read("CONTRIBUTING.md");
    let source = read("crates/components/src/scalable_target.rs");
    let quotes: Vec<_> = page
        .split("```rust\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(quotes.len(), 4);
    for quote in quotes {
        assert!(source.contains(quote), "this is not in the source any more:\n{quote}");
    }
    let product = "crates/products/src/privateai/running.rs";
    assert!(page.contains(product) && read(product).contains("ScalableTarget {"));
}

/// What stands in a page as code, outside its fences.
fn code(page: &str) -> Vec<String> {
    let outside = page.split("\n```").step_by(2).collect::<String>();
    outside.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_path_and_verb_that_is_named_is_there() {
    let makefile = read("Makefile");
    for page in PAGES {
        for word in code(&read(page)) {
            if let Some(verb) = word.strip_prefix("make ").and_then(|rest| rest.split(' ').next()) {
                assert!(
                    makefile.contains(&format!("\n{verb}:")),
                    "{page}: there is no `make {verb}`"
                );
            }
            let is_path = [
                "crates/",
                "src/",
                "acceptance-tests/",
                "examples/",
                "release/",
                ".github/",
            ]
            .iter()
            .any(|folder| word.starts_with(folder))
                || (word.contains('/') && Path::new(&word).extension().is_some_and(|ending| ending == "rs"));
            if is_path && !word.contains('*') && !word.contains(' ') {
                let beside = at(page).parent().unwrap().join(&word);
                let in_room = word
                    .split_once('/')
                    .map(|(room, file)| at("crates").join(room).join("src").join(file));
                let mut places = [at(&word), beside].into_iter().chain(in_room);
                assert!(places.any(|place| place.exists()), "{page}: there is no {word}");
            }
        }
    }
}

#[test]
fn every_link_to_a_file_leads_to_one() {
    for page in PAGES {
        let text = read(page);
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.starts_with("https://")) {
            let file = target.split('#').next().unwrap();
            assert!(
                at(page).parent().unwrap().join(file).exists(),
                "{page}: {target} leads nowhere"
            );
        }
    }
}
