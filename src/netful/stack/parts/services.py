"""AWS services at a stack's doors: the handlers of netful first, then the back ends."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from netful.balancer.consulted.claim_signer import ClaimSigner
from netful.engine.admission import metrics
from netful.functions.invocations import metrics as function_metrics
from netful.functions.invocations.logs import LogGroup
from netful.model.cloud import Cloud
from netful.model.names.service_names import service
from netful.services.backends.backend import Backends
from netful.services.front.bucket_notifications import BucketNotifications
from netful.services.front.front import Front
from netful.services.front.routing import EDGE, route_to_service
from netful.services.hosted_sign_in.hosted_sign_in import HostedSignIn
from netful.services.http.backend_requests import CallHost
from netful.services.http.message import Handler, Request, Response
from netful.services.tls.authority import Authority
from netful.stack.parts import truststores
from netful.stack.parts.api_gateway import ApiGateway
from netful.stack.parts.assumed_roles import AssumedRoles
from netful.stack.parts.caller_identity import CallerIdentity
from netful.stack.parts.flow_logs import FlowLogs
from netful.stack.parts.functions import Functions
from netful.stack.parts.handler_on_demand import HandlerOnDemand
from netful.stack.parts.lambda_door import LambdaDoor
from netful.stack.parts.lambda_interfaces import LambdaInterfaces
from netful.stack.parts.lambda_urls import LambdaUrls
from netful.stack.parts.log_delivery import LogDelivery
from netful.stack.parts.metric_delivery import MetricDelivery
from netful.stack.parts.secret_rotation import SecretRotation
from netful.stack.parts.signers import signers
from netful.stack.running_cloud import Part
from netful.stack.tasks.tasks import Tasks
from netful.stack.traces.traces import Traces

if TYPE_CHECKING:
    from pathlib import Path

    from netful.account.cloudformation.account import Account
    from netful.account.elbv2.describe.target_health import Found
    from netful.account.writing import Running


# APIs that need the running cloud alone, by the service's endpoint code; each is imported by its first request.
_APIS_OF_THE_CLOUD = {
    "autoscaling": "netful.account.managed.autoscaling_api:AutoScalingApi",
    "cloudcontrolapi": "netful.account.cloud_control:CloudControlApi",
    "cloudfront": "netful.account.cloudfront.invalidations:InvalidationsApi",
    "dax": "netful.account.managed.dax_api:DaxApi",
    "elasticache": "netful.account.managed.elasticache_api:ElastiCacheApi",
    "elasticfilesystem": "netful.account.efs.api:EfsApi",
    "memory-db": "netful.account.managed.memorydb_api:MemoryDbApi",
    "redshift": "netful.account.managed.redshift_api:RedshiftApi",
    "route53": "netful.account.route53.api:Route53Api",
    "route53profiles": "netful.account.profiles.api:ProfilesApi",
    "route53resolver": "netful.account.resolver.api:ResolverApi",
    "servicediscovery": "netful.account.cloud_map.api:CloudMapApi",
    "wafv2": "netful.account.wafv2.api:WafApi",
}


class Services(Part):
    """The front with its handlers: `__init__` is one list, the handler of each service."""

    def __init__(
        self,
        cloud: Cloud,
        authority: Authority,
        backends: Backends,
        functions: Functions,
        lambda_door: LambdaDoor,
        interfaces: LambdaInterfaces,
        gateway: ApiGateway,
        running: Running,
        account: Account,
        health: Callable[[], Found],
        tasks: Callable[[], Tasks],
        data_api: HandlerOnDemand,
        signer: ClaimSigner,
        distributions: Handler,
        flow_logs: FlowLogs,
        other_logs: Callable[[], Iterable[LogGroup]],
        traces: Traces,
        rotation: SecretRotation,
        sessions: Path | None,
    ) -> None:
        call_host, current = backends.call_host, functions.current
        counted = {metrics.NAMESPACE: gateway.measured, function_metrics.NAMESPACE: functions.measured}
        self._interfaces = interfaces
        self._assumed = AssumedRoles(cloud, sessions)
        self._cloudformation = HandlerOnDemand("netful.account.cloudformation.api:CloudFormationApi", account)
        self.ecs = HandlerOnDemand("netful.account.ecs.api:EcsApi", running, tasks)
        in_its_region = partial(_in_its_region, running, call_host)
        self._data_api = data_api
        self.rotation = rotation
        handlers: dict[str, Handler] = {
            **{code: HandlerOnDemand(api, running).handle for code, api in _APIS_OF_THE_CLOUD.items()},
            "lambda": lambda_door.handle,
            "ec2": HandlerOnDemand("netful.account.ec2.api:Ec2Api", running, interfaces).handle,
            "cloudformation": self._cloudformation.handle,
            "ecs": self.ecs.handle,
            "application-autoscaling": HandlerOnDemand(
                "netful.account.ecs.scaling:ScalingApi",
                running,
                partial(in_its_region, "application-autoscaling"),
            ).handle,
            "elasticloadbalancing": HandlerOnDemand(
                "netful.account.elbv2.api:ElbV2Api", running, health, lambda now: truststores.read(now, call_host)
            ).handle,
            "rds": HandlerOnDemand(
                "netful.account.managed.rds_api:RdsApi", running, partial(in_its_region, "rds")
            ).handle,
            "iam": HandlerOnDemand("netful.account.iam.api:IamApi", running, call_host).handle,
            "rds-data": data_api.handle,
            "s3": BucketNotifications(lambda: running.cloud, call_host).handle,
            "logs": LogDelivery(current, call_host, flow_logs.deliver, other_logs).handle,
            "monitoring": MetricDelivery(lambda: running.cloud, call_host, counted).handle,
            "secretsmanager": rotation.handle,
            "sts": CallerIdentity(lambda: running.cloud, call_host, self._assumed).handle,
            "cognito-auth": HostedSignIn(call_host).handle,
            "tagging": HandlerOnDemand(
                "netful.account.tagging.tagged_resources:TaggingApi",
                running,
                call_host,
                lambda code, request: _answer(handlers.get(code) or partial(in_its_region, code), request),
            ).handle,
            "sync-states": partial(in_its_region, "states"),
            "elb-keys": signer.answer,
            "xray": HandlerOnDemand("netful.stack.traces.xray_api:XRayApi", traces).handle,
            "lambda-url": LambdaUrls(current).handle,
            EDGE.code: distributions,
            "execute-api": gateway.gateway.answer,
            "apigateway": gateway.control.handle,
        }
        known = gateway.gateway.known
        self.front = Front(
            cloud,
            authority,
            backends,
            handlers,
            signers=ChainMap(self._assumed.signers, {**signers(cloud)}),
            known=known,
            tracer=traces.tracer,
            become=running.become,
        )

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Answer for another cloud."""
        self._interfaces.follow(cloud)
        self._assumed.follow(cloud)
        self.front.change(cloud, ChainMap(self._assumed.signers, {**signers(cloud)}))
        await self.rotation.follow(cloud)

    async def settle(self) -> None:
        """Keep the interfaces of Lambda that a change has left unused for a while."""
        self._interfaces.settle()

    async def close(self) -> None:
        """End the deployments that are at work, and open transactions."""
        await self.rotation.close()
        await self._cloudformation.close()
        await self._data_api.close()


async def _answer(handler: Handler, request: Request) -> Response:
    answer = handler(request)
    return answer if isinstance(answer, Response) else await answer


async def _in_its_region(running: Running, call_host: CallHost, code: str, request: Request) -> Response:
    """Ask the back end of a service in the region that a request is for."""
    found = route_to_service(running.cloud, request)
    return await call_host(service(code).host(found.region), request)
