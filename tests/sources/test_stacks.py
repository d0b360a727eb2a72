import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import SourceError, Unknown
from netful.sources import load
from tests.helpers.ids import api_id, ec2_id
from tests.helpers.texts import replaced

NETWORK = """
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
    Outputs:
      SubnetId: {Value: !Ref Subnet, Export: {Name: !Sub "${AWS::StackName}-SubnetId"}}
      VpcId: {Value: !Ref Vpc, Export: {Name: the-vpc}}
"""
APP = """
    Parameters: {SubnetId: {Type: String}, Network: {Type: String, Default: network}}
    Resources:
      Fn:
        Type: AWS::Lambda::Function
        Properties: {Code: {ZipFile: pass}, VpcConfig: {SubnetIds: [%s], SecurityGroupIds: [sg-1]}}
"""


@pytest.mark.parametrize(
    "written", ['!ImportValue "network-SubnetId"', '!ImportValue {"Fn::Sub": "${Network}-SubnetId"}']
)
@pytest.mark.parametrize("name", ["network.yaml", "another-name.yaml"])
def test_an_import_takes_the_export_of_another_stack_whatever_that_is_called(write, written, name):
    cloud = load([write(NETWORK, name), write(APP % written, "app.yaml")])
    assert cloud.compute.functions["Fn"].subnet_ids == ("Subnet",)
    assert cloud.template.missing_imports == ()


def test_an_import_whose_name_is_partly_unknown_takes_the_only_export_that_fits(write):
    app = replaced(APP, {", Default: network": ""}) % '!ImportValue {"Fn::Sub": "${Network}-SubnetId"}'
    cloud = load([write(NETWORK, "vpc.yaml"), write(app, "app.yaml")])
    assert cloud.compute.functions["Fn"].subnet_ids == ("Subnet",)
    assert cloud.template.warnings == (
        "app.yaml:6: the import is taken to be `vpc-SubnetId`, the only loaded export that fits",
    )


@pytest.mark.parametrize("name", ['!ImportValue {"Fn::Sub": "${Network}-x"}', "!ImportValue x"])
def test_exports_that_are_called_by_their_own_imports_are_no_exports(write, name):
    app = replaced(APP, {", Default: network": ""}) % "subnet-1"
    cloud = load([write(app + f"\n    Outputs: {{O: {{Value: 1, Export: {{Name: {name}}}}}}}", "app.yaml")])
    assert isinstance(cloud.template.outputs[0].export_name, Unknown)


def test_an_import_that_nobody_exports_is_listed(write):
    cloud = load([write(APP % '!ImportValue "network-SubnetId"', "app.yaml")])
    (subnet_id,) = cloud.compute.functions["Fn"].subnet_ids
    assert isinstance(subnet_id, Unknown)
    assert cloud.template.missing_imports == ("network-SubnetId",)


def test_a_parameter_takes_another_stack_s_output_of_its_name(write):
    cloud = load([write(APP % "!Ref SubnetId", "app.yaml"), write(NETWORK, "network.yaml")])
    assert cloud.compute.functions["Fn"].subnet_ids == ("Subnet",)
    assert cloud.template.missing_parameters == ()


def test_the_same_logical_id_in_two_stacks(write):
    cloud = load([write(NETWORK, "one.yaml"), write(NETWORK, "two.yaml")])
    assert set(cloud.network.vpcs) == {"Vpc", "two/Vpc"}
    assert cloud.network.subnets["two/Subnet"].vpc_id == "two/Vpc"


def test_a_nested_stack_beside_its_parent(write):
    write(
        replaced(
            NETWORK, {"10.0.0.0/24": "!Ref Block", "Resources:": "Parameters: {Block: {Type: String}}\n    Resources:"}
        ),
        "network.yaml",
    )
    parent = write("""
        Parameters: {Block: {Type: String, Default: 10.0.7.0/24}}
        Resources:
          Network: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./network.yaml, Parameters: {Block: !Ref Block}}}
          Fn:
            Type: AWS::Lambda::Function
            Properties: {Code: {ZipFile: pass}, VpcConfig: {SubnetIds: [!GetAtt Network.Outputs.SubnetId], SecurityGroupIds: [sg-1]}}
    """)
    cloud = load([parent])
    assert cloud.compute.functions["Fn"].subnet_ids == ("Subnet",)
    assert str(cloud.network.subnets["Subnet"].cidr_block) == "10.0.7.0/24"
    assert cloud.network.subnets["Subnet"].origin.file == "network.yaml"


@pytest.mark.parametrize(
    "address",
    [
        "https://templates.s3.amazonaws.com/v1/parts/network.yaml",
        '!Sub "https://${Bucket}.s3.amazonaws.com/${Prefix}parts/network.yaml"',
        '!Join ["/", ["https://s3.amazonaws.com", !Ref Bucket, parts/network.yaml]]',
    ],
)
@pytest.mark.parametrize("root", ["root.yaml", "stacks/root.yaml"])
def test_a_nested_stack_in_s3_is_the_file_that_its_address_ends_in(write, address, root):
    write("", ".git")  # the repository of both
    write(NETWORK, "parts/network.yaml")
    parent = write(
        f"""
        Parameters: {{Bucket: {{Type: String}}, Prefix: {{Type: String, Default: v1/}}}}
        Resources:
          Network: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {address}}}}}
        Outputs: {{Id: {{Value: !GetAtt Network.Outputs.SubnetId}}}}
        """,
        root,
    )
    cloud = load([parent])
    assert cloud.template.outputs[0].value == ec2_id("subnet", "Subnet")
    assert any("parts/network.yaml` is taken for" in warning for warning in cloud.template.warnings)


def test_a_nested_stack_elsewhere_is_opaque(cloud_of):
    cloud = cloud_of("""
        Resources:
          Network: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://s3.example.org/network.yaml}}
        Outputs: {Id: {Value: !GetAtt Network.Outputs.SubnetId}}
    """)
    assert cloud.template.outputs[0].value.needs == ("Network.Outputs.SubnetId",)


@pytest.mark.parametrize("subnet", ["!Ref NetPrivate", "!Ref Net.Private", "!GetAtt Net.Private.SubnetId"])
def test_what_a_module_makes_is_unknown(write, subnet):
    module = "      Net: {Type: Our::Vpc::Two::MODULE, DependsOn: NetGateway}\n"
    cloud = load([write(APP.replace("Resources:\n", "Resources:\n" + module) % subnet)])
    (found,) = cloud.compute.functions["Fn"].subnet_ids
    assert isinstance(found, Unknown)
    assert found.needs[0].startswith("Net")


def test_an_output_that_a_nested_stack_does_not_have(write):
    write(NETWORK, "network.yaml")
    parent = write("""
        Resources:
          Network: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: network.yaml}}
        Outputs: {Id: {Value: !GetAtt Network.Outputs.Nothing}}
    """)
    with pytest.raises(SourceError, match="has no output `Nothing`"):
        load([parent])


def test_an_included_file_keeps_its_own_lines(cloud_of, write):
    write("\nBlock: 10.3.0.0/16\n", "block.yaml")
    cloud = cloud_of("""
        Mappings:
          Net: {Prod: {"Fn::Transform": {Name: AWS::Include, Parameters: {Location: block.yaml}}}}
        Resources:
          Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !FindInMap [Net, Prod, Block]}}
    """)
    assert [str(block) for block in cloud.network.vpcs["Vpc"].cidr_blocks] == ["10.3.0.0/16"]


def test_for_each_is_written_out(cloud_of):
    cloud = cloud_of("""
        Transform: AWS::LanguageExtensions
        Parameters: {Names: {Type: CommaDelimitedList, Default: "a,b"}}
        Resources:
          Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
          Fn::ForEach::Groups:
            - Name
            - !Ref Names
            - "Group${Name}":
                Type: AWS::EC2::SecurityGroup
                Properties: {GroupDescription: !Sub "for ${Name}", GroupName: !Ref Name, VpcId: !Ref Vpc}
    """)
    assert {g.id: g.group_name for g in cloud.network.security_groups.values() if not g.default} == {
        "Groupa": "a",
        "Groupb": "b",
    }


def test_a_key_without_a_value_above_an_inner_loop_makes_nothing(cloud_of):
    cloud = cloud_of("""
        Transform: AWS::LanguageExtensions
        Resources:
          Fn::ForEach::Kinds:
            - Kind
            - [App, Data]
            - "${Kind}":
              Fn::ForEach::Zones: [Zone, [a, b], {"${Kind}Queue${Zone}": {Type: AWS::SQS::Queue}}]
    """)
    assert set(cloud.template.resources) == {"AppQueuea", "AppQueueb", "DataQueuea", "DataQueueb"}


def test_a_loop_whose_conditions_are_named_by_a_mapping(cloud_of):
    cloud = cloud_of("""
        Transform: AWS::LanguageExtensions
        Parameters: {Zones: {Type: String, Default: "2"}}
        Conditions: {Two: !Equals [!Ref Zones, "2"], Three: !Equals [!Ref Zones, "3"]}
        Mappings: {Made: {Condition: {B: Two, C: Three}}}
        Resources:
          Fn::ForEach::Addresses:
            - Zone
            - [A, B, C]
            - "Address${Zone}":
                Type: AWS::EC2::EIP
                Condition: !FindInMap [Made, Condition, !Ref Zone, DefaultValue: !Ref AWS::NoValue]
    """)
    assert set(cloud.template.resources) == {"AddressA", "AddressB"}


def test_a_loop_of_unknown_length_leaves_a_template_without_resources(cloud_of):
    cloud = cloud_of("""
        Transform: AWS::LanguageExtensions
        Parameters: {Names: {Type: CommaDelimitedList}}
        Resources:
          Fn::ForEach::Queues: [Name, !Ref Names, {"Queue${Name}": {Type: AWS::SQS::Queue}}]
    """)
    assert (cloud.template.resources, cloud.template.missing_parameters) == ({}, ("Names",))
    assert "`Fn::ForEach` is left out" in cloud.template.warnings[0]


BLOCKED = """
        Resources:
          Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
          A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
          S: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: !Ref Vpc}}
          I: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref S]}}
          J: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref S]}}
"""
ABSENT = '{"Fn::Transform": {Name: AWS::Include, Parameters: {Location: "s3://bucket/absent.yaml"}}}'
INSIDE = ABSENT[1:-1]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Transform: [Corp::NetworkDefaults]", ""),
        ("Transform: [AWS::LanguageExtensions, {Name: Corp::NetworkDefaults, Parameters: {Kind: spoke}}]", ""),
        ('Transform: {Name: AWS::Include, Parameters: {Location: "s3://bucket/absent.yaml"}}', ""),
        (f"Parameters: {ABSENT}", ""),
        (f"Mappings: {ABSENT}", ""),
        (f"Conditions: {ABSENT}", ""),
        ("", INSIDE),
        ("", f"More: {ABSENT}"),
        ("", '"Fn::Transform": {Name: Corp::Rules}'),
        ("", "More: {Type: AWS::SQS::Queue, 'Fn::Transform': {Name: Corp::Rules}}"),
    ],
)
def test_answers_name_a_macro_that_was_not_run(cloud_of, before, after):
    cloud = cloud_of(f"        {before}\n{BLOCKED.rstrip()}\n          {after}\n")
    path = trace(cloud, parse(cloud, "I", "J:tcp/80"))
    (_named,) = (text for text in path.assumptions if "absent.yaml" in text or "Corp::" in text)
    assert path.verdict == "blocked"
    assert any("answers assume" in text for text in cloud.template.warnings)


MADE = """
    TRANSFORM
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
      Sg: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: g}}
      Net: {Type: Corp::Network::Vpc::MODULE}
      Fn: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: pass}, VpcConfig: {SubnetIds: [!Ref Net.A], SecurityGroupIds: [!GetAtt Net.Sg.GroupId]}}}
"""


@pytest.mark.parametrize(("transform", "made"), [("", "Net."), ("Transform: Corp::Network", "Net")])
def test_what_a_module_or_a_macro_makes_may_be_given(write, transform, made):
    file = write(MADE.replace("TRANSFORM", transform).replace("Net.", made), "app.yaml")
    needs = {f"{made}A": "A", f"{made}Sg.GroupId": "Sg"}
    function = load([file]).compute.functions["Fn"]
    asked = (*function.subnet_ids, *function.security_group_ids)
    assert [one.needs for one in asked] == [(name,) for name in needs]
    cloud = load([file], parameters=needs)
    function = cloud.compute.functions["Fn"]
    assert (*function.subnet_ids, *function.security_group_ids) == ("A", "Sg")
    assert not [text for text in cloud.template.warnings if "in no template" in text]


@pytest.mark.parametrize(
    ("section", "uses"),
    [
        ("Mappings", "Properties: {CidrBlock: !FindInMap [Env, prod, Cidr]}"),
        ("Parameters", "Properties: {CidrBlock: !Ref Block}"),
        ("Conditions", "Condition: IsSpoke, Properties: {CidrBlock: !If [IsSpoke, 10.1.0.0/16, 10.2.0.0/16]}"),
        ("Outputs", "DependsOn: Made, Properties: {CidrBlock: !GetAtt Made.Block}"),
    ],
)
def test_names_that_an_absent_file_may_define_are_unknown(cloud_of, section, uses):
    cloud = cloud_of(f"""
        {section}: {ABSENT}
        Resources:
          Vpc: {{Type: AWS::EC2::VPC, {uses}}}
    """)
    assert isinstance(cloud.network.vpcs["Vpc"].cidr_blocks[0], Unknown)


def test_a_mapping_may_have_more_keys_in_an_absent_file(cloud_of):
    cloud = cloud_of(f"""
        Mappings: {{Env: {{dev: {{Cidr: 10.1.0.0/16}}, {INSIDE}}}}}
        Resources:
          Dev: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: !FindInMap [Env, dev, Cidr]}}}}
          Prod: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: !FindInMap [Env, prod, Cidr]}}}}
    """)
    assert [str(cloud.network.vpcs["Dev"].cidr_blocks[0])] == ["10.1.0.0/16"]
    assert isinstance(cloud.network.vpcs["Prod"].cidr_blocks[0], Unknown)


@pytest.mark.parametrize(("stack", "found"), [("network", ("Subnet",)), ("elsewhere", None)])
def test_an_output_is_got_by_the_name_of_its_stack(write, stack, found):
    written = f"{{'Fn::GetStackOutput': {{StackName: {stack}, OutputName: SubnetId}}}}"
    cloud = load([write(NETWORK, "network.yaml"), write(APP % written, "app.yaml")])
    (subnet_id,) = cloud.compute.functions["Fn"].subnet_ids
    assert subnet_id == "Subnet" if found else subnet_id.needs == ("elsewhere.Outputs.SubnetId",)


PARAMETERS = """
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
      B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
      OfA: {Type: AWS::SSM::Parameter, Properties: {Name: /net/subnet, Type: String, Value: !Ref A}}
      Both: {Type: AWS::SSM::Parameter, Properties: {Name: /net/subnets, Type: StringList, Value: !Join [",", [!Ref A, !Ref B]]}}
"""
KIND = "AWS::SSM::Parameter::Value"


@pytest.mark.parametrize(
    ("declared", "written", "expected"),
    [
        (f"{{Type: '{KIND}<AWS::EC2::Subnet::Id>', Default: /net/subnet}}", "[!Ref P]", ("A",)),
        (f"{{Type: '{KIND}<List<AWS::EC2::Subnet::Id>>', Default: /net/subnets}}", "!Ref P", ("A", "B")),
        (f"{{Type: '{KIND}<String>', Default: /net/other}}", "[!Ref P]", ()),
        ("{Type: String, Default: x}", "['{{resolve:ssm:/net/subnet}}']", ("A",)),
        ("{Type: String, Default: x}", "['{{resolve:ssm:/net/subnet:1}}']", ("A",)),
        ("{Type: String, Default: x}", "['{{resolve:ssm:/net/other}}']", ()),
    ],
)
def test_a_parameter_of_systems_manager_that_another_stack_makes(write, declared, written, expected):
    app = f"""
    Parameters: {{P: {declared}}}
    Resources:
      Fn:
        Type: AWS::Lambda::Function
        Properties: {{Code: {{ZipFile: pass}}, VpcConfig: {{SubnetIds: {written}, SecurityGroupIds: [sg-1]}}}}
    """
    cloud = load([write(app, "app.yaml"), write(PARAMETERS, "network.yaml")])
    found = cloud.compute.functions["Fn"].subnet_ids
    assert tuple(one for one in found if not isinstance(one, Unknown)) == expected
    assert len(found) == len(expected) or isinstance(found[0], Unknown)
    assert any("is taken to be the loaded one" in text for text in cloud.template.warnings) == (":1}" in written)


def test_a_given_name_of_systems_manager_stands_for_the_value_there(write):
    app = APP.replace("{Type: String}", f"{{Type: '{KIND}<String>', Default: /net/other}}", 1) % "!Ref SubnetId"
    files = [write(app, "app.yaml"), write(PARAMETERS, "network.yaml")]
    for given in ("/net/subnet", "A"):
        assert load(files, parameters={"SubnetId": given}).compute.functions["Fn"].subnet_ids == ("A",)


def test_parameters_of_systems_manager_that_depend_on_one_another_are_unknown(write):
    half = """
    Resources:
      Own: {Type: AWS::SSM::Parameter, Properties: {Name: /%s, Type: String, Value: "{{resolve:ssm:/%s}}"}}
    """
    cloud = load([write(half % ("a", "b"), "a.yaml"), write(half % ("b", "a"), "b.yaml")])
    assert all(isinstance(one.value, Unknown) for one in cloud.compute.ssm_parameters.values())


def test_without_a_path_the_template_of_the_current_folder(write):
    write(NETWORK, "template.yml")
    assert set(load([]).network.vpcs) == {"Vpc"}


API = """
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Api: {Type: AWS::Serverless::Api, Properties: {StageName: prod}}
      Fn:
        Type: AWS::Serverless::Function
        Properties:
          Handler: index.handler
          Runtime: python3.12
          InlineCode: pass
          Events: {E: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /x, Method: get}}}
      Caller:
        Type: AWS::Serverless::Function
        Properties:
          Handler: index.handler
          Runtime: python3.12
          InlineCode: pass
          Environment: {Variables: {URL: !Sub "https://${Api}.execute-api.${AWS::Region}.amazonaws.com/prod/x"}}
"""


def test_apis_and_functions_of_one_name_in_several_stacks(write):
    cloud = load([write(API, "a.yaml"), write(API, "b.yaml")])
    url = cloud.compute.functions["b/Caller"].environment["URL"]
    assert url == f"https://{api_id('b/Api')}.execute-api.us-east-1.amazonaws.com/prod/x"
    path = trace(cloud, parse(cloud, "b/Caller", url))
    assert (path.verdict, path.hops[-1].component) == ("reachable", "b/Fn")


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (("template.yaml", ".serverless/cloudformation-template-update-stack.json"), "template.yaml"),
        (
            (".serverless/cloudformation-template-update-stack.json",),
            ".serverless/cloudformation-template-update-stack.json",
        ),
    ],
)
def test_what_is_here_when_no_template_is_named(write, files, name):
    for file in files:
        write('{"Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}}', file)
    assert load([]).network.vpcs["Vpc"].origin.file == name


HOLDER = """
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
      Kafka: {Type: AWS::MSK::ServerlessCluster, Properties: {ClusterName: k, VpcConfigs: [{SubnetIds: [!Ref Subnet]}]}}
    Outputs: {Arn: {Value: !GetAtt Kafka.Arn, Export: {Name: !Sub "${AWS::StackName}-kafka"}}}
"""
USER = """
    Parameters: {Arn: {Type: String}, Stack: {Type: String, Default: holder}}
    Resources:
      Fn: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: pass}}}
      Poller: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, EventSourceArn: %s}}
"""
ABOVE = """
    Resources:
      Holder: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: holder.yaml}}
      User: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: user.yaml, Parameters: {Arn: %s}}}
"""


@pytest.mark.parametrize(
    ("named", "above"),
    [
        ('!ImportValue {"Fn::Sub": "${Stack}-kafka"}', None),
        ("!Ref Arn", None),
        ("!Ref Arn", "!GetAtt Holder.Outputs.Arn"),
        ("!Sub '${Arn}'", '!Sub "${Holder.Outputs.Arn}"'),
    ],
    ids=["an import", "a parameter with the name of an output", "a parameter of a nested stack", "a text of it"],
)
def test_a_resource_refers_to_that_of_another_stack_as_to_one_of_its_own(write, named, above):
    files = [write(HOLDER, "holder.yaml"), write(USER % named, "user.yaml")]
    cloud = load(files if above is None else [write(ABOVE % above, "above.yaml")])
    assert {"Fn", "Kafka"} <= {*cloud.template.resources["Poller"].references}
    assert [eni.subnet_id for eni in cloud.network.places_of("Poller")] == ["Subnet"]


def test_stacks_that_import_from_each_other_are_read(write):
    circle = "Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !ImportValue %s}}}\nOutputs: {O: {Value: !ImportValue %s, Export: {Name: %s}}}"
    cloud = load([write(circle % ("b", "b", "a"), "a.yaml"), write(circle % ("a", "a", "b"), "b.yaml")])
    assert cloud.template.resources["Q"].references == ()


def test_an_import_in_a_branch_that_is_not_taken_has_no_name(write):
    cloud = load(
        [
            write("""
        Mappings: {Names: {prod: {Key: k}}}
        Conditions: {Keyed: !Equals [a, b]}
        Resources:
          Queue:
            Type: AWS::SQS::Queue
            Properties:
              KmsMasterKeyId: !If [Keyed, !ImportValue {"Fn::FindInMap": [Names, dev, Key]}, !Ref "AWS::NoValue"]
    """)
        ]
    )
    assert cloud.template.resources["Queue"].references == ()
