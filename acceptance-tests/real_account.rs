//! `make testacc`: its tests run where there is an account, and nothing of the stand-in but AWS.

use std::path::Path;
use std::process::Command;

use crate::harness::StandIn;

/// The tests that `make testacc` runs, as its file names them.
fn tests() -> Vec<String> {
    let makefile = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Makefile")).unwrap();
    let (_, rest) = makefile.split_once("\nTESTS ?= ").expect("a list of tests");
    let (list, _) = rest.split_once("\n\n").expect("its end");
    list.split([' ', '\\', '\n'])
        .filter(|test| !test.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_tests_of_make_testacc_need_nothing_but_an_account() {
    let folder = tempfile::tempdir().unwrap();
    let account = StandIn::start(&folder.path().join("stand-in.log"));
    let vpc = account.vpc();
    let tests = tests();
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--test-threads", "1"])
        .args(&tests)
        .env("TF_ACC", "1")
        .env("TF_ACC_VPC_ID", &vpc.vpc_id)
        .env("TF_ACC_PUBLIC_SUBNET_IDS", vpc.public_subnet_ids.join(","))
        .env("TF_ACC_PRIVATE_SUBNET_IDS", vpc.private_subnet_ids.join(","))
        .env("AWS_ENDPOINT_URL", account.endpoint())
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "account")
        .env("AWS_SECRET_ACCESS_KEY", "account")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success(), "{told}{}", String::from_utf8_lossy(&run.stderr));
    for test in tests {
        assert!(told.contains(&test), "there is no test {test}: {told}");
    }
}
