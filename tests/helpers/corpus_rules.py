"""The prose by which the public templates' expected answers name a fault, and the check that finds it."""

RULE_OF_PROSE = {
    "public API without own throttle, auth or WAF": "NF501",
    "one NAT gateway serves several AZs": "NF701",
    "IGW route does not depend on the gateway attachment": "NF702",
    "ssh open to 0.0.0.0/0 (AllowedIP default)": "NF707",
    "VPC CIDR 192.163.0.0/16 is not in a private range (typo of 192.168?)": "NF705",
    "reference to a resource whose condition is false (deploy fails)": "NF710",
    "reference to a resource whose condition is false": "NF710",
    "internet-facing listener without TLS": "NF713",
    "permission for elasticloadbalancing without SourceArn": "NF714",
    "usage plan without throttle or quota": "NF704",
    "Resource is the literal text 'FulfillmentQ.Arn' (missing !GetAtt)": "NF715",
    "PrivateDnsEnabled not stated on an interface endpoint (default differs between documentation sources: state it)": "NF711",
}
