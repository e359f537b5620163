"""What is refused at the door of a storage, and how it is named."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.storage.journals import AT, saving

from salespipeline.errors import InvalidValue
from salespipeline.storage.base import Change, Commit, Expect
from salespipeline.storage.incoming import check_commit, in_utc
from salespipeline.storage.jsontext import JsonText


class Text(str):
    """Text of a type of its own: what it does later, nobody knows."""

    __slots__ = ()


REFUSED = (
    ("by", Commit(changes=saving("S-1").changes, at=AT, by=Text("anna"))),
    ("command", saving("S-1", command=Text("c"))),
    ("id", saving(Text("S-1"))),
    ("kind", Commit(changes=(Change(kind=Text("sale"), id="S-1", body="1"),), at=AT)),
    ("key x", Commit(changes=(Change(kind="sale", id="S-1", keys={"x": Text("y")}, body="1"),), at=AT)),
    ("the name of a key", Commit(changes=(Change(kind="sale", id="S-1", keys=((Text("x"), "y"),), body="1"),), at=AT)),
    ("id", Commit(changes=saving("S-1").changes, expect=(Expect(kind="sale", id="\ud800", revision=1),), at=AT)),
    ("JSON", saving("S-1", body=Text("1"))),
)


@pytest.mark.parametrize(("field", "commit"), REFUSED)
def test_a_refusal_names_the_field(field: str, commit: Commit) -> None:
    with pytest.raises(InvalidValue) as caught:
        check_commit(commit)
    assert caught.value.field == field


def test_text_that_proves_itself_is_not_looked_into() -> None:
    commit = Commit(changes=saving("S-1", JsonText("no JSON")).changes, at=AT, action=JsonText("neither"))
    check_commit(commit)


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(0)), timezone(timedelta(hours=-9))])
def test_an_instant_is_the_same_in_utc(zone: timezone) -> None:
    seen = in_utc(AT.astimezone(zone))
    assert (seen, seen.tzinfo) == (AT, UTC)


@pytest.mark.parametrize(("day", "hours"), [((1, 1, 1), 14), ((9999, 12, 31), -14)])
def test_an_instant_outside_of_the_calendar_is_refused(day: tuple[int, int, int], hours: int) -> None:
    with pytest.raises(InvalidValue, match="years 1 to 9999"):
        in_utc(datetime(*day, 12, tzinfo=timezone(timedelta(hours=hours))))
