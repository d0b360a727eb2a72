"""APIs as the answers of API Gateway's own API describe them: drawn ones, about which a template and its description say the same."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given

from netful.engine.authorization.function_urls import URL, host_of
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace_as_sent
from netful.model.functions.compute import qualified
from tests.helpers.api_bench import IDENTITIES, sent_for
from tests.helpers.control_bench import Clients, ControlBench
from tests.helpers.described import read_back
from tests.helpers.draw_apis import questions
from tests.helpers.examples import examples

pytestmark = pytest.mark.slow

OF_API = ("stages", "authorizers", "gateway_responses")
OF_HTTP_API = ("routes", "integrations", "stages", "authorizers")
NOT_TOLD = ("which is not known", "that is not known", "was not loaded")
"""Words of the assumptions and hops for what these answers do not contain: roles, and policies of aliases."""


def arn(cloud, function_id):
    name = cloud.compute.functions[function_id].function_name
    return f"arn:aws:lambda:{cloud.region}:{cloud.account_id}:function:{name}"


def statement(permission):
    """A permission as a statement of the policy of its function."""
    own = permission.properties
    principal = str(own["Principal"])
    kind = "Service" if principal.endswith(".amazonaws.com") else "AWS"
    same = {"lambda:FunctionUrlAuthType": own.get("FunctionUrlAuthType"), "AWS:SourceAccount": own.get("SourceAccount")}
    condition = {
        "ArnLike": {"AWS:SourceArn": own["SourceArn"]} if "SourceArn" in own else {},
        "StringEquals": {key: value for key, value in same.items() if value},
        "Bool": {"lambda:InvokedViaFunctionUrl": "true"} if own.get("InvokedViaFunctionUrl") else {},
    }
    return {
        "Effect": "Allow",
        "Principal": principal if principal == "*" else {kind: principal},
        "Action": own["Action"],
        "Condition": condition,
    }


def functions(cloud):
    """Answers of Lambda: functions with their policies and their URLs."""
    resources = cloud.template.resources.values()
    found = {"functions": {"Functions": []}, "urls": {"FunctionUrlConfigs": []}}
    for id_, one in cloud.compute.functions.items():
        vpc = {
            "SubnetIds": [cloud.aws_id(name) for name in one.subnet_ids],
            "SecurityGroupIds": [cloud.aws_id(name) for name in one.security_group_ids],
        }
        listed = {"FunctionName": one.function_name, "FunctionArn": arn(cloud, id_), "VpcConfig": vpc}
        found["functions"]["Functions"].append(listed)
        permissions = [r for r in resources if r.type == "AWS::Lambda::Permission" and named(cloud, r) == (id_, "")]
        policy = json.dumps({"Statement": [statement(each) for each in permissions]})
        found[f"policy-{one.function_name}"] = {"Policy": policy, "RevisionId": "1"}
    for url in resources:
        if url.type == URL:
            target, alias = qualified(str(url.properties["TargetFunctionArn"]))[:2]
            id_, alias = cloud.function_of(target, url.id), alias or url.properties.get("Qualifier", "")
            config = {"FunctionUrl": f"https://{host_of(cloud, url)}/", "AuthType": url.properties["AuthType"]}
            config["FunctionArn"] = f"{arn(cloud, id_)}{alias and f':{alias}'}"
            found["urls"]["FunctionUrlConfigs"].append(config)
    return found


def named(cloud, permission):
    """The function of a permission, and its version or alias."""
    own = permission.properties
    name = str(own["FunctionName"])
    return cloud.function_of(name, permission.id), own.get("Qualifier") or qualified(name)[1]


def apis(rest, http):
    """Answers of both versions of API Gateway's API."""
    found = {
        name: getattr(rest, f"get_{name}")()
        for name in ("rest_apis", "usage_plans", "vpc_links", "domain_names", "domain_name_access_associations")
    }
    found |= {"keys": rest.get_api_keys(), "http_apis": http.get_apis(), "http_links": http.get_vpc_links()}
    for api in found["rest_apis"]["items"]:
        found |= {f"{name}-{api['id']}": getattr(rest, f"get_{name}")(restApiId=api["id"]) for name in OF_API}
        found[f"resources-{api['id']}"] = rest.get_resources(restApiId=api["id"], embed=["methods"])
    for api in found["http_apis"]["Items"]:
        found |= {f"{name}-{api['ApiId']}": getattr(http, f"get_{name}")(ApiId=api["ApiId"]) for name in OF_HTTP_API}
    for plan in found["usage_plans"]["items"]:
        found[f"plan-keys-{plan['id']}"] = rest.get_usage_plan_keys(usagePlanId=plan["id"])
    for domain in found["domain_names"]["items"]:
        name, id_ = domain["domainName"], {"domainNameId": domain["domainNameId"]} if "domainNameId" in domain else {}
        found[f"mappings-{name}"] = rest.get_base_path_mappings(domainName=name, **id_)
        found[f"rules-{name}"] = http.list_routing_rules(DomainName=name)
    return found


def asked(cloud, source, to):
    identified = replace(cloud, access=replace(cloud.access, identities=IDENTITIES))
    return trace_as_sent(identified, parse(identified, source, to))


def test_a_description_says_what_its_template_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    clients, compared = Clients(), []

    @examples(25)
    @given(drawn=questions.examinations(16))
    def on_all(drawn):
        template, every = drawn
        bench = ControlBench(clients, json.dumps(template))
        folder = tmp_path / "describe" / bench.cloud.region
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.iterdir():
            file.unlink()
        for name, answer in {**apis(bench.rest, bench.http), **functions(bench.cloud)}.items():
            answer.pop("ResponseMetadata", None)
            (folder / f"{name}.json").write_text(json.dumps(answer, default=str))
        described = read_back(bench.cloud, tmp_path)
        ids = {**bench.cloud.aws_ids, **{id_: one.function_name for id_, one in bench.cloud.compute.functions.items()}}
        for one in every:
            sent = sent_for(bench.cloud, one)
            if sent is None:
                continue
            source, to = (re.sub(r"(?<![\w.-])\w+(?![\w.-])", lambda word: ids.get(word[0], word[0]), text) for text in (one.source, sent.to))  # fmt: skip
            of_template, of_answers = asked(bench.cloud, one.source, sent.to), asked(described, source, to)
            told = str((of_answers.assumptions, of_answers.missing))
            unknown = "unknown" in (of_answers.verdict, of_template.verdict)
            inspected = any(hop.kind == "waf" for hop in of_template.hops)
            if unknown or inspected or any(words in told for words in NOT_TOLD):
                continue
            compared.append(of_template.verdict)
            assert (of_answers.verdict, of_answers.symptom.status) == (
                of_template.verdict,
                of_template.symptom.status,
            ), (source, to, [str(hop) for hop in of_answers.hops], [str(hop) for hop in of_template.hops])

    on_all()
    assert {*compared} >= {"reachable", "blocked"}
