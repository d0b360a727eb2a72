"""Origins, unknown values, errors and raw resources: the base of every model class."""

from netful.model.core.errors import (
    ConsentError,
    MissingExtraError,
    NetfulError,
    NoResponseError,
    QuestionError,
    RightsError,
    SourceError,
    StackError,
    UnbuiltError,
    UnkeptError,
    UnknownAnswerError,
)
from netful.model.core.file_names import file_name
from netful.model.core.frozen import Frozen, replace
from netful.model.core.instants import instant
from netful.model.core.json_values import (
    at,
    every_part,
    is_list_of_mappings,
    is_set,
    is_true,
    is_wholly_known,
    known_parts,
    listed,
    mapping,
    mappings,
    texts,
    with_leaves,
    words_of,
)
from netful.model.core.numbers import whole_number
from netful.model.core.origin import BY_CALL, DEFAULT, Identified, Origin, Placed
from netful.model.core.resource import DanglingReference, Output, Resource, construct_of
from netful.model.core.unknown import Maybe, Unknown, known, known_in
from netful.model.core.urls import host_of_url, url_parts

__all__ = [
    "BY_CALL",
    "DEFAULT",
    "ConsentError",
    "DanglingReference",
    "Frozen",
    "Identified",
    "Maybe",
    "MissingExtraError",
    "NetfulError",
    "NoResponseError",
    "Origin",
    "Output",
    "Placed",
    "QuestionError",
    "Resource",
    "RightsError",
    "SourceError",
    "StackError",
    "UnbuiltError",
    "UnkeptError",
    "Unknown",
    "UnknownAnswerError",
    "at",
    "construct_of",
    "every_part",
    "file_name",
    "host_of_url",
    "instant",
    "is_list_of_mappings",
    "is_set",
    "is_true",
    "is_wholly_known",
    "known",
    "known_in",
    "known_parts",
    "listed",
    "mapping",
    "mappings",
    "replace",
    "texts",
    "url_parts",
    "whole_number",
    "with_leaves",
    "words_of",
]
