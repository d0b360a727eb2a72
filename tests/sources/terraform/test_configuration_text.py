"""Text of Terraform's language."""

from netful.sources.terraform.plan.configuration_text import shape


def test_a_quote_that_no_other_closes_takes_no_time():
    text = 'a = "' + "${a}" * 200 + '\nb = "[" # (\n'
    assert shape(text) == text.replace("[", "_").replace("# (", "   ")
