import re

import pytest

from netful.model.names.generated.generated_names import NAMINGS, Names

FUNCTION, BUCKET, QUEUE = (NAMINGS[f"AWS::{kind}"] for kind in ("Lambda::Function", "S3::Bucket", "SQS::Queue"))


def names(stack="orders", account_id="123456789012", region="eu-west-1"):
    return Names(account_id, region, stack)


def test_a_name_has_stack_logical_id_and_twelve_letters_and_digits():
    assert re.fullmatch(r"orders-Handler-[A-Za-z0-9]{12}", names().of(FUNCTION, "Handler"))
    assert re.fullmatch(r"orders-files-[a-z0-9]{12}", names().of(BUCKET, "Files"))
    assert re.fullmatch(r"orders-Jobs-[A-Za-z0-9]{12}\.fifo", names().of(QUEUE, "Jobs", fifo=True))
    assert re.fullmatch(r"my-stack-b-Handler-\w{12}", names("my.stack").of(FUNCTION, "b/Handler"))
    assert re.fullmatch(r"stack-files-[a-z0-9]{12}", names("在庫 管理").of(BUCKET, "Files"))


def test_the_end_is_the_same_in_every_run_and_another_elsewhere():
    here = names().of(FUNCTION, "Handler")
    assert names().of(FUNCTION, "Handler") == here
    others = (names("other"), names(account_id="210987654321"), names(region="eu-west-2"))
    assert len({here[-12:], *(one.of(FUNCTION, "Handler")[-12:] for one in others)}) == 4


@pytest.mark.parametrize("stack", ["s", "stack-" * 20])
@pytest.mark.parametrize("logical_id", ["L", "Logical" * 20])
@pytest.mark.parametrize(("naming", "longest"), [(FUNCTION, 64), (BUCKET, 63), (QUEUE, 64)])
def test_a_long_name_loses_of_the_stack_and_the_logical_id_but_not_of_the_end(stack, logical_id, naming, longest):
    name = names(stack).of(naming, logical_id)
    assert len(name) <= longest
    shown_stack, shown_id = stack[:1], logical_id[:1].lower() if naming.lower else logical_id[:1]
    assert re.fullmatch(rf"{shown_stack}[\w-]*-{shown_id}\w*-\w{{12}}", name)
    if len(stack) + len(logical_id) > 60:
        assert len(name) >= longest - 1


def test_names_of_databases_and_caches_are_in_lower_case():
    assert names("Shop").of(NAMINGS["AWS::RDS::DBParameterGroup"], "Group").startswith("shop-group-")
    named = names("Shop").of(NAMINGS["AWS::RDS::DBInstance"], "OrdersDb")
    assert re.fullmatch(r"shop-ordersdb-[a-z0-9]{12}", named)
    assert len(names("a-long-name-of-a-stack").of(NAMINGS["AWS::OpenSearchService::Domain"], "Search")) <= 28
