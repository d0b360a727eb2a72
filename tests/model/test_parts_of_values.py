"""The parts of values, and resources by their type."""

from netful.model.core import Resource, Unknown, every_part, with_leaves, words_of
from netful.model.template import TemplateFacts

VALUE = {"a": ["b", {"c": ("d", 1)}], "e": None}


def test_outer_parts_come_before_inner_ones():
    assert [*every_part(VALUE)] == [VALUE, ["b", {"c": ("d", 1)}], "b", {"c": ("d", 1)}, ("d", 1), "d", 1, None]


def test_words_are_the_known_texts():
    assert [*words_of([VALUE, Unknown("not known")])] == ["b", "d"]


def test_leaves_are_all_that_is_neither_a_mapping_nor_a_list():
    assert with_leaves(VALUE, str) == {"a": ["b", {"c": ["d", "1"]}], "e": "None"}


def test_resources_of_types_are_in_the_order_of_the_sources():
    resources = {name: Resource(name, type_, {}) for name, type_ in (("A", "x"), ("B", "y"), ("C", "x"), ("D", "z"))}
    facts = TemplateFacts(resources=resources)
    assert [one.id for one in facts.of_type("x")] == ["A", "C"]
    assert [one.id for one in facts.of_type("y", "x")] == ["A", "B", "C"]
    assert [*facts.of_type("none")] == []
