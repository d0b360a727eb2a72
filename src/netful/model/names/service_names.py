"""AWS's services and their names: the public hosts of a service, and the private DNS names of an endpoint.

Rules:
1. A service is identified by its *endpoint code*, the part after the region in `com.amazonaws.REGION.CODE`.
2. Most services answer on `CODE.REGION.amazonaws.com`; the table lists only those that differ.
3. A name may begin with `*.`, which matches one or more labels.
4. Names are written with the suffix of most regions; those of other partitions have their own.

Sources: vpc-network §5.2 (private DNS names); AWS's endpoint rules as shipped in botocore (host names).
"""

from functools import lru_cache

from netful.model.core import Frozen
from netful.model.names.partitions import in_region, url_suffix

GATEWAY_SERVICES = ("s3", "dynamodb")
"""The services whose gateway endpoints have routes (§5.5)."""

EXPRESS = "s3express"
"""S3 Express One Zone has gateway endpoints too (newer-aws §6.1), of which netful knows no addresses."""

CROSS_REGION_SERVICES = frozenset({
    "s3", "iam", "route53", "ecr.api", "ecr.dkr", "kms", "ecs", "lambda", "kinesis-firehose", "kinesisanalytics",
})  # fmt: skip
"""The services that AWS offers to interface endpoints in other Regions (§5.7)."""

REGIONS = (
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "af-south-1", "ap-east-1", "ap-east-2", "ap-south-1",
    "ap-south-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2",
    "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1",
    "ca-west-1", "eu-central-1", "eu-central-2", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "eu-south-1",
    "eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "cn-north-1",
    "cn-northwest-1", "us-gov-east-1", "us-gov-west-1",
)  # fmt: skip


class Service(Frozen):
    """A service. `{r}` in a name is replaced by the region.

    `hosts`: the public names, the SDKs' default first. `private`: the names that an endpoint's private DNS answers, if
    they are not just `hosts`. `extra`: further public names (legacy and global ones) that no private DNS covers.
    """

    code: str
    hosts: tuple[str, ...]
    private: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    def host(self, region: str) -> str:
        """Return the name that an SDK calls in a region (without a leading wildcard)."""
        return _named(self.hosts[0].removeprefix("*."), region)

    def private_names(self, region: str) -> tuple[str, ...]:
        """Return the names that an interface endpoint's private DNS answers (§5.2)."""
        return tuple(_named(name, region) for name in self.private or self.hosts)

    def public_names(self, region: str) -> tuple[str, ...]:
        """Return every name of the service that public DNS answers."""
        names = dict.fromkeys((*self.hosts, *self.private, *self.extra))
        return tuple(_named(name, region) for name in names)


_OF_GOVERNMENT = {f"{code}.amazonaws.com": f"{code}.us-gov.amazonaws.com" for code in ("iam", "route53")}
"""The global names that GovCloud has otherwise."""


def _named(name: str, region: str) -> str:
    own = _OF_GOVERNMENT.get(name, name) if region.startswith("us-gov-") else name
    return in_region(own, region).format(r=region)


WEB_PORTS = (80, 443)
_ENDPOINT_PORTS = {
    "cassandra": (9142, *WEB_PORTS),
    "email-smtp": (25, 465, 587, 2465, 2587),
    "elasticfilesystem": (2049, *WEB_PORTS),
    "iot.data": (8443, 8883, *WEB_PORTS),
    "storagegateway": (1026, 1027, 1028, 1031, 2222, *WEB_PORTS),
    "transcribestreaming": (8443, *WEB_PORTS),
}


def endpoint_ports(code: str) -> tuple[int, ...]:
    """Return the TCP ports of a service behind an interface endpoint."""
    return _ENDPOINT_PORTS.get(code, WEB_PORTS)


_PLAIN_HTTP = frozenset({
    "application-autoscaling", "autoscaling", "autoscaling-plans", "dynamodb", "ec2", "eks", "monitoring", "s3", "sns", "sqs",
    "streams.dynamodb",
})  # fmt: skip
"""The services that have `http` among the protocols of botocore's list of endpoints; all others have `https` alone."""


def serves_plain_http(code: str) -> bool:
    """Return whether AWS says that a service is there without TLS too."""
    return code in _PLAIN_HTTP


_S3_WILDCARDS = ("s3.{r}.amazonaws.com", "*.s3.{r}.amazonaws.com")

# Codes whose host is not CODE.REGION.amazonaws.com.
_SPECIAL = (
    Service("execute-api", ("*.execute-api.{r}.amazonaws.com",)),
    Service(
        "s3",
        _S3_WILDCARDS,
        private=(
            *_S3_WILDCARDS,
            "s3-control.{r}.amazonaws.com", "*.s3-control.{r}.amazonaws.com",
            "s3-accesspoint.{r}.amazonaws.com", "*.s3-accesspoint.{r}.amazonaws.com",
        ),
        extra=(
            "s3.amazonaws.com", "*.s3.amazonaws.com", "s3-{r}.amazonaws.com", "*.s3-{r}.amazonaws.com",
            "s3-external-1.amazonaws.com", "*.s3-external-1.amazonaws.com",
            "s3.dualstack.{r}.amazonaws.com", "*.s3.dualstack.{r}.amazonaws.com",
            "s3-control.dualstack.{r}.amazonaws.com", "*.s3-control.dualstack.{r}.amazonaws.com",
            "s3-accesspoint.dualstack.{r}.amazonaws.com", "*.s3-accesspoint.dualstack.{r}.amazonaws.com",
            "s3-fips.{r}.amazonaws.com", "*.s3-fips.{r}.amazonaws.com",
        ),
    ),
    Service("dynamodb", ("dynamodb.{r}.amazonaws.com", "*.ddb.{r}.amazonaws.com")),
    Service("ecr.api", ("api.ecr.{r}.amazonaws.com",)),
    Service("ecr.dkr", ("*.dkr.ecr.{r}.amazonaws.com",)),
    Service("sqs", ("sqs.{r}.amazonaws.com",), extra=("{r}.queue.amazonaws.com", "queue.amazonaws.com")),
    Service("sts", ("sts.{r}.amazonaws.com",), extra=("sts.amazonaws.com",)),
    Service("kinesis-streams", ("kinesis.{r}.amazonaws.com", "*.kinesis.{r}.amazonaws.com")),
    Service("kinesis-firehose", ("firehose.{r}.amazonaws.com",)),
    Service("sync-states", ("sync-states.{r}.amazonaws.com",)),
    Service("email-smtp", ("email-smtp.{r}.amazonaws.com",)),
    Service("iam", ("iam.amazonaws.com",)),
    Service("route53", ("route53.amazonaws.com",)),
    Service("cloudfront", ("cloudfront.amazonaws.com",)),
    Service("rds-data", ("rds-data.{r}.amazonaws.com",)),
    Service("lambda-url", ("*.lambda-url.{r}.on.aws",)),
    Service("appsync-api", ("*.appsync-api.{r}.amazonaws.com",)),
    Service("sagemaker.api", ("api.sagemaker.{r}.amazonaws.com",)),
    Service("sagemaker.runtime", ("runtime.sagemaker.{r}.amazonaws.com",)),
    Service("git-codecommit", ("git-codecommit.{r}.amazonaws.com",)),
    Service("elasticfilesystem", ("elasticfilesystem.{r}.amazonaws.com",)),
    Service("elasticache", ("elasticache.{r}.amazonaws.com",)),
    Service("rds", ("rds.{r}.amazonaws.com",)),
)  # fmt: skip

# Codes that follow the rule. Their order decides public addresses (`addresses.service_address`): append only.
_PLAIN = (
    "ssm", "ssmmessages", "ec2messages", "ec2", "secretsmanager", "kms", "sns", "logs", "monitoring", "events",
    "lambda", "states", "xray", "cloudformation", "cloudtrail", "config", "codebuild", "codedeploy", "codepipeline",
    "athena", "glue", "redshift", "redshift-data", "elasticloadbalancing", "autoscaling", "application-autoscaling",
    "ecs", "ecs-agent", "ecs-telemetry", "eks", "batch", "kafka", "mq", "scheduler", "pipes", "evidently",
    "servicediscovery", "appconfig", "appconfigdata", "bedrock", "bedrock-runtime", "bedrock-agent",
    "bedrock-agent-runtime", "comprehend", "textract", "rekognition", "translate", "transcribe", "polly",
    "elasticmapreduce", "es", "aoss", "timestream", "cognito-idp", "cognito-identity", "email", "apigateway",
    "servicecatalog", "backup", "datasync", "transfer", "dms", "workspaces", "organizations", "sso", "access-analyzer",
    "acm", "acm-pca", "inspector2", "guardduty", "securityhub", "macie2", "tagging", "quicksight", "synthetics",
    "swf", "iot", "iot.data", "greengrass", "appmesh", "appmesh-envoy-management", "memorydb", "fis", "airflow",
    "personalize", "forecast", "kinesisanalytics", "lakeformation", "dax", "ebs", "imagebuilder", "ds", "fsx",
    "networkmanager", "ram", "route53resolver", "wafv2", "waf-regional", "shield", "cur", "budgets", "geo.maps",
    "aps", "aps-workspaces", "grafana", "rum", "internetmonitor", "vpc-lattice", "verifiedpermissions", "q",
    "cloudcontrolapi", "memory-db", "airflow.api", "airflow.env", "airflow.ops", "geo.places", "geo.routes",
    "geo.tracking", "geo.geofencing", "geo.metadata", "codeartifact.api", "codeartifact.repositories",
    "sagemaker.featurestore-runtime", "sagemaker.metrics", "cognito-auth", "elb-keys",
    "route53profiles", "bedrock-agentcore", "bedrock-agentcore.gateway", "eks-auth", "ds-data",
)  # fmt: skip

# Hosts that do not follow from the code. A code with a dot is otherwise the host's first part in reverse: `geo.maps`, `maps.geo`.
_HOSTS = {
    "ecs-agent": "ecs-a.{r}.amazonaws.com",
    "ecs-telemetry": "ecs-t.{r}.amazonaws.com",
    "streams.dynamodb": "streams.dynamodb.{r}.amazonaws.com",  # the code that botocore has
    "codeartifact.api": "codeartifact.{r}.amazonaws.com",
    "codeartifact.repositories": "*.d.codeartifact.{r}.amazonaws.com",
    "budgets": "budgets.amazonaws.com",
    "networkmanager": "networkmanager.us-west-2.amazonaws.com",
    "internetmonitor": "internetmonitor.{r}.api.aws",
    "datazone": "datazone.{r}.api.aws",
    "eks-auth": "eks-auth.{r}.api.aws",
    "qbusiness": "qbusiness.{r}.api.aws",
    "bedrock-agentcore.gateway": "*.gateway.bedrock-agentcore.{r}.amazonaws.com",
    "cognito-auth": "*.auth.{r}.amazoncognito.com",  # domains of user pools
    "elb-keys": "public-keys.auth.elb.{r}.amazonaws.com",
}


def _reversed(code: str) -> str:
    return ".".join(reversed(code.split(".")))


def _plain(code: str) -> Service:
    written = (
        _reversed(code).replace("{", "{{").replace("}", "}}")
    )  # the name of a nonexistent service may contain anything
    return Service(code, (_HOSTS.get(code) or written + ".{r}.amazonaws.com",))


SERVICES: dict[str, Service] = {service.code: service for service in (*_SPECIAL, *map(_plain, _PLAIN))}

# Common and SDK names of services whose endpoint code is different.
_ALIASES = {
    "kinesis": "kinesis-streams", "firehose": "kinesis-firehose", "stepfunctions": "states", "eventbridge": "events",
    "cloudwatch": "monitoring", "cloudwatch-logs": "logs", "ecr": "ecr.api", "ses": "email", "elbv2":
    "elasticloadbalancing", "efs": "elasticfilesystem", "emr": "elasticmapreduce", "opensearch": "es",
    "sagemaker": "sagemaker.api", "sagemaker-runtime": "sagemaker.runtime", "memorydb": "memory-db",
    "accessanalyzer": "access-analyzer", "amp": "aps", "apigatewaymanagementapi": "execute-api", "apigatewayv2": "apigateway",
    "cloudcontrol": "cloudcontrolapi", "codeartifact": "codeartifact.api", "lambda-core": "lambda", "lambda-microvms": "lambda",
    "lambda-web": "lambda", "sagemaker-featurestore-runtime": "sagemaker.featurestore-runtime",
    "sagemaker-metrics": "sagemaker.metrics", "docdb": "rds", "elb": "elasticloadbalancing",
    "greengrassv2": "greengrass", "iot-data": "iot.data", "keyspaces": "cassandra", "kinesisanalyticsv2": "kinesisanalytics",
    "lexv2-runtime": "runtime-v2-lex", "mwaa": "airflow", "neptune": "rds", "opensearchserverless": "aoss",
    "pinpoint-email": "email", "resourcegroupstaggingapi": "tagging", "s3control": "s3", "service-quotas": "servicequotas",
    "sesv2": "email", "sso-admin": "sso",
}  # fmt: skip


def service(code: str) -> Service:
    """Return the service with an endpoint code, a common name or the first part of its host; an unlisted code has the usual names."""
    code = EXPRESS if code.startswith(f"{EXPRESS}-") else _ALIASES.get(code, code)
    return SERVICES.get(code) or SERVICES.get(_reversed(code)) or _plain(code)


def is_listed(code: str) -> bool:
    """Return whether the catalog contains a service."""
    return code in SERVICES


def service_code(service_name: str) -> str:
    """Return the code in an endpoint's `ServiceName` (`com.amazonaws.eu-west-1.ssm` → `ssm`).

    "" if it is not AWS's own.
    """
    if service_name.startswith("com.amazonaws.vpce."):
        return ""
    for prefix in ("com.amazonaws.", "cn.com.amazonaws.", "aws.api."):
        if service_name.startswith(prefix):
            first, _, rest = service_name.removeprefix(prefix).partition(".")
            return rest if first in REGIONS and rest else service_name.removeprefix(prefix)
    return ""


_HOMES = {".us-gov.amazonaws.com": "us-gov-west-1", ".amazonaws.com.cn": "cn-north-1"}


def name_matches(pattern: str, name: str) -> bool:
    """Return whether a pattern, which may begin with `*.` (one or more labels), matches a host name."""
    if pattern.startswith("*."):
        return name.endswith(pattern[1:]) and len(name) > len(pattern) - 1
    return name == pattern


@lru_cache(maxsize=4096)
def service_of_host(host: str) -> tuple[Service, str] | None:
    """Return the service and region of a public host name, or None if the name is not one of AWS's.

    Global and legacy names (`sts.amazonaws.com`, `s3.amazonaws.com`) belong to the first region of a partition.
    """
    home = next((r for end, r in _HOMES.items() if host.endswith(end)), "us-east-1")
    region = next((r for r in REGIONS if f".{r}." in f".{host}" or f"-{r}." in host), home)
    for candidate in SERVICES.values():
        if any(name_matches(name, host) for name in candidate.public_names(region)):
            return candidate, region
    suffix = f".{region}.{url_suffix(region)}"
    if host.endswith(suffix) and not host.endswith(f".vpce{suffix}"):
        return service(host.removesuffix(suffix).rsplit(".", 1)[-1]), region
    return None
