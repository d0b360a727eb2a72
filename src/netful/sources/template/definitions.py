"""Definitions of state machines in files beside the template, which `package` would upload."""

from copy import copy
from dataclasses import replace
from typing import Any

from netful.model.core import Resource
from netful.sources.files import document

TYPE, _LOCATION = "AWS::StepFunctions::StateMachine", "DefinitionS3Location"


def with_definition(resource: Resource) -> Resource:
    """Return a state machine with the definition of its file as a property; another resource as it is."""
    properties: Any = resource.properties
    location = properties.get(_LOCATION) if resource.type == TYPE else None
    origin = resource.property_origins.get(_LOCATION, resource.origin)
    file = document.beside(replace(origin, file=properties.file), location) if isinstance(location, str) else None
    if file is None:
        return resource
    completed = copy(properties)
    completed.put("Definition", document.read(file).root, origin.line)
    return replace(resource, properties=completed)
