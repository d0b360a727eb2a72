"""One file of a description: its answers, and the line of each id.

A file is JSON or YAML output of the AWS CLI. It may contain several answers one after the other, as appended pages. It
may be empty: a command that fails or has nothing to print leaves an empty file.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from netful.model.core import Frozen, Origin, SourceError
from netful.sources.files import document
from netful.sources.files.unreadable import decoded, encoding_of, unreadable

SUFFIXES = (".json", ".yaml", ".yml")
MAX_BYTES = 256 << 20
_HEAD = 4096

_JSON_ID = re.compile(r'"(\w+)"\s*:\s*"([^"]+)"|\n')
_YAML_ID = re.compile(r"(\w+):[ \t]+['\"]?([^'\"\s]+)['\"]?[ \t]*$|\n", re.MULTILINE)
_FIRST_KEY = re.compile(r'\s*(?:\[?\s*\{\s*"(\w+)"\s*:|(?:---\s+)?(?:- )?(\w+):\s)')


class Answers(Frozen):
    """The contents of a file: its top-level objects, and its text."""

    file: Path
    text: str
    roots: tuple[dict[str, Any], ...]

    def lines(self, key: str) -> dict[str, int]:
        """Return the line on which each value of a key occurs first; one pass."""
        pattern = _JSON_ID if self.file.suffix == ".json" else _YAML_ID
        found: dict[str, int] = {}
        line = 1
        for match in pattern.finditer(self.text):
            if match[0] == "\n":
                line += 1
            elif match[1] == key:
                found.setdefault(match[2], line)
        return found


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder and of its subfolders, in the order of their names."""
    return sorted(file for file in folder.rglob("*") if file.suffix in SUFFIXES and file.is_file())


def first_key(file: Path) -> str:
    """Return the first key of a file's first answer; "" if it begins in another way, or is a named pipe."""
    if not file.is_file():
        return ""
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD)
    except OSError:
        return ""
    found = _FIRST_KEY.match(head.decode(encoding_of(head), errors="ignore"))
    return (found[1] or found[2]) if found else ""


def read(file: Path) -> Answers:
    """Return the answers in a file; raises SourceError if it has other contents."""
    try:
        if not file.is_file() or file.stat().st_size > MAX_BYTES:
            raise SourceError(f"not a regular file, or larger than {MAX_BYTES:,} bytes", origin=Origin(str(file)))
        text = decoded(file, file.read_bytes())
        values = list(_json(text)) if file.suffix == ".json" else _yaml(file, text)
    except OSError as error:
        raise unreadable(file, error) from None
    except json.JSONDecodeError as error:
        origin = Origin(str(file), error.lineno)
        raise SourceError("the file is not valid JSON", origin=origin, why=error.msg.lower()) from None
    except RecursionError:
        raise SourceError("the file is nested too deep", origin=Origin(str(file))) from None
    except ValueError as error:
        raise SourceError("the file is not valid JSON", origin=Origin(str(file)), why=str(error)) from None
    return Answers(file, text, tuple(_roots(file, values)))


def _json(text: str) -> Iterator[Any]:
    decoder, at = json.JSONDecoder(), _after_blanks(text, 0)
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        yield value
        at = _after_blanks(text, at)


def _after_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _yaml(file: Path, text: str) -> list[Any]:
    return [document.read(file).root] if text.strip() else []


def _roots(file: Path, values: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield the answers; `--output yaml-stream` prints a list of them."""
    for value in values:
        pages = value if isinstance(value, list) and value else [value]
        if not all(isinstance(page, dict) for page in pages):
            hint = "it has to be an object, as without `--query`"
            raise SourceError("the file is not output of the AWS CLI", origin=Origin(str(file)), hint=hint)
        yield from pages
