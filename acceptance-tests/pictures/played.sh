#!/usr/bin/env bash
# What is typed in the recorded session. `session.sh` has prepared the folder that it runs in.
set -u

# What happens outside Terraform is told, not typed.
tell() { printf '\n\e[2m# %s\e[0m\n' "$*"; }
typed() { printf '\e[1;32m$\e[0m %s\n' "$*"; "$@"; }
terraform() { "$TERRAFORM" "$@"; }
behind_its_back() {
    "$PYTHON" -c "
import sys, boto3, json, urllib.request
def client(service):
    return boto3.client(service, endpoint_url=sys.argv[1], region_name=sys.argv[2])
def stage(**outcome):
    body = json.dumps(outcome).encode()
    urllib.request.urlopen(urllib.request.Request(sys.argv[1] + '/_stand-in/task-outcome', body, method='POST'))
$1" "$ENDPOINT" "$REGION"
}

tell 'One resource. The plan names every part that it makes.'
typed terraform apply -auto-approve

tell 'Somebody deletes the log group in the console, and opens port 22 to the world.'
behind_its_back "
client('logs').delete_log_group(logGroupName='/thatdot/fraud-detector')
ec2 = client('ec2')
groups = ec2.describe_security_groups(Filters=[{'Name': 'group-name', 'Values': ['fraud-detector-service']}])
ec2.authorize_security_group_ingress(
    GroupId=groups['SecurityGroups'][0]['GroupId'], IpProtocol='tcp', FromPort=22, ToPort=22, CidrIp='0.0.0.0/0')
"
typed terraform apply -auto-approve

tell 'Smaller would be cheaper. Would it still run?'
sed -i 's/^  persistence {}/  cpu    = 256\n  memory = 512\n\n  persistence {}/' main.tf
typed grep -n -E 'cpu|memory' main.tf
behind_its_back "
# The reason in ECS's own words: Amazon ECS developer guide, *Resolve Amazon ECS stopped tasks errors*.
stage(containers=[{'exitCode': 137, 'reason': 'OutOfMemoryError: Container killed due to memory usage'}],
      log_lines=['Starting the detector', 'Loading model state from /data'])
"
typed terraform apply -auto-approve
