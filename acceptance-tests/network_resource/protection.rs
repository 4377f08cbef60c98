//! `deletion_protection`.

use super::view::{network, standing};
use crate::detector::REQUIRED;

#[test]
fn a_protected_network_is_neither_destroyed_nor_replaced() {
    let sandbox = standing("  nat = \"none\"\n  deletion_protection = true");
    sandbox.stand_in.forget_calls();
    let error = sandbox.terraform.destroy(&[]).error();
    assert!(error.text().contains("deletion_protection"), "{}", error.text());
    for text in [
        REQUIRED.to_owned(),
        network("  nat = \"none\"\n  deletion_protection = true\n  cidr_block = \"10.9.0.0/16\""),
    ] {
        sandbox.configure(&text);
        let error = sandbox.terraform.plan(&[]).error();
        assert!(error.text().contains("deletion_protection"), "{}", error.text());
    }
    assert_eq!(sandbox.stand_in.writes(), Vec::<String>::new());

    // What leaves the VPC and its subnets as they are is no replacement.
    sandbox.apply(&network("  deletion_protection = true"));
    sandbox.apply(&network("  nat = \"none\""));
    sandbox.destroy();
}
