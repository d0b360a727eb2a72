"""Parts of CloudFormation templates, and the network and the functions that every drawn cloud of APIs has."""

from hypothesis import strategies as st

DOMAIN, PRIVATE_DOMAIN, HTTP_DOMAIN = "api.example.com", "in.example.com", "http.example.com"
DOMAINS = (DOMAIN, PRIVATE_DOMAIN, HTTP_DOMAIN)
CLIENT, OFFICE = "203.0.113.9", "198.51.100.7"
USERS = {
    "Own": "arn:aws:iam::123456789012:user/own",
    "Narrow": "arn:aws:iam::123456789012:user/narrow",
    "Partner": "arn:aws:iam::444455556666:user/partner",
}
STAGES = ("live", "test")
INVOKE = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{}/invocations"
ASSUME = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}


def resource(kind, /, depends=(), **properties):
    """A resource of a template, without the properties that are None."""
    given = {name: value for name, value in properties.items() if value is not None}
    return {"Type": f"AWS::{kind}", "Properties": given} | ({"DependsOn": [*depends]} if depends else {})


def ref(name):
    return {"Ref": name}


def att(name, attribute="Arn"):
    return {"Fn::GetAtt": [name, attribute]}


def sub(text):
    return {"Fn::Sub": text}


def mostly(usual, *others):
    """The usual value in about five of six draws."""
    return st.sampled_from([usual] * 5 * len(others) + [*others])


def function(role, **more):
    return resource(
        "Lambda::Function", Runtime="python3.12", Handler="a.b", Role=att(role), Code={"ZipFile": "x"}, **more
    )


def _role(service, action, where):
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    policy = {"Statement": [{"Effect": "Allow", "Action": action, "Resource": where}]}
    return resource(
        "IAM::Role",
        AssumeRolePolicyDocument={"Statement": [trust]},
        Policies=[{"PolicyName": "p", "PolicyDocument": policy}],
    )


SERVICE_ROLES = {
    "WriterRole": ("apigateway.amazonaws.com", ["dynamodb:PutItem", "sqs:SendMessage"], ["arn:aws:dynamodb:*:*:table/orders", "arn:aws:sqs:*:*:orders"]),
    "ReaderRole": ("apigateway.amazonaws.com", ["dynamodb:GetItem", "sqs:ReceiveMessage"], "*"),
    "StrangeRole": ("lambda.amazonaws.com", "*", "*"),
}  # fmt: skip
NETWORK = {
    "Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsHostnames=True, EnableDnsSupport=True),
    "Subnet": resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.1.0/24"),
    "Sg": resource(
        "EC2::SecurityGroup", GroupDescription="all", VpcId=ref("Vpc"),
        SecurityGroupIngress=[{"IpProtocol": "-1", "CidrIp": "10.0.0.0/16"}],
    ),
    "Role": resource("IAM::Role", AssumeRolePolicyDocument=ASSUME),
    **{name: _role(*of) for name, of in SERVICE_ROLES.items()},
    "Fn": function("Role"),
    "Who": function("Role"),
    "Live": resource("Lambda::Alias", Name="live", FunctionName=ref("Fn"), FunctionVersion="$LATEST"),
    "Caller": function("CallerRole", VpcConfig={"SubnetIds": [ref("Subnet")], "SecurityGroupIds": [ref("Sg")]}),
}  # fmt: skip
