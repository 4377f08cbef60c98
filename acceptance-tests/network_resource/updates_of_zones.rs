//! Zones: added and taken away in place.

use super::view::{ADDRESS, assert_added, changed_in_place, network, standing};

const OF_C: [&str; 3] = [
    "route_table_private_us-east-1c",
    "subnet_private_us-east-1c",
    "subnet_public_us-east-1c",
];

#[test]
fn a_zone_is_added_and_taken_away_again_and_nothing_else_moves() {
    let sandbox = standing("  endpoints { services = [\"s3\", \"logs\"] }");
    let body = "  az_count = 3\n  endpoints { services = [\"s3\", \"logs\"] }";
    sandbox.configure(&network(body));
    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(change.actions, ["update"]);
    let known = change.after.at("public_subnet_ids").as_array().unwrap();
    let before = change.before.texts("public_subnet_ids");
    assert_eq!(
        (&known[0], &known[1]),
        (&before[0].into(), &before[1].into()),
        "the plan shows that they stay"
    );
    assert_eq!(change.unknown.at("/public_subnet_ids/2"), true);

    let (before, after) = changed_in_place(&sandbox, &network(body));
    assert_added(&before, &after, &OF_C);
    assert_eq!(
        sandbox.state(ADDRESS).text("/public_subnet_cidr_blocks/2"),
        "10.0.32.0/20"
    );

    let (before, after) = changed_in_place(&sandbox, &network("  endpoints { services = [\"s3\", \"logs\"] }"));
    assert_added(&after, &before, &OF_C);
    sandbox.destroy();
}

#[test]
fn zones_that_are_named_come_and_go_and_the_others_stay() {
    let sandbox = standing("  nat = \"per_az\"");
    let (before, after) = changed_in_place(
        &sandbox,
        &network("  availability_zones = [\"us-east-1b\", \"us-east-1d\"]\n  nat = \"per_az\""),
    );
    for key in after.keys().filter(|key| !key.ends_with("us-east-1d")) {
        assert_eq!(before.get(key), after.get(key), "{key} stays");
    }
    let state = sandbox.state(ADDRESS);
    assert_eq!(state.at("az_count"), 2);
    assert_eq!(
        state.texts("public_subnet_cidr_blocks"),
        ["10.0.16.0/20", "10.0.48.0/20"]
    );

    // Without the names, the zones that there are stay.
    sandbox.configure(&network("  nat = \"per_az\""));
    sandbox.assert_settled();
    sandbox.destroy();
}
