//! What the pages for contributors say is so.

use std::path::Path;

fn read(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file))
        .unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn the_worked_example_is_quoted_as_it_stands() {
    let page = read("CONTRIBUTING.md");
    let source = read("src/aws/components/scalable_target.rs");
    let quotes: Vec<_> = page
        .split("```rust\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(quotes.len(), 4);
    for quote in quotes {
        assert!(source.contains(quote), "this is not in the source any more:\n{quote}");
    }
}

#[test]
fn every_path_and_verb_that_is_named_is_there() {
    let makefile = read("Makefile");
    for page in [
        "CONTRIBUTING.md",
        "README.md",
        "SECURITY.md",
        "acceptance-tests/README.md",
    ] {
        let text = read(page);
        let words = text.split('`').skip(1).step_by(2);
        for word in words {
            if let Some(verb) = word.strip_prefix("make ").and_then(|rest| rest.split(' ').next()) {
                assert!(
                    makefile.contains(&format!("\n{verb}:")),
                    "{page}: there is no `make {verb}`"
                );
            }
            let is_path = ["src/", "acceptance-tests/", "examples/", "release/", ".github/"]
                .iter()
                .any(|folder| word.starts_with(folder));
            if is_path && !word.contains('*') && !word.contains(' ') {
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(word);
                assert!(path.exists(), "{page}: there is no {word}");
            }
        }
    }
}
