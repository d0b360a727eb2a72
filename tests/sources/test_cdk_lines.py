"""Places of the CDK's constructs, from the stack traces beside a template."""

import json
from pathlib import Path

import pytest

import netful
from netful.sources import load

TEMPLATE = """\
{"Resources": {
  "Vpc1": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
  "Subnet1": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc1"}, "CidrBlock": "10.0.1.0/24"}},
  "Group1": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Ref": "Vpc1"}, "GroupDescription": "g",
    "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}]}},
  "Lone": {"Type": "AWS::SNS::Topic"}
}}
"""


def frames(*places):
    return ["...new Vpc2 in aws-cdk-lib...", *(f"new App ({file}:{line}:17)" for file, line in places), "...node internals..."]  # fmt: skip


def newer(traces):
    """What recent versions of the CDK write: a file with the metadata, with the traces as an entry of their own."""
    return {
        path: [{"type": "aws:cdk:logicalId", "data": id_}, {"type": "aws:cdk:creationStack", "data": trace}]
        for path, (id_, trace) in traces.items()
    }


def older(traces):
    """What older versions write with `--debug`: a trace of each entry, in the manifest."""
    return {
        path: [{"type": "aws:cdk:logicalId", "data": id_, "trace": [f"    at {frame}" for frame in trace]}]
        for path, (id_, trace) in traces.items()
    }


@pytest.fixture
def application(tmp_path, monkeypatch):
    """An application that was synthesized with some metadata, in the current folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("lib/shop.ts", "node_modules/lib/vpc.js", "cdk.out/Shop.template.json"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(TEMPLATE)

    def synthesized(metadata, *, apart):
        shop = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Shop.template.json"}}
        shop |= {"additionalMetadataFile": "Shop.metadata.json"} if apart else {"metadata": metadata}
        Path("cdk.out/manifest.json").write_text(json.dumps({"artifacts": {"Shop": shop}}))
        if apart:
            Path("cdk.out/Shop.metadata.json").write_text(json.dumps(metadata))

    return synthesized


def traces(folder):
    own, library = folder / "lib" / "shop.ts", folder / "node_modules" / "lib" / "vpc.js"
    return {
        "/Shop": ("", frames((own, 3))),
        "/Shop/Vpc/Resource": ("Vpc1", frames((library, 1), (own, 10), (own, 2))),
        "/Shop/Vpc/isolatedSubnet1/Subnet": ("Subnet1", frames((library, 1))),
        "/Shop/Group/Resource": ("Group1", frames((folder / "lib" / "gone.ts", 4), (f"file://{own}", 12))),
        "/Shop/Lone": ("Lone", frames()),
    }


@pytest.mark.parametrize(("written", "apart"), [(newer, True), (older, False)])
def test_the_place_is_the_first_frame_in_the_application(application, tmp_path, written, apart):
    application(written(traces(tmp_path)), apart=apart)
    found = load([Path("cdk.out")]).template.resources
    places = {name: str(one.source_origin) for name, one in found.items() if one.source_origin}
    assert places == {"Vpc1": "lib/shop.ts:10", "Subnet1": "lib/shop.ts:10", "Group1": "lib/shop.ts:12"}


def test_the_constructs_of_nested_stacks_are_those_of_their_templates(application, tmp_path):
    """Two nested stacks, of which one is in the other, have the same logical ids as the stack above."""
    own = frames((tmp_path / "lib" / "shop.ts", 20))
    deeper = {"/Shop/Net/Vpc/Resource": "Vpc1", "/Shop/Net/Data/Vpc/Resource": "Vpc1"}
    nested = {"/Shop/Net.NestedStack/Net.NestedStackResource": "Net1", "/Shop/Net/Data.NestedStack/Resource": "Data1"}
    metadata = [newer({path: (id_, own)}) for path, id_ in {**deeper, **nested}.items()]
    application(
        {**newer(traces(tmp_path)), **{path: one for part in metadata for path, one in part.items()}}, apart=True
    )
    files = {"ShopNet0A1B2C3D": ("Data1", "ShopNetData4E5F6A7B"), "ShopNetData4E5F6A7B": ("", "")}
    for name, (child, below) in {"Shop": ("Net1", "ShopNet0A1B2C3D"), **files}.items():
        document = json.loads(TEMPLATE)
        if child:
            url = f"{below}.nested.template.json"
            document["Resources"][child] = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
        end = ".nested.template.json" if name in files else ".template.json"
        Path(f"cdk.out/{name}{end}").write_text(json.dumps(document))
    vpcs = [one for one in load([Path("cdk.out")]).template.resources.values() if one.type == "AWS::EC2::VPC"]
    assert {(one.construct_path, str(one.source_origin)) for one in vpcs} == {
        ("Shop/Vpc", "lib/shop.ts:10"),
        ("Shop/Net/Vpc", "lib/shop.ts:20"),
        ("Shop/Net/Data/Vpc", "lib/shop.ts:20"),
    }


def test_findings_for_people_have_the_places_of_the_code(application, tmp_path):
    application(newer(traces(tmp_path)), apart=True)
    network = netful.load()
    [finding] = (one for one in network.check() if one.resource == "Group1" and one.id == "NF707")
    assert (str(finding.origin), str(network.placed(finding).origin)) == (
        "cdk.out/Shop.template.json:5",
        "lib/shop.ts:12",
    )


def test_a_file_outside_of_the_application_and_its_repository_is_not_its_own(application, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "shop.ts"
    elsewhere.write_text("")
    application(newer({"/Shop/Vpc/Resource": ("Vpc1", frames((elsewhere, 1)))}), apart=True)
    assert not any(one.source_origin for one in load([Path("cdk.out")]).template.resources.values())


@pytest.mark.parametrize("metadata", [[], {"/Shop/Vpc": 3}, {"/Shop/Vpc": [3, {"type": "aws:cdk:logicalId"}]}])
def test_metadata_of_another_form_is_passed_by(application, metadata):
    application(metadata, apart=True)
    assert not any(one.source_origin for one in load([Path("cdk.out")]).template.resources.values())
