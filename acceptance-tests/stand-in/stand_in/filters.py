"""EC2's filters, for the answers that the stand-in makes itself."""

import fnmatch

from stand_in.errors import AwsError


def fits(filters, values, tags):
    """Whether an object with these filter values (name → value or list) and tags passes all filters.

    A filter that the object knows nothing of is refused, as EC2 refuses one that an operation does not have.
    """
    return all(_fits(wanted["Name"], wanted.get("Values", []), values, tags) for wanted in filters or [])


def _fits(name, wanted, values, tags):
    if name.startswith("tag:"):
        has = [tags[name[4:]]] if name[4:] in tags else []
    elif name == "tag-key":
        has = list(tags)
    elif name in values:
        has = values[name] if isinstance(values[name], list) else [values[name]]
    else:
        raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")
    return any(fnmatch.fnmatchcase(str(each), pattern) for each in has for pattern in wanted)


def tags_of(resource):
    """The tags of one of moto's EC2 objects, as a dictionary."""
    return {tag["key"]: tag["value"] for tag in resource.get_tags()}


def listed(tags):
    """A dictionary of tags as EC2 lists them."""
    return [{"Key": name, "Value": value} for name, value in sorted(tags.items())]


def asked_for(params, kind):
    """The tags that a create asks for on an object of that kind."""
    specifications = [each for each in params.get("TagSpecifications", []) if each.get("ResourceType") == kind]
    return {tag["Key"]: tag.get("Value", "") for each in specifications for tag in each.get("Tags", [])}
