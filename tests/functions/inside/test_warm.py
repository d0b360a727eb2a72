"""Data of botocore that the zygote has read for its functions."""

from collections import OrderedDict

from botocore.loaders import Loader

from netful.functions.inside.warm import small_data


def test_small_data_is_that_of_botocore_and_only_within_the_block():
    with small_data():
        small = Loader().load_service_model("ssm", "service-2")
    usual = Loader().load_service_model("ssm", "service-2")
    assert small == usual
    assert (type(small), type(usual)) == (dict, OrderedDict)
