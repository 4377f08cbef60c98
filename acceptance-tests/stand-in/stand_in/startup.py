"""What makes the start quick: large files are parsed once, and before they are asked for."""

import functools
import warnings
from xml.sax.saxutils import escape, quoteattr

# moto warns of error codes that a service's model lacks; tests script such codes on purpose.
warnings.filterwarnings("ignore", message="Exception.*does not match an error shape")


def read_models_once():
    """moto makes sessions and loaders at every turn, each of which would parse the same large files anew."""
    import botocore.loaders

    load_once = functools.cache(botocore.loaders.JSONFileLoader().load_file)
    botocore.loaders.JSONFileLoader.load_file = lambda _, path: load_once(path)


def look_once():
    """moto looks at its own folders and classes anew for each request, and at botocore's for each service that refuses one;
    and all errors of a service for each refusal."""
    from moto import backends
    from moto.core import errors, responses, utils

    modules = frozenset(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    responses.method_names_from_class = functools.cache(responses.method_names_from_class)
    utils.Session = functools.cache(utils.Session)
    errors.ErrorLookupFactory = functools.cache(errors.ErrorLookupFactory)


def pick_once():
    """moto makes out anew, for each member of each object that it answers, under which names its own class may have it, and
    which of a list of paths the member's own ends like."""
    from moto.core.serialize import (
        MISSING,
        AttributePicker,
        AttributePickerContext,
        BaseRestSerializer,
        ResponseSerializer,
    )

    one_by_one = ResponseSerializer._serialize_type_structure
    known = {}

    def members_of(serializer, value, shape):
        """A structure's members: how an object of that class is asked for each, and what is then done with the answer."""
        picker, operation = serializer._value_picker, serializer.operation_model
        found = []
        for key, member in shape.members.items():
            member.parent = shape
            context = AttributePickerContext(value, key, member, operation, operation.service_model, "")
            ways = [(_getter(value, name), name) for name in picker.get_possible_keys(context)]
            found.append((key, member, ways))
        return found

    def serialize(self, serialized, value, shape, key):
        picker = self._value_picker
        if value is None or isinstance(self, BaseRestSerializer) or not isinstance(picker, AttributePicker):
            one_by_one(self, serialized, value, shape, key)
            return
        # A shape is the same object for as long as its service's model is loaded, which is for ever.
        which = (type(value), shape, type(picker))
        members = known.get(which)
        if members is None:
            members = known[which] = members_of(self, value, shape)
        wrapper = {} if key else serialized
        for name, member, ways in members:
            picked = None
            for get, possible in ways:
                found = get(value, possible, MISSING)
                if found is not MISSING:
                    picked = found
                    break
            for path, transform in _transforms(picker).get(name, ()):
                if ".".join([*self.path, name]).endswith(path):
                    picked = transform(picked)
                    break
            if picked is not None:
                self._serialize(wrapper, picked, member, name)
        if key:
            self._default_serialize(serialized, wrapper, shape, key)

    ResponseSerializer._serialize_type_structure = serialize


def _getter(like, name):
    """How objects ``like`` one are asked for what they call so: what moto's ``get_value`` comes to for them."""
    from moto.core.utils import get_value

    if "." in name:
        return get_value
    if type(like) is dict:
        return dict.get
    return get_value if hasattr(like, "__getitem__") else getattr


def _transforms(picker):
    """A picker's transformations, by the last part of their paths."""
    by_key = getattr(picker, "by_key", None)
    if by_key is None:
        by_key = picker.by_key = {}
        for path, transform in picker.response_transformers.items():
            by_key.setdefault(path.rpartition(".")[2], []).append((path, transform))
    return by_key


def write_at_once():
    """moto's XML is written by what tells a parser's listener of it, element by element; here as the text that it is."""
    import xmltodict

    def unparse(tree, full_document=True, pretty=False, short_empty_elements=False):
        assert not pretty
        head = ['<?xml version="1.0" encoding="utf-8"?>\n'] if full_document else []
        for name, value in tree.items():
            _write(name, value, short_empty_elements, head.append)
        return "".join(head)

    xmltodict.unparse = unparse


def _write(name, value, short, write):
    """Writes an element, or several of the name: attributes begin with ``@``, text is ``#text``."""
    if isinstance(value, (list, tuple)):
        for one in value:
            _write(name, one, short, write)
        return
    attributes, text, children = "", value, ()
    if value is None:
        text = ""
    elif isinstance(value, dict):
        text = value.get("#text") or ""
        attributes = "".join(f" {key[1:]}={quoteattr(str(item))}" for key, item in value.items() if key[0] == "@")
        children = [(key, item) for key, item in value.items() if key[0] not in "@#" and item != []]
    if text is True or text is False:
        text = "true" if text else "false"
    if short and not children and text == "":
        write(f"<{name}{attributes}/>")
        return
    write(f"<{name}{attributes}>")
    for key, item in children:
        _write(key, item, short, write)
    write(f"{escape(text if isinstance(text, str) else str(text))}</{name}>")


@functools.cache
def regions():
    """Every region of every partition."""
    import botocore.session

    session = botocore.session.Session()
    partitions = session.get_available_partitions()
    return {region for partition in partitions for region in session.get_available_regions("ec2", partition)}


def warm_up(lock):
    """Loads what nearly every run needs, so that the first calls need not wait for it.

    Under the lock that calls are answered under: moto's modules import each other in circles, which two threads that
    import at once would find half made.
    """
    from moto.core.utils import get_service_model

    from stand_in import register

    for service in ("sts", "iam", "ecs", "ec2", "efs", "logs"):
        get_service_model(service)
        with lock:
            register.departures_of(service)
