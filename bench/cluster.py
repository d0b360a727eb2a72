"""Many accounts on a Ray cluster of this machine: `netful check --on ray://` on one node of one processor, and on two.

Each account is the template of sixty resources with blocks of its own. In the last run workers are killed, and then a whole node.
Needs `make ray`.

    python bench/cluster.py [--accounts 10000]
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from ray.cluster_utils import Cluster

from goals import Line, table
from organisation import sixty_resources

NETFUL = str(Path(sys.executable).with_name("netful"))
KILLED = 2
"""Workers that are killed in the last run."""


def write_accounts(folder: Path, number: int) -> None:
    """Write the accounts, one file each."""
    text = sixty_resources()
    for one in range(number):
        (folder / f"{one}.yaml").write_text(text.replace("10.0.", f"10.{one % 256}."), encoding="utf-8")


def checked(folder: Path, address: str) -> subprocess.Popen[str]:
    """Begin to check all accounts on a cluster."""
    return subprocess.Popen(
        [NETFUL, "check", "--on", "ray://", "--template", "*.yaml", "--format", "json"],
        stdout=subprocess.PIPE, text=True, cwd=folder, env=os.environ | {"RAY_ADDRESS": address},
    )  # fmt: skip


def seconds(folder: Path, cluster: Cluster, number: int) -> float:
    """The seconds from the first answer to the last, without the start of the workers."""
    with checked(folder, cluster.address) as process:
        assert process.stdout
        process.stdout.readline()
        begun = time.perf_counter()
        answered = 1 + sum(1 for _ in process.stdout)
    assert answered == number, f"{answered} answers of {number}"
    return time.perf_counter() - begun


def with_losses(folder: Path, cluster: Cluster, lost: Any, number: int) -> Counter[str]:
    """Check all accounts while workers are killed, then a node is; return how often each account was answered."""
    answered: Counter[str] = Counter()
    killed = 0
    with checked(folder, cluster.address) as process:
        assert process.stdout
        for line in process.stdout:
            answer = json.loads(line)
            answered[answer["template"]] += answer["answer"] is not None
            if number // 4 <= len(answered) and killed < KILLED:
                killed += _kill_workers()
            if len(answered) == number // 2:
                cluster.remove_node(lost, allow_graceful=False)
    assert killed >= KILLED, "no worker was at work"
    return answered


def _kill_workers() -> int:
    """Kill the processes that compute shares now, and return how many: Ray names them by what they compute."""
    found = subprocess.run(["pgrep", "--full", "^ray::answers"], capture_output=True, text=True, check=False)
    for pid in found.stdout.split():
        os.kill(int(pid), signal.SIGKILL)
    return len(found.stdout.split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=600)
    number = parser.parse_args().accounts
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_accounts(folder, number)
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
        try:
            cluster.add_node(num_cpus=1)
            cluster.wait_for_nodes()
            one = seconds(folder, cluster, number)
            second = cluster.add_node(num_cpus=1)
            cluster.wait_for_nodes()
            two = seconds(folder, cluster, number)
            answered = with_losses(folder, cluster, second, number)
        finally:
            cluster.shutdown()
    missing = number - sum(1 for times in answered.values() if times)
    print(table([
        Line(f"{number:,} accounts of 60 resources: two Ray nodes of one processor", number / two, "a second", "≥ 1.6 times", number / one, "one node"),
        Line("accounts without an answer after killed workers and a lost node", missing, "accounts", "≤ 0 accounts"),
    ]))  # fmt: skip


if __name__ == "__main__":
    main()
