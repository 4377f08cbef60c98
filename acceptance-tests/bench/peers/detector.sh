#!/usr/bin/env bash
# The detector with a volume, by the AWS CLI: `detector.sh apply` makes what is missing, `detector.sh destroy` takes it away.
#
# What a careful engineer writes who wants to run it twice: each object is looked for, made where it is not there, and waited
# for where AWS needs time. What does not wait for each other runs at once, as the provider does it.
# VPC, and SUBNETS with commas between them, say where.
set -euo pipefail

# Its own: what the playbook leaves of a task definition would be taken for this one's.
name=fraud-by-hand
region=$AWS_REGION
account=123456789012
ecs_trust='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
managed=arn:aws:iam::aws:policy

role() { # NAME POLICY...
    local role=$1
    shift
    aws iam get-role --role-name "$role" >/dev/null 2>&1 ||
        aws iam create-role --role-name "$role" --assume-role-policy-document "$ecs_trust" >/dev/null
    local attached
    attached=$(aws iam list-attached-role-policies --role-name "$role" --query 'AttachedPolicies[].PolicyArn' --output text)
    for policy in "$@"; do
        [[ $attached == *"$policy"* ]] || aws iam attach-role-policy --role-name "$role" --policy-arn "$policy"
    done
}

group() { # NAME DESCRIPTION: prints its id
    local id
    id=$(aws ec2 describe-security-groups --filters "Name=vpc-id,Values=$VPC" "Name=group-name,Values=$1" \
        --query 'SecurityGroups[0].GroupId' --output text)
    [[ $id != None ]] ||
        id=$(aws ec2 create-security-group --vpc-id "$VPC" --group-name "$1" --description "$2" --query GroupId --output text)
    echo "$id"
}

admit() { # GROUP PORT SOURCE...
    local group=$1 port=$2 open
    shift 2
    open=$(aws ec2 describe-security-groups --group-ids "$group" --query 'SecurityGroups[0].IpPermissions[].FromPort' --output text)
    [[ $open == *"$port"* ]] ||
        aws ec2 authorize-security-group-ingress --group-id "$group" --protocol tcp --port "$port" "$@" >/dev/null
}

file_system() { # prints its id
    aws efs describe-file-systems --creation-token "$name" --query 'FileSystems[0].FileSystemId' --output text
}

volume() {
    local id mounted
    id=$(file_system)
    [[ $id != None ]] ||
        id=$(aws efs create-file-system --creation-token "$name" --encrypted --backup --query FileSystemId --output text)
    until [[ $(aws efs describe-file-systems --file-system-id "$id" --query 'FileSystems[0].LifeCycleState' --output text) == available ]]; do
        sleep 1
    done
    mounted=$(aws efs describe-mount-targets --file-system-id "$id" --query 'MountTargets[].SubnetId' --output text)
    for subnet in ${SUBNETS//,/ }; do
        [[ $mounted == *"$subnet"* ]] ||
            aws efs create-mount-target --file-system-id "$id" --subnet-id "$subnet" --security-groups "$1" >/dev/null &
    done
    wait
    until [[ $(aws efs describe-mount-targets --file-system-id "$id" \
        --query 'MountTargets[?LifeCycleState!=`available`] | length(@)') == 0 ]]; do
        sleep 1
    done
}

log_group() {
    [[ $(aws logs describe-log-groups --log-group-name-prefix "/thatdot/$name" --query 'length(logGroups)') != 0 ]] || {
        aws logs create-log-group --log-group-name "/thatdot/$name"
        aws logs put-retention-policy --log-group-name "/thatdot/$name" --retention-in-days 30
    }
}

cluster() {
    [[ $(aws ecs describe-clusters --clusters "$name" --query 'clusters[0].status' --output text) == ACTIVE ]] ||
        aws ecs create-cluster --cluster-name "$name" >/dev/null
}

definition() {
    aws ecs describe-task-definition --task-definition "$name" >/dev/null 2>&1 ||
        aws ecs register-task-definition --family "$name" --network-mode awsvpc --requires-compatibilities FARGATE \
            --cpu 2048 --memory 6144 --task-role-arn "arn:aws:iam::$account:role/$name-task" \
            --execution-role-arn "arn:aws:iam::$account:role/$name-execution" \
            --volumes '[{"name":"efs-drive","efsVolumeConfiguration":{"fileSystemId":"'"$(file_system)"'","transitEncryption":"ENABLED","authorizationConfig":{"iam":"ENABLED"}}}]' \
            --container-definitions '[{"name":"service","image":"117940112483.dkr.ecr.us-east-1.amazonaws.com/759ec6c5-b08e-4d5b-b461-191ccda296a0/cg-1139974230/novelty:v0.9-latest","essential":true,"stopTimeout":120,"portMappings":[{"containerPort":8080,"protocol":"tcp"}],"mountPoints":[{"sourceVolume":"efs-drive","containerPath":"/var/thatdot"}],"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/thatdot/'"$name"'","awslogs-region":"'"$region"'","awslogs-stream-prefix":"detector"}}}]' \
            >/dev/null
}

service() { # GROUP
    [[ $(aws ecs describe-services --cluster "$name" --services "$name" --query 'services[0].status' --output text) == ACTIVE ]] ||
        aws ecs create-service --cluster "$name" --service-name "$name" --task-definition "$name" --desired-count 1 \
            --launch-type FARGATE --platform-version 1.4.0 \
            --deployment-configuration 'deploymentCircuitBreaker={enable=true,rollback=true},maximumPercent=100,minimumHealthyPercent=0' \
            --network-configuration "awsvpcConfiguration={subnets=[$SUBNETS],securityGroups=[$1],assignPublicIp=DISABLED}" >/dev/null
    aws ecs wait services-stable --cluster "$name" --services "$name"
}

together() { # waits for every job, and fails where one did
    local job
    for job in $(jobs -p); do wait "$job"; done
}

apply() {
    log_group &
    cluster &
    role "$name-execution" $managed/service-role/AmazonECSTaskExecutionRolePolicy &
    role "$name-task" $managed/AWSMarketplaceMeteringFullAccess $managed/AWSMarketplaceMeteringRegisterUsage &
    local own nfs
    own=$(group "$name-service" 'the task')
    nfs=$(group "$name-nfs" 'the file system')
    admit "$own" 8080 --cidr 203.0.113.0/24 &
    admit "$nfs" 2049 --source-group "$own" &
    volume "$nfs"
    together
    definition
    service "$own"
}

destroy() {
    aws ecs delete-service --cluster "$name" --service "$name" --force >/dev/null
    aws ecs wait services-inactive --cluster "$name" --services "$name"
    until [[ $(aws ecs list-tasks --cluster "$name" --query 'length(taskArns)') == 0 ]]; do sleep 1; done
    local id target
    id=$(file_system)
    for target in $(aws efs describe-mount-targets --file-system-id "$id" --query 'MountTargets[].MountTargetId' --output text); do
        aws efs delete-mount-target --mount-target-id "$target" &
    done
    aws ecs delete-cluster --cluster "$name" >/dev/null &
    aws ecs deregister-task-definition --task-definition "$name:$(aws ecs describe-task-definition --task-definition "$name" \
        --query taskDefinition.revision)" >/dev/null &
    aws logs delete-log-group --log-group-name "/thatdot/$name" &
    for role in "$name-execution" "$name-task"; do
        (
            for policy in $(aws iam list-attached-role-policies --role-name "$role" --query 'AttachedPolicies[].PolicyArn' --output text); do
                aws iam detach-role-policy --role-name "$role" --policy-arn "$policy"
            done
            aws iam delete-role --role-name "$role"
        ) &
    done
    together
    until [[ $(aws efs describe-mount-targets --file-system-id "$id" --query 'length(MountTargets)') == 0 ]]; do sleep 1; done
    aws efs delete-file-system --file-system-id "$id" &
    aws ec2 delete-security-group --group-id "$(group "$name-nfs" '')" >/dev/null
    until aws ec2 delete-security-group --group-id "$(group "$name-service" '')" >/dev/null; do sleep 1; done
    together
}

"$1"
