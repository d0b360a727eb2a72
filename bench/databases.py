"""Databases of a stack: their start after the network, their memory, and queries a second at each place.

The start is that of `Hosts`, in this process: from a network that is up to servers that serve. Queries are `SELECT 1` by one client of
pgbench over TLS: over the loopback of the database's own position, through its group, through a proxy.

    python bench/databases.py [--seconds 5] [--rounds 5]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uvloop

from netful.stack.control.folder import StackFolder
from netful.stack.control.settings import Settings
from netful.stack.network.hosts import Hosts
from netful.stack.stack import Stack

NETFUL = str(Path(sys.executable).with_name("netful"))
NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 10.0.0.0/16}]}
  Subnets: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref A]}}
"""
DATABASE = """
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      DBInstanceIdentifier: db
      Engine: %s
      DBName: bench
      MasterUsername: bench
      MasterUserPassword: bench-password
      DBSubnetGroupName: !Ref Subnets
      VPCSecurityGroups: [!Ref Group]
"""
CACHE = """
  Cache:
    Type: AWS::ElastiCache::CacheCluster
    Properties: {Engine: redis, CacheSubnetGroupName: !Ref Places, VpcSecurityGroupIds: [!Ref Group]}
  Places: {Type: AWS::ElastiCache::SubnetGroup, Properties: {Description: d, SubnetIds: [!Ref A]}}
"""
PROXY = """
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: {SecretString: '{"username": "bench", "password": "bench-password"}'}
  Proxy:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: proxy
      EngineFamily: POSTGRESQL
      RoleArn: arn:aws:iam::123456789012:role/r
      Auth: [{AuthScheme: SECRETS, SecretArn: !Ref Secret}]
      VpcSubnetIds: [!Ref A]
      VpcSecurityGroupIds: [!Ref Group]
  Targets:
    Type: AWS::RDS::DBProxyTargetGroup
    Properties: {DBProxyName: !Ref Proxy, TargetGroupName: default, DBInstanceIdentifiers: [!Ref Db]}
"""
ENGINES = {
    "PostgreSQL": (DATABASE % "postgres", "/postgres"),
    "MariaDB": (DATABASE % "mysql", "/mariadbd"),
    "Valkey": (CACHE, "/valkey-server"),
}
PLACES = (
    ("over the loopback, at its own position", "Db", "db.netful"),
    ("through its group", "subnet:A+Group", "db.netful"),
    ("through a proxy", "subnet:A+Group", "proxy.proxy-netful"),
)


def start_of(text: str, program: str, folder: Path) -> tuple[float, float]:
    """Milliseconds of the start of the servers of a template, and megabytes of memory afterwards."""
    (folder / "template.yaml").write_text(NETWORK + text)
    os.environ["NETFUL_STATE"] = str(folder / "state")
    took: list[float] = []
    start = Hosts.start

    async def timed(hosts: Hosts) -> None:
        begun = time.perf_counter()
        await start(hosts)
        took.append((time.perf_counter() - begun) * 1000)

    async def run() -> float:
        settings = Settings(name="s", cwd=str(folder), templates=(str(folder / "template.yaml"),))
        stack_folder = StackFolder("s")
        stack_folder.take()
        stack = Stack(settings, stack_folder, progress=lambda _text: None)
        await stack.start()
        await asyncio.sleep(1)  # what a start still does afterwards
        used = memory(program, folder)
        await stack.close()
        stack_folder.leave()
        return used

    Hosts.start = timed  # type: ignore[method-assign]
    try:
        used = uvloop.run(run())
    finally:
        Hosts.start = start  # type: ignore[method-assign]
    return took[0], used


def memory(program: str, folder: Path) -> float:
    """Megabytes of the processes of a program whose command line or working directory is below a folder."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            inside = os.fsencode((process / "cwd").readlink()).startswith(os.fsencode(folder))
            own = inside or any(os.fsencode(folder) in word for word in words)
            named = program.encode() in words[0] or words[0].startswith(b"postgres:")
            if own and named:
                total += int(re.search(r"^Pss:\s+(\d+)", (process / "smaps_rollup").read_text(), re.MULTILINE)[1])
        except (OSError, TypeError):
            continue
    return total / 1024


def queries(seconds: int, rounds: int, folder: Path, pgbench: str) -> dict[str, float]:
    """Queries a second at each place: the best of rounds in turn, as other programs of the machine only take away."""
    (folder / "template.yaml").write_text(NETWORK + ENGINES["PostgreSQL"][0] + PROXY)
    (folder / "one.sql").write_text("SELECT 1;\n")
    env: dict[str, Any] = {**os.environ, "NETFUL_STATE": str(folder / "queries"), "PGPASSWORD": "bench-password"}
    subprocess.run([NETFUL, "up", "-d", "--quiet"], cwd=folder, env=env, check=True, capture_output=True)
    found = dict.fromkeys((name for name, _, _ in PLACES), 0.0)
    try:
        for name, source, host in PLACES * rounds:
            place = [
                "-h",
                f"{host}.us-east-1.rds.amazonaws.com",
                "-U",
                "bench",
                "-n",
                "-T",
                str(seconds),
                "-f",
                "one.sql",
            ]
            command = [NETFUL, "exec", source, "--", pgbench, *place, "bench"]
            done = subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True, text=True)
            found[name] = max(found[name], float(re.search(r"tps = ([\d.]+)", done.stdout)[1]))  # type: ignore[index]
    finally:
        subprocess.run([NETFUL, "down"], cwd=folder, env=env, check=True, capture_output=True)
    return found


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=5, help="of queries at each place")
    options.add_argument("--rounds", type=int, default=5, help="starts of each engine, and of queries at each place")
    given = options.parse_args()
    print("| engine | serves after the network, ms | memory, MB |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        for engine, (text, program) in ENGINES.items():
            start_of(text, program, Path(name))  # makes the template of the engine's data
            took = [start_of(text, program, Path(name)) for _ in range(given.rounds)]
            milliseconds, used = (statistics.median(column) for column in zip(*took, strict=True))
            print(f"| {engine} | {milliseconds:.0f} | {used:.0f} |", flush=True)
        pgbench = shutil.which("pgbench") or str(max(Path("/usr/lib/postgresql").glob("*/bin/pgbench")))
        print("\n| queries of one client | a second | beside the loopback |\n|---|---|---|")
        rates = queries(given.seconds, given.rounds, Path(name), pgbench)
        for place, rate in rates.items():
            print(f"| {place} | {rate:,.0f} | {rate / next(iter(rates.values())):.2f} |")


if __name__ == "__main__":
    main()
