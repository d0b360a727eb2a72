"""The health of functions behind a load balancer: looked at where the template asks for it, by events as AWS makes them."""

import asyncio
import json

import pytest

from netful.balancer.health import COMMAND, read
from netful.balancer.lambda_targets import LambdaTargets
from netful.functions.invocations.invocation import Invocation, Usage
from netful.model.balancing.load_balancers import Target, TargetGroup
from netful.model.core import Resource
from netful.model.functions.function import Code, Function
from tests.helpers.processes import ENOUGH_SECONDS
from tests.helpers.proxies import PORT, ask, cloud_of, forward, get, listener, running

pytestmark = pytest.mark.programs

CHECK = {
    "requestContext": {"elb": {"targetGroupArn": "arn:of:the:group"}},
    "httpMethod": "GET",
    "path": "/ok",
    "queryStringParameters": {},
    "headers": {"user-agent": "ELB-HealthChecker/2.0"},
    "body": "",
    "isBase64Encoded": False,
}


def found_by(folder, scenario, **group):
    """Run a scenario with a function behind a load balancer, which answers checks with what `status` says."""

    async def run():
        events, status = [], {"check": 200}

        async def invoke(_function, payload, _trace, qualifier):
            assert qualifier == "live"
            event = json.loads(payload)
            events.append(event)
            answer = {"statusCode": status["check"] if event["path"] == "/ok" else 200, "body": "served"}
            return Invocation("id", json.dumps(answer).encode(), None, b"", Usage(1.0, None, 64))

        made = TargetGroup(
            "Tg", "lambda", targets=(Target("Fn:live"),), health_check_path="/ok", arn="arn:of:the:group", **group
        )
        permission = Resource(
            "P",
            "AWS::Lambda::Permission",
            {"Principal": "elasticloadbalancing.amazonaws.com", "FunctionName": "Fn:live"},
        )
        cloud = (cloud_of(listener(*forward("Tg")), made)).having(
            functions={"Fn": Function("Fn", "Fn", Code())}, resources={"P": permission}
        )
        targets = LambdaTargets(folder, invoke)
        await targets.follow(cloud, [made])
        try:
            async with running(folder / "node", cloud) as proxy:
                return await scenario(proxy, events, status)
        finally:
            targets.close()

    return asyncio.run(run())


async def until(proxy, state):
    async with asyncio.timeout(ENOUGH_SECONDS):
        while True:
            (found,) = read(await proxy.ask(COMMAND))
            if found.state == state:
                return found
            await asyncio.sleep(0.05)


def test_a_check_is_an_event_of_its_own(tmp_path):
    async def scenario(proxy, events, _status):
        await until(proxy, "healthy")
        return events[0]

    assert found_by(tmp_path, scenario, health_check_enabled=True) == CHECK


def test_a_function_that_answers_another_code_is_unhealthy_and_used_all_the_same(tmp_path):
    async def scenario(proxy, _events, status):
        await until(proxy, "healthy")
        status["check"] = 503
        told = await until(proxy, "unhealthy")
        return told.description, (await ask(PORT, get())).body

    quick = {"health_check_interval": 1, "unhealthy_threshold": 1, "health_check_timeout": 1}
    told = found_by(tmp_path, scenario, health_check_enabled=True, **quick)
    assert told == ("Health checks failed with these codes: [503]", b"served")


@pytest.mark.parametrize("enabled", [None, False])
def test_a_function_is_not_looked_at_unless_the_template_asks(tmp_path, enabled):
    async def scenario(proxy, events, _status):
        answered = await ask(PORT, get())
        assert answered.header("date")
        return answered.body, [event["path"] for event in events], [*read(await proxy.ask(COMMAND))]

    assert found_by(tmp_path, scenario, health_check_enabled=enabled) == (b"served", ["/"], [])
