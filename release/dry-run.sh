#!/bin/sh
# Makes in an empty folder what a release holds, for one platform and signed with a key that is thrown away:
# dry-run.sh BINARY OS_ARCH FOLDER
set -eu
cd "$(dirname "$0")/.."
binary=$1 platform=$2 folder=$3

command -v gpg >/dev/null || { echo 'gpg is missing: apt-get install gnupg, or brew install gnupg' >&2; exit 1; }

rm -rf "$folder"
mkdir -p "$folder"
# Not in TMPDIR: the path of gpg's socket in it may have little more than 100 bytes.
GNUPGHOME=$(mktemp -d /tmp/gnupg.XXXXXX)
export GNUPGHOME
unset GPG_FINGERPRINT GPG_PASSPHRASE
trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT

gpg --batch --quiet --passphrase '' --quick-generate-key 'Dry run <dry-run@localhost>' rsa3072 sign 1d
gpg --batch --armor --export >"$folder/public-key.asc"
release/archive.py "$binary" "$platform" "$folder"
release/sign.py "$folder"
release/notes.py --dry-run >"$folder/notes.md"
printf '%s\n' "$folder/notes.md" "$folder/public-key.asc"
