"""`netful.toml`, beside the template or above the folder that a tool has built it in: programs of hosts, images, clients, identities, issuers, runtimes and truststores.

Rules:
1. A host is an instance, a database, a cache or a service of the template, by its logical id; any other name is rejected. In an account without
   templates it is an instance by its id or its tag `Name`, and may be launched later.
2. `${…}` in a command, a file, an environment value or a rewrite has the meaning of `Fn::Sub` in the template; it may
   also name a variable of the host's environment. `${!name}` is the text `${name}`.
3. A service's environment begins with the variables of its task definition.
4. User data is run only for a host with `user_data`. Images run as the template says, with the files that the project file names.
5. A runtime is a folder that lies below the layers of each function that uses it.
6. A truststore replaces the object that a custom domain names; the domain is one of the template, by its logical id or
   its name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from netful.model.access.allowed_host import AllowedHost
from netful.model.access.internet_client import InternetClient
from netful.model.access.issuer import Issuer
from netful.model.cloud import Cloud
from netful.model.core import extras
from netful.model.functions.function import Function
from netful.model.functions.programs import Attachment, EngineSettings, Program
from netful.sources.files import project_folder
from netful.sources.files.complaint import close_match, fail
from netful.sources.project import hosts as tables_of
from netful.sources.project import project_shape
from netful.sources.project.clients import client
from netful.sources.project.hosts import Host, HostReading, text_in
from netful.sources.project.identities import identity
from netful.sources.project.images import images
from netful.sources.project.project_shape import IssuerTable, Lines, RuntimeTable, TruststoreTable
from netful.sources.template.template_scope import TemplateScope

_PARTS: Mapping[type[Host], str] = {Program: "programs", Attachment: "attachments", EngineSettings: "engine_settings"}


def with_files(cloud: Cloud, files: Sequence[Path], stacks: Sequence[TemplateScope]) -> Cloud:
    """Return the cloud with the declarations of project files."""
    for file in files:
        project_folder.check_link(file)
        project, lines = project_shape.read(file)
        hosts = tables_of.hosts(cloud, file, project.hosts, lines, stacks)
        declared = {name: _issuer(file, lines, name, table) for name, table in project.issuers.items()}
        callers = {
            name: identity(file, name, table, project_shape.origin_of(file, lines, "identities", name))
            for name, table in project.identities.items()
        }
        clients: dict[str, InternetClient] = {**cloud.access.clients}
        for name, table in project.clients.items():
            at = project_shape.origin_of(file, lines, "clients", name)
            clients[name] = client(cloud, name, table, at, clients.values())
        cloud = _with_declared(cloud, hosts).having(
            allowed_hosts={**cloud.access.allowed_hosts, **_allowed_hosts(file, project.allowed_hosts, lines)},
            clients=clients,
            functions={**cloud.compute.functions, **dict(_functions(cloud, file, project.runtimes, lines))},
            issuers={**cloud.access.issuers, **declared},
            identities={**cloud.access.identities, **callers},
            images={**cloud.compute.images, **dict(images(file, project.images, lines))},
            truststores={**cloud.apis.truststores, **dict(_truststores(cloud, file, project.truststores, lines))},
        )
    return cloud


def with_hosts(cloud: Cloud, folder: Path) -> Cloud:
    """Return a cloud with the hosts, images and allowed hosts of the project file in a folder, also of hosts to come.

    In an account they are launched by calls: a table names such an instance by its id, or by its tag `Name`.
    """
    file = folder / project_folder.NETFUL_TOML
    if not file.is_file():
        return cloud
    project_folder.check_link(file)
    project, lines = project_shape.read(file)
    tables = {id_: (table, project_shape.origin_of(file, lines, "hosts", id_)) for id_, table in project.hosts.items()}
    hosts = (HostReading(cloud, file, lines, id_, None).host(*found) for id_, found in tables.items())
    found = dict(images(file, project.images, lines))
    allowed = _allowed_hosts(file, project.allowed_hosts, lines)
    return _with_declared(cloud, hosts).having(images={**cloud.compute.images, **found}, allowed_hosts=allowed)


def _with_declared(cloud: Cloud, hosts: Iterable[Host]) -> Cloud:
    """Return a cloud with what tables of hosts declare."""
    parts: dict[type[Host], dict[str, Host]] = {kind: {**cloud.part(part)} for kind, part in _PARTS.items()}
    for host in hosts:
        parts[type(host)][host.id] = host
    return cloud.having(**{_PARTS[kind]: declared for kind, declared in parts.items()})


def _allowed_hosts(file: Path, names: Iterable[str], lines: Lines) -> dict[str, AllowedHost]:
    found = {name: project_shape.origin_of(file, lines, "allowed_hosts", name) for name in names}
    return {name.lower(): AllowedHost(name.lower(), origin=origin) for name, origin in found.items()}


def _truststores(
    cloud: Cloud, file: Path, tables: Mapping[str, TruststoreTable], lines: Lines
) -> Iterator[tuple[str, str]]:
    asking = {
        str(name): d.id for d in cloud.apis.domain_names.values() if d.mutual_tls for name in (d.domain_name, d.id)
    }
    asking |= {id_: id_ for id_ in cloud.balancing.trust_stores}
    for name, table in tables.items():
        origin = project_shape.origin_of(file, lines, "truststores", name)
        if name not in asking:
            known = ", ".join(f"`{one}`" for one in asking)
            hint = close_match(name, asking, f"those that do: {known}" if asking else "")
            what = f"no domain `{name}` of the template has `MutualTlsAuthentication`, and no trust store is `{name}`"
            fail(what, origin, hint=hint)
        pem = text_in(file, table.pem, origin)
        if "-----BEGIN CERTIFICATE-----" not in pem:
            fail(f"`{table.pem}` is not a truststore", origin, why="it has no certificate in PEM format")
        yield asking[name], pem


def _functions(
    cloud: Cloud, file: Path, tables: Mapping[str, RuntimeTable], lines: Lines
) -> Iterator[tuple[str, Function]]:
    """Yield the functions whose runtime the file provides."""
    for name, table in tables.items():
        origin = project_shape.origin_of(file, lines, "runtimes", name)
        folder = project_folder.within(file, file.parent / table.folder, origin)
        if not (folder / "bootstrap").is_file():
            fail(f"`{table.folder}` has no `bootstrap`", origin, hint="it is the program that speaks the Runtime API")
        for function in cloud.compute.functions.values():
            if function.runtime == name:
                yield function.id, replace(function, runtime_folder=str(folder))


def _issuer(file: Path, lines: Lines, name: str, table: IssuerTable) -> Issuer:
    extras.require("run", "the keys of issuers need")
    from netful.sources.project.issuers import issuer  # noqa: PLC0415  # cryptography takes 20 ms: only where there is one

    return issuer(file, name, table, project_shape.origin_of(file, lines, "issuers", name))
