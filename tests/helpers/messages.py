"""Messages for users as templates: the texts of codes, checks and errors in the source, with `{}` for each value.

Run as a program (`make messages`), it writes new templates into every catalogue, without translations, and removes old ones.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from html import unescape
from itertools import chain
from pathlib import Path
from string import Formatter
from typing import get_args, get_type_hints

import polib

import netful
from netful.checks.registry import all_rules
from netful.cli.app import GROUPS, SUMMARY, verb_at
from netful.cli.options import help_texts
from netful.cli.options.parameter import declared
from netful.engine.failures.failure import FailureKind
from netful.engine.failures.resilience import Extent
from netful.engine.flows.codes import Code
from netful.engine.flows.path import PathVerdict
from netful.engine.overview.prices import PRICES
from netful.model.cloud import Cloud
from netful.model.core import errors
from netful.render.catalogue import PAGE
from netful.stack.network.host_run import HostState

_SOURCE = Path(netful.__file__).parent
_NAMES = {"hint", "HINT", "_HINT", "why", "what", "message", "evidence", "remedy", "assumption", "reason"}
_CALLS = {
    "Ability",
    "Outcome",
    "Problem",
    "Unknown",
    "Use",
    "_Call",
    "_of_resource",
    "problem",
    "spoken",
    "tell",
    "Assumption",
    "_program",
    "allowed",
    "close_match",
    "denied",
    "_progress",
    *(name for name in vars(errors) if name.endswith("Error")),
}
# Messages with one word.
_PHRASES = {
    "leaving {}",
    "entering {}",
    "adds {}",
    "{} becomes {}",
    "sees {}",
    "severity **{}**",
    "## Instead",
    "# Checks",
    "`--workers {}` needs `--state`",
    "`{}` failed",
}
_FRAMES = {
    "spoken",
    "tell",
    "block",
    "counted",
}  # calls whose texts may be words: headings, states, numbers with their noun
_MESSAGES = re.compile(  # what a module with messages has: most have none, and need no parsing
    rf"\b(?:(?:{'|'.join((*_CALLS, *_FRAMES, 'warn', 'require', 'Ruling', 'Mend', 'warnings.append'))})\(|(?:{'|'.join((*_NAMES, 'rule'))}) ?=)"
)
_WORDS = {  # texts of frames that are values of types
    *map(str, (*HostState, *Extent)), *get_args(PathVerdict), "absent", "stopped", "does not answer",
    *(f"{{}} {word}" for word in ("passed", "failed", "unknown")),
    *(f"{{}} {kind}{ending}" for kind in FailureKind for ending in ("", "s")),
    *(name.replace("_", " ") for name in PRICES.monthly(Cloud())), "functions", "APIs",
    "environments", "interfaces", "cold start p50 / p99",
    "requests", "throttled", "failed", "cold starts", "errors", "throttles", "cold start", "connections",
}  # fmt: skip
_WORD = re.compile(r"[a-z'-]{2,}").fullmatch
_OF_OTHERS = re.compile("[A-Z<]|(?:aws|npm|pip|ulimit -f|netful up) ").match  # AWS's own words, and commands
_LOGGED = re.compile("%[rs]").search  # only the stack's log has them
_VALUE = re.compile(r"[^{]*({\w*}[^{]*)+").fullmatch  # a format
CATALOGUES = sorted((_SOURCE / "render" / "locale").glob("*/LC_MESSAGES/netful.po"))
_EVERY = (
    "checks/facts/uses.py",
    "checks/rules/",
    "cli/options/wrong_usage.py",
    "engine/filters/network_acls.py",
    "engine/filters/security_groups.py",
    "engine/trace/ends/destination_words.py",
    "engine/trace/ends/source_words.py",
    "engine/trace/hints.py",
    "functions/code/layers.py",
    "sources/files/complaint.py",
    "stack/abilities.py",
)  # places that have texts for users only
_SPOKEN = (
    *(
        f"engine/{room}/"
        for room in (
            "admission", "apis", "authorization", "distributions", "failures", "filters", "integrations", "load_balancers",
            "names", "network", "routing", "trace", "waf",
        )
    ),
    "cli/options/",
    *(f"engine/events/{each}.py" for each in ("encrypted_targets", "rule_refusals", "schedules", "senders")),
    "engine/faults/",
    "engine/flow_logs/destinations.py",
    "engine/flow_logs/places.py",
    "fabric/captures/filters.py",
    "fabric/impaired.py",
    "forecast/",
    "functions/code/image_package.py",
    "functions/code/missing_modules.py",
    "functions/code/runtimes.py",
    "functions/environments/setting_warnings.py",
    "functions/events/not_delivered.py",
    "hosts/answers.py",
    *(f"hosts/engines/{each}.py" for each in ("engine", "rds", "settings")),
    "images/",
    "sources/",
    *(f"stack/control/{each}.py" for each in ("client", "folder", "shortages")),
    *(f"stack/databases/{each}.py" for each in ("front_run", "fronts", "hosted_rotation", "server_sessions")),
    *(f"stack/network/{each}.py" for each in ("attempt", "host_run", "hosts", "local_endpoint")),
    *(f"stack/parts/{each}.py" for each in ("distributions", "flow_logs", "lambda_interfaces", "secret_rotation", "truststores")),
    *(f"stack/{each}.py" for each in ("consent", "fixed_settings", "status")),
    "stack/traces/otlp.py",
    *(f"stack/verbs/{each}.py" for each in ("traces", "witness")),
)  # rooms whose texts are for users, or parts of hops, assumptions and hints that are put together elsewhere  # fmt: skip
_TABLES = (
    "sources/terraform/",
    "sources/sam/refusals.py",
    "sources/understanding/extensions.py",
    "sources/understanding/provider_types.py",
)
"""Places with lists of names or patterns in texts."""
_OF_AWS = (  # places whose texts are AWS's own, which are English in AWS too
    "account/cloudformation/deployments/",
    "account/elbv2/",
    "engine/admission/execution_logs.py",
    "engine/apis/mutual_tls.py",
    "functions/api/",
    "functions/invocations/",
    "functions/sandboxes/",
    "gateway/integrations/",
    "hosts/fronts/",
    "services/front/",
    "stack/tasks/",
)


def templates() -> dict[str, str]:
    """Return the templates of all messages, each with the file that has it."""
    found = {_plain(code.hint): "engine/flows/codes.py" for code in Code}
    frames = dict.fromkeys(sorted(_WORDS), "words of answers")
    for rule in all_rules().values():
        found |= dict.fromkeys(map(_escaped, (rule.title, rule.instead, rule.why)), f"checks/{rule.id}")
    for file in sorted(_SOURCE.rglob("*.py")):
        place = file.relative_to(_SOURCE).as_posix()
        text = file.read_text(encoding="utf-8")
        if place.startswith(_OF_AWS) or not (_MESSAGES.search(text) or place.startswith((*_EVERY, *_SPOKEN))):
            continue
        names = _NAMES | ({"rule"} if place.startswith("engine/") else set())
        nodes = [*ast.walk(ast.parse(text))]
        for message in _parts(nodes) if place.startswith(_SPOKEN) and not place.startswith(_TABLES) else ():
            found.setdefault(message, place)
        for node in nodes:
            if not isinstance(node, (ast.Call, ast.Assign, ast.Return, ast.AugAssign, ast.Yield)):
                continue
            for message in _texts(node, names, every=place.startswith(_EVERY)):
                found.setdefault(message, place)
            frames |= dict.fromkeys(_frames(node), place)
    frames |= dict.fromkeys(map(_escaped, help_messages()), "cli --help")
    return {text: place for text, place in found.items() if _is_message(text)} | frames


def help_messages() -> Iterator[str]:
    """Yield the texts of `--help`: of verbs, arguments and options, and Cyclopts' own."""
    yield from (SUMMARY, *help_texts.HEADINGS, *help_texts.FLAGS.values(), *GROUPS)
    for _, path, summary in chain.from_iterable(GROUPS.values()):
        verb = verb_at(path)
        groups = (declared(hint)[0] for hint in get_type_hints(verb, include_extras=True).values())
        yield from (summary, *help_texts.description_of(verb))
        for each in (verb, *filter(is_dataclass, groups)):
            yield from filter(None, help_texts.texts_of(each).values())


def labels() -> list[str]:
    """Return the labels of the console's page: texts of its HTML, and arguments of `say` and `counted` in its scripts."""
    page = _SOURCE / "console" / "page"
    html = re.sub(r"<kbd>.*?</kbd>", "", (page / "index.html").read_text(encoding="utf-8").partition("<body>")[2])
    texts = re.findall(r'(?:aria-label|placeholder)="([^"]*)"|>([^<>]+)<', html)
    scripts = "".join(file.read_text(encoding="utf-8") for file in sorted(page.glob("*.js")))
    said = re.findall(r'\b(?:say\(|counted\([^"]*?)"([^"]+)"(?:, "([^"]+)")?', scripts)
    found = [unescape("".join(one).strip()) for one in texts] + [text for one in said for text in one]
    return [*dict.fromkeys(text for text in found if any(map(str.isalpha, text)))]


def _frames(node: ast.AST) -> Iterator[str]:
    """Yield the texts of a call's frame, which may be words: a heading, a state, a number with its noun."""
    name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
    if not isinstance(node, ast.Call) or name not in _FRAMES:
        return
    numbers = name == "counted"
    for text in _templates(node.args[-1 if numbers else 0]):
        if any(word.isalpha() for word in text.split()):
            yield from (f"{{}} {text}", f"{{}} {text}s") if numbers else (text,)


def _parts(nodes: list[ast.AST]) -> Iterator[str]:
    """Yield the texts of a module that can be parts of messages: those with words that are no docstrings, and not AWS's own."""
    apart = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    apart |= {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in nodes:
        if not isinstance(node, ast.Constant | ast.JoinedStr) or id(node) in apart:
            continue
        format_ = getattr(node, "value", None)
        for text in [_plain(format_)] if isinstance(format_, str) and _VALUE(format_) else _templates(node):
            words = [word.strip("`,;:.()") for word in text.split()]
            if (
                sum(_WORD(word) is not None for word in words) > 1
                and text == text.strip()
                and not (_OF_OTHERS(text) or _LOGGED(text))
            ):
                yield text


def _texts(node: ast.AST, names: set[str], *, every: bool) -> Iterator[str]:
    """Yield the templates that a node gives to a user; `every`: returned and assigned ones, whatever their name."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "warn":
            yield from ("{}: " + text for text in _templates(node.args[-1]))
        if name == "require" and node.args:
            yield from (f"{text} `{{}}`" for text in _templates(node.args[-1]))
        values = [word.value for word in node.keywords if word.arg in names]
        values += node.args[2:3] if name in ("RefusedValue", "RefusedTogether", "Ruling") else []
        values += node.args[3:4] if name == "unknown" else []
        if name == "Mend":
            yield from (_plain(one.value) for one in node.args if isinstance(one, ast.Constant))
        values += node.args if name in _CALLS or _tells(node.func) else []
    elif isinstance(node, ast.Assign):
        values = [node.value] if every or any(getattr(one, "id", "") in names for one in node.targets) else []
    elif isinstance(node, ast.Return | ast.AugAssign | ast.Yield) and every and node.value:
        values = [node.value]
    else:
        values = []
    for value in values:
        yield from _templates(value)


def _tells(function: ast.expr) -> bool:
    """Return whether a function adds a warning, or makes the problem of a thing."""
    match function:
        case ast.Attribute(attr="append", value=ast.Attribute(attr="warnings")):
            return True
        case ast.Attribute(attr="of", value=ast.Name(id="Problem")):
            return True
    return False


def _templates(node: ast.expr) -> list[str]:
    """Return the templates that an expression can be."""
    match node:
        case ast.Constant(value=str(text)):
            return [_escaped(text)]
        case ast.JoinedStr(values=parts):
            return ["".join(_escaped(one.value) if isinstance(one, ast.Constant) else "{}" for one in parts)]
        case ast.IfExp(body=body, orelse=orelse):
            return [*_templates(body), *_templates(orelse)]
        case ast.BoolOp(values=values):
            return [text for value in values for text in _templates(value)]
        case ast.Tuple(elts=values) | ast.List(elts=values) | ast.Dict(values=values):
            return [text for value in values for text in _templates(value)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [one + other for one in _templates(left) or ["{}"] for other in _templates(right) or ["{}"]]
    return []


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _plain(template: str) -> str:
    """Return a template without the names of its values."""
    return "".join(_escaped(text) + ("" if name is None else "{}") for text, name, _, _ in Formatter().parse(template))


def _is_message(template: str) -> bool:
    """Return whether a template has words of its own, and not only values."""
    words = "".join(text for text, *_ in Formatter().parse(template)).split()
    return template in _PHRASES or sum(word.strip("`:;,.").isalpha() for word in words) > (
        not template.endswith("`{}`")
    )


def update(file: Path) -> None:
    """Write the templates of the source into a catalogue, which keeps its translations.

    Entries with the flag `composed` stay: the code puts their texts together from parts.
    """
    old = polib.pofile(str(file), wrapwidth=0)
    known = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in old}
    new = polib.POFile(wrapwidth=0)
    new.metadata = old.metadata
    written = templates()
    for text, place in written.items():
        new.append(polib.POEntry(msgid=text, msgstr=known.get((None, text), ""), occurrences=[(place, "")]))
    for text in labels():
        new.append(polib.POEntry(msgctxt=PAGE, msgid=text, msgstr=known.get((PAGE, text), "")))
    new.extend(entry for entry in old if "composed" in entry.flags and entry.msgid not in written)
    new.save(str(file))


if __name__ == "__main__":
    for each in CATALOGUES:
        update(each)
