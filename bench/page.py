"""The page on a large map: 400 functions in 30 VPCs, by `netful console -t` in headless Chromium.

Times the script of the page's map in milliseconds: to lay out and draw all VPCs, open and closed, and to light a path, whose
work comes in frames of 16 ms. The median of all rounds counts.

    python bench/page.py [--rounds 5]
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from goals import Line, table

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from tests.helpers.page import browsing  # noqa: E402

NETFUL = str(Path(sys.executable).with_name("netful"))
VPCS, FUNCTIONS = 30, 400
_VPC = """
  V{v}: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.{v}.0.0/16}}}}
  Table{v}: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref V{v}}}}}
  Gateway{v}: {{Type: AWS::EC2::InternetGateway}}
  Attached{v}: {{Type: AWS::EC2::VPCGatewayAttachment, Properties: {{VpcId: !Ref V{v}, InternetGatewayId: !Ref Gateway{v}}}}}
  Out{v}:
    Type: AWS::EC2::Route
    Properties: {{RouteTableId: !Ref Table{v}, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway{v}}}"""
_SUBNET = """
  S{v}{z}:
    Type: AWS::EC2::Subnet
    Properties: {{VpcId: !Ref V{v}, CidrBlock: 10.{v}.{n}.0/24, AvailabilityZone: us-east-1{z}}}
  In{v}{z}: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{SubnetId: !Ref S{v}{z}, RouteTableId: !Ref Table{v}}}}}"""
_FUNCTION = """
  Group{n}: {{Type: AWS::EC2::SecurityGroup, Properties: {{VpcId: !Ref V{v}, GroupDescription: g}}}}
  Orders{n}:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/orders
      Code: {{ZipFile: "def handler(event, context): pass"}}
      VpcConfig: {{SubnetIds: [!Ref S{v}a, !Ref S{v}b], SecurityGroupIds: [!Ref Group{n}]}}"""
_MEASURED = """(async () => {
  const { NetworkMap } = await import("/page/map.js");
  const runs = [];
  for (const name of ["light", "relight", "setAllClosed"]) {
    const before = NetworkMap.prototype[name];
    NetworkMap.prototype[name] = function (...words) {
      const begun = performance.now();
      const found = before.apply(this, words);
      runs.push([name, performance.now() - begun]);
      return found;
    };
  }
  const worst = (names) => Math.max(...runs.filter(([name]) => names.includes(name)).map(([, took]) => took));
  const byId = (id) => document.getElementById(id);
  const frames = async (count) => { while (count--) await new Promise(requestAnimationFrame); };
  const lights = async (number) => {
    byId("clear").click();
    await frames(30);
    runs.length = 0;
    byId("from").value = `Orders${number}`;
    byId("to").value = "internet:tcp/443";
    byId("ask").requestSubmit();
    while (!runs.some(([name]) => name === "light")) await frames(1);
    await frames(5);
    return worst(["light", "relight"]);
  };
  const isOpen = () => document.querySelectorAll("#map .node").length > FUNCTIONS;
  const fold = async (open) => {
    do { runs.length = 0; byId("fold").click(); await frames(30); } while (isOpen() !== open);
    return worst(["setAllClosed"]);
  };
  const found = { closed: [], opened: [], open: [], folded: [] };
  for (let round = 0; round < ROUNDS; round++) {
    found.closed.push(await lights(7 * round + 3));
    found.opened.push(await fold(true));
    found.nodes = document.querySelectorAll("#map .node").length;
    found.open.push(await lights(11 * round + 5));
    found.folded.push(await fold(false));
  }
  return found;
})()"""


def template() -> str:
    """A template with an internet gateway and two subnets in each VPC, and functions spread over them."""
    parts = ["Resources:"]
    for v in range(VPCS):
        parts.append(_VPC.format(v=v))
        parts += [_SUBNET.format(v=v, z=z, n=n) for n, z in enumerate("ab")]
    parts += [_FUNCTION.format(n=n, v=n % VPCS) for n in range(FUNCTIONS)]
    return "".join(parts) + "\n"


def measured(rounds: int) -> dict[str, Any]:
    """Open the page on the template, and return the milliseconds of each round."""
    with tempfile.TemporaryDirectory() as folder, browsing(Path(folder, "browser")) as page:
        Path(folder, "template.yaml").write_text(template())
        console = subprocess.Popen(
            [NETFUL, "console", "-t", "template.yaml"], stdout=subprocess.PIPE, text=True, cwd=folder
        )
        try:
            assert console.stdout is not None
            page.look(1440, "light")
            page.open(console.stdout.readline().strip())
            page.until("return document.querySelector('#map .node')")
            found: dict[str, Any] = page.run(
                _MEASURED.replace("ROUNDS", str(rounds)).replace("FUNCTIONS", str(FUNCTIONS))
            )
        finally:
            console.send_signal(signal.SIGINT)
            console.wait(60)
    return found


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    found = measured(parser.parse_args().rounds)
    nodes = f"{found['nodes']} nodes"
    print(f"{FUNCTIONS} functions in {VPCS} VPCs. Milliseconds of script, the median round.\n")
    print(table([
        Line("the map with all VPCs open: layout and drawing", median(found["opened"]), "ms", "≤ 2,000 ms", note=nodes),
        Line("the map with all VPCs closed: layout and drawing", median(found["folded"]), "ms", "≤ 2,000 ms"),
        Line("a path lit, all VPCs open: one frame", median(found["open"]), "ms", "≤ 16 ms"),
        Line("a path lit, its VPC opened for it: one frame", median(found["closed"]), "ms", "≤ 16 ms"),
    ]))  # fmt: skip


if __name__ == "__main__":
    main()
