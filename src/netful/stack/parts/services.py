"""AWS services at a stack's doors: the handlers of netful first, then the back ends."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from netful.account.cloud_control import CloudControlApi
from netful.account.cloud_map.api import CloudMapApi
from netful.account.cloudformation.account import Account
from netful.account.cloudformation.api import CloudFormationApi
from netful.account.ec2.api import Ec2Api
from netful.account.ecs.api import EcsApi
from netful.account.ecs.scaling import ScalingApi
from netful.account.efs.api import EfsApi
from netful.account.elbv2.api import ElbV2Api
from netful.account.elbv2.describe.target_health import Found
from netful.account.managed.autoscaling_api import AutoScalingApi
from netful.account.managed.dax_api import DaxApi
from netful.account.managed.elasticache_api import ElastiCacheApi
from netful.account.managed.memorydb_api import MemoryDbApi
from netful.account.managed.rds_api import RdsApi
from netful.account.managed.redshift_api import RedshiftApi
from netful.account.profiles.api import ProfilesApi
from netful.account.resolver.api import ResolverApi
from netful.account.route53.api import Route53Api
from netful.account.wafv2.api import WafApi
from netful.account.writing import Running
from netful.balancer.consulted.claim_signer import ClaimSigner
from netful.engine.admission import metrics
from netful.functions.invocations import metrics as function_metrics
from netful.model.cloud import Cloud
from netful.model.names.service_names import service
from netful.services.backends.backend import Backends
from netful.services.front.front import Front
from netful.services.front.routing import EDGE
from netful.services.hosted_sign_in.hosted_sign_in import HostedSignIn
from netful.services.http.message import Handler
from netful.services.tls.authority import Authority
from netful.stack.parts import truststores
from netful.stack.parts.api_gateway import ApiGateway
from netful.stack.parts.caller_identity import CallerIdentity
from netful.stack.parts.flow_logs import FlowLogs
from netful.stack.parts.functions import Functions
from netful.stack.parts.lambda_door import LambdaDoor
from netful.stack.parts.lambda_interfaces import LambdaInterfaces
from netful.stack.parts.lambda_urls import LambdaUrls
from netful.stack.parts.log_delivery import LogDelivery
from netful.stack.parts.metric_delivery import MetricDelivery
from netful.stack.parts.signers import signers
from netful.stack.tasks.tasks import Tasks


class Services:
    """The front with its handlers."""

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
        signer: ClaimSigner,
        distributions: Handler,
        flow_logs: FlowLogs,
    ) -> None:
        call_host, current = backends.call_host, functions.current
        counted = {metrics.NAMESPACE: gateway.measured, function_metrics.NAMESPACE: functions.measured}
        self._interfaces = interfaces
        sts = CallerIdentity(cloud, call_host)
        monitoring = MetricDelivery(cloud, call_host, counted)
        self._followers = (interfaces, sts, monitoring)
        self._cloudformation = CloudFormationApi(account)
        self.ecs = EcsApi(running, lambda: tasks().states())
        handlers: dict[str, Handler] = {
            "lambda": lambda_door.handle,
            "ec2": Ec2Api(running, interfaces).handle,
            "cloudformation": self._cloudformation.handle,
            "ecs": self.ecs.handle,
            "application-autoscaling": ScalingApi(
                running, partial(call_host, service("application-autoscaling").host(cloud.region))
            ).handle,
            "elasticfilesystem": EfsApi(running).handle,
            "wafv2": WafApi(running).handle,
            "cloudcontrolapi": CloudControlApi(running).handle,
            "elasticloadbalancing": ElbV2Api(running, health, lambda now: truststores.read(now, call_host)).handle,
            "route53": Route53Api(running).handle,
            "route53profiles": ProfilesApi(running).handle,
            "route53resolver": ResolverApi(running).handle,
            "rds": RdsApi(running, partial(call_host, service("rds").host(cloud.region))).handle,
            "elasticache": ElastiCacheApi(running).handle,
            "autoscaling": AutoScalingApi(running).handle,
            "memory-db": MemoryDbApi(running).handle,
            "servicediscovery": CloudMapApi(running).handle,
            "dax": DaxApi(running).handle,
            "redshift": RedshiftApi(running).handle,
            "logs": LogDelivery(current, call_host, flow_logs.deliver, lambda: tasks().delivered).handle,
            "monitoring": monitoring.handle,
            "sts": sts.handle,
            "cognito-auth": HostedSignIn(call_host).handle,
            "elb-keys": signer.answer,
            "lambda-url": LambdaUrls(current).handle,
            EDGE.code: distributions,
            "execute-api": gateway.gateway.answer,
            "apigateway": gateway.control.handle,
        }
        known = gateway.gateway.known
        self.front = Front(cloud, authority, backends, handlers, signers=signers(cloud), known=known)

    async def start(self) -> None:
        """Do nothing: the services answer requests as they come."""

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Answer for another cloud."""
        for one in self._followers:
            one.follow(cloud)
        self.front.change(cloud, signers(cloud))

    async def settle(self) -> None:
        """Keep the interfaces of Lambda that a change has left unused for a while."""
        self._interfaces.settle()

    async def close(self) -> None:
        """End the deployments that are at work."""
        await self._cloudformation.close()
