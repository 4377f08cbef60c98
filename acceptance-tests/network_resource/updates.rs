//! What is only ours to know, and what asks for another network.

use super::view::{ADDRESS, changed_in_place, id_of, network, standing};

#[test]
fn settings_of_ours_change_no_object() {
    let sandbox = standing("  nat = \"none\"");
    let body =
        "  nat = \"none\"\n  on_create_failure = \"keep\"\n  adopt_existing = true\n  timeouts { create = \"1h\" }";
    let (before, after) = changed_in_place(&sandbox, &network(body));
    assert_eq!(before, after);
    let (before, after) = changed_in_place(&sandbox, &network("  nat = \"none\""));
    assert_eq!(before, after);
}

#[test]
fn another_range_or_name_is_another_network() {
    let sandbox = standing("  nat = \"none\"");
    let vpc = sandbox.state(ADDRESS).text("vpc_id").to_owned();
    sandbox.configure(&network("  nat = \"none\"").replace("\"demo\"", "\"other\""));
    assert_eq!(sandbox.plan().change(ADDRESS).actions, ["delete", "create"]);
    let text = network("  nat = \"none\"\n  cidr_block = \"10.5.0.0/20\"");
    sandbox.configure(&text);
    let change = sandbox.plan().change(ADDRESS);
    assert_eq!(change.actions, ["delete", "create"]);
    assert_eq!(
        change.after.texts("public_subnet_cidr_blocks"),
        ["10.5.0.0/24", "10.5.1.0/24"]
    );
    sandbox.apply(&text);
    assert_ne!(id_of(&sandbox.state(ADDRESS), "vpc"), vpc);
    sandbox.destroy();
}
