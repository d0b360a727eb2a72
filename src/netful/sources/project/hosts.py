"""Tables of hosts in a project file: what answers at a resource's interfaces, and settings of the engine there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from netful.model.cloud import Cloud
from netful.model.core import Frozen, Origin, SourceError, Unknown, mappings, url_parts
from netful.model.functions.programs import ANY_PORT, Attachment, EngineSettings, Health, Program, Rewrite
from netful.model.network.listening import can_answer
from netful.sources.files import project_folder
from netful.sources.files.complaint import close_match, fail
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.files.unreadable import text_of
from netful.sources.project import project_shape
from netful.sources.project.project_shape import HostTable, Lines, RewriteTable
from netful.sources.project.user_data import with_script
from netful.sources.template.intrinsics import SUBSTITUTION
from netful.sources.template.template_scope import TemplateScope

Host = Program | Attachment | EngineSettings
"""The declaration in a table of a host."""

_DATABASES = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")
_PLACE = re.compile(r"(?P<host>[A-Za-z0-9.-]+):(?P<port>[0-9]{1,5})")
_LAST_PORT = 65_535
_OF_PROGRAM = {"environment", "files", "cwd", "certificate", "health", "rewrites", "allow"}
# Settings that are written together with the first of these that a table has, and those without any of them.
_SETTINGS = {
    "attach": {"port"},
    "image": {"command", "environment", "rewrites"},
    "command": _OF_PROGRAM,
    "user_data": _OF_PROGRAM,
}
_OF_ENGINE = {"seed", "program"}
_TOGETHER = (
    "write `attach` (with `port`), or `image` (with `command`, `environment`, `rewrites`), or `command`, or `user_data`, "
    "or `seed` and `program` of the engine"
)
_FIELDS = msgspec.structs.asdict(HostTable())
_LITERALLY = (
    "a resource or parameter of the template, or a variable of `environment`; for the text itself write `${{!{}}}`"
)


def hosts(
    cloud: Cloud, file: Path, tables: Mapping[str, HostTable], lines: Lines, stacks: Sequence[TemplateScope]
) -> Iterator[Host]:
    """Yield what the tables of a template's hosts declare. Raises SourceError."""
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
        made = HostReading(cloud, file, lines, id_, stack).host(host, origin)
        yield with_script(made, cloud.template.resources, id_) if isinstance(made, Program) and made.user_data else made


def _runs_programs(cloud: Cloud, owner_id: str) -> bool:
    """Return whether a resource's interfaces are those of hosts."""
    resource = cloud.template.resources.get(owner_id)
    owned = cloud.network.interfaces_of(owner_id)
    return bool(owned) and can_answer(owned[0].owner, resource.type if resource else "")


class HostReading(Frozen, dict=True):
    """The reading of one host's table. `stack` has the names in `${…}`; None if the source has no names."""

    cloud: Cloud
    file: Path
    lines: Lines
    id: str
    stack: TemplateScope | None

    def host(self, table: HostTable, origin: Origin) -> Host:
        """Return what the table declares: a server of the user's own, a program, or settings of the host's engine."""
        given = {name for name in _FIELDS if getattr(table, name) != _FIELDS[name]}
        kind = next((kind for kind in _SETTINGS if kind in given), "")
        beyond = sorted(given - {kind, *_SETTINGS.get(kind, _OF_ENGINE)})
        if beyond:
            what = f"`{kind}`" if kind else "without `attach`, `image` or `command`"
            fail(f"`{self.id}` {'has' if kind else 'is'} {what}, and has `{beyond[0]}`", origin, hint=_TOGETHER)
        if kind == "attach":
            return self._attachment(table, origin)
        return self._program(table, origin) if kind else self._engine_settings(table, origin)

    def _attachment(self, table: HostTable, origin: Origin) -> Attachment:
        found = _PLACE.fullmatch(table.attach)
        far_port = int(found["port"]) if found else 0
        if found is None or not 0 < far_port <= _LAST_PORT:
            fail(f"`{table.attach}` is not the place of a server", self._origin("attach"), hint="write `HOST:PORT`")
        return Attachment(
            f"{self.id}:{table.port or ''}", self.id, table.port or 0, found["host"], far_port, origin=origin
        )

    def _engine_settings(self, table: HostTable, origin: Origin) -> EngineSettings:
        resource = self.cloud.template.resources.get(self.id)
        if resource is None or resource.type not in _DATABASES:
            hint = "only databases of RDS have `seed` and `program`"
            fail(f"`{self.id}` has no `attach`, `image` or `command`", origin, hint=hint)
        if not table.seed and not table.program:
            fail(f"`{self.id}` has no setting", origin, hint=_TOGETHER)
        seed = text_in(self.file, table.seed, self._origin("seed")) if table.seed else ""
        program = Path(table.program or "/")
        if not program.is_absolute() or not program.exists():
            fail(
                f"`{table.program}` is no program",
                self._origin("program"),
                hint="write the path of a server on this machine",
            )
        return EngineSettings(self.id, seed, table.program, origin=origin)

    def _program(self, table: HostTable, origin: Origin) -> Program:
        given = self._declared()
        for name, text in table.environment.items():
            given[name] = self._filled(text, given, "environment", name)
        health = Health(table.health.port, table.health.path) if table.health else None
        return Program(
            id=self.id,
            command=self._filled(table.command, given, "command"),
            image=table.image,
            environment=given,
            files={name: self._content(name, text, given) for name, text in table.files.items()},
            cwd=str(self._folder(table.cwd)) if table.cwd is not None else None,
            certificate_names=tuple(self._filled(name, given, "certificate").lower() for name in table.certificate),
            health=health,
            rewrites=tuple(self._rewrite(number, one, given) for number, one in enumerate(table.rewrites)),
            allow=tuple(sorted({*table.allow})),
            user_data=table.user_data,
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
        content = text_in(self.file, text, origin)
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


def text_in(file: Path, written: str, origin: Origin) -> str:
    """Return the text of a file, by its path in the project file."""
    source = project_folder.within(file, file.parent / written, origin)
    try:
        return text_of(source)
    except SourceError as error:
        fail(f"cannot read `{written}`", origin, why=error.why or error.what)
