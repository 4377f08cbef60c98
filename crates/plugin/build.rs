//! Generates the messages and services of go-plugin, without an installed `protoc`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let files = protox::compile(["proto/plugin.proto"], ["proto"])?;
    tonic_prost_build::configure().btree_map(".").compile_fds(files)?;
    println!("cargo::rerun-if-changed=proto");
    Ok(())
}
