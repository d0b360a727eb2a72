"""What an account forgets of its stacks, so that its file does not grow for ever."""

from netful.account.cloudformation.records import StackRecord, now
from netful.account.cloudformation.stacks import MOST_DELETED, MOST_EVENTS, Stacks


def test_the_oldest_deleted_stacks_and_events_are_forgotten():
    stacks = Stacks()
    kept = stacks.add(StackRecord("kept", "arn:kept"))
    for number in range(MOST_DELETED + 3):
        stacks.add(StackRecord("gone", f"arn:gone-{number}", deleted=now()))
    for _ in range(MOST_EVENTS + 5):
        kept.set("UPDATE_COMPLETE")
    stacks.forget()
    assert stacks.find("arn:gone-2") is None
    assert stacks.find("arn:gone-3") is not None
    assert [*stacks][-1] is kept
    assert len(kept.events) == MOST_EVENTS
