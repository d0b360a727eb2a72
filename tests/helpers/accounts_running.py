"""A running account, as a user starts one: by the command line, with clients of its services."""

import os
import select
import signal
from pathlib import Path

import boto3
from botocore.config import Config

from tests.helpers.processes import daemon_of
from tests.helpers.stacks import Stack

ONCE = Config(retries={"total_max_attempts": 1})


class Account(Stack):
    """A running account."""

    def start(self, *more):
        self.netful("up", "--empty", "-d", "--stack", "s", *more, check=0)
        exports = self.netful("env", "--stack", "s", check=0).stdout.replace("export ", "").split()
        self.exports = dict(line.split("=", 1) for line in exports)
        return self

    def kill(self):
        """Kill the daemon, and wait for its end."""
        ending = os.pidfd_open(daemon_of(Path(self.env["NETFUL_STATE"])))
        signal.pidfd_send_signal(ending, signal.SIGKILL)
        select.select([ending], [], [])
        os.close(ending)

    def client(self, service, config=None, **keys):
        own = {f"aws_{name}": self.exports[f"AWS_{name.upper()}"] for name in ("access_key_id", "secret_access_key")}
        return boto3.client(
            service,
            config=config,
            region_name=self.exports["AWS_REGION"],
            endpoint_url=self.exports["AWS_ENDPOINT_URL"],
            **(keys or own),
        )
