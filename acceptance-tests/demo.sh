#!/usr/bin/env bash
# The whole life of a deployment on a local stand-in for AWS: no account, no cost, nothing left behind.
# Everything lies in target/. Your AWS credentials and your Terraform's settings are neither read nor changed.
#
# THATDOT_PROVIDER names a provider that is built already.
set -euo pipefail
cd "$(dirname "$0")/.."

# Colours only where somebody looks at them.
if [[ -t 1 ]]; then bold=$'\e[1m' plain=$'\e[0m' color=(); else bold='' plain='' color=(-no-color); fi
say() { printf '\n%s── %s%s\n' "$bold" "$*" "$plain"; }

source acceptance-tests/local.sh
stand_in inventory >"$world/before.json"

cp -R examples/detector-fargate "$world/work"
cd "$world/work"
run() {
    printf '\n$ %s %s\n' "$(basename "$terraform")" "$*"
    "$terraform" "$@" ${color[@]+"${color[@]}"}
}

say "Installing provider $version from a folder, as \`make install\` prepares one"
# Terraform's advice on lock files for other platforms is not for a provider built here.
run init -input=false | grep -E '^\$|nstalling|nstalled|successfully'

say 'Applying examples/detector-fargate: one resource, a whole deployment'
run apply -input=false -auto-approve

say 'What the deployment is made of'
"$terraform" show -json | "$python" -c '
import json, sys
resources = json.load(sys.stdin)["values"]["root_module"]["resources"]
deployment = next(r for r in resources if r["mode"] == "managed")
rows = [("COMPONENT", "ID", "STATUS")]
rows += [(key, part["id"] or "-", part["status"]) for key, part in sorted(deployment["values"]["components"].items())]
widths = [max(len(row[i]) for row in rows) for i in range(2)]
for row in rows:
    print("  ".join([row[0].ljust(widths[0]), row[1].ljust(widths[1]), row[2]]))
'

say 'Planning again: there must be nothing to do'
run plan -input=false -detailed-exitcode || fail 'The second plan was not empty.'

say 'Somebody deletes the log group and stops the task, behind Terraform'"'"'s back'
"$python" -c '
import sys, boto3
def client(service):
    return boto3.client(service, endpoint_url=sys.argv[1], region_name=sys.argv[2])
client("logs").delete_log_group(logGroupName="/thatdot/fraud-detector")
client("ecs").update_service(cluster="fraud-detector", service="fraud-detector", desiredCount=0)
' "$endpoint" "$region"
echo "The next plan says so, and the next apply puts just that right:"
run apply -input=false -auto-approve

say 'Destroying it'
# What goes was shown above already.
echo
run destroy -input=false -auto-approve | sed -n -e '/\$/p' -e '/Plan:/,$p'

say 'Looking for anything left behind'
stand_in inventory >"$world/after.json"
diff "$world/before.json" "$world/after.json" || fail 'The account is not as it was before.'
echo "Nothing: the account holds just the $("$python" -c 'import json, sys; print(len(json.load(open(sys.argv[1]))))' "$world/after.json") objects it held before."
