"""From the wire back to an operation's parameters, by the service's model and in each of AWS's protocols.

Values keep the form that the wire has (timestamps and blobs stay strings); numbers and booleans that travel as text
become numbers and booleans. What the model does not know is a problem, and so is text that is not of its type.
"""

import json
import re
from urllib.parse import parse_qs, parse_qsl

_ABSENT = object()


def read(operation, request, uri_params):
    """``(parameters, problems)`` of ``request``, which asks for ``operation``."""
    shape = operation.input_shape
    protocol = operation.service_model.protocol
    if protocol in ("query", "ec2"):
        text = request.body.decode("utf-8", "replace") or request.query
        return _Query(protocol == "ec2").read(shape, parse_qsl(text, keep_blank_values=True))
    if protocol == "json":
        reader = _Json()
        return (reader.value(shape, reader.document(request.body), "") if shape else {}), reader.problems
    if protocol == "rest-json":
        return _Rest().read(shape, request, uri_params)
    return {}, []


def _scalar(shape, text, path, problems):
    """``text`` as the scalar ``shape`` wants it."""
    try:
        if shape.type_name in ("integer", "long"):
            return int(text)
        if shape.type_name in ("float", "double"):
            return float(text)
        if shape.type_name == "boolean":
            return {"true": True, "false": False}[text]
    except (ValueError, KeyError):
        problems.append(f"{path}: '{text}' is not of type {shape.type_name}")
    return text


class _Query:
    """The query and ec2 protocols: one flat form, whose dotted keys are paths."""

    def __init__(self, ec2):
        self.ec2 = ec2
        self.problems = []

    def read(self, shape, pairs):
        self.form = dict(pairs)
        self.unread = set(self.form) - {"Action", "Version"}
        params = self._structure(shape, "") if shape else {}
        self.problems += [f"{key}: unknown member" for key in sorted(self.unread)]
        return params, self.problems

    def _name(self, shape, default):
        serialization = shape.serialization
        if self.ec2:
            if "queryName" in serialization:
                return serialization["queryName"]
            name = serialization.get("name", default)
            return name[0].upper() + name[1:] if "name" in serialization else name
        return serialization.get("name", default)

    def _value(self, shape, key):
        if shape.type_name in ("structure", "list", "map"):
            if not any(name == key or name.startswith(key + ".") for name in self.unread):
                return _ABSENT
            self.unread.discard(key)
            return getattr(self, f"_{shape.type_name}")(shape, key)
        if key not in self.form:
            return _ABSENT
        self.unread.discard(key)
        return _scalar(shape, self.form[key], key, self.problems)

    def _structure(self, shape, key):
        prefix = key + "." if key else ""
        values = {}
        for member, member_shape in shape.members.items():
            value = self._value(member_shape, prefix + self._name(member_shape, member))
            if value is not _ABSENT:
                values[member] = value
        return values

    def _list(self, shape, key):
        if self.ec2:
            prefix = key
        elif shape.is_flattened:
            renamed = shape.member.serialization.get("name")
            prefix = ".".join([*key.split(".")[:-1], renamed]) if renamed else key
        else:
            prefix = f"{key}.{shape.member.serialization.get('name', 'member')}"
        values = (self._value(shape.member, f"{prefix}.{index}") for index in self._indices(prefix))
        return [value for value in values if value is not _ABSENT]

    def _map(self, shape, key):
        prefix = key if shape.is_flattened else f"{key}.entry"
        values = {}
        for index in self._indices(prefix):
            name = self._value(shape.key, f"{prefix}.{index}.{shape.key.serialization.get('name', 'key')}")
            value = self._value(shape.value, f"{prefix}.{index}.{shape.value.serialization.get('name', 'value')}")
            values[name] = None if value is _ABSENT else value
        return values

    def _indices(self, prefix):
        pattern = re.compile(re.escape(prefix) + r"\.(\d+)(?:\.|$)")
        return sorted({int(found[1]) for found in map(pattern.match, self.unread) if found})


class _Json:
    """A JSON document, read by its shape. An explicit null is an absent member."""

    def __init__(self):
        self.problems = []

    def document(self, body):
        if not body:
            return {}
        try:
            return json.loads(body)
        except ValueError as error:
            self.problems.append(f"body: not JSON ({error})")
            return {}

    def value(self, shape, value, path):
        kind = shape.type_name
        if kind == "structure" and isinstance(value, dict) and not getattr(shape, "is_document_type", False):
            return self._structure(shape, value, path)
        if kind == "list" and isinstance(value, list):
            return [self.value(shape.member, item, f"{path}[{index}]") for index, item in enumerate(value)]
        if kind == "map" and isinstance(value, dict):
            return {key: self.value(shape.value, item, f"{path}.{key}") for key, item in value.items()}
        return value

    def _structure(self, shape, value, path):
        names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
        values = {}
        for key, item in value.items():
            full = f"{path}.{key}" if path else key
            if key not in names:
                self.problems.append(f"{full}: unknown member")
            elif item is not None:
                values[names[key]] = self.value(shape.members[names[key]], item, full)
        return values


class _Rest:
    """REST with JSON bodies: members in the path, the query string, the headers, and the rest in the body."""

    def read(self, shape, request, uri_params):
        if shape is None:
            return {}, []
        json_reader = _Json()
        query = parse_qs(request.query, keep_blank_values=True)
        params, in_body = {}, {}
        for member, member_shape in shape.members.items():
            location = member_shape.serialization.get("location")
            name = member_shape.serialization.get("name", member)
            if location is None:
                in_body[member] = member_shape
            elif location == "uri" and name in uri_params:
                params[member] = _scalar(member_shape, uri_params[name], member, json_reader.problems)
            elif location == "querystring" and name in query:
                params[member] = self._from_query(member_shape, query.pop(name), member, json_reader.problems)
            elif location == "header" and name in request.headers:
                params[member] = _scalar(member_shape, request.headers[name], member, json_reader.problems)
        json_reader.problems += [f"{name}: unknown query parameter" for name in query]
        payload = shape.serialization.get("payload")
        if payload:
            params[payload] = json_reader.value(shape.members[payload], json_reader.document(request.body), payload)
        elif in_body:
            names = {in_body[member].serialization.get("name", member) for member in in_body}
            document = json_reader.document(request.body)
            for key in document if isinstance(document, dict) else ():
                if key not in names:
                    json_reader.problems.append(f"{key}: unknown member")
            known = {key: value for key, value in document.items() if key in names}
            params.update(json_reader.value(shape, known, ""))
        return params, json_reader.problems

    @staticmethod
    def _from_query(shape, values, member, problems):
        if shape.type_name == "list":
            return [_scalar(shape.member, value, member, problems) for value in values]
        return _scalar(shape, values[0], member, problems)
