"""Japanese pages and the English pages that they translate.

Rules:
1. `docs/ja/PLACE.md` translates `docs/PLACE.md`. Its first line is a comment with the digest of the English prose at that time.
2. Console blocks, lists of operations, and signatures and fields of the Python API are those of the English page, so the tests of
   that page cover them. They are not part of the digest.
3. The printed `--help` is that of the page's language (`test_cli_reference.py`), and not part of the digest.
4. `docs/checks/make.py` makes the pages of checks in both languages, without a digest.
5. A page that fails one of these rules has the visible line `OLDER`.
"""

import hashlib
import re

from tests.helpers.places import ROOT

JAPANESE = ROOT / "docs" / "ja"
TRANSLATED = {page: ROOT / "docs" / page.relative_to(JAPANESE) for page in sorted(JAPANESE.rglob("*.md"))}
MADE = {*(JAPANESE / "checks").glob("*.md")} - {JAPANESE / "checks" / "expectations.md"}
READMES = {ROOT / "README.ja.md": ROOT / "README.md"}
OLDER = "> この翻訳は英語版より古い可能性があります。"

_COPIED = re.compile(
    r"^```console\n.*?^```$|(?<=\n\n)`[A-Z]\w+`(?:,\s`[A-Z]\w+`)+(?=\n\n)"
    r"|^#{3,4} `[^\n]+`$|^\| field \| type \|\n(?:\|[^\n]*\n)+",
    re.DOTALL | re.MULTILINE,
)
_HELP = re.compile(r"^(?<=--help -->\n\n)```text\n.*?^```$", re.DOTALL | re.MULTILINE)
_MARK = re.compile(r"<!-- english: ([0-9a-f]{12}) -->\n\n")


def blocks(text: str) -> list[str]:
    """Return the blocks of a page that translations copy."""
    return _COPIED.findall(text)


def is_current(text: str, english: str) -> bool:
    """Return whether a translation was made from this English page."""
    mark = _MARK.match(text)
    return mark is not None and mark[1] == _digest(english) and blocks(text) == blocks(english)


def with_blocks(text: str, english: str) -> str:
    """Return a translation with the copied blocks of the English page, if it has as many."""
    copies = blocks(english)
    if len(copies) != len(blocks(text)):
        return text
    rest = iter(copies)
    return _COPIED.sub(lambda _: next(rest), text)


def renewed(text: str, english: str) -> str:
    """Return a translation with current blocks: without a first line it is new, and one that is not current becomes `OLDER`."""
    text = with_blocks(text, english)
    if _MARK.match(text) is None:
        text = f"<!-- english: {_digest(english)} -->\n\n" + text.replace(f"{OLDER}\n\n", "").lstrip("\n")
    if is_current(text, english) or OLDER in text:
        return text
    return _MARK.sub(lambda mark: f"{mark[0]}{OLDER}\n\n", text, count=1)


def _digest(english: str) -> str:
    return hashlib.sha256(_HELP.sub("", _COPIED.sub("", english)).encode()).hexdigest()[:12]
