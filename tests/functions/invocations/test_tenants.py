"""Tenant isolation: environments of each tenant, and what Invoke refuses (newer-aws §8.4)."""

import json

import pytest

from netful.functions.invocations.invocation import InvokeRefused

pytestmark = pytest.mark.packets
COUNT = "n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    return [context.tenant_id, n]\n"


def test_each_tenant_has_its_own_environments(bench):
    async def body(service):
        done = [await service.invoke("Fn", tenant_id=tenant) for tenant in ("a", "b", "a")]
        return [json.loads(one.payload) for one in done], len(service.environments("Fn"))

    assert bench.run(COUNT, body, tenant_isolation=True) == ([["a", 1], ["b", 1], ["a", 2]], 2)


@pytest.mark.parametrize(("isolates", "tenant"), [(True, ""), (False, "a")])
def test_a_tenant_is_required_where_and_only_where_tenants_are_isolated(bench, isolates, tenant):
    async def body(service):
        with pytest.raises(InvokeRefused) as refused:
            await service.invoke("Fn", tenant_id=tenant)
        return refused.value.status, refused.value.code

    assert bench.run(COUNT, body, tenant_isolation=isolates) == (400, "InvalidParameterValueException")


def test_an_account_has_two_and_a_half_environments_of_tenants_for_each_of_its_concurrency(bench):
    async def body(service):
        for tenant in range(5):
            await service.invoke("Fn", tenant_id=str(tenant))
        with pytest.raises(InvokeRefused) as refused:
            await service.invoke("Fn", tenant_id="one more")
        return refused.value.status

    assert bench.run(COUNT, body, concurrency=2, tenant_isolation=True) == 429
