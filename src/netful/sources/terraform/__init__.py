"""Terraform plans (`terraform show -json`) of the AWS provider, as the template that says the same.

Ids are the resources' addresses. What is known only after apply is what `configuration` says that it refers to; where that
is an expression which a plan does not show, it is unknown, and named. Types that are not in the tables are opaque.
"""

from netful.sources.terraform.reading import is_plan, read, region_of

__all__ = ["is_plan", "read", "region_of"]
