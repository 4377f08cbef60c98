//! Tags: on every object, changed in place, and nobody else's touched.

use aws_sdk_ec2::types::Tag;

use super::view::{ADDRESS, NAME, filter, id_of, keys, network, standing};
use crate::harness::{Sandbox, Wait};

fn tag(sandbox: &Sandbox, id: &str, name: &str) -> Option<String> {
    let tags = sandbox
        .aws
        .ec2
        .describe_tags()
        .filters(filter("resource-id", id))
        .send()
        .wait()
        .unwrap();
    let tag = tags
        .tags()
        .iter()
        .find(|tag| tag.key() == Some(name))
        .and_then(|tag| tag.value());
    tag.map(str::to_owned)
}

#[test]
fn tags_of_all_objects_are_set_changed_and_taken_away_again() {
    let sandbox = standing("  tags = { Team = \"one\", Stage = \"test\" }");
    let every = |name: &str, value: Option<&str>| {
        let state = sandbox.state(ADDRESS);
        for key in keys(&state) {
            assert_eq!(tag(&sandbox, &id_of(&state, &key), name).as_deref(), value, "{key}");
        }
    };
    every("Team", Some("one"));
    sandbox.apply(&network("  tags = { Team = \"two\" }"));
    every("Team", Some("two"));
    every("Stage", None);
    sandbox.apply(&network(""));
    every("Team", None);
    sandbox.destroy();
}

#[test]
fn a_name_of_the_users_own_goes_before_ours_and_ours_comes_back() {
    let sandbox = standing("  nat = \"none\"\n  tags = { Name = \"mine\" }");
    let vpc = id_of(&sandbox.state(ADDRESS), "vpc");
    assert_eq!(tag(&sandbox, &vpc, "Name").as_deref(), Some("mine"));
    sandbox.apply(&network("  nat = \"none\""));
    assert_eq!(tag(&sandbox, &vpc, "Name"), Some(format!("{NAME}-vpc")));
}

#[test]
fn tags_of_others_are_left_alone_and_lost_ones_are_put_back() {
    let sandbox = standing("  nat = \"none\"\n  tags = { Team = \"one\" }");
    let subnet = id_of(&sandbox.state(ADDRESS), "subnet_public_us-east-1a");
    let ec2 = &sandbox.aws.ec2;
    let foreign = Tag::builder().key("kubernetes.io/role/elb").value("1").build();
    ec2.create_tags()
        .resources(&subnet)
        .tags(foreign)
        .send()
        .wait()
        .unwrap();
    sandbox.assert_settled();
    for lost in ["Team", "Name"] {
        let lost = Tag::builder().key(lost).build();
        ec2.delete_tags().resources(&subnet).tags(lost).send().wait().unwrap();
    }
    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(
        change.before.text("/components/subnet_public_us-east-1a/status"),
        "drifted: tags"
    );
    sandbox.terraform.apply(&[]).succeeded();
    sandbox.assert_settled();
    assert_eq!(tag(&sandbox, &subnet, "Team").as_deref(), Some("one"));
    assert_eq!(tag(&sandbox, &subnet, "kubernetes.io/role/elb").as_deref(), Some("1"));
    sandbox.destroy();
}
