//! What others change shows, and is brought back.

use aws_sdk_ecr::types::{ImageIdentifier, ImageScanningConfiguration, ImageTagMutability};

use super::World;
use super::view::{ADDRESS, NAME, SOURCE, small};
use crate::harness::{TestImage, Wait};

/// The status of a part, as the next plan finds it.
fn status(world: &World, part: &str) -> String {
    let before = world.sandbox.plan().change(ADDRESS).before;
    before.text(&format!("/components/{part}/status")).to_owned()
}

#[test]
fn an_image_that_was_deleted_is_copied_again() {
    let world = World::new();
    world.source.push(SOURCE, "1", &small());
    world.sandbox.apply(&world.copying("1", ""));
    let image = ImageIdentifier::builder().image_tag("1").build();
    let deleted = world
        .sandbox
        .aws
        .ecr
        .batch_delete_image()
        .repository_name(NAME)
        .image_ids(image);
    deleted.send().wait().unwrap();
    assert_eq!(status(&world, "container_image"), "missing");
    world.sandbox.apply(&world.copying("1", ""));
    world.assert_pulled(world.state().text("uri"), &small());
    world.sandbox.destroy();
}

#[test]
fn a_tag_that_was_pointed_at_another_image_is_pointed_back() {
    let world = World::new();
    let digest = world.source.push(SOURCE, "1", &small());
    world.sandbox.apply(&world.copying("1", "  force_delete = true"));
    world.target.push(NAME, "1", &TestImage::new(&[7], 1_000));
    assert_eq!(status(&world, "container_image"), "drifted: digest");
    world.to_target.forget();
    world.sandbox.apply(&world.copying("1", "  force_delete = true"));
    assert_eq!(world.target.digest(NAME, "1"), Some(digest));
    assert_eq!(world.blobs_sent(), 0, "its layers were there");
    world.sandbox.destroy();
}

#[test]
fn settings_of_the_repository_that_others_changed_are_brought_back() {
    let world = World::new();
    world.source.push(SOURCE, "1", &small());
    world.sandbox.apply(&world.copying("1", "  keep_images = 3"));
    let ecr = &world.sandbox.aws.ecr;
    let scanning = ImageScanningConfiguration::builder().scan_on_push(true).build();
    let scan = ecr.put_image_scanning_configuration().repository_name(NAME);
    scan.image_scanning_configuration(scanning).send().wait().unwrap();
    let mutability = ecr.put_image_tag_mutability().repository_name(NAME);
    mutability
        .image_tag_mutability(ImageTagMutability::Immutable)
        .send()
        .wait()
        .unwrap();
    ecr.delete_lifecycle_policy()
        .repository_name(NAME)
        .send()
        .wait()
        .unwrap();
    assert_eq!(
        status(&world, "ecr_repository"),
        "drifted: scan_on_push, tag_mutability, lifecycle"
    );
    world.sandbox.apply(&world.copying("1", "  keep_images = 3"));
    assert_eq!(status(&world, "ecr_repository"), "ready");
    world.sandbox.destroy();
}

#[test]
fn a_repository_that_was_deleted_is_made_again_with_its_image() {
    let world = World::new();
    world.source.push(SOURCE, "1", &small());
    world.sandbox.apply(&world.copying("1", ""));
    let deleted = world
        .sandbox
        .aws
        .ecr
        .delete_repository()
        .repository_name(NAME)
        .force(true);
    deleted.send().wait().unwrap();
    world.sandbox.apply(&world.copying("1", ""));
    world.assert_pulled(world.state().text("uri"), &small());
    world.sandbox.destroy();
}
