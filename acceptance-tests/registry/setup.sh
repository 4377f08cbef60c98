#!/bin/sh
# Finds Debian's docker-registry 2.8, or unpacks it into target/docker-registry, and prints the path of its program.
# Does nothing, quickly, once it is there.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
target=${CARGO_TARGET_DIR:-$here/../../target}/docker-registry
program=$target/usr/bin/docker-registry

fits() {
    [ -x "$1" ] && "$1" --version 2>/dev/null | grep -q ' v\{0,1\}2\.8\.'
}

installed=$(command -v docker-registry || true)
for candidate in "$program" "$installed"; do
    if [ -n "$candidate" ] && fits "$candidate"; then
        echo "$candidate"
        exit 0
    fi
done

help="the tests of thatdot_container_image need docker-registry 2.8 on the PATH (Debian and Ubuntu: apt install docker-registry; elsewhere: go install github.com/distribution/distribution/cmd/registry@v2.8.3+incompatible, as docker-registry)"
if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg >/dev/null 2>&1; then
    echo "registry: $help" >&2
    exit 1
fi
rm -rf "$target"
mkdir -p "$target/package"
if ! (cd "$target/package" && apt-get download -qq docker-registry >download.log 2>&1); then
    cat "$target/package/download.log" >&2
    echo "registry: apt-get could not download the package (its message is above; 'apt-get update' may help): $help" >&2
    exit 1
fi
dpkg -x "$target"/package/docker-registry_*.deb "$target"
rm -rf "$target/package"
if ! fits "$program"; then
    echo "registry: apt-get's docker-registry is not of version 2.8 ($("$program" --version 2>&1 || true)): $help" >&2
    exit 1
fi
echo "$program"
