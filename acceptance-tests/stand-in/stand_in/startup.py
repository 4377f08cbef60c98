"""What makes the start quick: large files are parsed once, and before they are asked for."""

import functools
import warnings

# moto warns of error codes that a service's model lacks; tests script such codes on purpose.
warnings.filterwarnings("ignore", message="Exception.*does not match an error shape")


def read_models_once():
    """moto makes sessions and loaders at every turn, each of which would parse the same large files anew."""
    import botocore.loaders

    load_once = functools.cache(botocore.loaders.JSONFileLoader().load_file)
    botocore.loaders.JSONFileLoader.load_file = lambda _, path: load_once(path)


def look_once():
    """moto looks at its own folders and classes anew for each request, and at botocore's for each service that refuses one."""
    from moto import backends
    from moto.core import responses, utils

    modules = frozenset(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    responses.method_names_from_class = functools.cache(responses.method_names_from_class)
    utils.Session = functools.cache(utils.Session)


def name_once():
    """moto makes out anew, for each member of each object that it answers, under which names its own class may have it."""
    from moto.core.serialize import AttributePicker, XFormedAttributePicker

    def remembering(names_of):
        known = {}

        def names(self, context):
            # A shape is the same object for as long as its service's model is loaded, which is for ever.
            which = (type(context.obj), context.key, context.shape)
            if which not in known:
                known[which] = tuple(names_of(self, context))
            return known[which]

        return names

    for picker in (AttributePicker, XFormedAttributePicker):
        picker.get_possible_keys = remembering(picker.get_possible_keys)


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
