import json
from pathlib import Path

import pytest

from netful.engine.trace.matrix import matrix
from netful.model.core import QuestionError, SourceError
from netful.sources import load
from tests.helpers.paths import path

NETWORK = {
    "Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}},
    "Outputs": {"Out": {"Value": {"Ref": "Vpc"}, "Export": {"Name": "Network:ExportsOutputRefVpc"}}},
}
APP = {
    "Resources": {
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"GroupDescription": "g", "VpcId": {"Fn::ImportValue": "Network:ExportsOutputRefVpc"}},
        },
        "Fn": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Code": {"S3Bucket": "b", "S3Key": "k"}},
            "Metadata": {"aws:asset:path": "asset.0123", "aws:asset:property": "Code"},
        },
    }
}


def stack(file: str, region: str = "eu-west-1", account: str = "unknown-account") -> dict:
    return {
        "type": "aws:cloudformation:stack",
        "environment": f"aws://{account}/{region}",
        "properties": {"templateFile": file, "stackName": file.split(".", maxsplit=1)[0]},
    }


@pytest.fixture
def assembly(write):
    """A `cdk.out` with one stack at the top, one in a stage, and the asset of a function."""
    write(json.dumps({"artifacts": {
        "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}},
        "Network": stack("Network.template.json"),
        "Stage": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Stage"}},
    }}), "cdk.out/manifest.json")  # fmt: skip
    write(json.dumps(NETWORK), "cdk.out/Network.template.json")
    write(json.dumps({"artifacts": {"App": stack("App.template.json")}}), "cdk.out/assembly-Stage/manifest.json")
    write(json.dumps(APP), "cdk.out/assembly-Stage/App.template.json")
    write("", "cdk.out/assembly-Stage/asset.0123/index.py")
    return Path("cdk.out")


def test_the_stacks_of_an_assembly_and_its_stages_feed_one_another(assembly):
    cloud = load([assembly])
    assert cloud.region == "eu-west-1"
    assert cloud.network.security_groups["Group"].vpc_id == "Vpc"
    assert {resource.stack for resource in cloud.template.resources.values()} == {"Network", "App"}


@pytest.mark.parametrize(
    ("marked", "place"), [(True, ("eu-west-1", "111122223333")), (False, ("us-east-1", "123456789012"))]
)
def test_a_single_template_of_an_assembly_is_in_the_place_that_its_manifest_fixes(write, marked, place):
    """Other tools write a `manifest.json`, too, but not the file `cdk.out` beside it."""
    artifacts = {"Network": stack("Network.template.json", account="111122223333")}
    write(json.dumps({"artifacts": artifacts}), "cdk.out/manifest.json")
    write("{}", "cdk.out/cdk.out" if marked else "cdk.out/other")
    cloud = load([write(json.dumps(NETWORK), "cdk.out/Network.template.json")])
    assert (cloud.region, cloud.account_id) == place


@pytest.mark.parametrize(("named", "account"), [("111122223333", "111122223333"), ("unknown-account", "123456789012")])
def test_the_account_is_that_of_the_environment(write, named, account):
    write(
        json.dumps({"artifacts": {"Network": stack("Network.template.json", account=named)}}), "cdk.out/manifest.json"
    )
    write(json.dumps(NETWORK), "cdk.out/Network.template.json")
    assert load([Path("cdk.out")]).account_id == account


API = {
    "Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"}},
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"GroupDescription": "g", "VpcId": {"Fn::ImportValue": "vpc"}},
        },
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}},
        "Fn": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Role": {"Fn::GetAtt": "Role.Arn"}, "Code": {"ZipFile": "x"}, "VpcConfig": {
                "SubnetIds": [{"Ref": "Subnet"}], "SecurityGroupIds": [{"Ref": "Group"}]}},
        },
        "Endpoint": {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {"VpcId": {"Ref": "Vpc"}, "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"},
                           "RouteTableIds": [{"Ref": "Table"}]},
        },
        "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
        "Tie": {
            "Type": "AWS::EC2::SubnetRouteTableAssociation",
            "Properties": {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Table"}},
        },
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {
            "Name": "a", "ProtocolType": "HTTP", "Target": {"Fn::GetAtt": "Fn.Arn"}}},
        "May": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {"Action": "lambda:InvokeFunction", "FunctionName": {"Ref": "Fn"},
                           "Principal": "apigateway.amazonaws.com",
                           "SourceArn": {"Fn::Join": ["", ["arn:aws:execute-api:REGION:ACCOUNT:", {"Ref": "Api"}, "/*"]]}},
        },
    },
    "Outputs": {"Vpc": {"Value": {"Ref": "Vpc"}, "Export": {"Name": "vpc"}}},
}  # fmt: skip


def test_each_stack_is_in_its_own_region_and_account(write):
    """As the CDK writes stages: the same stack twice, with the account and the region of each in its permissions."""
    places = {"One": ("eu-west-1", "111111111111"), "Two": ("us-east-2", "222222222222")}
    artifacts = {name: stack(f"{name}.template.json", *place) for name, place in places.items()}
    manifest = write(json.dumps({"artifacts": artifacts}), "cdk.out/manifest.json")
    for name, (region, account) in places.items():
        write(json.dumps(API).replace("REGION", region).replace("ACCOUNT", account), f"cdk.out/{name}.template.json")
    cloud = load([manifest.parent])
    assert {name: (one.region, one.owner_id) for name, one in cloud.network.vpcs.items()} == {
        "Vpc": ("eu-west-1", "111111111111"),
        "Two/Vpc": ("us-east-2", "222222222222"),
    }
    assert cloud.network.security_groups["Two/Group"].vpc_id == "Two/Vpc"  # exports are of one region and account
    for api, region in (("Api", "eu-west-1"), ("Two/Api", "us-east-2")):
        found = path(cloud, "internet", f"{api} GET /")
        assert (found.verdict, found.hops[0].component) == ("reachable", "dns")
        assert found.hops[0].asks.endswith(f".execute-api.{region}.amazonaws.com")
    found = path(cloud, "Two/Fn", "aws:s3")
    assert (found.verdict, found.hops[-1].component) == ("reachable", "Two/Endpoint")
    answers = matrix(cloud, ["Fn", "Two/Fn"], ["aws:s3"]).rows
    assert [row.answers["aws:s3"].verdict for row in answers] == ["reachable", "reachable"]


NAME = "/cdk/exports/Site/Acl"


@pytest.mark.parametrize(("to", "found"), [("eu-west-1", True), ("eu-west-2", False)])
def test_a_value_of_another_region_is_what_the_cdk_exports_to_it(write, to, found):
    """As the CDK writes `crossRegionReferences`: a web ACL in us-east-1 for a distribution elsewhere."""
    exports = {"region": to, "exports": {NAME: {"Fn::GetAtt": ["Acl", "Arn"]}}}
    edge = {
        "Acl": {"Type": "AWS::WAFv2::WebACL", "Properties": {"Scope": "CLOUDFRONT", "DefaultAction": {"Block": {}}}},
        "Writer": {"Type": "Custom::CrossRegionExportWriter", "Properties": {"WriterProps": exports}},
    }
    imports = {"region": "eu-west-1", "imports": {NAME: f"{{{{resolve:ssm:{NAME}}}}}"}}
    origin = {"Id": "o", "DomainName": "www.example.com", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}
    config = {
        "Enabled": True,
        "Origins": [origin],
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all"},
        "WebACLId": {"Fn::GetAtt": ["Reader", NAME]},
    }
    site = {
        "Reader": {"Type": "Custom::CrossRegionExportReader", "Properties": {"ReaderProps": imports}},
        "Cdn": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": config}},
    }
    places = {"Edge": ("us-east-1", edge), "Site": ("eu-west-1", site)}
    artifacts = {name: stack(f"{name}.template.json", region) for name, (region, _) in places.items()}
    write(json.dumps({"artifacts": artifacts}), "cdk.out/manifest.json")
    for name, (_, resources) in places.items():
        write(json.dumps({"Resources": resources}), f"cdk.out/{name}.template.json")
    cloud = load([Path("cdk.out")])
    assert path(cloud, "internet", "Cdn").verdict == ("blocked" if found else "reachable")
    assert bool(path(cloud, "internet", "Cdn").assumptions) is not found


def test_a_name_is_that_of_the_function_in_the_region(write):
    """Two stacks with a function of one name; only the second one's may be invoked."""
    api = {
        "Fn": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "orders", "Code": {"ZipFile": ""}}},
        "Api": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {"ProtocolType": "HTTP", "Name": "api", "Target": {"Fn::GetAtt": ["Fn", "Arn"]}},
        },
    }
    permission = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {"FunctionName": "orders", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"},
    }  # fmt: skip
    write(json.dumps({"Resources": api}), "cdk.out/One.template.json")
    write(json.dumps({"Resources": {**api, "MayInvoke": permission}}), "cdk.out/Two.template.json")
    artifacts = {n: stack(f"{n}.template.json", region) for n, region in (("One", "eu-west-1"), ("Two", "us-east-2"))}
    cloud = load([write(json.dumps({"artifacts": artifacts}), "cdk.out/manifest.json").parent])
    assert [path(cloud, "internet", f"{api} GET /").verdict for api in ("Api", "Two/Api")] == ["blocked", "reachable"]


@pytest.mark.parametrize(("given", "region"), [("eu-west-1", "eu-west-1"), ("ap-south-1", "ap-south-1")])
def test_a_given_region_that_no_stack_has_replaces_theirs(assembly, given, region):
    cloud = load([assembly], region=given)
    assert cloud.network.vpcs["Vpc"].region == region
    assert any("read as if" in text for text in cloud.template.warnings) == (given == "ap-south-1")


def test_a_function_s_code_is_its_asset(assembly):
    code = load([assembly]).compute.functions["Fn"].code
    assert code.local_path == str((assembly / "assembly-Stage" / "asset.0123").resolve())


@pytest.mark.parametrize("named", ["cdk.out", "cdk.out/assembly-Stage", "cdk.out/assembly-Stage/App.template.json"])
def test_the_assets_of_a_stage_are_those_of_the_assembly_around_it(assembly, write, named):
    app = json.loads((assembly / "assembly-Stage/App.template.json").read_text())
    app["Resources"]["Fn"]["Metadata"]["aws:asset:path"] = "../asset.4567"
    write(json.dumps(app), "cdk.out/assembly-Stage/App.template.json")
    write("", "cdk.out/asset.4567/index.py")
    with pytest.raises(SourceError, match="outside of the project's folder"):
        load([Path(named)])
    for folder in ("cdk.out", "cdk.out/assembly-Stage"):
        write('{"version":"48.0.0"}', f"{folder}/cdk.out")
    assert load([Path(named)]).compute.functions["Fn"].code.local_path == str((assembly / "asset.4567").resolve())


def test_assets_are_found_by_the_key_that_they_would_be_uploaded_with(write):
    asset = {"packaging": "zip"}
    write(json.dumps({"files": {
        "1": {"source": {"path": "asset.1", **asset}, "destinations": {"here": {"objectKey": "1.zip"}}},
        "2": {"source": {"path": "AppInner.nested.template.json"}, "destinations": {"here": {"objectKey": "2.json"}}},
    }}), "App.assets.json")  # fmt: skip
    code = {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Bucket": "b", "S3Key": "1.zip"}}}
    address = {
        "Fn::Join": ["", ["https://s3.", {"Ref": "AWS::URLSuffix"}, "/", {"Fn::Sub": "b-${AWS::Region}"}, "/2.json"]]
    }
    inner = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": address}}
    write(json.dumps({"Resources": {"Deep": code}}), "AppInner.nested.template.json")
    write("", "asset.1/index.py")
    template = write(json.dumps({"Resources": {"Fn": code, "Inner": inner}}), "App.template.json")
    functions = load([template]).compute.functions
    assert {name: Path(function.code.local_path).name for name, function in functions.items()} == {
        "Fn": "asset.1",
        "Deep": "asset.1",
    }


@pytest.mark.parametrize("text", ["{", "[]", '{"files": 1}', '{"files": {"1": {"destinations": {"a": 2}}}}'])
def test_a_list_of_assets_that_is_none_is_passed_by(write, text):
    write(text, "App.assets.json")
    code = {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Bucket": "b", "S3Key": "1.zip"}}}
    template = write(json.dumps({"Resources": {"Fn": code}}), "App.template.json")
    assert load([template]).compute.functions["Fn"].code.local_path is None


def test_a_stack_without_resources_is_not_deployed(write):
    manifest = write(
        json.dumps({"artifacts": {"A": stack("A.template.json"), "B": stack("B.template.json")}}),
        "cdk.out/manifest.json",
    )
    write('{"Parameters": {}}', "cdk.out/A.template.json")
    write(json.dumps(NETWORK), "cdk.out/B.template.json")
    assert list(load([manifest.parent]).network.vpcs) == ["Vpc"]


def test_an_assembly_without_resources_is_refused(write):
    manifest = write(json.dumps({"artifacts": {"A": stack("A.template.json")}}), "cdk.out/manifest.json")
    write('{"Parameters": {}}', "cdk.out/A.template.json")
    with pytest.raises(SourceError, match="no `Resources`"):
        load([manifest.parent])


@pytest.mark.parametrize("text", ["{", "[]", '{"artifacts": 1}'])
def test_a_bad_manifest_is_one_message(write, text):
    manifest = write(text, "cdk.out/manifest.json")
    with pytest.raises(SourceError) as caught:
        load([manifest.parent])
    assert caught.value.origin.file == "cdk.out/manifest.json"


def test_resources_are_known_by_their_constructs(assembly, write):
    constructs = {
        "Fn1234": {**APP["Resources"]["Fn"], "Metadata": {"aws:cdk:path": "Stage/App/Orders/Read/Resource"}},
        "Fn5678": {**APP["Resources"]["Fn"], "Metadata": {"aws:cdk:path": "Stage/App/Items/Read/Resource/Resource"}},
    }
    write(json.dumps({"Resources": constructs}), "cdk.out/assembly-Stage/App.template.json")
    cloud = load([assembly])
    assert [cloud.named(name) for name in ("Stage/App/Orders/Read", "Items/Read", "Fn1234", "other")] == [
        "Fn1234", "Fn5678", "Fn1234", "other",
    ]  # fmt: skip
    own = ("Stage/App/Orders/Read/Resource", "Items/Read/Resource/Resource")
    assert [cloud.named(path) for path in own] == ["Fn1234", "Fn5678"]
    with pytest.raises(QuestionError, match="`Read` may be `Stage/App/Orders/Read`, `Stage/App/Items/Read`"):
        cloud.named("Read")


NAMED_BESIDE = {
    "/Network/Net.NestedStack/Net.NestedStackResource": "Net",
    "/Network/Shop/Resource": "Vpc",
    "/Network/Net/Shop/Resource": "Vpc",
}


@pytest.mark.parametrize("apart", [False, True])
def test_constructs_are_named_beside_a_template_without_paths(write, apart):
    """As by `cdk synth --no-path-metadata`, and by an application without the CDK's CLI; nested stacks have ids of their own."""
    metadata = {path: [{"type": "aws:cdk:logicalId", "data": id_}] for path, id_ in NAMED_BESIDE.items()}
    artifact = stack("Network.template.json") | ({} if apart else {"metadata": metadata})
    if apart:
        artifact["additionalMetadataFile"] = "Network.metadata.json"
        write(json.dumps(metadata), "cdk.out/Network.metadata.json")
    write(json.dumps({"artifacts": {"Network": artifact}}), "cdk.out/manifest.json")
    write(json.dumps(NETWORK), "cdk.out/Network.template.json")
    assert load([Path("cdk.out")]).named("Network/Shop") == "Vpc"


def test_assembly_of_the_current_folder_needs_no_name(assembly):
    assert load([]).network.vpcs.keys() == load([assembly]).network.vpcs.keys()


def test_a_folder_is_read_like_the_current_one(assembly):
    assert load([Path()]).network.vpcs.keys() == load([assembly.parent.resolve()]).network.vpcs.keys() == {"Vpc"}
