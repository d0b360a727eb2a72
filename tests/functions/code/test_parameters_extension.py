"""The cache of the Parameters and Secrets extension, by the clock."""

from dataclasses import replace

from netful.functions.code.layers import layers_of
from netful.functions.inside.parameters_extension import PATH, Cache
from netful.model.cloud import Cloud
from tests.helpers.lambda_bench import function_of

LAYER = "arn:aws:lambda:eu-west-1:015030872274:layer:AWS-Parameters-and-Secrets-Lambda-Extension:12"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_answer_is_kept_for_its_time():
    clock = Clock()
    cache = Cache(10, clock)
    cache.put(("a",), b"1", 300)
    clock.now = 299
    assert cache.get(("a",)) == b"1"
    clock.now = 300
    assert cache.get(("a",)) is None


def test_the_newest_answers_are_kept():
    cache = Cache(2, Clock())
    for name in "abc":
        cache.put((name,), name.encode(), 300)
    assert [cache.get((name,)) for name in "abc"] == [None, b"b", b"c"]


def test_nothing_is_kept_without_time_or_room():
    for cache, ttl in ((Cache(0, Clock()), 300), (Cache(9, Clock()), 0)):
        cache.put(("a",), b"1", ttl)
        assert cache.get(("a",)) is None


def test_the_layer_brings_it():
    layers = layers_of(Cloud(), replace(function_of(""), layers=(LAYER,)))
    assert (layers.extensions, layers.warnings) == ((PATH,), [])
    assert {"ssm", "secretsmanager"} <= set(layers.clients)
