#!/bin/sh
# Makes a Python environment in target/NAME/venv for a folder of that name with a requirements.txt: setup.sh [FOLDER]. Left
# out, it is this one, the local AWS stand-in. Does nothing, quickly, while the environment fits requirements.txt.
set -eu

here=$(cd "${1:-$(dirname "$0")}" && pwd)
name=$(basename "$here")
target=${CARGO_TARGET_DIR:-$here/../../target}/$name
stamp=$target/installed-requirements.txt

if cmp -s "$here/requirements.txt" "$stamp" && [ -x "$target/venv/bin/python" ]; then
    exit 0
fi

if ! command -v python3 >/dev/null 2>&1; then
    echo "$name: python3 is missing; install Python 3.10 or later (Debian and Ubuntu: apt install python3 python3-venv)" >&2
    exit 1
fi
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
    echo "$name: python3 is older than 3.10; install Python 3.10 or later and put it first on PATH" >&2
    exit 1
fi
if ! python3 -c 'import venv, ensurepip' >/dev/null 2>&1; then
    echo "$name: python3 lacks its venv module; install it (Debian and Ubuntu: apt install python3-venv)" >&2
    exit 1
fi

mkdir -p "$target"
rm -f "$stamp"
python3 -m venv --clear "$target/venv"
if ! "$target/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"; then
    echo "$name: pip could not install acceptance-tests/$name/requirements.txt; its message is above (a network or a package mirror is needed once)" >&2
    exit 1
fi
cp "$here/requirements.txt" "$stamp"
