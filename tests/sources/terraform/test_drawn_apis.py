"""Drawn APIs and the plans of what is deployed of them: the same answers."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace_as_sent
from netful.sources import load
from tests.helpers.api_bench import IDENTITIES, sent_for
from tests.helpers.draw_apis import questions
from tests.helpers.examples import examples
from tests.helpers.planned_apis import KINDS, PlannedApis

pytestmark = pytest.mark.slow


def identified(cloud):
    return replace(cloud, access=replace(cloud.access, identities=IDENTITIES))


def test_apis_and_their_plan_say_the_same(tmp_path):
    verdicts = set()

    @examples(40)
    @given(drawn=questions.examinations(16))
    def on_all(drawn):
        template, every = drawn
        file = tmp_path / "template.json"
        file.write_text(json.dumps(template))
        cloud = identified(load([file], region="us-east-1"))
        planned = identified(load([PlannedApis(cloud).plan.write(tmp_path)], region="us-east-1"))
        names = {name: f"{KINDS[one.type]}.{name}" for name, one in cloud.template.resources.items()}

        def answer(of, source, to):
            path = trace_as_sent(of, parse(of, source, to))
            return path.verdict, path.symptom.status

        def renamed(text):
            """The names of resources at the beginning of a text, or after `endpoint:`, as in a plan."""
            return re.sub(
                r"^(endpoint:)?(\w+)(?=$|[+ ])", lambda word: f"{word[1] or ''}{names.get(word[2], word[2])}", text
            )

        for one in every:
            sent = sent_for(cloud, one)
            if sent is not None:
                found = answer(planned, renamed(one.source), renamed(sent.to))
                assert found == answer(cloud, one.source, sent.to), (one, sent)
                verdicts.add(found[0])

    on_all()
    assert verdicts >= {"reachable", "blocked"}
