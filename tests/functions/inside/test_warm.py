"""Data of botocore that the zygote has read for its functions."""

import subprocess
import sys

import pytest

# A process of its own, as the zygote is: back ends in this one replace botocore's reader.
_READ = """
from botocore.loaders import Loader
from netful.functions.inside.warm import small_data

with small_data():
    small = Loader().load_service_model("ssm", "service-2")
usual = Loader().load_service_model("ssm", "service-2")
print(small == usual, type(small).__name__, type(usual).__name__)
"""


@pytest.mark.programs
def test_small_data_is_that_of_botocore_and_only_within_the_block():
    read = subprocess.run([sys.executable, "-c", _READ], capture_output=True, text=True, check=True)
    assert read.stdout.split() == ["True", "dict", "OrderedDict"]
