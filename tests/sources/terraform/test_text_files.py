"""Files that expressions beside a plan read."""

import pytest

from netful.model.core import Unknown
from netful.sources import load
from netful.sources.terraform.reading import read
from tests.helpers.terraform_plans import Plan, refers

API = """
openapi: 3.0.1
paths:
%{ for name in names ~}
  /${name}:
    get: { x-amazon-apigateway-integration: { type: aws_proxy, httpMethod: POST, uri: ${function} } }
%{ endfor ~}
"""
POLICY = '{ "Statement": [{ "Action": ${jsonencode(actions)}, "Resource": ["${bucket}", "${bucket}/*"] }] }'
FILES = {
    "m/rules.yaml": "app: { from: web, port: 80 }\n",
    "rules.json": '{ "app": { "from": "web", "port": 80 } }',
    "names/web.txt": "",
    "policy.tftpl": POLICY,
    "api.yaml": API,
}
GROUPS = {name: f"module.m.aws_security_group.{name}" for name in ("web", "app")}


def peer(folder, text):
    """The group that a rule of a module admits, which its text says."""
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16")
    plan.calls["m"] = {"source": "./m", "module": {}}
    for name, address in GROUPS.items():
        plan.add(address, module="module.m", name=name, vpc_id="vpc-1")
    written = {
        "security_group_id": refers("aws_security_group.app.id"),
        "referenced_security_group_id": refers("local.x"),
    }
    unknown = {"security_group_id": ..., "referenced_security_group_id": ...}
    rule = 'module.m.aws_vpc_security_group_ingress_rule.r["app"]'
    plan.add(rule, written, "app", module="module.m", ip_protocol="tcp", from_port=80, to_port=80, **unknown)
    for name, content in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    (folder / "m" / "main.tf").write_text(f"""
      locals {{
        groups = {{ web = aws_security_group.web.id }}
        x      = {text}
      }}
      resource "aws_vpc_security_group_ingress_rule" "r" {{
        security_group_id            = aws_security_group.app.id
        referenced_security_group_id = local.x
      }}
    """)
    (found,) = load([plan.write(folder)]).network.security_groups[GROUPS["app"]].ingress
    return None if isinstance(found.peer, Unknown) else found.peer


@pytest.mark.parametrize(
    "text",
    [
        'local.groups[yamldecode(file("${path.module}/rules.yaml")).app.from]',
        'local.groups[jsondecode(file("rules.json")).app.from]',
        'local.groups[trimsuffix(one(fileset("${path.root}/names", "*.txt")), ".txt")]',
        'local.groups[fileexists("rules.json") ? "web" : "app"]',
        'yamldecode(templatefile("${path.module}/rules.yaml", {})).app.port == 80 ? local.groups.web : null',
    ],
)
def test_a_file_beside_the_plan_is_read(tmp_path, text):
    assert peer(tmp_path, text) == GROUPS["web"]


@pytest.mark.parametrize(
    "text",
    [
        'local.groups[file("none.txt")]',
        'local.groups[fileexists("none.txt") ? "app" : "web"]',
        'local.groups[length(fileset("none", "*")) == 0 ? "web" : "app"]',
        'local.groups[trimspace(file("../outside.txt"))]',
        'local.groups[trimspace(file("/etc/hostname"))]',
        'local.groups[fileset(".", "../*.txt")[0]]',
        'local.groups[length(fileset(".", "out/*.txt")) == 1 ? "web" : "app"]',
        'local.groups[length(fileset("circle", "*")) == 0 ? "web" : "app"]',
        'local.groups[trimspace(file("circle/a"))]',
        'local.groups[fileset(".", "/*")[0]]',
        'local.groups[length(fileset("m", "[^m]*")) == 1 ? "web" : "app"]',
        "local.groups[file(1)]",
        "local.groups[file()]",
        'local.groups[fileset(".")]',
        'local.groups[yamldecode(file("policy.tftpl")).from]',
    ],
)
def test_a_file_that_is_not_there_says_nothing(tmp_path, text):
    (tmp_path / "outside.txt").write_text("web")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "out").symlink_to(tmp_path)
    (tmp_path / "project" / "circle").symlink_to("circle")
    assert peer(tmp_path / "project", text) is None


def test_a_template_of_a_policy_has_references(tmp_path):
    plan = (
        Plan()
        .add("aws_s3_bucket.b", bucket="b")
        .add("aws_iam_policy.p", {"policy": refers("aws_s3_bucket.b.arn")}, name="p", policy=...)
    )
    (tmp_path / "policy.tftpl").write_text(POLICY)
    given = 'bucket = aws_s3_bucket.b.arn, actions = ["s3:GetObject"]'
    text = f'resource "aws_iam_policy" "p" {{\n  policy = templatefile("policy.tftpl", {{ {given} }})\n}}\n'
    (tmp_path / "main.tf").write_text(text)
    properties = read(plan.write(tmp_path)).resources["aws_iam_policy.p"]["Properties"]
    arn = {"Fn::GetAtt": ["aws_s3_bucket.b", "Arn"]}
    below = {"Fn::Join": ["", [arn, "/*"]]}
    assert properties["PolicyDocument"] == {"Statement": [{"Action": ["s3:GetObject"], "Resource": [arn, below]}]}


def test_a_template_of_an_api_has_routes(tmp_path):
    plan = Plan().add("aws_lambda_function.f", function_name="f")
    plan.add("aws_api_gateway_rest_api.a", {"body": refers("aws_lambda_function.f.invoke_arn")}, name="a", body=...)
    (tmp_path / "api.yaml").write_text(API)
    given = 'names = ["a", "b"], function = aws_lambda_function.f.invoke_arn'
    text = f'resource "aws_api_gateway_rest_api" "a" {{\n  body = templatefile("api.yaml", {{ {given} }})\n}}\n'
    (tmp_path / "main.tf").write_text(text)
    routes = load([plan.write(tmp_path)]).apis.by_id["aws_api_gateway_rest_api.a"].routes
    found = {one.path: one.integration.uri for one in routes}
    assert found.keys() == {"/a", "/b"}
    assert all(":function:f/" in one for one in found.values())
