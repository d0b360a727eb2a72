"""Replacements of functions in which moto and botocore repeat work, or do some that netful has no use for.

moto imports its EC2 with most services, and with it two megabytes of JSON about types of instances, and EC2's model three
times for the names of Regions: that is two thirds of its start, and half of its memory.

The ids of requests are another: moto draws 52 letters one by one, where SQS and most services have a UUID.

Runs only in the back end's process, before moto's services are imported.
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
from botocore.loaders import JSONFileLoader
from botocore.regions import EndpointResolver
from botocore.session import Session
from moto.core import responses
from moto.core.utils import method_names_from_class
from moto.utilities import utils


def hasten() -> None:
    """Install the replacements."""
    # Service models and tables: megabytes of JSON, some of it read three times.
    JSONFileLoader._load_file = _load_file  # noqa: SLF001  # there is no public way
    _replace(utils, "json", _Json)
    _replace(utils, "load_resource", functools.partial(_load_resource, utils.load_resource))
    _replace(Session, "get_available_regions", _available_regions)
    # moto lists the methods of a response class again for every call: a fifth of the time of a GetParameter.
    _replace(responses, "method_names_from_class", functools.cache(method_names_from_class))
    _replace(responses, "gen_amzn_requestid_long", _request_id)


class _Json:
    loads = staticmethod(msgspec.json.decode)


def _load_resource(load: Callable[[str], Any], path: str) -> Any:
    """Load a table of moto, other than those of EC2's types of instances: EC2 and Batch, which read them, are `unserved`."""
    return {} if path.startswith("ec2/resources/instance_type") else load(path)


def _available_regions(session: Session, service_name: str, *more: Any, **named: Any) -> Any:
    """Return the Regions of a service, as botocore does; it also decodes the model of EC2, whose endpoints have its name."""
    if service_name == "ec2":
        return _endpoints().get_available_endpoints("ec2", *more, **named)
    return _regions_of_model(session, service_name, *more, **named)


_regions_of_model = Session.get_available_regions


@functools.cache
def _endpoints() -> EndpointResolver:
    return Session().get_component("endpoint_resolver")


def _load_file(_self: JSONFileLoader, full_path: str, open_method: Callable[..., Any]) -> Any:
    if not Path(full_path).is_file():
        return None
    with open_method(full_path, "rb") as file:
        return msgspec.json.decode(file.read())


def _request_id(headers: dict[str, Any]) -> str:
    """Return a new id of a request, and put it into the headers of its answer."""
    found = str(uuid4())
    headers["x-amzn-requestid"] = found
    return found


def _replace(module: Any, name: str, value: Any) -> None:
    """Replace a name that a module has imported."""
    setattr(module, name, value)
