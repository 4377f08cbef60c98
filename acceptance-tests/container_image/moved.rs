//! A tag of the source that moves.

use super::World;
use super::view::{ADDRESS, NAME, SOURCE, small};
use crate::harness::TestImage;

fn newer() -> TestImage {
    TestImage::new(&[1, 9], 100_000)
}

#[test]
fn a_tag_that_moved_shows_in_the_plan_and_is_followed_in_place() {
    let world = World::new();
    let before = world.source.push(SOURCE, "stable", &small());
    world.sandbox.apply(&world.copying("stable", "  force_delete = true"));
    let uri = world.state().text("uri").to_owned();
    let after = world.source.push(SOURCE, "stable", &newer());

    let change = world.sandbox.plan().change(ADDRESS);
    assert_eq!(change.actions, ["update"]);
    assert_eq!(change.before.text("source_digest"), before);
    assert_eq!(change.after.text("source_digest"), after);
    assert_eq!(change.after.text("uri"), uri, "the tag is the same");
    assert_eq!(change.unknown.at("/components/container_image/status"), true);

    world.sandbox.apply(&world.copying("stable", "  force_delete = true"));
    world.assert_pulled(&uri, &newer());
    world.assert_pulled(&format!("host/{NAME}@{before}"), &small());
    world.sandbox.destroy();
}

#[test]
fn in_an_immutable_repository_every_image_has_a_tag_of_its_own() {
    let world = World::new();
    let before = world.source.push(SOURCE, "stable", &small());
    let body = "  image_tag_mutability = \"IMMUTABLE\"\n  force_delete = true";
    world.sandbox.apply(&world.copying("stable", body));
    let first = world.state().text("uri").to_owned();
    assert!(
        first.ends_with(&format!("{NAME}:stable-sha256-{}", &before[7..19])),
        "{first}"
    );

    let after = world.source.push(SOURCE, "stable", &newer());
    let planned = world.sandbox.plan().change(ADDRESS).after;
    assert!(planned.text("uri").ends_with(&after[7..19]), "{}", planned.text("uri"));
    world.sandbox.apply(&world.copying("stable", body));
    world.assert_pulled(world.state().text("uri"), &newer());
    world.assert_pulled(&first, &small());
    world.sandbox.destroy();
}

#[test]
fn a_source_that_cannot_be_read_does_not_stop_the_plan() {
    let world = World::new();
    world.source.push(SOURCE, "1", &small());
    world.sandbox.apply(&world.copying("1", ""));
    world.to_source.breaks_for_good_after(0);
    let plan = world.sandbox.terraform.plan(&["-detailed-exitcode"]);
    assert_eq!(plan.code, Some(0), "nothing changes: {plan}");
    assert!(plan.output.contains("cannot be read now"), "{plan}");
    assert!(plan.output.contains("takes it that it has not"), "{plan}");
    world.sandbox.destroy();
}

#[test]
fn an_image_that_is_not_there_yet_is_planned_and_found_at_apply() {
    let world = World::new();
    world.sandbox.configure(&world.copying("1", ""));
    let change = world.sandbox.plan().change(ADDRESS);
    assert_eq!(change.unknown.at("digest"), true);
    let error = world.sandbox.terraform.apply(&[]).error();
    assert!(error.summary.contains(&format!("{SOURCE}:1")), "{}", error.text());
    assert!(error.detail.contains("Check the name and tag"), "{}", error.text());
    world.sandbox.assert_nothing_left();

    world.sandbox.terraform.planned(&[]);
    let digest = world.source.push(SOURCE, "1", &small());
    world
        .sandbox
        .terraform
        .run(&["apply", "-input=false", "saved.tfplan"])
        .succeeded();
    assert_eq!(world.state().text("digest"), digest);
    world.sandbox.destroy();
}
