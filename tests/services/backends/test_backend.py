"""The back end's process: cut off from the host, ended with the daemon, and never a reason for the daemon to fail."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from netful.fabric.doors.door import Door, DoorKind
from netful.model.cloud import Cloud
from netful.model.core import StackError
from netful.model.functions.function import SsmParameter
from netful.services.backends import backend
from netful.services.backends.backend import Backends
from netful.services.deploy.deployed import add
from netful.services.http.message import ClientConnection, Request
from tests.helpers.processes import ENOUGH_SECONDS

pytestmark = pytest.mark.packets

REQUEST = Request(
    "POST", "/", (("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", "AmazonSSM.DescribeParameters")), b"{}",
    ClientConnection(Door(DoorKind.INTERNET), ("", 0), ("", 0)),
)  # fmt: skip


def test_it_has_no_network_and_nothing_of_the_hosts_environment(services):
    process = Path(f"/proc/{services.backends.pid}")
    assert (process / "ns/net").readlink() != Path("/proc/self/ns/net").readlink()
    links = (process / "net/dev").read_text().splitlines()[2:]
    assert [line.split(":")[0].strip() for line in links] == ["lo"]
    names = {entry.split(b"=")[0].decode() for entry in (process / "environ").read_bytes().split(b"\0") if entry}
    own = {name for name in names if name.startswith(("MOTO_", "AWS_", "PYTHON"))}
    assert names - own <= {"PATH", "HOME", "BOTO_CONFIG", "GLIBC_TUNABLES", "MALLOC_ARENA_MAX"}
    assert not {"AWS_ACCESS_KEY_ID", "AWS_PROFILE", "HTTPS_PROXY"} & names


def test_when_it_dies_calls_answer_503(tmp_path):
    async def run():
        backends = Backends(Cloud(), tmp_path)
        assert (await backends.call("ssm", REQUEST)).status == 503
        await backends.start()
        pending = asyncio.create_task(backends.call("ssm", REQUEST))
        await asyncio.sleep(0)
        os.kill(backends.pid, signal.SIGKILL)
        assert (await pending).status == 503
        assert (await backends.call("ssm", REQUEST)).status == 503
        await backends.close()

    asyncio.run(run())


def test_one_that_dies_while_it_is_filled_is_not_up(tmp_path, monkeypatch):
    async def run():
        cloud = Cloud.of(ssm_parameters={"P": SsmParameter("P", "/p", "value")})
        backends = Backends(cloud, tmp_path)

        async def dies(*arguments, **more):
            os.kill(backends.pid, signal.SIGKILL)
            return await add(*arguments, **more)

        monkeypatch.setattr(backend, "add", dies)
        with pytest.raises(StackError, match="the service back ends did not start") as refused:
            await backends.start()
        assert refused.value.why == "their process ended with exit status -9"
        assert (await backends.call("ssm", REQUEST)).status == 503
        await backends.close()

    asyncio.run(run())


def test_it_dies_with_the_daemon(tmp_path):
    daemon = textwrap.dedent("""
        import asyncio, pathlib, sys
        from netful.model.cloud import Cloud
        from netful.services.backends.backend import Backends

        async def main():
            backends = Backends(Cloud(), pathlib.Path(sys.argv[1]))
            await backends.start()
            print(backends.pid, flush=True)
            await asyncio.Event().wait()

        asyncio.run(main())
    """)
    process = subprocess.Popen([sys.executable, "-c", daemon, str(tmp_path)], stdout=subprocess.PIPE)
    child = int(process.stdout.readline())
    ending = os.pidfd_open(child)
    process.kill()
    process.wait()
    process.stdout.close()
    os.set_blocking(ending, False)
    import select

    assert select.select([ending], [], [], ENOUGH_SECONDS)[0] == [ending]
    os.close(ending)


def test_a_request_for_the_moon_is_an_answer(services):
    for method, target, headers in [
        ("BREW", "/", ()), ("GET", "/%zz/%00", ()), ("POST", "/", (("X-Amz-Target", "AmazonSSM."),)),
        ("POST", "/?" + "a" * 5000, (("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", "AmazonSSM.GetParameter"))),
    ]:  # fmt: skip
        odd = Request(method, target, headers, b"\xff{", REQUEST.connection)
        for service in ("ssm", "s3", "dynamodb", "sqs", "lambda", "nosuchservice"):
            response = services.run(services.backends.call(service, odd))
            assert response.status == 501 or response.status < 500, (service, response)
    assert services.run(services.backends.call("ssm", REQUEST)).status == 200
