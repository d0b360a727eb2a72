"""A cloud of APIs as the plan of what is deployed: its template's resources with AWS's ids and ARNs, as the AWS provider has them.

The provider's tables give most arguments. Here is what the provider keeps apart, or writes in another form.
"""

import json
import re

from netful.engine.authorization.function_urls import host_of
from netful.model.core import Unknown
from netful.sources.terraform.types import rows
from netful.sources.terraform.types.api_types import INTEGRATION, INTEGRATION_RESPONSE, METHOD_RESPONSE, SETTINGS
from netful.sources.terraform.types.block_types import BLOCKS
from netful.sources.terraform.types.resource_types import TYPES
from tests.helpers.terraform_plans import Plan

KINDS = {kind: name for name, (kind, _) in reversed(TYPES.items())} | {
    "AWS::ApiGateway::DomainName": "aws_api_gateway_domain_name",
    "AWS::ApiGateway::DomainNameV2": "aws_api_gateway_domain_name",
    "AWS::ApiGateway::BasePathMappingV2": "aws_api_gateway_base_path_mapping",
    "AWS::ApiGatewayV2::Route": "aws_apigatewayv2_route",
}
"""The provider's types, by CloudFormation's."""

TEXTS = ("policy", "assume_role_policy", "schema")
"""Arguments with JSON as a text."""

LIMITS = rows.properties("throttling_burst_limit throttling_rate_limit")
EVERYTHING = {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}
SPELLED = {
    "IPSetReferenceStatement": "ip_set_reference_statement",
    "ARN": "arn",
    "TextTransformations": "text_transformation",
}


def at(properties, path):
    """The value at a path within properties; None if it is not there."""
    for step in path.split("."):
        properties = properties.get(step) if isinstance(properties, dict) else None
    return properties


def arguments_of(shape, properties):
    """The arguments of a resource or a block, by the table of its type."""
    found = {}
    for path, target in shape[0].items():
        value = at(properties, target)
        if value is not None:
            *way, name = path.split(".")
            place = found
            for step in way:
                place = place.setdefault(step, [{}])[0]
            place[name] = value
    for name, inner in shape[1].items():
        value = at(properties, inner.property)
        if value is not None:
            every = (
                value.items()
                if inner.form == "by key"
                else [("", one) for one in (value if inner.form == "list" else [value])]
            )
            blocks = [(key, arguments_of((inner.arguments, inner.blocks), one)) for key, one in every]
            found[name] = [{inner.key: key, **one} if inner.form == "by key" else one for key, one in blocks]
    return found


def known(value):
    """A value without what is not known."""
    if isinstance(value, dict):
        return {name: known(one) for name, one in value.items() if one is not None and not isinstance(one, Unknown)}
    return [known(one) for one in value] if isinstance(value, list | tuple) else value


def blocks(value):
    """An object of a web ACL as blocks."""
    found = {}
    for name, one in value.items():
        spelled = SPELLED.get(name) or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        several = isinstance(one, list) and one and isinstance(one[0], dict)
        found[spelled] = [blocks(one)] if isinstance(one, dict) else [blocks(each) for each in one] if several else one
    return found


BEFORE = {"authorization_type": "AWS_IAM"}
"""Of a function URL, which so has no permission that the provider makes with a public one."""


class PlannedApis:
    """Writes the plan of a cloud."""

    def __init__(self, cloud):
        self.cloud, self.plan = cloud, Plan()
        for name, resource in cloud.template.resources.items():
            kind, own = KINDS[resource.type], known(dict(resource.properties))
            shape = TYPES[kind][1] if kind in TYPES else {}, BLOCKS.get(kind, {})
            given = {
                text: json.dumps(value) if text in TEXTS else value for text, value in arguments_of(shape, own).items()
            }
            write = getattr(self, kind.removeprefix("aws_"), None)
            more = (write(name, own) if write else None) or {}
            id_ = {"id": self.cloud.physical_id(name) or name}
            self.put(f"{kind}.{name}", given | {key: value for key, value in more.items() if value is not None}, id_)

    def put(self, address, values, computed=()):
        """Add a resource. Its `computed` attributes are not written, unless they are arguments."""
        computed = dict(computed) | {
            key: values.pop(key) for key in ("arn", "root_resource_id", "function_url", "id") if key in values
        }
        self.plan.add(address, {name: {} for name in values})
        self.plan.resources[-1]["values"] |= values | computed
        self.plan.changes[-1]["change"] = {"actions": ["update"], "before": BEFORE, "after_unknown": {}}

    def api_gateway_rest_api(self, name, _own):
        return {"root_resource_id": self.cloud.aws_id(f"{name}.root")}

    def api_gateway_method(self, name, own):
        place = {"rest_api_id": own["RestApiId"], "resource_id": own["ResourceId"], "http_method": own["HttpMethod"]}

        def part(kind, label, table, properties):
            values = {argument: at(properties, target) for argument, target in table.items() if "." not in argument}
            self.put(f"aws_api_gateway_{kind}.{label}", {**place, **known(values)}, {"id": label})

        integration = own.get("Integration")
        if integration:
            part("integration", name, INTEGRATION, integration)
            for number, one in enumerate(integration.get("IntegrationResponses", ())):
                part("integration_response", f"{name}{number}", INTEGRATION_RESPONSE, one)
        for number, one in enumerate(own.get("MethodResponses", ())):
            part("method_response", f"{name}{number}", METHOD_RESPONSE, one)

    def api_gateway_stage(self, name, own):
        for number, one in enumerate(own.get("MethodSettings", ())):
            whole = (one["ResourcePath"], one["HttpMethod"]) == ("/*", "*")
            path = "*/*" if whole else f"{one['ResourcePath'].strip('/')}/{one['HttpMethod']}"
            settings = [known({argument: one.get(target) for argument, target in SETTINGS.items()})]
            stage = {"rest_api_id": own["RestApiId"], "stage_name": own["StageName"]}
            self.put(
                f"aws_api_gateway_method_settings.{name}{number}", {**stage, "method_path": path, "settings": settings}
            )
        return {"arn": f"arn:aws:apigateway:us-east-1::/restapis/{own['RestApiId']}/stages/{own['StageName']}"}

    def api_gateway_domain_name(self, name, own):
        trusted = own.get("MutualTlsAuthentication")
        private = own["EndpointConfiguration"]["Types"] == ["PRIVATE"]
        return {
            "domain_name": own["DomainName"], "id": own["DomainName"], "routing_mode": own.get("RoutingMode"),
            "endpoint_configuration": [{"types": own["EndpointConfiguration"]["Types"]}],
            "policy": json.dumps(own["Policy"]) if "Policy" in own else None,
            "mutual_tls_authentication": [{"truststore_uri": trusted["TruststoreUri"]}] if trusted else None,
            "domain_name_id": self.cloud.aws_id(name) if private else None,
        }  # fmt: skip

    def api_gateway_base_path_mapping(self, _name, own):
        if "DomainNameArn" not in own:
            return None
        domain, _, id_ = own["DomainNameArn"].rpartition("/domainnames/")[2].partition("+")
        return {
            "api_id": own["RestApiId"], "stage_name": own.get("Stage"), "base_path": own.get("BasePath"),
            "domain_name": domain, "domain_name_id": id_,
        }  # fmt: skip

    def api_gateway_usage_plan(self, _name, own):
        names = {"burst_limit": "BurstLimit", "rate_limit": "RateLimit"}
        stages = []
        for one in own.get("ApiStages", ()):
            limits = one.get("Throttle", {}).items()
            throttle = [
                {"path": path, **{name: limit.get(key) for name, key in names.items()}} for path, limit in limits
            ]
            stages.append(
                {"api_id": one["ApiId"], "stage": one["Stage"], **({"throttle": throttle} if throttle else {})}
            )
        return {"api_stages": stages}

    def apigatewayv2_route(self, _name, own):
        names = {"api_id": "ApiId", "route_key": "RouteKey", "target": "Target", "authorizer_id": "AuthorizerId",
                 "authorization_scopes": "AuthorizationScopes"}  # fmt: skip
        found = {name: own.get(key) for name, key in names.items()}
        return {**found, "authorization_type": own.get("AuthorizationType", "NONE")}

    def apigatewayv2_stage(self, _name, own):
        def limits(settings):
            return {name: settings[target] for name, target in LIMITS.items() if target in settings}

        routes = [{"route_key": key, **limits(one)} for key, one in own.get("RouteSettings", {}).items()]
        default = own.get("DefaultRouteSettings")
        return {"route_settings": routes, "default_route_settings": [limits(default)] if default else None}

    def apigatewayv2_routing_rule(self, _name, own):
        return {"domain_name": own["DomainNameArn"].rpartition("/domainnames/")[2]}

    def apigatewayv2_domain_name(self, _name, own):
        return {"domain_name": own["DomainName"], "id": own["DomainName"]}

    def lambda_function(self, name, _own):
        called = self.cloud.compute.functions[name].function_name
        return {
            "function_name": called,
            "id": called,
            "arn": f"arn:aws:lambda:us-east-1:123456789012:function:{called}",
        }

    def lambda_function_url(self, name, own):
        host = host_of(self.cloud, self.cloud.template.resources[name])
        return {"function_name": own["TargetFunctionArn"], "function_url": f"https://{host}/"}

    def iam_role(self, name, own):
        called = self.cloud.access.roles[name].role_name
        inline = [
            {"name": one["PolicyName"], "policy": json.dumps(one["PolicyDocument"])} for one in own.get("Policies", ())
        ]
        return {
            "name": called,
            "id": called,
            "arn": f"arn:aws:iam::123456789012:role/{called}",
            "inline_policy": inline,
        }

    def wafv2_web_acl(self, name, own):
        arn = self.cloud.aws_id(name)
        rules = {"rule": [blocks(one) for one in own["Rules"]], "default_action": [blocks(own["DefaultAction"])]}
        return {"arn": arn, "id": arn.rpartition("/")[2], **rules}

    def wafv2_ip_set(self, name, _own):
        return {"arn": self.cloud.aws_id(name)}

    def lb(self, name, own):
        return {"internal": own["Scheme"] == "internal", "arn": self.cloud.aws_id(name), "id": self.cloud.aws_id(name)}

    def lb_listener(self, name, _own):
        return {"arn": self.cloud.aws_id(name), "id": self.cloud.aws_id(name)}

    def lb_target_group(self, name, own):
        arn = self.cloud.aws_id(name)
        for number, one in enumerate(own.get("Targets", ())):
            self.put(
                f"aws_lb_target_group_attachment.{name}{number}", {"target_group_arn": arn, "target_id": one["Id"]}
            )
        return {"arn": arn, "id": arn}

    def security_group(self, _name, own):
        return {
            "ingress": [EVERYTHING | {"cidr_blocks": [one["CidrIp"]]} for one in own["SecurityGroupIngress"]],
            "egress": [EVERYTHING],
        }

    def instance(self, name, _own):
        (eni,) = self.cloud.network.interfaces_of(name)
        return {"private_ip": str(eni.private_ip_address)}

    def service_discovery_instance(self, _name, _own):
        (eni,) = self.cloud.network.interfaces_of("Web")
        return {"attributes": {"AWS_INSTANCE_IPV4": str(eni.private_ip_address), "AWS_INSTANCE_PORT": "80"}}

    def service_discovery_service(self, name, _own):
        return {"arn": f"arn:aws:servicediscovery:us-east-1:123456789012:service/{self.cloud.aws_id(name)}"}
