#!/bin/sh
# Builds the commit that is checked out twice, in two folders, prints both checksums, and fails unless they are the same:
# twice.sh [TARGET]. Left out, the target is this machine's own. It takes as long as two release builds.
set -eu
cd "$(dirname "$0")/.."
target=${1:-$(rustc -vV | sed -n 's/^host: //p')}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
unset CARGO_TARGET_DIR

for name in first the-second; do
    # What is not committed is not in it.
    git clone --quiet . "$place/$name"
    binary=$("$place/$name/release/build.sh" "$target")
    cksum=$(python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$binary")
    echo "$cksum  $name"
    cp "$binary" "$place/$name.binary"
    rm -rf "${place:?}/$name"
done
cmp "$place/first.binary" "$place/the-second.binary"
