#!/usr/bin/env bash
# Plays a terminal session with a deployment on the local stand-in for AWS, and draws it: docs/images/session.svg.
# Everything in the picture was said by the real terraform and the provider as it is now. A deployment is applied; somebody
# deletes a part of it, and the next apply puts just that right; and a change whose tasks do not come up is explained.
#
# THATDOT_PROVIDER names a provider that is built already.
set -euo pipefail
cd "$(dirname "$0")/../.."
picture=$PWD/docs/images/session.svg here=$PWD/acceptance-tests/pictures

say() { printf '── %s\n' "$*"; }
source acceptance-tests/local.sh

drawing=$target/pictures
if ! cmp --silent "$here/requirements.txt" "$drawing/requirements.txt"; then
    say 'Setting up what draws'
    python3 -m venv --clear "$drawing"
    "$drawing/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$drawing/"
fi

cp -R examples/detector-fargate "$world/work"
cd "$world/work"
"$terraform" init -input=false >/dev/null

say 'Playing the session'
export TERRAFORM=$terraform PYTHON=$python ENDPOINT=$endpoint REGION=$region
mkdir -p "$(dirname "$picture")"
"$drawing/bin/python" "$here/record.py" "$world/session.cast" "$here/played.sh"
"$drawing/bin/termtosvg" render "$world/session.cast" "$picture" -t gjm8 -D 4000
say "Drawn: $picture"
