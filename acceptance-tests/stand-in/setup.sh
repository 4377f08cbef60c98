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

# The system's own Python comes first: distributions build it with profile-guided optimisation, a fifth faster than one built
# without, as version managers do by default.
for python in /usr/bin/python3 python3; do
    lacks=
    if ! command -v "$python" >/dev/null 2>&1; then
        lacks="python3 is missing; install Python 3.10 or later (Debian and Ubuntu: apt install python3 python3-venv)"
    elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
        lacks="python3 is older than 3.10; install Python 3.10 or later and put it first on PATH"
    elif ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
        lacks="python3 lacks its venv module; install it (Debian and Ubuntu: apt install python3-venv)"
    else
        break
    fi
done
if [ "$lacks" ]; then
    echo "$name: $lacks" >&2
    exit 1
fi

mkdir -p "$target"
rm -f "$stamp"
"$python" -m venv --clear "$target/venv"
if ! "$target/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"; then
    echo "$name: pip could not install acceptance-tests/$name/requirements.txt; its message is above (a network or a package mirror is needed once)" >&2
    exit 1
fi
cp "$here/requirements.txt" "$stamp"
