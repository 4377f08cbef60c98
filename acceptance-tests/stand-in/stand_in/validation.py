"""Parameters against the service's model: required members, types, enums, lengths, ranges, patterns.

The same check runs over what the stand-in itself answers, so that it cannot make up members or types.
"""

import functools
from datetime import datetime

import regex

# New values appear all the time, and people write them: the service itself says which it knows.
_OPEN = ("InstanceType",)
_TYPES = {
    "string": str,
    "character": str,
    "blob": (str, bytes),
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "boolean": bool,
    "timestamp": (int, float, str, datetime),
    "list": list,
    "map": dict,
    "structure": dict,
}


def of_request(call):
    """Everything that is wrong with a call's parameters, with what was already wrong on the wire."""
    shape = call.operation.input_shape
    return call.problems + (list(problems(shape, call.params)) if shape else [])


def problems(shape, value, path="", strict=True):
    """Everything that is wrong with ``value`` as a ``shape``: one line each, led by the member's path.

    Without ``strict`` only members and types are judged, not what AWS asks of their values.
    """
    if getattr(shape, "is_document_type", False):
        return
    expected = _TYPES[shape.type_name]
    is_bool = isinstance(value, bool)
    if not isinstance(value, expected) or (is_bool and shape.type_name != "boolean"):
        yield f"{path or 'body'}: {value!r} is not of type {shape.type_name}"
        return
    if strict:
        yield from _constraints(shape, value, path)
    if shape.type_name == "structure":
        yield from _structure(shape, value, path, strict)
    elif shape.type_name == "list":
        for index, item in enumerate(value):
            yield from problems(shape.member, item, f"{path}[{index}]", strict)
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from problems(shape.key, key, f"{path}.{key}", strict)
            yield from problems(shape.value, item, f"{path}.{key}", strict)


def _structure(shape, value, path, strict):
    prefix = path + "." if path else ""
    for name, item in value.items():
        if name not in shape.members:
            yield f"{prefix}{name}: unknown member"
        else:
            yield from problems(shape.members[name], item, prefix + name, strict)
    if strict:
        for name in shape.required_members:
            if name not in value:
                yield f"{prefix}{name}: required member is missing"
        if shape.metadata.get("union") and len(value) != 1:
            yield f"{path or 'body'}: exactly one member of the union must be set, not {len(value)}"


def _constraints(shape, value, path):
    metadata = shape.metadata
    allowed = metadata.get("enum")
    if allowed and value not in allowed and shape.name not in _OPEN:
        yield f"{path}: '{value}' is not one of {', '.join(allowed)}"
        return
    if shape.type_name in ("string", "list", "map"):
        size, what = len(value), "length"
    elif shape.type_name in ("integer", "long", "float", "double"):
        size, what = value, "value"
    else:
        return
    if "min" in metadata and size < metadata["min"]:
        yield f"{path}: {what} {size} is below the minimum of {metadata['min']}"
    if "max" in metadata and size > metadata["max"]:
        yield f"{path}: {what} {size} is above the maximum of {metadata['max']}"
    pattern = metadata.get("pattern")
    if pattern and shape.type_name == "string" and not _compiled(pattern).fullmatch(value):
        yield f"{path}: '{value}' does not match the pattern {pattern}"


@functools.cache
def _compiled(pattern):
    # A few models write the characters beyond the basic plane as surrogate pairs, which are no characters to Python.
    return regex.compile(pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF"))
