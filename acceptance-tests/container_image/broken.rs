//! Copies that break off, and go on.

use super::World;
use super::view::{ADDRESS, SOURCE};
use crate::harness::TestImage;

const LAYER: usize = 1_000_000;

fn image() -> TestImage {
    TestImage::new(&[1, 2, 3, 4, 5, 6], LAYER)
}

#[test]
fn a_source_that_breaks_off_is_read_on_from_where_it_was() {
    let world = World::new();
    world.source.push(SOURCE, "1", &image());
    world.to_source.breaks_once_after(2_500_000);
    world.sandbox.apply(&world.copying("1", ""));
    assert!(world.to_source.has_broken());
    world.assert_pulled(world.state().text("uri"), &image());
    assert_eq!(world.blobs_sent(), 7, "no layer was sent twice");
    let received = world.to_source.bytes_received();
    assert!(received < 6_900_000, "each byte was read about once: {received}");
    world.sandbox.destroy();
}

#[test]
fn an_upload_that_breaks_off_is_begun_again_and_the_others_stay() {
    let world = World::new();
    world.source.push(SOURCE, "1", &image());
    world.to_target.breaks_once_after(2_500_000);
    world.sandbox.apply(&world.copying("1", ""));
    assert!(world.to_target.has_broken());
    world.assert_pulled(world.state().text("uri"), &image());
    let sent = world.to_target.bytes_sent();
    assert!(
        sent < 10_200_000,
        "four layers at most, of those under way, were sent twice: {sent}"
    );
    world.sandbox.destroy();
}

#[test]
fn a_copy_that_failed_goes_on_at_the_next_apply() {
    let world = World::new();
    world.source.push(SOURCE, "1", &image());
    world.sandbox.configure(&world.copying("1", ""));
    world.to_target.breaks_for_good_after(5_500_000);
    let errors = world.sandbox.terraform.apply(&[]).errors();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(
        errors[0].detail.contains("goes on where it stopped"),
        "{}",
        errors[0].text()
    );
    assert!(world.sandbox.terraform.is_tainted(ADDRESS), "what was brought stays");

    world.to_target.mend();
    world.to_target.forget();
    world.sandbox.terraform.run(&["untaint", ADDRESS]).succeeded();
    world.sandbox.terraform.apply(&[]).succeeded();
    world.sandbox.assert_settled();
    let sent = world.to_target.bytes_sent();
    assert!(sent < 5_200_000, "at least one of six layers was there: {sent}");
    world.assert_pulled(world.state().text("uri"), &image());
    world.sandbox.destroy();
}

#[test]
fn a_copy_that_was_interrupted_goes_on_at_the_next_apply() {
    let world = World::new();
    world.source.push(SOURCE, "1", &image());
    world.sandbox.configure(&world.copying("1", ""));
    world.to_target.stalls_after(3_500_000);
    let running = world
        .sandbox
        .terraform
        .start(&["apply", "-auto-approve", "-input=false", "-json"]);
    world.to_target.until_stalled();
    running.interrupt();
    let finished = running.finish();
    assert_ne!(finished.code, None, "{finished}");
    world.to_target.mend();
    world.to_target.forget();
    world.sandbox.terraform.apply(&[]).succeeded();
    world.sandbox.assert_settled();
    assert!(world.blobs_sent() < 7, "something was there: {}", world.blobs_sent());
    world.assert_pulled(world.state().text("uri"), &image());
    world.sandbox.destroy();
}
