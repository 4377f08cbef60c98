#!/bin/sh
# Builds the provider for a release, and prints where it lies: build.sh TARGET
#
# What would tell where and when it was built is left out of it, so that one commit and one toolchain can give one binary
# anywhere. The release's job `again` looks whether they do.
set -eu
cd "$(dirname "$0")/.."
target=$1
# As the compiler names them, which on Windows is not as this shell does.
native() { if command -v cygpath >/dev/null; then cygpath -w "$1"; else echo "$1"; fi; }
source=$(native "$PWD")
cargo_home=$(native "${CARGO_HOME:-$HOME/.cargo}")
folder=$(native "${CARGO_TARGET_DIR:-$PWD/target}")

export RUSTFLAGS="--remap-path-prefix=$folder=/target --remap-path-prefix=$source=/source --remap-path-prefix=$cargo_home=/cargo"
export CFLAGS="-ffile-prefix-map=$folder=/target -ffile-prefix-map=$cargo_home=/cargo"
case $target in
*-msvc)
    # The linker writes the time into a binary unless it is told not to; and its compiler has no such flags.
    export RUSTFLAGS="$RUSTFLAGS -C target-feature=+crt-static -C link-arg=/Brepro"
    unset CFLAGS
    ;;
esac

cargo build --release --locked --bin terraform-provider-thatdot --target "$target" >&2
program=$folder/$target/release/terraform-provider-thatdot
[ -e "$program" ] || program=$program.exe
echo "$program"
