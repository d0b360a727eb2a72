"""Write the pages of the checks from the rules, in English and in Japanese: `python docs/checks/make.py`."""  # noqa: INP001 (a script, no package)

from pathlib import Path

from netful.checks.registry import all_rules
from netful.render.catalogue import catalogue
from netful.render.markdown import rule_index, rule_page

HERE = Path(__file__).resolve().parent
JAPANESE = HERE.parent / "ja" / "checks"


def pages() -> dict[Path, str]:
    """Return the text of each page."""
    rules, spoken = tuple(all_rules().values()), catalogue("ja").spoken
    texts = {f"{rule.id}.md": (rule_page(rule), rule_page(spoken(rule), spoken)) for rule in rules}
    texts["index.md"] = (rule_index(rules), rule_index(tuple(map(spoken, rules)), spoken))
    english = {HERE / name: text for name, (text, _) in texts.items()}
    return english | {
        JAPANESE / name: text.replace("\n\n", f"\n\n[English](../../checks/{name})\n\n", 1)
        for name, (_, text) in texts.items()
    }


if __name__ == "__main__":
    for page, text in pages().items():
        page.write_text(text, encoding="utf-8")
