"""Identifiers of a request: a trace that it brings goes on."""

import pytest

from netful.gateway.calls.identifiers import new_identifiers

ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793"


@pytest.mark.parametrize(
    ("brought", "sent"),
    [
        (f"{ROOT};Parent=53995c3f42cd8ad8;Sampled=1", f"{ROOT};Parent=53995c3f42cd8ad8;Sampled=1"),
        (f"Sampled=1; {ROOT}; Lineage=a", f"{ROOT};Sampled=1"),
        (ROOT, ROOT),
    ],
)
def test_a_trace_keeps_its_root_its_parent_and_its_sampling(brought, sent):
    names = new_identifiers(0.0, brought)
    assert names.trace_id == sent
    assert names.trace_root == ROOT.removeprefix("Root=")


def test_a_header_without_a_root_begins_a_trace():
    names = new_identifiers(0.0, "Parent=53995c3f42cd8ad8;Sampled=1")
    assert names.trace_id.startswith("Root=1-00000000-")
    assert "Parent" not in names.trace_id
