"""SAM's own translator, imported when the first template with SAM resources comes.

It would ask boto3 for a region, for the ARNs of managed policies and for applications of the Serverless Application
Repository. Here it receives the region, has the ARNs in its own table, and sees no such application (`stand_ins`). So boto3 is
not imported at all: no credentials are looked for, nothing can be called, and a third of the time is saved. The same holds for
jsonschema, which would check the translator's own table of policy templates.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

_STAND_INS: dict[str, tuple[str, ...]] = {
    "boto3": ("Session", "session"),
    "botocore.client": ("BaseClient",),
    "botocore.config": ("Config",),
    "botocore.exceptions": ("ClientError", "EndpointConnectionError"),
    "jsonschema": ("validate",),
    "jsonschema.exceptions": ("ValidationError",),
}
"""Modules that the translator imports, and the names it takes from them; none of them is used here."""

_POLICY_TEMPLATES = "make_policy_template_for_function_plugin"
"""The function that makes the translator's plugin for policy templates, which keeps nothing of a template."""


class RefusedError(Exception):
    """SAM refuses a template; `messages` are the translator's own."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(*messages)
        self.messages = messages


def translate(template: dict[str, Any], parameters: dict[str, Any], region: str) -> dict[str, Any]:
    """Return the CloudFormation template that AWS makes of a SAM template. The SAM template is modified."""
    exceptions, hashes = _imported("model.exceptions"), _imported("utils.py27hash_fix")
    parser, own = _imported("parser.parser").Parser(), _translator()
    logging.getLogger("samtranslator").setLevel(logging.CRITICAL + 1)  # the error says what it logs
    try:
        hashes.to_py27_compatible_template(template, parameters)  # the ids that AWS makes are hashes of this form
        one = own.Translator(None, parser, boto_session=SimpleNamespace(region_name=region))
        made = one.translate(template, parameters, passthrough_metadata=True, get_managed_policy_map=dict)
        plain: dict[str, Any] = hashes.undo_mark_unicode_str_in_template(made)
    except exceptions.InvalidDocumentException as error:
        raise RefusedError([cause.message for cause in error.causes]) from error
    except exceptions.ExceptionWithMessage as error:
        raise RefusedError([error.message]) from error
    except Exception as error:
        raise RefusedError([f"Its translator fails: {type(error).__name__}: {error}"]) from error
    return plain


def properties_of(kind: str) -> list[str]:
    """Return the properties of one of SAM's types."""
    classes = vars(_imported("model.sam_resources")).values()
    return [name for one in classes if getattr(one, "resource_type", "") == kind for name in one.property_types]


def event_types() -> list[str]:
    """Return the types of a function's events."""
    return [kind for kind in _imported("model.sam_resources").SamFunction.event_resolver.resource_types if kind]


def policy_templates() -> list[str]:
    """Return the names of SAM's policy templates."""
    processor = _imported("policy_template_processor.processor").PolicyTemplatesProcessor
    return [*processor.get_default_policy_templates_json()["Templates"]]


def _translator() -> Any:
    """Return the translator's module. It would read and check its table of policy templates again for each template."""
    module = _imported("translator.translator")
    make = getattr(module, _POLICY_TEMPLATES, None)
    if make and not hasattr(make, "cache_info"):  # a run of pytest within another one imports it again
        setattr(module, _POLICY_TEMPLATES, cache(make))
    return module


def _imported(module: str) -> Any:
    name = f"samtranslator.{module}"
    if name not in sys.modules:
        with _without_unused():
            import_module(name)
    return sys.modules[name]


@contextmanager
def _without_unused() -> Iterator[None]:
    """Put empty modules in place of those that are not imported yet, while the translator is imported."""
    absent = {name: ModuleType(name) for name in _STAND_INS if name not in sys.modules}
    for name, module in absent.items():
        module.__dict__.update(dict.fromkeys(_STAND_INS[name], Exception))
    sys.modules.update(absent)
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
