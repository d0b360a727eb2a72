"""Plans of loads: files with steps."""

import pytest

from netful.forecast.load_plan import Step, peaks, read
from netful.model.core import QuestionError, SourceError

PLAN = """
[[steps]]
seconds = 5
loads = ["Fn=10/80", "Api GET /prod/orders=4"]

[[steps]]
seconds = 0.5
loads = ["Fn=30/50"]
"""


@pytest.fixture
def plan(tmp_path):
    def of(text):
        file = tmp_path / "plan.toml"
        file.write_text(text)
        return read(file)

    return of


def test_steps_in_their_order(plan):
    assert plan(PLAN) == (Step(5, ("Fn=10/80", "Api GET /prod/orders=4")), Step(0.5, ("Fn=30/50",)))


def test_the_highest_rate_of_each_load(plan):
    assert peaks(plan(PLAN)) == ("Fn=30/50", "Api GET /prod/orders=4")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "steps = []",
        "[[steps]]",
        "[[steps]]\nseconds = 'long'\nloads = ['Fn=1']",
        "[[steps]]\nseconds = 5\nloads = ['Fn=1']\nrate = 3",
        "[[steps",
    ],
)
def test_a_file_that_is_no_plan_is_an_error_at_the_file(plan, text):
    with pytest.raises(SourceError) as caught:
        plan(text)
    assert caught.value.origin.file.endswith("plan.toml")
    assert caught.value.hint


@pytest.mark.parametrize(("seconds", "loads"), [("0.1", "['Fn=5']"), ("1", "[]"), ("1", "['Fn']"), ("-1", "['Fn=5']")])
def test_a_step_that_sends_nothing_is_an_error(plan, seconds, loads):
    with pytest.raises(QuestionError):
        plan(f"[[steps]]\nseconds = {seconds}\nloads = {loads}")
