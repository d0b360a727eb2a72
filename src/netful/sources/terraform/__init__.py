"""Terraform plans (`terraform show -json`) of the AWS provider, as the equivalent template.

Ids are the resources' addresses. A value that is known only after apply is the reference in `configuration`. If that
is an expression, which a plan does not show, the value is unknown, and named. Types outside the tables are opaque.
The plan is read in `plan`, types are compared in `types`, and what is more than a table is in `makers`.
"""

from pathlib import Path

from netful.sources.template.template import Template
from netful.sources.terraform.detection import HOW, is_plan, is_source

__all__ = ["HOW", "is_plan", "is_source", "place_of", "read"]


def read(file: Path) -> Template:
    """Return the template that is equivalent to a plan."""
    from netful.sources.terraform import reading  # noqa: PLC0415  # templates need none of it

    return reading.read(file)


def place_of(file: Path) -> tuple[str, str]:
    """Return the account and the region of the plan's `aws` provider; "" if they are not written down."""
    from netful.sources.terraform import reading  # noqa: PLC0415  # the same

    return reading.place_of(file)
