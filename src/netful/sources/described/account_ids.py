"""Id of a described account whose folder is not named after it: by its answers."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from netful.model.core import words_of
from netful.sources.described.files import Description

_OWN_ARNS = (
    ("Functions", "FunctionArn"),
    ("LoadBalancers", "LoadBalancerArn"),
    ("TargetGroups", "TargetGroupArn"),
    ("DBInstances", "DBInstanceArn"),
    ("DBClusters", "DBClusterArn"),
    ("CacheClusters", "ARN"),
    ("StackResources", "StackId"),
    ("Stacks", "StackId"),
)
"""Lists that have an account's own things only, and the key of their ARN."""

_ACCOUNT = re.compile(r"\barn:aws[\w-]*:[\w-]+:[\w-]*:(\d{12}):")


def account_of(descriptions: Iterable[Description]) -> tuple[str, str]:
    """Return the id of the account of descriptions, and a warning if it is not certain; both "" if no answer has an id.

    The ARNs of own things come first, then the owner of most VPCs, which may be shared by another account, then the account
    of most other ARNs, as those in policies.
    """
    those = [*descriptions]
    arns = (item.text(key) for one in those for kind, key in _OWN_ARNS for item in one.of(kind))
    owners = [item.text("OwnerId") for one in those for item in one.of("Vpcs")]
    known = _most_of(_accounts(arns)) or _most_of(owner for owner in owners if owner)
    if known:
        return known, ""
    likely = _most_of(
        _accounts(text for one in those for key in one.keys for item in one.of(key) for text in words_of(item.data))
    )
    return (
        likely,
        f"the answers do not contain the account's id: it is taken to be {likely}, as in most of their ARNs"
        if likely
        else "",
    )


def _accounts(texts: Iterable[str]) -> Iterator[str]:
    return (account for text in texts for account in _ACCOUNT.findall(text))


def _most_of(values: Iterable[str]) -> str:
    return next((value for value, _ in Counter(values).most_common(1)), "")
