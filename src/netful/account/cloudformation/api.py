"""The CloudFormation API of an account: each operation that is served, by its name."""

from collections.abc import Mapping
from functools import partial

from netful.account.cloudformation import file_stacks
from netful.account.cloudformation.account import Account
from netful.account.cloudformation.context import Answer, Context, Operation
from netful.account.cloudformation.operations import change_sets, drift, reads, stacks, templates
from netful.account.operations.query_api import Parameters, QueryApi

OPERATIONS: Mapping[str, Operation] = {
    **stacks.OPERATIONS,
    **change_sets.OPERATIONS,
    **reads.OPERATIONS,
    **templates.OPERATIONS,
    **drift.OPERATIONS,
}


_READS = ("Describe", "List", "Get", "Validate", "Detect")


class CloudFormationApi:
    """CloudFormation's operations over an account."""

    def __init__(self, account: Account) -> None:
        context = Context(account)
        served = {name: partial(_kept, context, name, operation) for name, operation in OPERATIONS.items()}
        self.handle = QueryApi("cloudformation", served).handle
        self.close = context.close


async def _kept(context: Context, name: str, operation: Operation, asked: Parameters) -> Answer:
    """Answer a request when its effect is kept."""
    file_stacks.follow(context.stacks, context.account)
    answer = await operation(context, asked)
    if not name.startswith(_READS):
        context.account.keep()
    return answer
