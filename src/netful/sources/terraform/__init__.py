"""Terraform plans (`terraform show -json`) of the AWS provider, as the equivalent template.

Ids are the resources' addresses. A value that is known only after apply is the reference in `configuration`. If that
is an expression, which a plan does not show, the value is unknown, and named. Types outside the tables are opaque.
Most modules are one list of like things: the makers and tables of one area of AWS each.
"""

from netful.sources.terraform.reading import is_plan, read, region_of

__all__ = ["is_plan", "read", "region_of"]
