"""Shares of accounts by a Ray cluster, which computes the share of a lost worker or machine again."""

import os
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

from netful.cli.cluster.options import RAY
from netful.cli.cluster.share import Answer, Share
from netful.model.core import QuestionError, extras

_THIS_MACHINES = "auto"
_TRIES_AGAIN = 3
_CONNECT_SECONDS = 5
_AHEAD = 4
"""Shares that wait for each processor of the cluster, so that none waits for this process."""

_LEFT_HERE = [".git", ".venv", "node_modules", "__pycache__"]


def by_ray(address: str, shares: Iterable[Share]) -> Iterator[Answer]:
    """Yield answers as they are ready. The current folder is sent to the cluster, without what git and npm keep in it.

    Raises:
        MissingExtraError: Ray is not installed.
        QuestionError: No cluster answers at the address.
    """
    extras.require("ray", "`--on ray://` needs")
    os.environ["RAY_RUNTIME_ENV_IGNORE_GITIGNORE"] = "1"  # cdk.out and .aws-sam are ignored by git, and read here
    import ray  # noqa: PLC0415  # of the extra `ray`

    with redirect_stdout(sys.stderr), _joined(ray, address):  # Ray prints what it says of its workers
        compute = ray.remote(max_retries=_TRIES_AGAIN)(Share.answers)
        computing: dict[object, Share] = {}
        for share in shares:
            computing[compute.remote(share)] = share
            if len(computing) >= _AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1))):
                yield from _next(ray, computing)
        while computing:
            yield from _next(ray, computing)


@contextmanager
def _joined(ray: Any, address: str) -> Iterator[None]:
    """Join the cluster for a while."""
    asked = os.environ.get("RAY_ADDRESS", "") if address == RAY else address
    language = {"NETFUL_LANG": os.environ["NETFUL_LANG"]} if "NETFUL_LANG" in os.environ else {}
    try:
        _connect(asked.removeprefix(RAY))
        ray.init(
            _THIS_MACHINES if address == RAY else address,
            runtime_env={"working_dir": ".", "excludes": _LEFT_HERE, "env_vars": language},
            log_to_driver=False,
            logging_level="ERROR",
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise QuestionError(
            f"no Ray cluster at `{address}`",
            why=(getattr(error, "strerror", None) or str(error)).strip().partition("\n")[0].lower(),
            hint="`ray start --head` starts one on this machine",
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _connect(address: str) -> None:
    """Raise OSError if nothing accepts connections at HOST:PORT: Ray itself would wait for minutes."""
    host, _, port = address.rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()


def _next(ray: Any, computing: dict[object, Share]) -> list[Answer]:
    """Wait for one of the shares, and return its answers."""
    [ready], _ = ray.wait([*computing], num_returns=1)
    share = computing.pop(ready)
    try:
        answers: list[Answer] = ray.get(ready)
    except ray.exceptions.RayError as error:
        return share.unanswered(f"error: the cluster gave no answer\n  {str(error).strip().partition(chr(10))[0]}")
    return answers
