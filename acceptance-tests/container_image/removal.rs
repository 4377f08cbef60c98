//! What a destroy takes, and what it leaves.

use super::World;
use super::view::{NAME, SOURCE, small};
use crate::harness::{TestImage, Wait};

#[test]
fn images_of_others_keep_the_repository_unless_the_user_says_otherwise() {
    let world = World::new();
    world.source.push(SOURCE, "1", &small());
    world.sandbox.apply(&world.copying("1", ""));
    let theirs = world.target.push(NAME, "theirs", &TestImage::new(&[7], 1_000));
    let error = world.sandbox.terraform.destroy(&[]).error();
    assert!(error.text().contains("still contains images"), "{}", error.text());
    assert!(error.detail.contains("force_delete = true"), "{}", error.text());
    assert_eq!(world.target.digest(NAME, "theirs"), Some(theirs));

    world.sandbox.apply(&world.copying("1", "  force_delete = true"));
    world.sandbox.destroy();
}

#[test]
fn an_image_that_others_gave_a_tag_too_stays_under_theirs() {
    let world = World::new();
    let digest = world.source.push(SOURCE, "1", &small());
    world.sandbox.apply(&world.copying("1", ""));
    let manifest = world.target.manifest(NAME, "1").unwrap();
    let media_type = "application/vnd.oci.image.manifest.v1+json";
    world.target.put_manifest(NAME, "theirs", &manifest, media_type);
    world.sandbox.terraform.destroy(&[]).error();
    assert_eq!(world.target.digest(NAME, "theirs"), Some(digest));
    assert_eq!(world.target.digest(NAME, "1"), None);
}

#[test]
fn a_protected_repository_is_not_replaced() {
    let world = World::new();
    world.source.push(SOURCE, "1", &small());
    world.sandbox.apply(&world.copying("1", "  deletion_protection = true"));
    world
        .sandbox
        .configure(&world.copying("1", "  deletion_protection = true\n  encryption {}"));
    let error = world.sandbox.terraform.plan(&[]).error();
    assert_eq!(error.summary, "Deletion protection is on");
    world.sandbox.apply(&world.copying("1", ""));
    world.sandbox.apply(&world.copying("1", "  encryption {}"));
    let found = world.sandbox.aws.ecr.describe_repositories().repository_names(NAME);
    let found = found.send().wait().unwrap();
    let encryption = found.repositories()[0].encryption_configuration().unwrap();
    assert_eq!(encryption.encryption_type().as_str(), "KMS");
    world.assert_pulled(world.state().text("uri"), &small());
    world.sandbox.destroy();
}
