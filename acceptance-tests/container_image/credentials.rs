//! Sources that want to know who is asking.

use super::World;
use super::view::{NAME, SOURCE, small};
use crate::harness::{Fault, TestImage};
use crate::secrets::{keeps, unpacked};

const RIGHT: &str = "  source_username = \"reader\"\n  source_password_wo = \"let-me-read\"";

#[test]
fn a_private_source_is_read_with_a_password_that_is_kept_nowhere() {
    let mut world = World::guarded();
    let terraform = &mut world.sandbox.terraform;
    let log = terraform.folder().join("trace.log");
    terraform.set("TF_LOG", Some("TRACE"));
    terraform.set("TF_LOG_PATH", log.to_str());
    let digest = world.source.push(SOURCE, "1", &small());
    world.sandbox.configure(&world.copying("1", RIGHT));
    world.sandbox.terraform.planned(&[]);
    world.sandbox.apply(&world.copying("1", RIGHT));
    assert_eq!(world.state().text("digest"), digest);
    let folder = world.sandbox.terraform.folder();
    let read = |file: &str| String::from_utf8_lossy(&std::fs::read(folder.join(file)).unwrap()).into_owned();
    let secret = ["let-me-read"];
    keeps(&secret, "the plan", &unpacked(&folder.join("saved.tfplan")));
    keeps(&secret, "the state", &read("terraform.tfstate"));
    keeps(
        &secret,
        "what is shown",
        &world.sandbox.terraform.run(&["show", "-json"]).output,
    );
    let logged = read("trace.log");
    assert!(logged.contains("thatdot_container_image"), "the work is logged");
    keeps(&secret, "the log", &logged);
    world.sandbox.destroy();
}

#[test]
fn a_wrong_password_is_one_error_that_does_not_show_it() {
    let mut world = World::guarded();
    let log = world.sandbox.terraform.folder().join("trace.log");
    world.sandbox.terraform.set("TF_LOG", Some("TRACE"));
    world.sandbox.terraform.set("TF_LOG_PATH", log.to_str());
    world.sandbox.terraform.set("TF_VAR_password", Some("hunter2"));
    world.source.push(SOURCE, "1", &small());
    let password = "variable \"password\" {\n  type      = string\n  ephemeral = true\n}\n";
    world.sandbox.configure(&format!(
        "{password}{}",
        world.copying(
            "1",
            "  source_username = \"reader\"\n  source_password_wo = var.password",
        )
    ));
    let finished = world.sandbox.terraform.apply(&[]);
    let error = finished.error();
    assert!(
        error.detail.contains("does not accept the credentials"),
        "{}",
        error.text()
    );
    assert!(error.detail.contains("source_password_wo"), "{}", error.text());
    keeps(&["hunter2"], "what Terraform writes", &finished.output);
    let logged = std::fs::read(&log).unwrap();
    keeps(&["hunter2"], "the log", &String::from_utf8_lossy(&logged));
    world.sandbox.assert_nothing_left();
}

#[test]
fn a_private_source_without_credentials_says_which_to_set() {
    let world = World::guarded();
    world.source.push(SOURCE, "1", &small());
    world.sandbox.configure(&world.copying("1", ""));
    let error = world.sandbox.terraform.apply(&[]).error();
    assert!(
        error.detail.contains("set source_username and source_password_wo"),
        "{}",
        error.text()
    );
    world.sandbox.assert_nothing_left();
}

#[test]
fn a_caller_who_may_not_push_is_told_so_and_nothing_is_left() {
    let world = World::new();
    world.source.push(SOURCE, "1", &small());
    world.sandbox.stand_in.inject(Fault::refusal(
        "ecr",
        "GetAuthorizationToken",
        "AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action",
    ));
    world.sandbox.configure(&world.copying("1", ""));
    let error = world.sandbox.terraform.apply(&[]).error();
    assert!(
        error.detail.contains(r#""Action": "ecr:GetAuthorizationToken""#),
        "{}",
        error.text()
    );
    world.sandbox.stand_in.clear_faults();
    world.sandbox.assert_nothing_left();
}

#[test]
fn within_one_registry_layers_are_taken_over_and_not_sent() {
    let world = World::new();
    let image = TestImage::new(&[1, 2], 100_000);
    world.target.push(SOURCE, "1", &image);
    let named = format!("{}/{SOURCE}:1", world.to_target.address());
    let body = "  source_username = \"AWS\"\n  source_password_wo = \"stand-in-token\"";
    let text = world.copying("1", body).replace(&world.named("1"), &named);
    world.to_target.forget();
    world.sandbox.apply(&text);
    assert_eq!(world.blobs_sent(), 0);
    let mounted = world
        .to_target
        .requests(&format!("POST /v2/{NAME}/blobs/uploads/?mount="));
    assert_eq!(mounted.len(), 3, "two layers and a description");
    world.assert_pulled(world.state().text("uri"), &image);
    world.sandbox.destroy();
}
