"""Operations that create, update, delete and protect stacks."""

from collections.abc import Mapping

from netful.account.cloudformation.context import Answer, Context, Operation, differs
from netful.account.cloudformation.deployments.stack_policies import checked
from netful.account.cloudformation.records import StackRecord
from netful.account.cloudformation.stacks import arn, is_in_review, require_name
from netful.account.cloudformation.templates.objects import fetched
from netful.account.cloudformation.templates.template_text import invalid
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError
from netful.sources.account.deployed_stack import address_of

NO_UPDATES = "No updates are to be performed."
_OPTIONS = ("NotificationARNs", "RoleARN", "DeploymentConfig", "RollbackConfiguration", "TimeoutInMinutes")


async def _create_stack(own: Context, asked: Parameters) -> Answer:
    """CreateStack."""
    name = require_name(asked.get("StackName"))
    token = str(asked.get("ClientRequestToken") or "")
    before = own.stacks.find(name)
    if before is not None and not is_in_review(before):
        if token and own.stacks.tokens.get((name, token)) == before.id:
            return {"StackId": before.id}
        raise ApiError("AlreadyExistsException", f"Stack [{name}] already exists")
    content, policy = await own.contents.of(asked, None), await _policy(own, asked, "StackPolicy") or ""
    record = own.stacks.add(StackRecord(name, arn(own.account.cloud, "stack", name)))
    take_options(record, asked)
    if token:
        own.stacks.tokens[name, token] = record.id
    record.disable_rollback = bool(asked.get("DisableRollback"))
    on_failure = "DO_NOTHING" if record.disable_rollback else str(asked.get("OnFailure") or "ROLLBACK")
    record.protected = bool(asked.get("EnableTerminationProtection"))
    record.policy = policy
    await own.work(record, own.deployments.create(record, content, on_failure, token))
    return {"StackId": record.id}


async def _signal_resource(own: Context, asked: Parameters) -> Answer:
    """SignalResource: refused, as AWS refuses it for what does not wait. Nothing here waits for signals."""
    record, member = own.stacks.member(asked)
    if not record.busy:
        raise invalid(f"Stack {record.id} is in {record.status} state and can not be signaled")
    raise invalid(f"Resource {member.logical_id} is in {member.status} state and can not be signaled")


def take_options(record: StackRecord, asked: Parameters) -> None:
    """Keep the members of a request that DescribeStacks repeats."""
    record.options.update({name: asked[name] for name in _OPTIONS if asked.get(name) is not None})


async def _update_stack(own: Context, asked: Parameters) -> Answer:
    record = own.stacks.updatable(asked)
    content = await own.contents.of(asked, record)
    plan = await own.planned(record, content)
    if plan is not None and not differs(record, content, plan):
        raise invalid(NO_UPDATES)
    take_options(record, asked)
    rollback = not asked.get("DisableRollback")
    policy = await _policy(own, asked, "StackPolicyDuringUpdate")
    record.policy = await _policy(own, asked, "StackPolicy") or record.policy
    token = str(asked.get("ClientRequestToken") or "")
    await own.work(record, own.deployments.update(record, content, rollback=rollback, token=token, policy=policy))
    return {"StackId": record.id}


async def _delete_stack(own: Context, asked: Parameters) -> Answer:
    record = own.stacks.find(require_name(asked.get("StackName")))
    if record is None or record.deleted is not None:
        return {}
    if record.protected:
        raise invalid(f"Stack [{record.name}] cannot be deleted while TerminationProtection is enabled")
    if record.busy:
        raise invalid(f"Stack:{record.id} is in {record.status} state and can not be deleted.")
    token = str(asked.get("ClientRequestToken") or "")
    retained = asked.get("RetainResources") or ()
    if retained and record.status != "DELETE_FAILED":
        raise invalid(
            f"Invalid operation on stack [{record.id}]. When you delete a stack, specify which resources to retain only when "
            "the stack is in the DELETE_FAILED state."
        )
    by_force = record.status == "DELETE_FAILED" and asked.get("DeletionMode") == "FORCE_DELETE_STACK"
    await own.work(record, own.deployments.delete(record, retained, token, by_force=by_force))
    return {}


async def _rollback_stack(own: Context, asked: Parameters) -> Answer:
    record = own.stacks.live(asked)
    if record.status not in ("CREATE_FAILED", "UPDATE_FAILED"):
        raise invalid(f"Stack:{record.id} is in {record.status} state and can not be rolled back.")
    await own.work(record, own.deployments.roll_back(record, str(asked.get("ClientRequestToken") or "")))
    return {"StackId": record.id}


async def _continue_rollback(own: Context, asked: Parameters) -> Answer:
    record = own.stacks.live(asked)
    if record.status != "UPDATE_ROLLBACK_FAILED":
        raise invalid(f"Stack:{record.id} is in {record.status} state and can not continue rollback.")
    await own.work(record, own.deployments.roll_back(record, str(asked.get("ClientRequestToken") or "")))
    return {}


async def _cancel_update(own: Context, asked: Parameters) -> Answer:
    record = own.stacks.live(asked)
    raise invalid(f"CancelUpdateStack cannot be called from current stack status {record.status}.")


async def _update_protection(own: Context, asked: Parameters) -> Answer:
    record = own.stacks.get(asked)
    record.protected = bool(asked.get("EnableTerminationProtection"))
    return {"StackId": record.id}


async def _policy(own: Context, asked: Parameters, member: str) -> str | None:
    """Return the stack policy that a request has as a text, or in a bucket; None without one. Raises ApiError."""
    body, address = asked.get(f"{member}Body"), address_of(asked.get(f"{member}URL"))
    if address is not None:
        found = await fetched(own.account, address)
        body = "" if found is None else found.decode(errors="replace")
    return None if body is None else checked(str(body))


async def _set_policy(own: Context, asked: Parameters) -> Answer:
    record = own.stacks.get(asked)
    record.policy = await _policy(own, asked, "StackPolicy") or ""
    return {}


async def _get_policy(own: Context, asked: Parameters) -> Answer:
    return {"StackPolicyBody": own.stacks.get(asked).policy or None}


OPERATIONS: Mapping[str, Operation] = {
    "CreateStack": _create_stack,
    "SignalResource": _signal_resource,
    "UpdateStack": _update_stack,
    "DeleteStack": _delete_stack,
    "RollbackStack": _rollback_stack,
    "ContinueUpdateRollback": _continue_rollback,
    "CancelUpdateStack": _cancel_update,
    "UpdateTerminationProtection": _update_protection,
    "SetStackPolicy": _set_policy,
    "GetStackPolicy": _get_policy,
}
