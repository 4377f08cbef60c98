//! The plain way: copied, pulled, planned again, destroyed.

use super::World;
use super::view::{ADDRESS, NAME, SOURCE, small};
use crate::harness::{TestImage, Wait};

#[test]
fn an_image_is_copied_and_can_be_pulled_by_tag_and_by_digest() {
    let world = World::new();
    let digest = world.source.push(SOURCE, "3.3.2-cpu", &small());
    world.sandbox.configure(&world.copying("3.3.2-cpu", ""));
    let planned = world.sandbox.plan().change(ADDRESS).after;
    assert_eq!(planned.text("digest"), digest, "the plan says which image it will be");
    world.sandbox.apply(&world.copying("3.3.2-cpu", ""));

    let state = world.state();
    assert_eq!(
        (state.text("digest"), state.text("source_digest")),
        (digest.as_str(), digest.as_str())
    );
    let url = format!("123456789012.dkr.ecr.us-east-1.amazonaws.com/{NAME}");
    assert_eq!(state.text("repository_url"), url);
    assert_eq!(state.text("uri"), format!("{url}:3.3.2-cpu"));
    assert_eq!(state.text("digest_uri"), format!("{url}@{digest}"));
    assert_eq!(state.keys("components"), ["container_image", "ecr_repository"]);
    world.assert_pulled(state.text("uri"), &small());
    world.assert_pulled(state.text("digest_uri"), &small());

    world.sandbox.destroy();
    assert_eq!(world.target.digest(NAME, "3.3.2-cpu"), None);
}

#[test]
fn only_layers_that_are_missing_are_sent() {
    let world = World::new();
    world.source.push(SOURCE, "1", &TestImage::new(&[1, 2, 3], 100_000));
    world.source.push(SOURCE, "2", &TestImage::new(&[1, 2, 4], 100_000));
    world.sandbox.apply(&world.copying("1", ""));
    assert_eq!(world.blobs_sent(), 4, "three layers and a description");

    world.to_target.forget();
    world.to_source.forget();
    world.sandbox.apply(&world.copying("2", ""));
    assert_eq!(
        world.blobs_sent(),
        1,
        "the one layer that is new; the description is the same"
    );
    let bytes = (world.to_target.bytes_sent(), world.to_source.bytes_received());
    assert!(bytes.0 < 150_000 && bytes.1 < 150_000, "{bytes:?}");
    world.assert_pulled(world.state().text("uri"), &TestImage::new(&[1, 2, 4], 100_000));
    assert!(world.target.digest(NAME, "1").is_some(), "the earlier version stays");
}

#[test]
fn the_repository_is_as_the_configuration_says() {
    let world = World::new();
    world.source.push(SOURCE, "1", &small());
    let body =
        "  scan_on_push = true\n  keep_images = 5\n  force_delete = true\n  encryption {}\n  tags = { team = \"ml\" }";
    world.sandbox.apply(&world.copying("1", body));
    let ecr = &world.sandbox.aws.ecr;
    let found = ecr
        .describe_repositories()
        .repository_names(NAME)
        .send()
        .wait()
        .unwrap();
    let repository = &found.repositories()[0];
    assert!(repository.image_scanning_configuration().unwrap().scan_on_push());
    assert_eq!(
        repository
            .encryption_configuration()
            .unwrap()
            .encryption_type()
            .as_str(),
        "KMS"
    );
    let policy = ecr.get_lifecycle_policy().repository_name(NAME).send().wait().unwrap();
    assert!(policy.lifecycle_policy_text().unwrap().contains(r#""countNumber":5"#));

    let body =
        "  force_delete = true\n  encryption {}\n  tags = { team = \"data\" }\n  image_tag_mutability = \"MUTABLE\"";
    world.sandbox.apply(&world.copying("1", body));
    let found = ecr
        .describe_repositories()
        .repository_names(NAME)
        .send()
        .wait()
        .unwrap();
    let repository = &found.repositories()[0];
    assert!(!repository.image_scanning_configuration().unwrap().scan_on_push());
    assert!(
        ecr.get_lifecycle_policy().repository_name(NAME).send().wait().is_err(),
        "no policy is left"
    );
    let tags = ecr
        .list_tags_for_resource()
        .resource_arn(repository.repository_arn().unwrap())
        .send()
        .wait()
        .unwrap();
    assert!(
        tags.tags()
            .iter()
            .any(|tag| (tag.key(), tag.value()) == ("team", "data"))
    );
    world.sandbox.destroy();
}

#[test]
fn a_mistake_is_told_before_anything_is_asked() {
    let world = World::new();
    for (body, about) in [
        ("  source_username = \"reader\"", "source_username = \"reader\""),
        ("  platforms = [\"linux\"]", "platforms = [\"linux\"]"),
        ("  tag = \".hidden\"", "tag = \".hidden\""),
        ("  keep_images = 0", "keep_images = 0"),
    ] {
        world.sandbox.configure(&world.copying("1", body));
        assert_eq!(world.sandbox.terraform.validate().error().line(), about);
    }
    let unnamed = world
        .copying("1", "")
        .replace(":1\"", &format!("@sha256:{}\"", "a".repeat(64)));
    world.sandbox.configure(&unnamed);
    assert_eq!(world.sandbox.terraform.validate().error().summary, "Under which tag?");
    assert!(world.to_source.requests("").is_empty());
}
