"""Write the pages of the checks from the rules: `python docs/checks/make.py`."""  # noqa: INP001 (a script, no package)

from pathlib import Path

from netful.checks.registry import all_rules
from netful.render.markdown import rule_index, rule_page

HERE = Path(__file__).parent

for rule in all_rules().values():
    (HERE / f"{rule.id}.md").write_text(rule_page(rule), encoding="utf-8")
(HERE / "index.md").write_text(rule_index(tuple(all_rules().values())), encoding="utf-8")
