from __future__ import annotations


def pytest_addoption(parser):
    parser.addoption("--write-docs", action="store_true", help="write what the documentation records anew")
