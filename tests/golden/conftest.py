from __future__ import annotations


def pytest_addoption(parser):
    parser.addoption("--write-golden", action="store_true", help="write the expected output of the golden files anew")
