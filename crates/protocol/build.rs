//! Generates the messages and services of Terraform's plugin protocol, without an installed `protoc`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let files = protox::compile(["proto/tfplugin5.proto"], ["proto"])?;
    tonic_prost_build::configure()
        // Both may hold secrets, so they say of themselves only how long they are.
        .skip_debug([".tfplugin5.DynamicValue", ".tfplugin5.RawState"])
        .btree_map(".")
        .compile_fds(files)?;
    println!("cargo::rerun-if-changed=proto");
    Ok(())
}
