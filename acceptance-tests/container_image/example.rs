//! The documentation's snippets work as they stand, save for the registry's name.

use std::path::Path;

use super::World;
use super::view::{REQUIRED, SOURCE, small};

fn snippet(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/resources/thatdot_container_image");
    std::fs::read_to_string(folder.join(file)).expect("a snippet")
}

#[test]
fn the_documentations_snippets_work_and_import() {
    let mut world = World::guarded();
    world.source.push(SOURCE, "3.3.2-cpu", &small());
    world
        .sandbox
        .terraform
        .set("TF_VAR_registry_password", Some("let-me-read"));
    let resource = snippet("resource.tf")
        .replace("crprivateaiprod.azurecr.io/deid:3.3.2-cpu", &world.named("3.3.2-cpu"))
        .replace("my-company", "reader");
    let text = format!("{REQUIRED}\n{resource}");
    world.sandbox.apply(&text);

    let address = "thatdot_container_image.deid";
    world.sandbox.terraform.run(&["state", "rm", address]).succeeded();
    let command = snippet("import.sh");
    let command = command
        .lines()
        .find_map(|line| line.strip_prefix("terraform "))
        .expect("a command");
    world
        .sandbox
        .terraform
        .run(&command.split(' ').collect::<Vec<_>>())
        .succeeded();
    world.sandbox.assert_settled();

    world.sandbox.terraform.run(&["state", "rm", address]).succeeded();
    world
        .sandbox
        .apply(&format!("{text}\n{}", snippet("import-by-string-id.tf")));
    world.sandbox.configure(&text);
    world.sandbox.destroy();
}
