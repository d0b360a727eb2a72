"""A stack for an hour: changes, faults and attackers at once, while clients ask.

The template has something for every part, and changes to another one and back, in which the invoked function has no endpoint.
Processes of the stack are killed at random, and attacks of `attacks.py` run one after another. Clients ask a MOCK method, invoke the
function in its VPC and read a parameter; an error is an answer, a broken connection or silence is none.

    python bench/soak.py --minutes 60 [--seed 1]
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import http.client
import json
import multiprocessing
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import attacks
from abuse import size
from netful.model.core import NetfulError
from netful.stack.control.client import Client, NoAnswerError

sys.path.append(str(Path(__file__).parent.parent))
from tests.helpers import processes, stack_inside

STACK = "s"
PATIENCE = 60.0
PACE = 0.05
CHANGE_SECONDS, FAULT_SECONDS, ATTACK_SECONDS = 30.0, 20.0, 3.0
VICTIMS = ("netful.services.moto", "functions.inside.zygote", "haproxy", "network.confined", "gateway.apart")
SETTLE_SECONDS = 20.0
PARAMETER = b'{"Name": "/colour"}'


@dataclass
class Seen:
    """What clients saw, and what was done to the stack."""

    answers: Counter[str] = field(default_factory=Counter)
    unanswered: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)


@dataclass
class Soak:
    """A running stack under test, and the threads around it."""

    folder: Path
    port: int
    pid: int
    rng: random.Random
    seen: Seen = field(default_factory=Seen)
    over: threading.Event = field(default_factory=threading.Event)

    def repeat(self, act: Callable[[], None], pause: float) -> None:
        """Act again and again until the end."""
        while not self.over.wait(pause):
            act()

    def asks(self, name: str, ask: Callable[[], str]) -> Callable[[], None]:
        """One request of a client, counted."""

        def act() -> None:
            try:
                answer = ask()
            except (OSError, http.client.HTTPException, NoAnswerError) as error:
                self.seen.unanswered.append(f"{name}: {type(error).__name__}: {error}")
            else:
                self.seen.answers[f"{name}: {answer}"] += 1

        return act

    def request(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> str:
        """The status of a request to the endpoint."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            response.read()
            return str(response.status)

    def mock(self) -> str:
        """Ask the MOCK method."""
        return self.request("GET", "/live/mock", {"Host": attacks.API.decode()})

    def parameter(self) -> str:
        """Read a parameter."""
        signed = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0"
        headers = {
            "Host": "ssm.us-east-1.amazonaws.com", "Authorization": signed, "X-Amz-Target": "AmazonSSM.GetParameter",
            "Content-Type": "application/x-amz-json-1.1",
        }  # fmt: skip
        return self.request("POST", "/", headers, PARAMETER)

    def invocation(self) -> str:
        """Invoke a function in a VPC, which opens a connection."""
        try:
            with Client(STACK) as client:
                done = client.call("invoke", function="Inside", payload=base64.b64encode(b"{}").decode())
        except NoAnswerError:
            raise
        except NetfulError as error:
            return error.what[:60]
        return done["function_error"] or "done"

    def change(self) -> None:
        """Have the stack follow the other template."""
        write = stack_inside.write_second if self.seen.done["changes"] % 2 == 0 else stack_inside.write_first
        write(self.folder)
        try:
            up(self.folder)
        except subprocess.CalledProcessError as error:
            self.seen.done[f"changes refused: {error.stderr.strip().splitlines()[0][:90]}"] += 1
        self.seen.done["changes"] += 1

    def fault(self) -> None:
        """Kill one of the stack's processes."""
        word = self.rng.choice(VICTIMS)
        found = [pid for pid, _ in processes.descendants(self.pid) if pid != self.pid and word in _command(pid)]
        if found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.rng.choice(sorted(found)), signal.SIGKILL)
                self.seen.done[f"kills of {word}"] += 1

    def attack(self) -> None:
        """Attack the stack."""
        name = self.rng.choice([*attacks.ATTACKS])
        target = attacks.Target(self.port, self.pid, ATTACK_SECONDS)
        attacker = multiprocessing.get_context("spawn").Process(target=_attack, args=(name, target))
        attacker.start()
        attacker.join(PATIENCE)
        attacker.kill()
        self.seen.done[f"attacks: {name}"] += 1

    def run(self, seconds: float) -> None:
        """Do all of it for a time."""
        acts = [
            (self.asks("mock", self.mock), PACE), (self.asks("invocation", self.invocation), PACE),
            (self.asks("parameter", self.parameter), PACE), (self.change, CHANGE_SECONDS), (self.fault, FAULT_SECONDS), (self.attack, 1),
        ]  # fmt: skip
        threads = [threading.Thread(target=self.repeat, args=act) for act in acts]
        for thread in threads:
            thread.start()
        end = time.monotonic() + seconds
        print("| minute | requests answered | not | MB | descriptors | processes |\n|---|---|---|---|---|---|")
        for part in range(1, 11):
            time.sleep(max(0.0, end - seconds * (1 - part / 10) - time.monotonic()))
            print(f"| {' | '.join((f'{seconds * part / 600:.1f}', *self.row()))} |", flush=True)
        self.over.set()
        for thread in threads:
            thread.join()

    def row(self) -> tuple[str, ...]:
        """What the stack has served, and holds."""
        seen, (descriptors, mb) = self.seen, size(self.pid)
        family = len(processes.descendants(self.pid))
        return f"{seen.answers.total():,}", str(len(seen.unanswered)), f"{mb:.0f}", str(descriptors), str(family)


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


def _attack(name: str, target: attacks.Target) -> None:
    with contextlib.suppress(Exception):  # an attack that is refused is one
        attacks.ATTACKS[name](target)


def netful(folder: Path, *arguments: str) -> str:
    """Run the command line."""
    command = [attacks.NETFUL, *arguments, "--stack", STACK]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder, timeout=600).stdout


def up(folder: Path) -> None:
    """Start the stack, or have it follow the templates."""
    netful(folder, "up", "-d", "-t", "template.yaml", "-t", "attacks.yaml", "--account-throttle", "1000000/1000000")


@contextlib.contextmanager
def stack() -> Iterator[tuple[Path, int, int]]:
    """A running stack: its folder, its endpoint's port and its daemon's process."""
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        folder.chmod(0o755)
        os.environ |= {"NETFUL_STATE": str(folder / "state"), "NETFUL_YES": "1"}
        stack_inside.write_first(folder)
        (folder / "attacks.yaml").write_text(attacks.template())
        up(folder)
        pid = processes.daemon_of(folder / "state")
        assert pid is not None
        try:
            status = json.loads(netful(folder, "status", "--format", "json"))
            yield folder, int(status["endpoint_url"].rpartition(":")[2]), pid
        finally:
            netful(folder, "down", "--force")


def left(family: set[tuple[int, str]], inside: processes.Held, before: dict[str, object], folder: str) -> list[str]:
    """What is there after `down`."""
    found = [f"process {pid} {_command(pid)[:80]}" for pid in processes.alive(family)]
    found += [f"namespace {number}" for number in inside.keys() & processes.namespaces(processes.processes())]
    after = processes.host_state()
    found += [f"{name} of the host" for name in ("links", "named", "rules") if after[name] != before[name]]
    return found + [f"mount {line}" for line in after["mounts"] if folder in line]


def main() -> None:
    """Run and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}\n")
    before = processes.host_state()
    with stack() as (folder, port, pid):
        soak = Soak(folder, port, pid, random.Random(given.seed))
        for act in (soak.mock, soak.invocation, soak.parameter):
            act()
        begin = soak.row()[2:]
        soak.run(given.minutes * 60)
        time.sleep(SETTLE_SECONDS)
        end = soak.row()[2:]
        family = processes.descendants(pid)
        inside = processes.inside_of(family)
        tracebacks = (folder / "state" / STACK / "daemon.log").read_text().count("Traceback")
    remains = left(family, inside, before, str(folder))
    print("\n| what | measured |\n|---|---|")
    for name, value in (
        *(zip(("memory, MB", "descriptors", "processes"), (f"{a} at the start, {b} at the end" for a, b in zip(begin, end, strict=True)), strict=True)),
        ("requests without an answer", "; ".join([str(len(soak.seen.unanswered)), *soak.seen.unanswered[:5]])),
        ("tracebacks in the daemon's log", tracebacks),
        ("left after down", "; ".join(remains) or "nothing"),
        *sorted(soak.seen.answers.items()),
        *sorted(soak.seen.done.items()),
    ):  # fmt: skip
        print(f"| {name} | {value} |")
    sys.exit(1 if soak.seen.unanswered or remains else 0)


if __name__ == "__main__":
    main()
