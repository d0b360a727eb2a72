"""Settings of a stack's parts, derived from the settings of the stack."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import partial
from importlib.resources import files
from pathlib import Path

from netful import sources
from netful.fabric.kernel.options import Options
from netful.functions.environments.debugging import Debugging
from netful.images import builds
from netful.model.access.allowed_host import AllowedHost
from netful.model.cloud import Cloud
from netful.model.core import StackError, UnbuiltError
from netful.model.functions.programs import Attachment
from netful.model.network.vpc import DEFAULT_STACK
from netful.services.relays.real_internet import RealInternet
from netful.services.tls.authority import Authority
from netful.sources import images
from netful.sources.account.deployed_stack import DeployedStack, DeployedStacks
from netful.sources.project import project_file
from netful.sources.readers import managed
from netful.stack import consent
from netful.stack.control.settings import Settings
from netful.stack.network.lambda_network import LambdaDesign, LambdaNetwork
from netful.stack.traces.traces import Traces

REAL = "real"
DEFAULT_VPC = Path(str(files("netful.account"))) / f"{DEFAULT_STACK}.yaml"
"""The template of what an account has at first: its default VPC."""
SYSTEM_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"


def options(settings: Settings) -> Options:
    """Return the bounds of the network's address translation."""
    return Options(
        nat_ports=settings.nat_ports,
        nat_idle_seconds=settings.nat_idle_seconds,
        eni_ports=settings.eni_ports,
        eni_connections=settings.eni_connections,
        eni_seconds=settings.eni_seconds,
    )


def lambda_network(settings: Settings) -> LambdaNetwork:
    """Return Lambda's design, and the time that creating an interface takes."""
    return LambdaNetwork(LambdaDesign(settings.lambda_network), settings.eni_seconds, bool(settings.trace_share))


def traces(settings: Settings, running: Callable[[], Cloud]) -> Traces:
    """Return the traces of a stack, with their export. `running` is the cloud that runs."""
    if not settings.otlp:
        return Traces(settings.trace_share, running)
    from netful.stack.traces.otlp import Otlp  # noqa: PLC0415  # of the extra `otel`

    return Traces(settings.trace_share, running, Otlp(settings.otlp))


def debugging(cloud: Cloud, name: str) -> Debugging | None:
    """Return the debugging of a function by its name, None for "". Raise StackError if there is no such function."""
    if not name:
        return None
    function = cloud.compute.functions.get(cloud.named(name))
    if function is None:
        known = ", ".join(f"`{one}`" for one in cloud.compute.functions)
        raise StackError(f"there is no function `{name}` to debug", hint=f"the stack's functions: {known or 'none'}")
    return Debugging(function)


def require_interfaces(there: Cloud, settings: Settings) -> None:
    """Raise StackError if a resource of `--attach` has no interface to attach to."""
    for resource_id, *_ in settings.attachments:
        if not there.network.interfaces_of(there.named(resource_id)):
            raise StackError(f"`{resource_id}` has no network interface to attach to", hint="`netful show` lists them")


def cloud(
    settings: Settings,
    deployed: DeployedStacks = DeployedStacks(),  # noqa: B008  # frozen
) -> Cloud:
    """Return the cloud of the stack's templates, and of the stacks that were deployed since.

    Resources that name no subnet are in a default VPC as AWS makes it. Raises NetfulError if a template cannot be read.
    """
    load = partial(
        sources.load,
        [DEFAULT_VPC] if settings.empty else [Path(template) for template in settings.templates],
        parameters=dict(settings.parameters),
        parameter_files=[Path(path) for path in settings.parameter_files],
        region=settings.region,
        allow_outside=settings.allow_outside,
        stack_name=DEFAULT_STACK if settings.empty else settings.stack_name,
    )
    loaded = load(deployed=deployed)
    if any(eni.subnet_id == managed.DEFAULT_VPC for eni in loaded.network.network_interfaces.values()):
        default = DeployedStack(DEFAULT_STACK, DEFAULT_VPC)
        loaded = load(deployed=replace(deployed, stacks=(default, *deployed.stacks)))
    made = images.with_images(project_file.with_hosts(loaded, Path(settings.cwd))) if settings.empty else loaded
    given = {name: AllowedHost(name) for name in settings.allow_hosts}
    consent.require(made)
    _require_built(made)
    attached = {**made.compute.attachments, **dict(_attachments(made, settings))}
    return made.having(allowed_hosts={**made.access.allowed_hosts, **given}, attachments=attached)


def _attachments(made: Cloud, settings: Settings) -> Iterator[tuple[str, Attachment]]:
    for name, port, host, far_port in settings.attachments:
        resource = made.named(name)
        yield f"{resource}:{port}", Attachment(f"{resource}:{port}", resource, port, host, far_port)


def _require_built(made: Cloud) -> None:
    """Raise UnbuiltError for images that a tool of this machine can build, which the command line then does."""
    waiting = builds.unbuilt(made.compute.images.values())
    if waiting:
        named = ", ".join(f"`{one.id}`" for one in waiting)
        specs = [asdict(one.build) for one in waiting if one.build]
        raise UnbuiltError(f"images are to be built: {named}", builds=specs, hint="`netful up` builds them")


def real_internet(settings: Settings, authority: Authority) -> RealInternet | None:
    """Return the real internet, if the settings ask for it. Its hosts are verified against this machine's certificates."""
    if settings.internet != REAL:
        return None
    bundle = ssl.get_default_verify_paths().cafile or SYSTEM_BUNDLE
    try:
        authority.trust_also(Path(bundle).read_bytes())
    except OSError as error:
        hint = "apt-get install ca-certificates"
        raise StackError("this machine has no certificate authorities", why=str(error), hint=hint) from None
    return RealInternet()
