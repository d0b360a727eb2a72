"""NF001: a comment that silences nothing. The runner finds these, because only it has the findings of the other rules.

A comment that silences nothing today may hide a new fault tomorrow.

Instead: Remove the comment once the fault that it silenced is fixed.
"""

from netful.checks.rules.rule import Rule, Severity

check = Rule("comment silences nothing", Severity.INFO)
