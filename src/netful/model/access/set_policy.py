"""A resource policy that a call set, or deleted."""

from collections.abc import Mapping
from typing import Any

from netful.model.core import Identified


class SetPolicy(Identified):
    """Policy of the resource whose ARN is the id; `document` is None if it was deleted.

    It counts as long as the sources have the policy `instead_of` there: what a template changes is as the template has it.
    """

    document: Mapping[str, Any] | None = None
    instead_of: Mapping[str, Any] | None = None
