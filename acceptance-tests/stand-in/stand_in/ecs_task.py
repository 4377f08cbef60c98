"""One ECS task, from PROVISIONING to STOPPED."""

import hashlib
import uuid

from moto.ecs.models import ecs_backends

from stand_in import clock, ecs_containers, ecs_hosts, ecs_launch, ecs_placement, network, outcomes

_PROVISIONED = 0.04
_SEEK = 0.05
_STARTED = 0.08
_PREPARED = 0.05
_HEALTHY = 0.04
_EXITED = 0.05
_STOPPED = 0.1


class Task:
    """A task that takes its steps by the clock. ``on_change`` is told after each of them."""

    def __init__(self, cluster, definition, region, account, request):
        self.id = uuid.uuid4().hex
        self.region, self.account = region, account
        self.cluster, self.definition, self.request = cluster, definition, request
        self.cluster_arn, self.task_definition_arn = cluster.arn, definition.arn
        prefix = cluster.arn.rpartition(":cluster/")[0]
        self.task_arn = f"{prefix}:task/{cluster.name}/{self.id}"
        self.is_fargate = request.get("launchType") == "FARGATE"
        self.started_by = request.get("startedBy", "")
        self.group = request.get("group") or f"family:{definition.family}"
        self.tags = request.get("tags", [])
        self.container_instance_arn = request.get("containerInstanceArn")
        self.awsvpc = request.get("networkConfiguration", {}).get("awsvpcConfiguration")
        self.on_change = lambda _: None
        self.last_status, self.desired_status = "PROVISIONING", "RUNNING"
        self.stopped_reason = self.stop_code = self.outcome = None
        self.times = {"createdAt": clock.now()}
        self.attachment_id = str(uuid.uuid4())
        self.interface = self.private_address = self.subnet_id = None
        self.group_ids = []
        self.size = ecs_placement.size_of(definition)
        self.placement = request.get("placement", {})
        self.was_running = self.healthy = False
        # The containers that have begun, and the exit codes of those that have ended, by their names.
        self.begun, self.ended = set(), {}
        self.containers = [
            {"containerArn": f"{prefix}:container/{cluster.name}/{self.id}/{uuid.uuid4()}", "name": c["name"]}
            for c in definition.container_definitions
        ]
        ecs_backends[account][region].tasks.setdefault(cluster.name, {})[self.task_arn] = self
        clock.after(_PROVISIONED, self._provision)

    @property
    def ec2(self):
        """The tables of the VPC that the task lives in."""
        return network.backend_of(self.account, self.region)

    @property
    def vpc_id(self):
        return network.subnet(self.ec2, self.subnet_id).vpc_id

    @property
    def is_public(self):
        return self.awsvpc is not None and self.awsvpc.get("assignPublicIp") == "ENABLED"

    @property
    def host(self):
        """The container instance that it is on; None on Fargate, and while it has no place."""
        if self.container_instance_arn is None:
            return None
        return ecs_hosts.host_named(ecs_backends[self.account][self.region], self.cluster, self.container_instance_arn)

    @property
    def seeks_room(self):
        """Whether it waits for a container instance to have room."""
        return not self.is_fargate and self.container_instance_arn is None and self.desired_status == "RUNNING"

    @property
    def is_to_move(self):
        """Whether its container instance is to lose its tasks."""
        host = self.host
        return host is not None and host.status == "DRAINING"

    @property
    def is_ready(self):
        """Whether it counts as healthy to a deployment."""
        checked = any("healthCheck" in container for container in self.definition.container_definitions)
        return self.last_status == "RUNNING" and (self.healthy or not checked)

    def has_internet(self):
        """Whether it can reach public endpoints."""
        return network.has_internet(self.ec2, self.subnet_id, self.is_public)

    def log_options(self):
        """``(container name, options)`` of each container that logs to CloudWatch."""
        for container in self.definition.container_definitions:
            log = container.get("logConfiguration", {})
            if log.get("logDriver") == "awslogs":
                yield container["name"], log["options"]

    def stop(self, reason, code, outcome=None):
        """Begins to end the task, once."""
        if self.desired_status == "STOPPED":
            return
        self.desired_status = "STOPPED"
        self.stopped_reason, self.stop_code, self.outcome = reason, code, outcome
        self.was_running = self.last_status == "RUNNING"
        self.last_status = "DEACTIVATING" if self.was_running else "DEPROVISIONING"
        self.times["stoppingAt"] = clock.now()
        if self.was_running:
            self.times["executionStoppedAt"] = clock.now()
        self.on_change(self)
        clock.after(_STOPPED, self._stopped)

    def _provision(self):
        if self.desired_status == "STOPPED":
            return
        if self.seeks_room:
            backend = ecs_backends[self.account][self.region]
            host, _ = ecs_placement.place(backend, self.cluster, self.definition, self.placement)
            if host is None:
                clock.after(_SEEK, self._provision)
                return
            self.container_instance_arn = host.container_instance_arn
        if self.awsvpc:
            self.subnet_id = self._subnet()
            if network.subnet(self.ec2, self.subnet_id) is None:
                reason = "Unexpected EC2 error while attempting to Create Network Interface: InvalidSubnetID.NotFound"
                self.stop(reason, "TaskFailedToStart")
                return
            attachment = self.task_arn.rpartition(":task/")[0] + f":attachment/{self.attachment_id}"
            groups = self.awsvpc.get("securityGroups")
            self.interface = network.create_interface(self.ec2, self.subnet_id, groups, attachment, self.is_public)
            self.private_address = self.interface.private_ip_address
            self.group_ids = [group.id for group in self.interface.group_set]
            self.times["connectivityAt"] = clock.now()
        self.last_status = "PENDING"
        self.times["pullStartedAt"] = clock.now()
        self.on_change(self)
        clock.after(_STARTED, self._start)

    def _start(self):
        if self.desired_status == "STOPPED":
            return
        staged = outcomes.for_family(self.definition.family)
        outcome = ecs_launch.failure(self) or staged
        if outcome and outcome.stopCode == "TaskFailedToStart":
            self._write_logs(outcome.log_lines)
            self.stop(outcome.stoppedReason, outcome.stopCode, outcome)
            return
        self.times["pullStoppedAt"] = clock.now()
        self._write_logs(outcome.log_lines if outcome else [])
        self._begin_containers(outcome)

    def _begin_containers(self, outcome):
        """Those that wait for others begin once the others have run to their end."""
        if self.desired_status == "STOPPED":
            return
        definitions = self.definition.container_definitions
        self.begun |= ecs_containers.ready(definitions, self.ended)
        if len(self.begun) < len(definitions):
            for name in ecs_containers.awaited(definitions) & self.begun - set(self.ended):
                clock.after(_PREPARED, self._end_container, name, outcome)
            return
        self.last_status = "RUNNING"
        self.times["startedAt"] = clock.now()
        self.on_change(self)
        clock.after(_HEALTHY, self._pass_health_check)
        if outcome:
            clock.after(_EXITED, self.stop, outcome.stoppedReason, outcome.stopCode, outcome)

    def _end_container(self, name, outcome):
        if name not in self.ended:
            self.ended[name] = 0
            self._begin_containers(outcome)

    def _pass_health_check(self):
        if self.last_status == "RUNNING":
            self.healthy = True
            self.on_change(self)

    def _subnet(self):
        """Where its interface comes to lie: on EC2 in the host's zone, else in turn."""
        subnets = self.awsvpc["subnets"]
        if not self.is_fargate:
            return ecs_placement.subnet_in_zone(self.host, subnets) or subnets[0]
        others = ecs_backends[self.account][self.region].tasks[self.cluster.name]
        return subnets[len(others) % len(subnets)]

    def _stopped(self):
        self.last_status = "STOPPED"
        self.times["stoppedAt"] = clock.now()
        if self.interface is not None:
            network.delete_interface(self.ec2, self.interface.id)
        self.on_change(self)

    def _write_logs(self, lines):
        """Each logging container has its stream; the staged lines go to the first one's."""
        from moto.logs.models import logs_backends

        for name, options in self.log_options():
            backend = logs_backends[self.account][options["awslogs-region"]]
            group = options["awslogs-group"]
            if group not in backend.groups:
                if options.get("awslogs-create-group") != "true":
                    continue
                backend.create_log_group(group, {}, kmsKeyId=None)
            stream = f"{options.get('awslogs-stream-prefix', 'ecs')}/{name}/{self.id}"
            if stream not in backend.groups[group].streams:
                backend.create_log_stream(group, stream)
            if lines:
                now = int(clock.now().timestamp() * 1000)
                backend.put_log_events(group, stream, [{"timestamp": now, "message": line} for line in lines])
                lines = []

    def describe(self, include_tags):
        """The task as DescribeTasks tells it."""
        definition, request = self.definition, self.request
        members = {
            "attachments": [self._attachment()] if self.awsvpc else [],
            "attributes": [{"name": "ecs.cpu-architecture", "value": self._architecture()}],
            "availabilityZone": self._zone(),
            "capacityProviderName": request.get("capacityProviderName"),
            "clusterArn": self.cluster_arn,
            "connectivity": "CONNECTED" if self.last_status == "RUNNING" else None,
            "containerInstanceArn": self.container_instance_arn,
            "containers": self._containers(),
            "cpu": definition.cpu,
            "desiredStatus": self.desired_status,
            "enableExecuteCommand": request.get("enableExecuteCommand", False),
            "group": self.group,
            "healthStatus": self._health(),
            "lastStatus": self.last_status,
            "launchType": request["launchType"],
            "memory": definition.memory,
            "overrides": request.get("overrides", {"containerOverrides": [], "inferenceAcceleratorOverrides": []}),
            "platformVersion": request.get("platformVersion"),
            "platformFamily": "Linux" if self.is_fargate else None,
            "startedBy": self.started_by or None,
            "stopCode": self.stop_code,
            "stoppedReason": self.stopped_reason,
            "tags": self.tags if include_tags else [],
            "taskArn": self.task_arn,
            "taskDefinitionArn": self.task_definition_arn,
            "version": len(self.times),
            **self.times,
        }
        if self.is_fargate:
            members["ephemeralStorage"] = definition.ephemeral_storage or {"sizeInGiB": 20}
        return {name: value for name, value in members.items() if value is not None}

    def _architecture(self):
        if self.host is not None:
            return self.host.architecture
        asked = (self.definition.runtime_platform or {}).get("cpuArchitecture", "X86_64")
        return asked.lower()

    def _zone(self):
        if self.interface is not None:
            return self.interface.availability_zone
        return self.host.instance.availability_zone if self.host else None

    def _attachment(self):
        status = "PRECREATED" if self.interface is None else "ATTACHED"
        details = {"subnetId": self.subnet_id or self.awsvpc["subnets"][0]}
        if self.interface is not None:
            details |= {
                "networkInterfaceId": self.interface.id,
                "macAddress": self.interface.mac_address,
                "privateDnsName": getattr(self.interface, "private_dns_name", None),
                "privateIPv4Address": self.private_address,
            }
        return {
            "id": self.attachment_id,
            "type": "ElasticNetworkInterface",
            "status": "DELETED" if self.last_status == "STOPPED" else status,
            "details": [{"name": name, "value": value} for name, value in details.items() if value],
        }

    def _health(self):
        if not any("healthCheck" in container for container in self.definition.container_definitions):
            return "UNKNOWN"
        return "HEALTHY" if self.healthy and self.last_status == "RUNNING" else "UNKNOWN"

    def _containers(self):
        ends = list(self.outcome.containers) if self.outcome else []
        described = []
        for index, definition in enumerate(self.definition.container_definitions):
            container = {
                **self.containers[index],
                "taskArn": self.task_arn,
                "image": definition["image"],
                "lastStatus": self._container_status(definition["name"]),
                "networkInterfaces": [],
                "healthStatus": self._health() if "healthCheck" in definition else "UNKNOWN",
                "cpu": str(definition.get("cpu", 0)),
            }
            if "startedAt" in self.times:
                container["imageDigest"] = _digest(definition["image"])
            if "memory" in definition:
                container["memory"] = str(definition["memory"])
            if self.interface is not None:
                address = {"attachmentId": self.attachment_id, "privateIpv4Address": self.private_address}
                container["networkInterfaces"] = [address]
            if definition["name"] in self.ended:
                container["exitCode"] = self.ended[definition["name"]]
            elif self.last_status == "STOPPED":
                container |= self._end(ends[index] if index < len(ends) else {})
            described.append(container)
        return described

    def _container_status(self, name):
        if name in self.ended:
            return "STOPPED"
        if self.last_status in ("RUNNING", "STOPPED"):
            return self.last_status
        return "RUNNING" if name in self.begun else "PENDING"

    def _end(self, staged):
        """A container's end: as staged, or by the signal that a running one was sent."""
        end = {name: staged[name] for name in ("exitCode", "reason") if staged.get(name) is not None}
        if not end and self.was_running and self.outcome is None:
            end["exitCode"] = 143
        return end


def _digest(image):
    """What was pulled: the digest that the image names, or one that is always the same for a tag."""
    named = image.partition("@")[2]
    return named or f"sha256:{hashlib.sha256(image.encode()).hexdigest()}"
