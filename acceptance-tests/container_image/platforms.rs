//! Images for several platforms: all of them, or chosen ones.

use super::World;
use super::view::{NAME, SOURCE, split};
use crate::harness::TestImage;

fn platforms() -> [TestImage; 3] {
    [
        TestImage::new(&[1, 2], 50_000),
        TestImage::new(&[1, 3], 50_000).of("arm64"),
        TestImage::new(&[1, 4], 50_000).of("s390x"),
    ]
}

/// The architectures that an index in the target names.
fn architectures(world: &World, name: &str) -> Vec<String> {
    let index = world.target.manifest(NAME, name).expect("an index");
    let index: serde_json::Value = serde_json::from_str(&index).unwrap();
    let entries = index["manifests"].as_array().expect("manifests").iter();
    entries
        .map(|entry| entry["platform"]["architecture"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn all_platforms_are_copied_unless_some_are_chosen() {
    let world = World::new();
    let digest = world.source.push_index(SOURCE, "1", &platforms());
    world.sandbox.apply(&world.copying("1", ""));
    let state = world.state();
    assert_eq!(state.text("digest"), digest);
    let (_, name) = split(state.text("digest_uri"));
    assert_eq!(architectures(&world, name), ["amd64", "arm64", "s390x"]);
    for (image, architecture) in platforms().iter().zip(["amd64", "arm64", "s390x"]) {
        let part = world.source.digest(SOURCE, architecture).unwrap();
        assert!(world.target.pull(NAME, &part) == image.layers(), "{architecture}");
    }
    world.sandbox.destroy();
    assert_eq!(world.target.manifest(NAME, &digest), None);
}

#[test]
fn of_one_chosen_platform_its_own_image_is_copied() {
    let world = World::new();
    let whole = world.source.push_index(SOURCE, "1", &platforms());
    world
        .sandbox
        .apply(&world.copying("1", "  platforms = [\"linux/arm64/v8\"]"));
    let state = world.state();
    assert_eq!(state.text("source_digest"), whole);
    assert_eq!(state.text("digest"), world.source.digest(SOURCE, "arm64").unwrap());
    world.assert_pulled(state.text("uri"), &platforms()[1]);
    assert_eq!(world.blobs_sent(), 3, "two layers and a description");
    world.sandbox.destroy();
}

#[test]
fn of_several_chosen_platforms_an_index_is_made_that_is_the_same_each_time() {
    let world = World::new();
    world.source.push_index(SOURCE, "1", &platforms());
    let chosen = "  platforms = [\"linux/s390x\", \"linux/amd64\"]";
    world.sandbox.apply(&world.copying("1", chosen));
    let digest = world.state().text("digest").to_owned();
    assert_eq!(architectures(&world, "1"), ["amd64", "s390x"]);
    assert_eq!(world.target.digest(NAME, "1"), Some(digest));

    world
        .sandbox
        .apply(&world.copying("1", "  platforms = [\"linux/amd64\"]\n  force_delete = true"));
    world.assert_pulled(world.state().text("uri"), &platforms()[0]);
    world.sandbox.destroy();
}

#[test]
fn a_platform_that_the_image_does_not_have_is_told_with_those_that_it_has() {
    let world = World::new();
    world.source.push_index(SOURCE, "1", &platforms());
    world.source.push(SOURCE, "plain", &platforms()[0]);
    for tag in ["1", "plain"] {
        world
            .sandbox
            .configure(&world.copying(tag, "  platforms = [\"windows/amd64\"]"));
        let error = world.sandbox.terraform.apply(&[]).error();
        assert!(
            error.text().contains("not for windows/amd64; it is for linux/amd64"),
            "{}",
            error.text()
        );
        world.sandbox.assert_nothing_left();
    }
    world
        .sandbox
        .apply(&world.copying("plain", "  platforms = [\"linux/amd64\"]"));
    world.sandbox.destroy();
}
