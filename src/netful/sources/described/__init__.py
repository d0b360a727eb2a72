"""Described accounts: what the AWS CLI's `describe-…` and `list-…` commands print, as a cloud.

Ids are AWS's own. Every thing's origin is the line of its id in its file.
"""

from netful.sources.described.account import read
from netful.sources.described.files import is_described

__all__ = ["is_described", "read"]
