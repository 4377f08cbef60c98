"""From the words of AWS's APIs to those of CloudFormation, which are mostly the same."""

DEPLOYMENT = "thatdot:deployment"
# Maps whose keys are the user's own.
_FREE = {"options", "dockerLabels", "labels", "driverOpts"}
# Where CloudFormation writes a word otherwise than with a capital.
_OTHERWISE = {"efsVolumeConfiguration": "EFSVolumeConfiguration", "fileSystemId": "FilesystemId", "iam": "IAM"}


def every(client, operation, member, **parameters):
    """All items of a listing, over its pages where it has pages."""
    if client.can_paginate(operation):
        pages = client.get_paginator(operation).paginate(**parameters)
        return [item for page in pages for item in page.get(member, [])]
    return getattr(client, operation)(**parameters).get(member, [])


def picked(item, *names, **renamed):
    """Those of an item's members that say something; ``renamed`` ones under another name: ``To="From"``."""
    wanted = {name: name for name in names} | renamed
    return {name: item[of] for name, of in wanted.items() if item.get(of) not in (None, "", [], {})}


def capital(value):
    """Members with capitals, as CloudFormation has those of Amazon ECS; without those that say nothing."""
    if isinstance(value, list):
        return [capital(item) for item in value]
    if not isinstance(value, dict):
        return value
    said = {key: item for key, item in value.items() if item not in (None, "", [], {})}
    return {
        _OTHERWISE.get(key, key[0].upper() + key[1:]): item if key in _FREE else capital(item)
        for key, item in said.items()
    }


def tags(item, member="Tags"):
    """An object's tags by their keys, however the service writes them."""
    found = item.get(member) or item.get(member.lower()) or []
    if isinstance(found, dict):
        return found
    return {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value")) for tag in found}


def tagged(tags):
    """Tags as most types of CloudFormation want them."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items()) if not key.startswith("aws:")]


def ours(items, member="Tags"):
    """Those that are a deployment's."""
    return [item for item in items if DEPLOYMENT in tags(item, member)]
