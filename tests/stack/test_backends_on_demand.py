"""Back ends whose process starts with the first call that needs it."""

import asyncio
import json
import os
import signal
import subprocess
from dataclasses import replace

import pytest

from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown
from netful.model.functions.function import SsmParameter
from netful.services.http.backend_requests import json_request
from netful.stack.parts.backends_on_demand import BackendsOnDemand

pytestmark = pytest.mark.packets

GREETING = SsmParameter("Greeting", "/demo/greeting", "hello")
CLOUD = Cloud.of(region="eu-west-1", ssm_parameters={"Greeting": GREETING})


async def ask(backends, operation, **members):
    answer = await backends.call("ssm", json_request(f"AmazonSSM.{operation}", members))
    return answer.status, json.loads(answer.body), {name for name, _ in answer.headers}


def running(cloud, folder, check):
    async def run():
        backends = BackendsOnDemand(cloud, folder)
        await backends.start()
        try:
            await check(backends)
        finally:
            await backends.close()

    asyncio.run(run())


def test_the_template_answers_as_the_process_does(tmp_path):
    async def check(backends):
        status, before, headers = await ask(backends, "GetParameter", Name="/demo/greeting")
        assert backends.pid is None
        assert (status, before["Parameter"]["Value"]) == (200, "hello")
        assert (await ask(backends, "GetParameters", Names=["/demo/greeting"]))[0] == 200
        assert backends.pid is not None
        again = await ask(backends, "GetParameter", Name="/demo/greeting")
        before["Parameter"]["LastModifiedDate"] = again[1]["Parameter"]["LastModifiedDate"]
        assert again == (status, before, headers)

    running(CLOUD, tmp_path, check)


def test_a_request_that_is_no_call_starts_no_process(tmp_path):
    async def check(backends):
        answer = await backends.call("ssm", replace(json_request("", {}), method="GET", headers=()))
        assert (answer.status, backends.pid) == (404, None)

    running(CLOUD, tmp_path, check)


@pytest.mark.parametrize(
    ("operation", "members", "status"),
    [
        ("GetParameter", {"Name": "/demo/none"}, 400),
        ("GetParameter", {"Name": "/demo/greeting:1"}, 200),
        ("PutParameter", {"Name": "/demo/greeting", "Value": "bye", "Overwrite": True}, 200),
    ],
)
def test_another_call_starts_the_process(tmp_path, operation, members, status):
    async def check(backends):
        assert (await ask(backends, operation, **members))[0] == status
        found = (await ask(backends, "GetParameter", Name="/demo/greeting"))[1]["Parameter"]
        assert found["Value"] == ("bye" if operation == "PutParameter" else "hello")
        assert backends.pid is not None

    running(CLOUD, tmp_path, check)


def test_many_first_calls_start_one_process(tmp_path):
    async def check(backends):
        calls = [ask(backends, "DescribeParameters") for _ in range(8)]
        assert [status for status, *_ in await asyncio.gather(*calls)] == [200] * 8

    running(CLOUD, tmp_path, check)


def test_a_change_needs_the_process_only_for_more_than_parameters(tmp_path):
    bye = CLOUD.having(ssm_parameters={"Greeting": SsmParameter("Greeting", "/demo/greeting", "bye")})
    queue = bye.having(resources={"Queue": Resource("Queue", "AWS::SQS::Queue")})

    async def check(backends):
        await backends.follow(CLOUD, bye)
        await backends.settle()
        assert (await ask(backends, "GetParameter", Name="/demo/greeting"))[1]["Parameter"]["Value"] == "bye"
        assert backends.pid is None
        await backends.follow(bye, queue)
        assert backends.pid is not None

    running(CLOUD, tmp_path, check)


@pytest.mark.parametrize("value", [Unknown("given at deployment"), "", "x" * 5000])
def test_what_may_be_refused_is_known_at_the_start(tmp_path, value):
    async def check(backends):
        assert backends.pid is not None

    running(CLOUD.having(ssm_parameters={"P": SsmParameter("P", "/p", value)}), tmp_path, check)


def test_a_process_that_cannot_start_is_a_warning(tmp_path, monkeypatch):
    async def check(backends):
        popen = subprocess.Popen

        def dies(*arguments, **more):
            process = popen(*arguments, **more)
            os.kill(process.pid, signal.SIGKILL)
            return process

        monkeypatch.setattr(subprocess, "Popen", dies)
        answer = await backends.call("ssm", json_request("AmazonSSM.DescribeParameters", {}))
        assert answer.status == 503
        assert "did not start" in backends.warnings[0]

    running(CLOUD, tmp_path, check)
