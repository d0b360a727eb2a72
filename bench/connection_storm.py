"""Connection storms: environments of a function that connect to one database, with and without a proxy.

Each environment opens a connection and keeps it, as functions do, or closes it after each invocation. A `db.t4g.micro` accepts 112, three of
which are the superuser's. A client waits 10 seconds for a connection of the proxy.

    python bench/connection_storm.py [--environments 200] [--seconds 10]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from botocore.config import Config

import netful
from databases import DATABASE, NETWORK, PROXY

HANDLER = """
import os, time
import pg8000.dbapi

kept = None

def connection():
    return pg8000.dbapi.connect(host=os.environ["HOST"], user="bench", password="bench-password", database="bench", ssl_context=True, timeout=110)

def handler(event, context):
    global kept
    try:
        mine = kept or connection()
    except Exception as refused:
        return str(refused.args[0].get("M") if isinstance(refused.args[0], dict) else refused)
    cursor = mine.cursor()
    cursor.execute("SELECT 1")
    if os.environ["KEEP"]:
        kept = mine
    else:
        mine.close()
    time.sleep(float(event["seconds"]))
    return "served"
"""
FUNCTION = """
  {name}:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: {name}
      Handler: index.handler
      Runtime: python3.13
      Role: !GetAtt Role.Arn
      Timeout: 120
      Code: app
      Environment: {{Variables: {{HOST: !GetAtt {host}, KEEP: '{keep}'}}}}
      VpcConfig: {{SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Group]}}
"""
ROLE = """
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}
      ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole]
"""
# Name, the attribute with the host, whether environments keep their connection, and the words of the table.
WAYS = (
    ("Kept", "Db.Endpoint.Address", "yes", "each environment keeps a connection"),
    ("Closed", "Db.Endpoint.Address", "", "closed after each invocation"),
    ("KeptByProxy", "Proxy.Endpoint", "yes", "each keeps one, through a proxy"),
    ("ClosedByProxy", "Proxy.Endpoint", "", "closed after each invocation, through a proxy"),
)
BORROW = "DBInstanceIdentifiers: [!Ref Db], ConnectionPoolConfigurationInfo: {ConnectionBorrowTimeout: 10}"
DRIVER = ("asn1crypto==1.5.1", "pg8000==1.31.6", "python-dateutil==2.9.0.post0", "scramp==1.5.0", "six==1.17.0")


def storm(folder: Path, way: str, environments: int, seconds: float) -> tuple[Counter[str], float]:
    """Return how often each outcome was seen, and the longest invocation in seconds."""
    with netful.up(str(folder / "template.yaml"), name="storm") as stack:
        client = stack.client(
            "lambda", config=Config(max_pool_connections=environments, read_timeout=150, retries={"max_attempts": 0})
        )

        def call(_number: int) -> tuple[str, float]:
            begun = time.perf_counter()
            done = client.invoke(FunctionName=way, Payload=json.dumps({"seconds": seconds}))
            answer = json.loads(done["Payload"].read())
            return answer if isinstance(answer, str) else str(answer.get("errorMessage")), time.perf_counter() - begun

        with ThreadPoolExecutor(environments) as pool:
            found = [*pool.map(call, range(environments))]
    return Counter(outcome for outcome, _ in found), max(took for _, took in found)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--environments", type=int, default=200, help="invocations at the same time")
    options.add_argument("--seconds", type=float, default=10, help="of each invocation after its query")
    options.add_argument("--ways", nargs="*", default=[way[0] for way in WAYS], help="rows of the table")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "app").mkdir()
        (folder / "app/index.py").write_text(HANDLER)
        install = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            str(folder / "app"),
            *DRIVER,
        ]
        subprocess.run(install, check=True)
        functions = "".join(FUNCTION.format(name=way, host=host, keep=keep) for way, host, keep, _ in WAYS)
        proxy = PROXY.replace("DBInstanceIdentifiers: [!Ref Db]", BORROW)
        database = DATABASE % "postgres" + "      DBInstanceClass: db.t4g.micro\n"
        (folder / "template.yaml").write_text(NETWORK + database + proxy + ROLE + functions)
        print(f"| {given.environments} environments | served | refused | longest, s |\n|---|---|---|---|")
        for way, _, _, words in WAYS:
            if way in given.ways:
                outcomes, longest = storm(folder, way, given.environments, given.seconds)
                refused = "; ".join(f"{count}: {why}" for why, count in outcomes.items() if why != "served") or "0"
                print(f"| {words} | {outcomes['served']} | {refused} | {longest:.1f} |", flush=True)


if __name__ == "__main__":
    main()
