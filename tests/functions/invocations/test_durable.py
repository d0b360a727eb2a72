"""Durable functions: callers name a version or an alias (newer-aws §8.3)."""

import pytest

from netful.functions.invocations.invocation import InvokeRefused

pytestmark = pytest.mark.packets
ONE = "def handler(event, context): return 1\n"


def test_a_durable_function_is_invoked_by_a_qualifier_alone(bench):
    async def body(service):
        with pytest.raises(InvokeRefused) as refused:
            await service.invoke("Fn")
        done = await service.invoke("Fn", qualifier="$LATEST")
        return refused.value.status, refused.value.code, done.payload

    assert bench.run(ONE, body, durable=True) == (400, "InvalidParameterValueException", b"1")


@pytest.mark.parametrize(("durable", "warned"), [(True, True), (False, False)])
def test_a_warning_says_that_executions_are_not_durable(bench, durable, warned):
    async def body(service):
        return any("checkpoints" in warning for warning in service.warnings)

    assert bench.run(ONE, body, durable=durable) is warned
