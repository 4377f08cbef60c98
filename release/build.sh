#!/bin/sh
# Builds the provider for a release, and prints where it lies: build.sh TARGET [BINARY]. Another binary is built just as it is.
#
# What would tell where and when it was built is left out of it, so that one commit and one toolchain can give one binary
# anywhere. The release's job `again` looks whether they do.
set -eu
cd "$(dirname "$0")/.."
target=$1
binary=${2:-terraform-provider-thatdot}
# As the compiler names them, which on Windows is not as this shell does.
native() { if command -v cygpath >/dev/null; then cygpath -w "$1"; else echo "$1"; fi; }
source=$(native "$PWD")
cargo_home=$(native "${CARGO_HOME:-$HOME/.cargo}")
folder=$(native "${CARGO_TARGET_DIR:-$PWD/target}")

# Built small, it had no assembly for the curves of Terraform's certificates, whose signatures are most of what a start takes;
# and Terraform starts a provider several times for one plan.
export AWS_LC_SYS_SMALL=0

export RUSTFLAGS="--remap-path-prefix=$folder=/target --remap-path-prefix=$source=/source --remap-path-prefix=$cargo_home=/cargo"
export CFLAGS="-ffile-prefix-map=$folder=/target -ffile-prefix-map=$cargo_home=/cargo"
case $target in
x86_64-*-linux-* | x86_64-apple-*)
    # Two thirds of a megabyte of AES for processors with AVX-512, which a few kilobytes a second do not need.
    export CFLAGS="$CFLAGS -DMY_ASSEMBLER_IS_TOO_OLD_FOR_512AVX"
    ;;
esac
case $target in
*-linux-*)
    # As Terraform's own plugins are, it is linked for one place in memory: at its start nothing is then to be relocated. And it is
    # linked in the order in which it runs, which the compiler's newer names of functions tell.
    export RUSTFLAGS="$RUSTFLAGS -C relocation-model=static -C symbol-mangling-version=v0 -C linker=$source/release/in-order.sh"
    ;;
*-msvc)
    # The linker writes the time into a binary unless it is told not to; and its compiler has no such flags.
    export RUSTFLAGS="$RUSTFLAGS -C target-feature=+crt-static -C link-arg=/Brepro"
    unset CFLAGS
    ;;
esac

cargo build --release --locked --package terraform-provider-thatdot --bin "$binary" --target "$target" >&2
program=$folder/$target/release/$binary
[ -e "$program" ] || program=$program.exe
echo "$program"
