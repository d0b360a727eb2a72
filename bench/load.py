"""`netful load` on a stack of functions and an API: how far each measured count is from the forecast.

Durations and rates do not fit each other evenly, so that rounding shows. The stack is new for each run: no environment exists, and
the bucket is full.

    python bench/load.py [--seconds 8]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from goals import Line, table

NETFUL = str(Path(sys.executable).with_name("netful"))
STACK = "bench-load"
ROLE = "arn:aws:iam::123456789012:role/f"
SLEEPS = "import time\\ndef handler(event, context): time.sleep({})"
CONNECTS = (
    "import socket, time\\nkept = socket.create_connection(('ssm.us-east-1.amazonaws.com', 443))\\n"
    "def handler(event, context): time.sleep(0.35)"
)
FUNCTIONS = {
    "Steady": (SLEEPS.format(0.43), "", 25, 430, "Isolated"),
    "Reserved": (SLEEPS.format(0.62), "ReservedConcurrentExecutions: 7, ", 20, 620, "Isolated"),
    "ThroughNat": (CONNECTS, "", 36, 350, "Private"),
}
"""Code, settings, rate in a second, milliseconds, subnet."""
API = "Api GET /prod/orders"
NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attachment: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Public: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Private: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Isolated: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  PublicTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  PublicTableOf: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref PublicTable, SubnetId: !Ref Public}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref PublicTable, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  TableOf: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref Private}}
  Eip: {Type: AWS::EC2::EIP}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Public, AllocationId: !GetAtt Eip.AllocationId}}
  ToNat: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: g}}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: a
      Body:
        swagger: "2.0"
        info: {title: t, version: "1"}
        paths:
          /orders:
            get:
              responses: {"200": {description: it passed}}
              x-amazon-apigateway-integration:
                type: mock
                requestTemplates: {application/json: '{"statusCode": 200}'}
                responses: {default: {statusCode: 200}}
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref Deployment
      StageName: prod
      MethodSettings: [{HttpMethod: "*", ResourcePath: "/*", ThrottlingRateLimit: 20, ThrottlingBurstLimit: 15}]
"""


def template() -> str:
    """The template: a VPC with a NAT gateway, three functions in it, and an API with a throttle."""
    functions = (
        f"  {name}: {{Type: AWS::Lambda::Function, Properties: {{Runtime: python3.13, Handler: index.handler, Role: '{ROLE}', "
        f'{settings}Code: {{ZipFile: "{code}"}}, VpcConfig: {{SubnetIds: [!Ref {subnet}], SecurityGroupIds: [!Ref Group]}}}}}}\n'
        for name, (code, settings, _, _, subnet) in FUNCTIONS.items()
    )
    return NETWORK + "".join(functions)


def compared(folder: Path, seconds: int) -> dict[str, object]:
    """The document of `netful load`."""

    def netful(*words: str) -> str:
        done = subprocess.run(
            [NETFUL, *words, "--stack", STACK], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode and words[0] != "load":  # which ends with 1 if a count differs
            sys.exit(f"netful {' '.join(words)}: {done.stderr}")
        return done.stdout or sys.exit(f"netful {' '.join(words)}: {done.stderr}")

    (folder / "template.yaml").write_text(template(), encoding="utf-8")
    loads = [f"{name}={rate}/{ms}" for name, (_, _, rate, ms, _) in FUNCTIONS.items()]
    netful("up", "-d")
    try:
        load = (word for text in (*loads, f"{API}=50/1") for word in ("--load", text))
        found: dict[str, object] = json.loads(netful("load", *load, "--seconds", str(seconds), "--format", "json"))
    finally:
        netful("down")
    return found


def lines(found: dict[str, object]) -> list[Line]:
    """The lines of the counts that are not zero."""
    (step,) = found["steps"]  # type: ignore[misc]
    made = []
    for part in (*step, *found["functions"], *found["nat_gateways"]):  # type: ignore[misc]
        for count, expected in part["forecast"].items():
            measured = part["measured"][count]
            if isinstance(expected, int) and (expected or measured):
                off = abs(measured - expected) / max(1, expected) * 100
                what = f"load, {part.get('load') or part['resource']}: {count.replace('_', ' ')}"
                made.append(Line(what, off, "%", "≤ 10 %", note=f"measured {measured}, forecast {expected}"))
    return made


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=8)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        print(table(lines(compared(Path(folder), given.seconds))))


if __name__ == "__main__":
    main()
