"""`netful.toml`, beside the template or above the folder that a tool has built it in: programs of hosts, images, clients, identities, issuers, runtimes and truststores.

Rules:
1. A host is an instance, a database, a cache or a service of the template, by its logical id; any other name is rejected. In an account without
   templates it is an instance by its id or its tag `Name`, and may be launched later.
2. `${…}` in a command, a file, an environment value or a rewrite has the meaning of `Fn::Sub` in the template; it may
   also name a variable of the host's environment. `${!name}` is the text `${name}`.
3. A service's environment begins with the variables of its task definition.
4. User data is never run. Images run as the template says, with the files that the project file names.
5. A runtime is a folder that lies below the layers of each function that uses it.
6. A truststore replaces the object that a custom domain names; the domain is one of the template, by its logical id or
   its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from netful.model.access.allowed_host import AllowedHost
from netful.model.access.internet_client import InternetClient
from netful.model.access.issuer import Issuer
from netful.model.cloud import Cloud
from netful.model.core import extras
from netful.model.core.errors import SourceError
from netful.model.core.frozen import Frozen
from netful.model.core.json_values import mappings
from netful.model.core.origin import Origin
from netful.model.core.unknown import Unknown
from netful.model.core.urls import url_parts
from netful.model.functions.function import Function
from netful.model.functions.programs import ANY_PORT, EngineSettings, Health, Program, Rewrite
from netful.model.network.listening import can_answer
from netful.sources.files import project_folder
from netful.sources.files.complaint import close_match, fail
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.files.unreadable import text_of
from netful.sources.project import project_shape
from netful.sources.project.clients import client
from netful.sources.project.identities import identity
from netful.sources.project.images import images
from netful.sources.project.project_shape import (
    HostTable,
    IssuerTable,
    Lines,
    RewriteTable,
    RuntimeTable,
    TruststoreTable,
)
from netful.sources.template.intrinsics import SUBSTITUTION
from netful.sources.template.template_scope import TemplateScope

_DATABASES = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")
_LITERALLY = (
    "a resource or parameter of the template, or a variable of `environment`; for the text itself write `${{!{}}}`"
)


def with_files(cloud: Cloud, files: Sequence[Path], stacks: Sequence[TemplateScope]) -> Cloud:
    """Return the cloud with the declarations of project files."""
    for file in files:
        project_folder.check_link(file)
        project, lines = project_shape.read(file)
        hosts = {one.id: one for one in _hosts(cloud, file, project.hosts, lines, stacks)}
        programs = {id_: one for id_, one in hosts.items() if isinstance(one, Program)}
        engines = {id_: one for id_, one in hosts.items() if isinstance(one, EngineSettings)}
        declared = {name: _issuer(file, lines, name, table) for name, table in project.issuers.items()}
        callers = {
            name: identity(file, name, table, project_shape.origin_of(file, lines, "identities", name))
            for name, table in project.identities.items()
        }
        clients: dict[str, InternetClient] = {**cloud.access.clients}
        for name, table in project.clients.items():
            at = project_shape.origin_of(file, lines, "clients", name)
            clients[name] = client(cloud, name, table, at, clients.values())
        cloud = cloud.having(
            allowed_hosts={**cloud.access.allowed_hosts, **_allowed_hosts(file, project.allowed_hosts, lines)},
            clients=clients,
            functions={**cloud.compute.functions, **dict(_functions(cloud, file, project.runtimes, lines))},
            programs={**cloud.compute.programs, **programs},
            engine_settings={**cloud.compute.engine_settings, **engines},
            issuers={**cloud.access.issuers, **declared},
            identities={**cloud.access.identities, **callers},
            images={**cloud.compute.images, **dict(images(file, project.images, lines))},
            truststores={**cloud.apis.truststores, **dict(_truststores(cloud, file, project.truststores, lines))},
        )
    return cloud


def with_hosts(cloud: Cloud, folder: Path) -> Cloud:
    """Return a cloud with the programs and allowed hosts of the project file in a folder, also of hosts to come.

    In an account they are launched by calls: a table names such an instance by its id, or by its tag `Name`.
    """
    file = folder / project_folder.NETFUL_TOML
    if not file.is_file():
        return cloud
    project_folder.check_link(file)
    project, lines = project_shape.read(file)
    tables = {id_: (table, project_shape.origin_of(file, lines, "hosts", id_)) for id_, table in project.hosts.items()}
    hosts = {id_: _Reading(cloud, file, lines, id_, None).host(*found) for id_, found in tables.items()}
    programs = {id_: one for id_, one in hosts.items() if isinstance(one, Program)}
    allowed = _allowed_hosts(file, project.allowed_hosts, lines)
    return cloud.having(programs={**cloud.compute.programs, **programs}, allowed_hosts=allowed)


def _allowed_hosts(file: Path, names: Iterable[str], lines: Lines) -> dict[str, AllowedHost]:
    found = {name: project_shape.origin_of(file, lines, "allowed_hosts", name) for name in names}
    return {name.lower(): AllowedHost(name.lower(), origin) for name, origin in found.items()}


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
        pem = _text(file, table.pem, origin)
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


def _text(file: Path, written: str, origin: Origin) -> str:
    """Return the text of a file, by its path in the project file."""
    source = project_folder.within(file, file.parent / written, origin)
    try:
        return text_of(source)
    except SourceError as error:
        fail(f"cannot read `{written}`", origin, why=error.why or error.what)


def _issuer(file: Path, lines: Lines, name: str, table: IssuerTable) -> Issuer:
    extras.require("run", "the keys of issuers need")
    from netful.sources.project.issuers import issuer  # noqa: PLC0415  # cryptography takes 20 ms: only where there is one

    return issuer(file, name, table, project_shape.origin_of(file, lines, "issuers", name))


def _hosts(
    cloud: Cloud, file: Path, tables: Mapping[str, HostTable], lines: Lines, stacks: Sequence[TemplateScope]
) -> Iterator[Program | EngineSettings]:
    hosts = [
        *dict.fromkeys(
            e.owner_id for e in cloud.network.network_interfaces.values() if _runs_programs(cloud, e.owner_id)
        )
    ]
    for id_, host in tables.items():
        origin = project_shape.origin_of(file, lines, "hosts", id_)
        if id_ not in hosts:
            known = ", ".join(f"`{name}`" for name in hosts)
            hint = close_match(id_, hosts, f"the hosts of the template: {known}" if hosts else "")
            fail(f"`{id_}` is not a host of the template", origin, hint=hint)
        stack = next((s for s in stacks if id_ in s.resources.ids.values()), None)
        yield _Reading(cloud, file, lines, id_, stack).host(host, origin)


def _runs_programs(cloud: Cloud, owner_id: str) -> bool:
    """Return whether a resource's interfaces are those of hosts."""
    resource = cloud.template.resources.get(owner_id)
    owned = cloud.network.interfaces_of(owner_id)
    return bool(owned) and can_answer(owned[0].owner, resource.type if resource else "")


class _Reading(Frozen, dict=True):
    """The reading of one host's table. `stack` has the names in `${…}`; None if the source has no names."""

    cloud: Cloud
    file: Path
    lines: Lines
    id: str
    stack: TemplateScope | None

    def host(self, table: HostTable, origin: Origin) -> Program | EngineSettings:
        """Return the program that the table describes, or the settings of the host's engine."""
        if table.command:
            if table.seed or table.program:
                fail(
                    f"`{self.id}` has a `command` and settings of an engine",
                    origin,
                    hint="the command takes the engine's place",
                )
            return self._program(table, table.command, origin)
        resource = self.cloud.template.resources.get(self.id)
        if resource is None or resource.type not in _DATABASES:
            fail(f"`{self.id}` has no `command`", origin, hint="only databases of RDS have `seed` and `program`")
        if not table.seed and not table.program:
            fail(f"`{self.id}` has no setting", origin, hint="a `command`, or `seed` or `program` of its engine")
        seed = _text(self.file, table.seed, self._origin("seed")) if table.seed else ""
        program = Path(table.program or "/")
        if not program.is_absolute() or not program.exists():
            fail(
                f"`{table.program}` is no program",
                self._origin("program"),
                hint="write the path of a server on this machine",
            )
        return EngineSettings(self.id, seed, table.program, origin)

    def _program(self, table: HostTable, command: str, origin: Origin) -> Program:
        given = self._declared()
        for name, text in table.environment.items():
            given[name] = self._filled(text, given, "environment", name)
        health = Health(table.health.port, table.health.path) if table.health else None
        return Program(
            id=self.id,
            command=self._filled(command, given, "command"),
            environment=given,
            files={name: self._content(name, text, given) for name, text in table.files.items()},
            cwd=str(self._folder(table.cwd)) if table.cwd is not None else None,
            certificate_names=tuple(self._filled(name, given, "certificate").lower() for name in table.certificate),
            health=health,
            rewrites=tuple(self._rewrite(number, one, given) for number, one in enumerate(table.rewrites)),
            allow=tuple(sorted({*table.allow})),
            origin=origin,
        )

    def _declared(self) -> dict[str, str]:
        """Return the known environment that a service's task definition gives to its containers."""
        service = self.cloud.template.resources.get(self.id)
        related = [self.cloud.template.resources.get(id_) for id_ in (service.references if service else ())]
        definitions = [one for one in related if one and one.type == "AWS::ECS::TaskDefinition"]
        containers = [c for one in definitions for c in mappings(one.properties.get("ContainerDefinitions"))]
        pairs = [pair for container in containers for pair in mappings(container.get("Environment"))]
        return {str(p["Name"]): str(p["Value"]) for p in pairs if not isinstance(p.get("Value"), Unknown)}

    def _content(self, name: str, text: str, given: Mapping[str, str]) -> str:
        """Return a file's text; `files` names the file if it is beside the project file."""
        origin = self._origin("files", name)
        if Path(name).is_absolute() or ".." in Path(name).parts:
            fail(f"`{name}` is not in the host's own folder", origin, hint="write a relative path without `..`")
        content = _text(self.file, text, origin)
        return self._sub(content, given, Origin(str(self.file.parent / text)))

    def _folder(self, cwd: str) -> Path:
        return project_folder.within(self.file, self.file.parent / cwd, self._origin("cwd"))

    def _rewrite(self, number: int, table: RewriteTable, given: Mapping[str, str]) -> Rewrite:
        place = ("rewrites", str(number))
        to = self._filled(table.to, given, *place, "to")
        parts = url_parts(to)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            fail(f"`{to}` is not a URL", self._origin(*place, "to"), hint="write `https://HOST/path`")
        return Rewrite(
            to=to,
            path=self._filled(table.path, given, *place, "path"),
            host=self._filled(table.host, given, *place, "host").lower(),
            port=table.port or ANY_PORT,
            headers={name: self._filled(text, given, *place, "headers", name) for name, text in table.headers.items()},
            origin=self._origin(*place),
        )

    def _filled(self, text: str, given: Mapping[str, str], *place: str) -> str:
        return self._sub(text, given, self._origin(*place))

    def _sub(self, text: str, given: Mapping[str, str], origin: Origin) -> str:
        """Return a text with the values of `${…}`, as `Fn::Sub` does."""
        if self.stack is None or "${" not in text:
            return text
        self._check_names(text, given, origin)
        local = MarkedMap(origin.file, origin.line)
        for name, value in given.items():
            local.put(name, value)
        operands = MarkedList(origin.file, origin.line)
        operands.put(text)
        operands.put(local)
        written = MarkedMap(origin.file, origin.line)
        written.put("Fn::Sub", operands)
        value = self.stack.resolve(written)
        if isinstance(value, Unknown):
            fail(f"a value for `{self.id}` is not known", origin, why=value.why, hint=_supply(value))
        return str(value)

    def _check_names(self, text: str, given: Mapping[str, str], origin: Origin) -> None:
        """Reject a name that is neither in the template nor in the environment."""
        assert self.stack is not None
        template = self.stack.template
        known = [*given, *template.parameters, *template.resources]
        for found in SUBSTITUTION.finditer(text):
            name = found[1].strip()
            if name.partition(".")[0] not in known and not name.startswith(("AWS::", "!")):
                fail(f"unknown name `${{{name}}}`", origin, hint=close_match(name, known, _LITERALLY.format(name)))

    def _origin(self, *place: str) -> Origin:
        return project_shape.origin_of(self.file, self.lines, "hosts", self.id, *place)


def _supply(value: Unknown) -> str:
    named = ", ".join(f"`{need}`" for need in value.needs)
    return f"set it in `environment`, or give {named}" if named else "set it in `environment`"
