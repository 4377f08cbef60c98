//! The contract: the schema that Terraform gets from the provider.

use std::path::Path;

use crate::harness::Terraform;

/// The schema as it was last agreed on.
const GOLDEN: &str = "acceptance-tests/golden/schema.json";

#[test]
fn the_schema_is_the_one_agreed_on() {
    let folder = tempfile::tempdir().unwrap();
    let terraform = Terraform::new(folder.path(), "http://127.0.0.1:9");
    let schema = terraform.provider_schema();
    // Objects of `serde_json` are sorted by key, so the text is the same for the same schema.
    let text = format!("{schema:#}\n");

    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(GOLDEN);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, text).unwrap();
        return;
    }
    let agreed = std::fs::read_to_string(&golden).unwrap_or_default();
    let difference = text
        .lines()
        .zip(agreed.lines().chain(std::iter::repeat("")))
        .enumerate()
        .find(|(_, (a, b))| a != b);
    assert!(
        text == agreed,
        "the schema is not the one in {GOLDEN}; the first difference is {difference:?}. If the change is wanted, write the \
         file anew with `make golden` (UPDATE_GOLDEN=1) and commit it: users' configurations depend on it."
    );
}
