#!/usr/bin/env bash
# The whole life of a deployment on a local stand-in for AWS: no account, no cost, nothing left behind.
# Everything lies in target/demo. Your AWS credentials and your Terraform's settings are neither read nor changed.
#
# THATDOT_PROVIDER names a provider that is built already.
set -euo pipefail
cd "$(dirname "$0")/.."

# Colours only where somebody looks at them.
if [[ -t 1 ]]; then bold=$'\e[1m' plain=$'\e[0m' color=(); else bold='' plain='' color=(-no-color); fi
say() { printf '\n%s── %s%s\n' "$bold" "$*" "$plain"; }
fail() { printf '\n%s\n' "$*" >&2; exit 1; }

# ── What it needs
if [[ -z ${THATDOT_PROVIDER:-} ]]; then
    command -v cargo >/dev/null || fail 'cargo is missing: install Rust from https://rustup.rs'
    command -v cc >/dev/null || fail 'A C compiler (cc) is missing: apt-get install build-essential, or xcode-select --install'
fi
command -v python3 >/dev/null || fail 'python3 is missing: apt-get install python3 python3-venv, or brew install python'
terraform=$(command -v terraform || command -v tofu) ||
    fail 'terraform (or tofu) is missing: see https://developer.hashicorp.com/terraform/install'

# ── An environment in which nothing of the user's Terraform or AWS settings counts
while IFS='=' read -r name _; do
    case $name in AWS_* | TF_* | *_proxy | *_PROXY) kept=("${kept[@]:-}" "$name") ;; esac
done < <(env)

target=${CARGO_TARGET_DIR:-$PWD/target}
if [[ -z ${THATDOT_PROVIDER:-} ]]; then
    say 'Building the provider (the first time takes some minutes)'
    # With the tests' features, so that the SDK is compiled once for demo and tests.
    cargo build --locked --bins --tests
    THATDOT_PROVIDER=$target/debug/terraform-provider-thatdot
fi

say 'Setting up the local stand-in for AWS'
acceptance-tests/stand-in/setup.sh
python=$target/stand-in/venv/bin/python

# Only from here on: building and setting up may need the proxies.
for name in "${kept[@]:-}"; do [[ -z $name ]] || unset "$name"; done

demo=$(mktemp -d "$target/demo.XXXXXX")
cleanup() {
    trap - EXIT
    exec 3>&- || true
    [[ -z ${server:-} ]] || kill "$server" 2>/dev/null || true
    rm -rf "$demo"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

export PYTHONPATH=$PWD/acceptance-tests/stand-in PYTHONDONTWRITEBYTECODE=1
mkfifo "$demo/stdin" "$demo/stdout"
"$python" -m stand_in --port 0 <"$demo/stdin" >"$demo/stdout" 2>"$demo/stand-in.log" &
server=$!
# The stand-in ends when its standard input closes: when this script ends, however it does.
exec 3>"$demo/stdin"
IFS= read -r -t 60 line <"$demo/stdout" || { cat "$demo/stand-in.log" >&2; fail 'The stand-in did not start.'; }
field() { "$python" -c 'import json, sys; print(json.loads(sys.argv[1])[sys.argv[2]])' "$@"; }
endpoint=$(field "$line" endpoint)
echo "It serves at $endpoint."

region=us-east-1
stand_in() { "$python" -m "stand_in.$1" --endpoint "$endpoint" --region "$region"; }
vpc=$(field "$(stand_in vpc)" vpc_id)
echo "In it there is a VPC to deploy in: $vpc."
stand_in inventory >"$demo/before.json"

# ── The provider where this Terraform, and no other, finds it
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
make --no-print-directory install BINARY="$THATDOT_PROVIDER" PLUGIN_DIR="$demo/plugins" >/dev/null
cat >"$demo/terraform.rc" <<END
provider_installation {
  filesystem_mirror {
    path = "$demo/plugins"
  }
}
END
export TF_CLI_CONFIG_FILE=$demo/terraform.rc TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
export AWS_ENDPOINT_URL=$endpoint AWS_ACCESS_KEY_ID=demo AWS_SECRET_ACCESS_KEY=demo AWS_EC2_METADATA_DISABLED=true
# The tasks' addresses lead nowhere: what is not on this machine is not asked.
export HTTP_PROXY=http://127.0.0.1:9 NO_PROXY=127.0.0.1,localhost
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
export TF_VAR_region=$region TF_VAR_vpc_id=$vpc

cp -R examples/detector-fargate "$demo/work"
cd "$demo/work"
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
stand_in inventory >"$demo/after.json"
diff "$demo/before.json" "$demo/after.json" || fail 'The account is not as it was before.'
echo "Nothing: the account holds just the $("$python" -c 'import json, sys; print(len(json.load(open(sys.argv[1]))))' "$demo/after.json") objects it held before."
