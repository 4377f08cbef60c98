//! The documentation: the pages that are made from schema, examples and component graphs, and the guides.
//!
//! The pages in `docs/` are committed, as the Terraform registry wants them; `make docs` writes them anew.

mod drawing;
mod expansion;
mod guides;
mod page;
mod prose;
mod reference;
mod schema;
mod subjects;
mod table;

use std::collections::BTreeMap;
use std::fs;

use self::page::{root, short};
use self::schema::Offer;
use crate::harness::Terraform;

/// What the provider offers.
fn offer() -> Offer {
    let folder = tempfile::tempdir().unwrap();
    let terraform = Terraform::new(folder.path(), "http://127.0.0.1:9");
    serde_json::from_value(terraform.provider_schema()).expect("a schema as Terraform tells it")
}

/// Every page that is made, by its path in `docs/`.
fn pages(offer: &Offer) -> BTreeMap<String, String> {
    let words = fs::read_to_string(root().join("templates/index.md")).expect("templates/index.md");
    let expansions = expansion::all(offer);
    let mut pages = BTreeMap::from([("index.md".to_owned(), page::index(&words, &offer.provider))]);
    for (name, schema) in &offer.resource_schemas {
        let expansion = expansions.get(name.as_str()).unwrap_or_else(|| {
            panic!("nothing tells what {name} expands into: add it in acceptance-tests/docs/subjects.rs")
        });
        let path = format!("resources/{}.md", short(name));
        pages.insert(
            path,
            page::resource(
                name,
                schema,
                &drawing::section(expansion, name.ends_with("_deployment") || name == "thatdot_network"),
            ),
        );
    }
    for (name, schema) in &offer.data_source_schemas {
        pages.insert(
            format!("data-sources/{}.md", short(name)),
            page::data_source(name, schema),
        );
    }
    for (name, function) in &offer.functions {
        pages.insert(format!("functions/{name}.md"), page::function(name, function));
    }
    pages
}

/// The pages there are, by their path in `docs/`. The guides are written by hand.
fn written() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for folder in ["", "resources/", "data-sources/", "functions/"] {
        for entry in fs::read_dir(root().join("docs").join(folder)).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap().to_str().unwrap();
                found.insert(format!("{folder}{name}"), fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn the_documentation_is_what_schema_examples_and_graphs_say() {
    let pages = pages(&offer());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        for stale in written().keys().filter(|path| !pages.contains_key(*path)) {
            fs::remove_file(root().join("docs").join(stale)).unwrap();
        }
        for (path, text) in &pages {
            let path = root().join("docs").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        return;
    }
    let written = written();
    let stale: Vec<&String> = pages
        .iter()
        .filter(|(path, text)| written.get(*path) != Some(*text))
        .map(|(path, _)| path)
        .chain(written.keys().filter(|path| !pages.contains_key(*path)))
        .collect();
    assert!(
        stale.is_empty(),
        "these pages of docs/ are not what schema, examples and component graphs say: {stale:?}. Run `make docs`, read what \
         it changed, and commit it."
    );
}

#[test]
fn everything_a_user_can_write_or_read_is_described() {
    let offer = offer();
    let schemas = offer.resource_schemas.iter().chain(&offer.data_source_schemas);
    let mut silent: Vec<String> = schemas
        .flat_map(|(name, schema)| schema.block.undescribed(name))
        .collect();
    silent.extend(offer.provider.block.undescribed("provider"));
    for (name, function) in &offer.functions {
        let parameters = function
            .parameters
            .iter()
            .map(|parameter| (format!("{name}({})", parameter.name), &parameter.description));
        let own = [(name.clone(), &function.summary), (name.clone(), &function.description)];
        let said = parameters.chain(own);
        silent.extend(
            said.filter(|(_, words)| words.trim().is_empty())
                .map(|(place, _)| place),
        );
    }
    assert!(silent.is_empty(), "without a description: {silent:?}");
}
