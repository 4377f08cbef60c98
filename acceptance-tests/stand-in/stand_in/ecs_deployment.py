"""A service that runs: its deployments, and the scheduler that starts and stops tasks until they are as asked."""

import math
import random

from stand_in import clock, ecs_launch, ecs_placement, ecs_service_description, ecs_strategy, outcomes
from stand_in.ecs_store import tag_list, tag_map, task_definition
from stand_in.ecs_task import Task

_RETRY = 0.05
_SETTLED = 0.12
_INACTIVE = 0.15
# Before a deployment settles, so that one whose targets are not well does not.
_ASKED = 0.06
_SEEK = 0.1
_NO_ROOM = 0.5
_SAY_AGAIN = 2
_PATIENCE = 0.8


class Deployment:
    """One attempt to bring a service's tasks to a state: what it runs, and how far it came."""

    def __init__(self, settings, desired_count):
        self.id = f"ecs-svc/{random.randrange(10**18, 10**19)}"
        self.settings = settings
        self.desired_count = desired_count
        self.status, self.rollout_state = "PRIMARY", "IN_PROGRESS"
        self.reason = f"ECS deployment {self.id} in progress."
        self.created_at = self.updated_at = clock.now()
        self.failed_tasks = 0
        self.waiting = False

    def set_state(self, state, reason):
        self.rollout_state, self.reason, self.updated_at = state, reason, clock.now()


class Service:
    """A service: its settings (the members of CreateService), its deployments, newest first, and its events."""

    def __init__(self, backend, cluster, settings):
        self.backend, self.cluster = backend, cluster
        self.cluster_arn, self.name = cluster.arn, settings["serviceName"]
        self.arn = f"{cluster.arn.replace(':cluster/', ':service/')}/{self.name}"
        self.physical_resource_id = self.arn
        self.tags = settings.get("tags", [])
        self.settings = settings
        self.desired_count = settings["desiredCount"]
        self.status = "ACTIVE"
        self.created_at = clock.now()
        self.events, self.deployments, self.tasks, self.task_sets = [], [], [], []
        self.last_completed = None
        self._seeking, self._said, self._said_at = False, None, clock.now()
        self.deploy()

    @property
    def is_fargate(self):
        providers = [item["capacityProvider"] for item in self.settings.get("capacityProviderStrategy", [])]
        return self.settings.get("launchType") == "FARGATE" or any(p.startswith("FARGATE") for p in providers)

    @property
    def primary(self):
        return self.deployments[0] if self.deployments else None

    def deploy(self, settings=None):
        """Starts a new deployment of the service's settings; the one before it makes way."""
        for deployment in self.deployments:
            deployment.status = "ACTIVE"
        self.deployments.insert(0, Deployment(dict(settings or self.settings), self.desired_count))
        clock.after(_RETRY, self.reconcile)

    def scale(self, count):
        """A new desired count: no new deployment, the primary one takes it over."""
        self.desired_count = count
        if self.primary:
            self.primary.desired_count = count
        clock.after(_RETRY, self.reconcile)

    def delete(self):
        """DRAINING until the last task has stopped, then INACTIVE."""
        self.status, self.desired_count = "DRAINING", 0
        for task in self.tasks:
            task.stop(f"Task stopped by service deletion ({self.name}).", "ServiceSchedulerInitiated")
        self.deployments = []
        clock.after(_RETRY, self.reconcile)

    def say(self, message):
        """Adds a service event, in ECS's form, before the older ones."""
        event = {"id": f"{random.getrandbits(128):032x}", "createdAt": clock.now(), "message": message}
        self.events = [event, *self.events][:100]

    def describe(self, include_tags):
        """The service as DescribeServices tells it."""
        return ecs_service_description.describe(self, include_tags)

    def look_soon(self):
        """To be called when something has changed that tasks depend on."""
        clock.after(_RETRY, self.reconcile)

    def reconcile(self):
        """One look of the scheduler: stops and starts what the deployment's percentages allow."""
        self.tasks = [task for task in self.tasks if task.last_status != "STOPPED"]
        if self.status != "ACTIVE":
            if not self.tasks and self.status == "DRAINING":
                clock.after(_INACTIVE, setattr, self, "status", "INACTIVE")
            return
        primary = self.primary
        wanted = [task for task in self.tasks if task.desired_status == "RUNNING"]
        current = [task for task in wanted if task.started_by == primary.id and not task.is_to_move]
        previous = [task for task in wanted if task not in current]
        self._stop_surplus(primary, sorted(current, key=lambda task: not task.is_ready), previous)
        if primary.rollout_state != "FAILED" and not primary.waiting:
            self._start_missing(primary, len(current))
        self._seek_room(primary)
        self._judge(primary)

    def _stop_surplus(self, primary, current, previous):
        lower = math.ceil(self.desired_count * self._configuration("minimumHealthyPercent") / 100)
        ready = len([task for task in current + previous if task.is_ready])
        surplus = current[primary.desired_count :]
        if primary.rollout_state == "FAILED":
            previous = [task for task in previous if task.is_to_move]
        for task in surplus + previous:
            if task in previous and task.is_ready and ready - 1 < min(lower, primary.desired_count):
                continue
            ready -= task.is_ready
            task.stop(f"Scaling activity initiated by (deployment {primary.id})", "ServiceSchedulerInitiated")

    def _start_missing(self, primary, current):
        upper = math.floor(self.desired_count * self._configuration("maximumPercent") / 100)
        missing = primary.desired_count - current
        count = min(missing, max(upper, 0) - len([t for t in self.tasks if t.last_status != "STOPPED"]))
        if count <= 0:
            return
        definition = task_definition(self.backend, primary.settings["taskDefinition"], active=False)
        refused = ecs_launch.unassumable_role(self.backend.account_id, definition)
        if refused:
            self.say(f"(service {self.name}) failed to launch a task with (error {refused}).")
            self._fail(primary)
            return
        started = []
        for _ in range(count):
            settings = self._settings_of_next(primary)
            host, reason = None, None
            if not self.is_fargate:
                host, reason = ecs_placement.place(self.backend, self.cluster, definition, settings)
            if reason and not self._scaling_provider(settings):
                self._say_no_room(reason)
                self._wait(primary, _NO_ROOM)
                break
            started.append(self._start(settings, definition, host))
        if started:
            tasks = " ".join(f"(task {task.id})" for task in started)
            self.say(f"(service {self.name}) has started {len(started)} tasks: {tasks}.")

    def _settings_of_next(self, primary):
        """The deployment's settings, with the one provider of its strategy whose turn it is."""
        strategy = primary.settings.get("capacityProviderStrategy")
        if not strategy:
            return {**primary.settings, "startedBy": primary.id}
        running = [t.request["capacityProviderName"] for t in self.tasks if t.started_by == primary.id]
        chosen = ecs_strategy.choose(strategy, running)
        return {**primary.settings, "startedBy": primary.id, "capacityProviderStrategy": [{"capacityProvider": chosen}]}

    def _scaling_provider(self, settings):
        """The provider that makes room for tasks that have none, if there is one: they wait for it, PROVISIONING."""
        for item in settings.get("capacityProviderStrategy", []):
            provider = self.backend.capacity_providers.get(item["capacityProvider"])
            if provider is not None and provider.scales:
                return provider
        return None

    def _seek_room(self, primary):
        """Has groups grow for tasks that wait for room, and says so once in a while where they cannot."""
        waiting = [task for task in self.tasks if task.seeks_room]
        if not waiting or self._seeking:
            return
        for task in waiting:
            provider = self._scaling_provider(task.request["placement"])
            everybody = self.backend.tasks.get(self.cluster.name, {}).values()
            name = task.request["capacityProviderName"]
            sizes = [t.size for t in everybody if t.seeks_room and t.request["capacityProviderName"] == name]
            coming = provider is not None and provider.grow(sizes)
        waited = (clock.now() - waiting[0].times["createdAt"]).total_seconds()
        if not coming or waited > _PATIENCE:
            _, reason = ecs_placement.place(self.backend, self.cluster, waiting[-1].definition, waiting[-1].placement)
            if reason:
                self._say_no_room(reason)
        self._seeking = True
        clock.after(_SEEK, self._seek_again)

    def _seek_again(self):
        self._seeking = False
        self.reconcile()

    def _say_no_room(self, reason):
        """Once for each reason, and again after a while."""
        message = ecs_placement.event(self.name, reason)
        now = clock.now()
        if self._said != message or (now - self._said_at).total_seconds() >= _SAY_AGAIN:
            self._said, self._said_at = message, now
            self.say(message)

    def _start(self, settings, definition, host):
        tags = {}
        if settings.get("enableECSManagedTags"):
            tags |= {"aws:ecs:clusterName": self.cluster.name, "aws:ecs:serviceName": self.name}
        if settings.get("propagateTags") == "SERVICE":
            tags |= tag_map(self.tags)
        if settings.get("propagateTags") == "TASK_DEFINITION":
            tags |= tag_map(definition.tags)
        request = {
            "launchType": "FARGATE" if self.is_fargate else "EC2",
            "startedBy": settings["startedBy"],
            "group": f"service:{self.name}",
            "placement": settings,
            "tags": tag_list(tags),
            "enableExecuteCommand": settings.get("enableExecuteCommand", False),
        }
        if "networkConfiguration" in settings:
            request["networkConfiguration"] = settings["networkConfiguration"]
        if settings.get("capacityProviderStrategy"):
            request["capacityProviderName"] = settings["capacityProviderStrategy"][0]["capacityProvider"]
        if self.is_fargate:
            request["platformVersion"] = ecs_service_description.resolved_platform(settings)
        if host is not None:
            request["containerInstanceArn"] = host.container_instance_arn
        task = Task(self.cluster, definition, self.backend.region_name, self.backend.account_id, request)
        task.on_change = self._task_changed
        task.targets = []
        self.tasks.append(task)
        return task

    def _task_changed(self, task):
        if task.last_status == "RUNNING":
            self._register_targets(task)
        elif task.desired_status == "STOPPED" and task.targets:
            self._deregister_targets(task)
        deployment = next((d for d in self.deployments if d.id == task.started_by), None)
        ended_by_itself = task.stop_code in ("TaskFailedToStart", "EssentialContainerExited")
        if task.last_status == "STOPPED" and ended_by_itself and deployment is not None:
            for event in task.outcome.events if task.outcome else []:
                self.say(event)
            self._fail(deployment)
        clock.after(0, self.reconcile)

    def _fail(self, deployment):
        """Counts a task that did not come up, and trips the circuit breaker where it is on."""
        deployment.failed_tasks += 1
        if deployment.rollout_state != "IN_PROGRESS":
            self._wait(deployment, _RETRY * deployment.failed_tasks)
            return
        breaker = self.settings.get("deploymentConfiguration", {}).get("deploymentCircuitBreaker", {})
        threshold = min(max(3, math.ceil(self.desired_count / 2)), 200)
        if not breaker.get("enable") or deployment.failed_tasks < threshold:
            if deployment.failed_tasks == 3:
                self.say(
                    f"(service {self.name}) is unable to consistently start tasks successfully. For more information, "
                    "see the Troubleshooting section of the Amazon ECS Developer Guide."
                )
            self._wait(deployment, min(_RETRY * deployment.failed_tasks, 2))
            return
        deployment.set_state("FAILED", "ECS deployment circuit breaker: tasks failed to start.")
        self.say(f"(service {self.name}) (deployment {deployment.id}) deployment failed: tasks failed to start.")
        if breaker.get("rollback") and self.last_completed:
            failed = deployment.id
            self.settings |= {name: self.last_completed.settings.get(name) for name in ("taskDefinition",)}
            self.deploy(self.last_completed.settings)
            self.primary.reason = (
                f"ECS deployment circuit breaker: rolling back to deploymentId {self.last_completed.id}."
            )
            self.say(f"(service {self.name}) rolling back to deployment {self.primary.id} from {failed}.")

    def _wait(self, deployment, seconds):
        def resume():
            deployment.waiting = False
            self.reconcile()

        deployment.waiting = True
        clock.after(seconds, resume)

    def _judge(self, primary):
        """Lets deployments go whose tasks are gone, and begins to complete the primary one when all is as asked."""
        owners = {task.started_by for task in self.tasks}
        self.deployments = [d for d in self.deployments if d is primary or d.id in owners]
        if self._is_steady(primary):
            clock.after(_SETTLED, self._complete, primary)

    def _is_steady(self, primary):
        as_asked = [t for t in self.tasks if t.started_by == primary.id and t.is_ready and not t.is_to_move]
        doomed = any(outcomes.for_family(task.definition.family) for task in as_asked)
        only_these = len(self.tasks) == len(as_asked) == primary.desired_count
        return only_these and not doomed and len(self.deployments) == 1 and primary.rollout_state == "IN_PROGRESS"

    def _complete(self, primary):
        if self.primary is not primary or not self._is_steady(primary):
            return
        primary.set_state("COMPLETED", f"ECS deployment {primary.id} completed.")
        primary.failed_tasks = 0
        self.last_completed = primary
        self.say(f"(service {self.name}) has reached a steady state.")
        self.say(f"(service {self.name}) (deployment {primary.id}) deployment completed.")

    def _register_targets(self, task):
        from moto.elbv2.models import elbv2_backends

        balancers = elbv2_backends[task.account][task.region]
        for balancer in self.settings.get("loadBalancers", []):
            group = balancers.target_groups.get(balancer.get("targetGroupArn"))
            if group is not None and task.private_address:
                target = {"Id": task.private_address, "Port": balancer["containerPort"]}
                group.targets[task.private_address] = target
                task.targets.append((group, task.private_address))
                self.say(f"(service {self.name}) registered 1 targets in (target-group {group.arn})")
                clock.after(_ASKED, self._judge_target, task, group)

    def _judge_target(self, task, group):
        """Ends a task that its load balancer cannot reach: no grace would help it."""
        from stand_in.elbv2_health import is_unhealthy

        address = task.private_address
        if task.last_status != "RUNNING" or not is_unhealthy(task.account, task.region, group, address):
            return
        where = f"(port {group.targets[address]['Port']}) is unhealthy in (target-group {group.arn})"
        self.say(f"(service {self.name}) {where} due to (reason Request timed out).")
        deployment = next((d for d in self.deployments if d.id == task.started_by), None)
        task.stop(f"Task failed ELB health checks in (target-group {group.arn})", "ServiceSchedulerInitiated")
        if deployment is not None:
            self._fail(deployment)

    def _deregister_targets(self, task):
        for group, address in task.targets:
            group.targets.pop(address, None)
            self.say(f"(service {self.name}) deregistered 1 targets in (target-group {group.arn})")
        task.targets = []

    def _configuration(self, name):
        default = {"maximumPercent": 200, "minimumHealthyPercent": 100}[name]
        return self.settings.get("deploymentConfiguration", {}).get(name, default)
