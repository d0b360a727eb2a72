"""netful.toml: what it says of the hosts of a template, and how it is refused."""

import json

import pytest
from joserfc.jwk import RSAKey

from netful.model.core import SourceError
from netful.model.functions.programs import Health, Rewrite
from netful.sources import load
from tests.helpers.ids import ec2_id

TEMPLATE = """
Parameters:
  Colour: {Type: String, Default: green}
  Missing: {Type: String}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
  Domain: {Type: AWS::ApiGateway::DomainName, Properties: {DomainName: api.example.com, MutualTlsAuthentication: {TruststoreUri: "s3://a/b"}}}
  Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref A}}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: !Sub "com.amazonaws.${AWS::Region}.execute-api", SubnetIds: [!Ref A, !Ref B]}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: proxy
          Image: nginx
          Environment:
            - {Name: UPSTREAM, Value: !Select [1, !Split [":", !Select [0, !GetAtt Endpoint.DnsEntries]]]}
            - {Name: SECRET, Value: !Ref Missing}
  Proxy:
    Type: AWS::ECS::Service
    Properties:
      TaskDefinition: !Ref Task
      NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A, !Ref B]}}
"""


@pytest.fixture
def programs(write):
    def programs_(text, **files):
        write(TEMPLATE)
        write(text, "netful.toml")
        for name, content in files.items():
            write(content, name.replace("_", "."))
        return load([write(TEMPLATE)]).compute.programs

    return programs_


def test_everything_that_a_host_may_have(programs):
    found = programs(
        """
        [hosts.Web]
        command = "serve --colour ${Colour}"
        environment = { WHERE = "${AWS::Region}", SUBNET = "${A.AvailabilityZone}" }
        files = { "conf/serve.conf" = "serve.conf" }
        cwd = "."
        certificate = ["Web.example"]
        health = { port = 80, path = "/health" }

        [[hosts.Web.rewrites]]
        to = "https://api.example/prod"
        path = "/orders"
        host = "Shop.example"
        port = 80
        headers = { Host = "${WHERE}.example" }

        [[hosts.Web.rewrites]]
        to = "http://10.0.0.7:8080"
        """,
        serve_conf="in ${WHERE}, $host, ${!literally}\n",
    )["Web"]
    assert found.command == "serve --colour green"
    assert found.environment["WHERE"] == "us-east-1"
    assert found.files == {"conf/serve.conf": "in us-east-1, $host, ${literally}\n"}
    assert (found.certificate_names, found.health) == (("web.example",), Health(80, "/health"))
    assert [(one.to, one.path, one.host, one.port, one.origin.line) for one in found.rewrites] == [
        ("https://api.example/prod", "/orders", "shop.example", 80, 10),
        ("http://10.0.0.7:8080", "/", "", 0, 17),
    ]
    assert found.rewrites[0].headers == {"Host": "us-east-1.example"}
    assert str(found.origin) == "netful.toml:2"


def test_service_has_the_environment_of_its_task(programs):
    found = programs('[hosts.Proxy]\ncommand = "proxy ${UPSTREAM}"\n')["Proxy"]
    assert found.command.startswith(f"proxy {ec2_id('vpce', 'Endpoint')}-")
    assert found.command.endswith(".execute-api.us-east-1.vpce.amazonaws.com")
    assert found.environment == {
        "UPSTREAM": found.command.removeprefix("proxy ")
    }  # a value that is missing is left out


def test_own_environment_goes_before_the_tasks(programs):
    found = programs('[hosts.Proxy]\ncommand = "proxy ${UPSTREAM}"\nenvironment = {UPSTREAM = "mine.example"}\n')
    assert found["Proxy"].command == "proxy mine.example"


def test_truststore_of_a_domain(write):
    pem = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n"
    write(pem, "clients.pem")
    for name in ("Domain", "api.example.com"):
        write(f'[truststores."{name}"]\npem = "clients.pem"', "netful.toml")
        assert load([write(TEMPLATE)]).apis.truststores == {"Domain": pem}


def test_a_runtime_is_brought_to_the_functions_that_ask_for_it(write):
    function = "  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: ruby3.3, Handler: a.b, Code: {ZipFile: x}}}\n"
    write("#!/bin/sh\n", "ruby/bootstrap")
    write("[runtimes.'ruby3.3']\nfolder = 'ruby'", "netful.toml")
    functions = load([write(TEMPLATE.rstrip() + "\n" + function)]).compute.functions
    assert functions["Fn"].runtime_folder.endswith("/ruby")


def test_clients_somewhere_on_the_internet(write):
    write("[clients.Office]\naddresses = '81.2.69.0/28'\ncountry = 'GB'\nedge_ms = 8\nregion_ms = 75", "netful.toml")
    cloud = load([write(TEMPLATE)])
    office = cloud.access.clients["Office"]
    assert (office.country, office.edge_ms, office.backbone_ms) == ("GB", 8, 67)
    assert (cloud.access.client_at("81.2.69.14"), cloud.access.client_at("81.2.69.16")) == (office, None)


def test_without_the_file_nothing_runs(write):
    assert load([write(TEMPLATE)]).compute.programs == {}


@pytest.mark.parametrize(
    ("text", "what", "line", "hint"),
    [
        ("[hosts.Web]\ncomand = 'x'", "`comand` is not a setting", 2, "did you mean `command`?"),
        (
            "[hosts.Web]\nfiles = {}",
            "`Web` has no `attach`, `image` or `command`",
            1,
            "only databases of RDS have `seed` and `program`",
        ),
        ("[hosts.Web]\ncommand = 3", "`hosts.Web.command`: expected `str`, got `int`", 2, ""),
        ("[hosts.Web]\ncommand = 'x'\nhealth = {port = 0}", "`hosts.Web.health.port`: expected `int` >= 1", 3, ""),
        ("[hosts.Web]\ncommand = 'x'\nhealth = {prt = 1}", "`prt` is not a setting", 3, "did you mean `port`?"),
        ("[hosts.Web]\ncommand = = 1\n", "`netful.toml` is not TOML", 2, ""),
        (
            "[hots.Web]\ncommand = 'x'",
            "`hots` is not a setting",
            1,
            "known here: `hosts`, `issuers`, `identities`, `clients`, `truststores`, `runtimes`, `images`, `allowed_hosts`",
        ),
        (
            "[runtimes.java21]\nfolder = 'x'",
            "`x` has no `bootstrap`",
            1,
            "it is the program that speaks the Runtime API",
        ),
        ("[truststores.Domain]\nfile = 'x'", "`file` is not a setting", 2, "known here: `pem`"),
        ("[truststores.Domain]\npem = 'no.pem'", "cannot read `no.pem`", 1, ""),
        ("[truststores.Domain]\npem = 'netful.toml'", "`netful.toml` is not a truststore", 1, ""),
        (
            '[truststores."api.exmaple.com"]\npem = "x"',
            "no domain `api.exmaple.com` of the template has `MutualTlsAuthentication`, and no trust store is `api.exmaple.com`",
            1,
            "did you mean `api.example.com`?",
        ),
        (
            "[clients.Web]\naddresses = '81.2.69.0/28'",
            "`Web` is a resource of the template already",
            1,
            "give these clients another name",
        ),
        (
            "[clients.internet]\naddresses = '81.2.69.0/28'",
            "`internet` is a place of every network already",
            1,
            "give these clients another name",
        ),
        (
            "[clients.X]\naddresses = '81.2.69.1/28'",
            "`81.2.69.1/28` is not an IPv4 block",
            1,
            "write `198.51.100.0/24`",
        ),
        (
            "[clients.X]\naddresses = '10.1.0.0/16'",
            "`10.1.0.0/16` is not public",
            1,
            "clients on the internet have public addresses",
        ),
        ("[clients.X]\naddresses = '198.18.0.0/24'", "`198.18.0.0/24` overlaps 198.18.0.0/15", 1, ""),
        (
            "[clients.X]\naddresses = '81.2.69.0/28'\ncountry = 'Japan'",
            "`Japan` is not a country code",
            1,
            "write two capital letters, such as `JP`",
        ),
        ("[clients.X]\naddresses = '81.2.69.0/28'\nedge_ms = 9", "`X` is nearer to the region than to the edge", 1, ""),
        (
            "[clients.X]\naddresses = '81.2.69.0/28'\nedge_ms = -1",
            "`clients.X.edge_ms`: expected `float` >= 0.0",
            3,
            "",
        ),
        (
            "[clients.X]\naddresses = '81.2.69.0/28'\n[clients.Y]\naddresses = '81.2.69.8/29'",
            "`81.2.69.8/29` overlaps 81.2.69.0/28",
            3,
            "",
        ),
        ("hosts = 3", "`hosts` is not a table", 1, "write `[hosts.LogicalId]`"),
        ("[hosts.Wb]\ncommand = 'x'", "`Wb` is not a host of the template", 1, "did you mean `Web`?"),
        (
            "[hosts.Endpoint]\ncommand = 'x'",
            "`Endpoint` is not a host of the template",
            1,
            "the hosts of the template: `Web`, `Proxy`",
        ),
        ("[hosts.Web]\ncommand = '${Colur}'", "unknown name `${Colur}`", 2, "did you mean `Colour`?"),
        (
            "[hosts.Web]\ncommand = '${Missing}'",
            "a value for `Web` is not known",
            2,
            "set it in `environment`, or give `Missing`",
        ),
        ("[hosts.Web]\ncommand = 'x'\nfiles = {'a' = 'nothing.conf'}", "cannot read `nothing.conf`", 3, ""),
        (
            "[hosts.Web]\ncommand = 'x'\nfiles = {'/etc/a' = 'a.conf'}",
            "`/etc/a` is not in the host's own folder",
            3,
            "write a relative path without `..`",
        ),
        (
            "[hosts.Web]\ncommand = 'x'\n[[hosts.Web.rewrites]]\nto = 'https://x'\n[[hosts.Web.rewrites]]\nto = 'x'",
            "`x` is not a URL",
            6,
            "write `https://HOST/path`",
        ),
        (
            "[hosts.Web]\ncommand = 'x'\n[[hosts.Web.rewrites]]\nto = 'https://x'\nprt = 3",
            "`prt` is not a setting",
            5,
            "did you mean `port`?",
        ),
    ],
)
def test_what_does_not_fit_is_refused_where_it_stands(programs, text, what, line, hint):
    with pytest.raises(SourceError) as refused:
        programs(text)
    assert (refused.value.what, refused.value.hint) == (what, hint)
    assert str(refused.value.origin) == f"netful.toml:{line}"


def test_a_file_is_refused_by_its_own_name(programs):
    with pytest.raises(SourceError) as refused:
        programs("[hosts.Web]\ncommand = 'x'\nfiles = {'a' = 'a.conf'}", a_conf="${Nothing}")
    assert str(refused.value.origin) == "a.conf"


def test_a_rewrite_of_one_host_is_no_others(programs):
    found = programs(
        "[hosts.Web]\ncommand = 'x'\n[[hosts.Web.rewrites]]\nto = 'https://x'\n[hosts.Proxy]\ncommand = 'y'"
    )
    assert [one.to for one in found["Web"].rewrites] == ["https://x"]
    assert found["Proxy"].rewrites == ()
    assert isinstance(found["Web"].rewrites[0], Rewrite)


def test_issuers_have_the_keys_of_their_files(write):
    key = {"kty": "RSA", "kid": "a", "use": "sig", "n": "AQ", "e": "AQAB"}
    write(json.dumps({"keys": [key, {"kty": "EC", "kid": "b"}]}), "jwks.json")
    write(RSAKey.generate_key(2048).as_pem(private=False).decode(), "k.pem")
    write(
        '[issuers."https://a.example/"]\njwks = "jwks.json"\n[issuers."https://b.example"]\npublic_key = "k.pem"\n',
        "netful.toml",
    )
    found = load([write(TEMPLATE)]).access.issuers
    assert found["https://a.example/"].keys == ({"kty": "RSA", "kid": "a", "n": "AQ", "e": "AQAB"},)
    assert str(found["https://b.example"].origin) == "netful.toml:3"
    (key,) = found["https://b.example"].keys
    assert (key["kty"], key["e"], "kid" in key, len(key["n"])) == ("RSA", "AQAB", False, 342)


ISSUER = '[issuers."https://a.example/"]\n'


@pytest.mark.parametrize(
    ("setting", "what", "at"),
    [
        ("", "`https://a.example/` needs one file with its keys", "netful.toml:1"),
        ('jwks = "a"\npublic_key = "b"', "`https://a.example/` needs one file with its keys", "netful.toml:1"),
        ('jwks = "nothing.json"', "cannot read `nothing.json`", "netful.toml:1"),
        ('jwks = "text"', "`text` is not JSON", "text"),
        ('jwks = "empty"', "`empty` has no RSA key", "empty"),
        ('public_key = "text"', "`text` is not an RSA public key", "text"),
        ('jwsk = "text"', "`jwsk` is not a setting", "netful.toml:2"),
        ("jwks = 3", "`issuers.https://a.example/.jwks`: expected `str | null`, got `int`", "netful.toml:2"),
    ],
)
def test_issuer_that_is_refused(write, setting, what, at):
    write("not json", "text")
    write('{"keys": []}', "empty")
    write(ISSUER + setting, "netful.toml")
    with pytest.raises(SourceError) as refused:
        load([write(TEMPLATE)])
    assert (refused.value.what, str(refused.value.origin)) == (what, at)


IDENTITY = '[identities.Partner]\naccess_key_id = "AKIA"\nsecret_access_key = "s"\n'


def test_identities_have_the_statements_of_all_their_policies(write):
    write('{"Statement": {"Effect": "Allow"}}', "one.json")
    write('{"Statement": [{"Effect": "Deny"}]}', "two.json")
    write(
        f'{IDENTITY}arn = "arn:aws:iam::444455556666:role/path/r"\npolicies = ["one.json", "two.json"]', "netful.toml"
    )
    found = load([write(TEMPLATE)]).access.identities["Partner"]
    assert found.policy == {"Statement": [{"Effect": "Allow"}, {"Effect": "Deny"}]}
    assert (found.account_id, found.caller_arn) == ("444455556666", "arn:aws:sts::444455556666:assumed-role/r/Partner")


@pytest.mark.parametrize(
    ("setting", "what", "at"),
    [
        ('arn = "arn:aws:iam::4444:role/r"', "`arn:aws:iam::4444:role/r` is not a user or role", "netful.toml:1"),
        ("", "`identities.Partner`: object missing required field `arn`", "netful.toml:1"),
        ('arn = "arn:aws:iam::444455556666:role/r"\npolicies = ["nothing"]', "cannot read `nothing`", "netful.toml:1"),
        ('arn = "arn:aws:iam::444455556666:role/r"\npolicies = ["text"]', "`text` is not JSON", "text"),
        ('arn = "arn:aws:iam::444455556666:role/r"\npolicies = ["list"]', "`list` is not a policy", "list"),
    ],
)
def test_identity_that_is_refused(write, setting, what, at):
    write("not json", "text")
    write("[]", "list")
    write(IDENTITY + setting, "netful.toml")
    with pytest.raises(SourceError) as refused:
        load([write(TEMPLATE)])
    assert (refused.value.what, str(refused.value.origin)) == (what, at)


def test_allowed_hosts_are_names_in_lower_case_with_their_place(write):
    write('[allowed_hosts."Host.Docker.internal"]\n[allowed_hosts.netful]\n', "netful.toml")
    found = load([write(TEMPLATE)]).access.allowed_hosts
    assert {name: str(one.origin) for name, one in found.items()} == {
        "host.docker.internal": "netful.toml:1",
        "netful": "netful.toml:2",
    }


def test_the_project_file_is_beside_cdk_json_too(write):
    assembly = {"artifacts": {"App": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "App.yaml"}}}}
    write(json.dumps(assembly), "cdk.out/manifest.json")
    write(TEMPLATE, "cdk.out/App.yaml")
    write('[hosts.Web]\ncommand = "serve"', "netful.toml")
    assert load([]).compute.programs["Web"].command == "serve"
    assert str(load([]).compute.programs["Web"].origin) == "netful.toml:1"
