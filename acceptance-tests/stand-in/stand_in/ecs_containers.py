"""The containers of a task definition among themselves: who waits for whom."""

from stand_in.errors import AwsError

_ENDS = ("COMPLETE", "SUCCESS")


def check(definitions):
    """Refuses dependencies that no task could meet."""
    known = {container["name"]: container for container in definitions}
    if not any(container.get("essential", True) for container in definitions):
        raise _refusal("At least one container in the task definition must be marked as essential.")
    for container in definitions:
        for dependency in container.get("dependsOn", []):
            other = known.get(dependency["containerName"])
            if other is None or other is container:
                message = f"Invalid container dependency '{dependency['containerName']}' of '{container['name']}'."
                raise _refusal(message)
            if dependency["condition"] in _ENDS and other.get("essential", True):
                message = (
                    f"The dependency condition {dependency['condition']} cannot be set on an essential container: "
                )
                raise _refusal(message + f"'{other['name']}'.")
            if dependency["condition"] == "HEALTHY" and "healthCheck" not in other:
                raise _refusal(f"The container '{other['name']}' needs a health check to become HEALTHY.")
    ended = {}
    while more := ready(definitions, ended) - set(ended):
        ended |= dict.fromkeys(more, 0)
    if len(ended) < len(definitions):
        raise _refusal("Container dependencies must not be circular.")


def ready(definitions, ended):
    """The names of the containers that may begin, given the exit codes of those that have ended."""
    begun = set()
    for _ in definitions:
        begun |= {c["name"] for c in definitions if all(_met(d, begun, ended) for d in c.get("dependsOn", []))}
    return begun


def awaited(definitions):
    """The names of the containers whose end others wait for."""
    dependencies = [dependency for container in definitions for dependency in container.get("dependsOn", [])]
    return {dependency["containerName"] for dependency in dependencies if dependency["condition"] in _ENDS}


def _met(dependency, begun, ended):
    name = dependency["containerName"]
    if dependency["condition"] == "SUCCESS":
        return ended.get(name) == 0
    return name in ended if dependency["condition"] == "COMPLETE" else name in begun


def _refusal(message):
    return AwsError("ClientException", message)
