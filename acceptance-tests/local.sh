# shellcheck shell=bash disable=SC2034
# Sourced, at the top of the project: what shows the provider on this machine needs. It leaves a provider that is built, a
# stand-in for AWS that runs until the script ends, and an environment in which a plain `terraform init` finds the one and
# the other is AWS. Nothing of the user's Terraform or AWS settings counts, and none is changed.
#
# In:  THATDOT_PROVIDER (a provider that is built already; else one is built), `say` (tells what is being done).
# Out: $terraform, $python, $world (a folder that goes in the end), $version, $endpoint, $region, $vpc, `stand_in TOOL`,
#      `field JSON NAME`.

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

world=$(mktemp -d "$target/local.XXXXXX")
cleanup() {
    trap - EXIT
    exec 3>&- || true
    [[ -z ${server:-} ]] || kill "$server" 2>/dev/null || true
    rm -rf "$world"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

export PYTHONPATH=$PWD/acceptance-tests/stand-in PYTHONDONTWRITEBYTECODE=1
mkfifo "$world/stdin" "$world/stdout"
"$python" -m stand_in --port 0 <"$world/stdin" >"$world/stdout" 2>"$world/stand-in.log" &
server=$!
# The stand-in ends when its standard input closes: when this script ends, however it does.
exec 3>"$world/stdin"
IFS= read -r -t 60 line <"$world/stdout" || { cat "$world/stand-in.log" >&2; fail 'The stand-in did not start.'; }
field() { "$python" -c 'import json, sys; print(json.loads(sys.argv[1])[sys.argv[2]])' "$@"; }
endpoint=$(field "$line" endpoint)
echo "It serves at $endpoint."

region=us-east-1
stand_in() { "$python" -m "stand_in.$1" --endpoint "$endpoint" --region "$region"; }
vpc=$(field "$(stand_in vpc)" vpc_id)
echo "In it there is a VPC to deploy in: $vpc."

# ── The provider where this Terraform, and no other, finds it
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
make --no-print-directory install BINARY="$THATDOT_PROVIDER" PLUGIN_DIR="$world/plugins" >/dev/null
cat >"$world/terraform.rc" <<END
provider_installation {
  filesystem_mirror {
    path = "$world/plugins"
  }
}
END
export TF_CLI_CONFIG_FILE=$world/terraform.rc TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
export AWS_ENDPOINT_URL=$endpoint AWS_ACCESS_KEY_ID=demo AWS_SECRET_ACCESS_KEY=demo AWS_EC2_METADATA_DISABLED=true
# The tasks' addresses lead nowhere: what is not on this machine is not asked.
export HTTP_PROXY=http://127.0.0.1:9 NO_PROXY=127.0.0.1,localhost
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
export TF_VAR_region=$region TF_VAR_vpc_id=$vpc
