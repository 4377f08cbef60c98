//! Found again by the repository's name.

use super::World;
use super::view::{ADDRESS, NAME, REQUIRED, SOURCE, small};
use crate::harness::{TestImage, Wait};

#[test]
fn an_imported_image_is_as_it_was_configured() {
    let world = World::new();
    let images = [TestImage::new(&[1], 10_000), TestImage::new(&[2], 10_000).of("arm64")];
    world.source.push_index(SOURCE, "1", &images);
    let plain = world.copying("1", "");
    let rich = world.copying(
        "1",
        "  tag = \"stable\"\n  platforms = [\"linux/arm64\"]\n  image_tag_mutability = \"IMMUTABLE\"\n  keep_images = 9\n  \
         scan_on_push = true\n  force_delete = true\n  encryption {}\n  tags = { team = \"ml\" }\n  on_create_failure = \"keep\"",
    );
    for text in [plain, rich] {
        world.sandbox.apply(&text);
        let before = world.state();
        world.sandbox.terraform.run(&["state", "rm", ADDRESS]).succeeded();
        world.sandbox.terraform.run(&["import", ADDRESS, NAME]).succeeded();
        assert_eq!(world.state(), before);
        world.sandbox.assert_settled();
        world.sandbox.destroy();
    }
}

#[test]
fn its_configuration_can_be_written_by_terraform_which_cannot_know_the_password() {
    let world = World::guarded();
    let image = [TestImage::new(&[1], 10_000), TestImage::new(&[2], 10_000).of("arm64")];
    world.source.push_index(SOURCE, "1", &image);
    let credentials = "  source_username = \"reader\"\n  source_password_wo = \"let-me-read\"\n  \
                       source_password_wo_version = 1\n  platforms = [\"linux/arm64\"]\n  encryption {}";
    world.sandbox.apply(&world.copying("1", credentials));
    world.sandbox.writes_its_configuration(REQUIRED, ADDRESS, NAME);

    // Another image cannot be read without it.
    let written = std::fs::read_to_string(world.sandbox.terraform.folder().join("generated.tf")).unwrap();
    let newer = written.replace(&world.named("1"), &world.named("2"));
    assert_ne!(newer, written);
    world.sandbox.terraform.write("generated.tf", &newer);
    let refusal = world.sandbox.terraform.plan(&[]).error();
    assert_eq!(refusal.summary, "Half of the source's credentials");
    world.sandbox.terraform.write("generated.tf", &written);
    world.sandbox.destroy();
}

#[test]
fn a_repository_of_somebody_elses_is_not_imported() {
    let world = World::new();
    let made = world.sandbox.aws.ecr.create_repository().repository_name(NAME);
    made.send().wait().unwrap();
    world.sandbox.configure(&world.copying("1", ""));
    let import = world.sandbox.terraform.run(&["import", "-no-color", ADDRESS, NAME]);
    assert_ne!(import.code, Some(0));
    assert!(
        import
            .complaints
            .contains("There is no repository privateai/deid of ours"),
        "{import}"
    );
}

#[test]
fn a_name_that_is_taken_is_left_alone() {
    let world = World::new();
    world.source.push(SOURCE, "1", &small());
    let made = world.sandbox.aws.ecr.create_repository().repository_name(NAME);
    made.send().wait().unwrap();
    world.sandbox.configure(&world.copying("1", ""));
    let error = world.sandbox.terraform.apply(&[]).error();
    assert!(error.text().contains("carries no ownership tag"), "{}", error.text());
    assert_eq!(world.target.digest(NAME, "1"), None, "nothing was pushed to it");
}
