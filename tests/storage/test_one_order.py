"""The judge of what several users saw: it finds each fault, and finds none where there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespipeline.testing.one_order import Look, Write, order_faults

FIRST = Write(user=0, called=1, returned=2, number=1, value="0", expected=0)
SECOND = Write(user=1, called=5, returned=8, number=2, value="a", expected=1)
THIRD = Write(user=2, called=9, returned=10, number=3, value="b", expected=2)
BEFORE = Look(user=2, called=3, returned=4, number=1, value="0")
DURING = Look(user=3, called=6, returned=7, number=2, value="a")
AFTER = Look(user=3, called=11, returned=12, number=3, value="b")
WRITES, LOOKS = [FIRST, SECOND, THIRD], [BEFORE, DURING, AFTER]


def test_what_happened_one_by_one_has_an_order() -> None:
    assert list(order_faults(WRITES, LOOKS)) == []


def test_what_overlaps_may_be_seen_or_not() -> None:
    unseen = DURING._replace(number=1, value="0")
    assert list(order_faults(WRITES, [BEFORE, unseen, AFTER])) == []


def test_what_overlaps_may_have_its_numbers_either_way() -> None:
    slow = THIRD._replace(called=4)
    assert list(order_faults([FIRST, SECOND, slow], [])) == []


@pytest.mark.parametrize(
    ("writes", "looks", "fault"),
    [
        ([FIRST, SECOND, THIRD._replace(number=2, expected=1)], [], "two commits were given the number 2"),
        ([FIRST, SECOND, THIRD._replace(expected=1)], [], "commit 3 expected 1 to be the newest, and overwrote 2"),
        (
            [FIRST, SECOND._replace(number=3, expected=2), THIRD._replace(number=2, expected=1)],
            [],
            "commit 3 was done before one with a lower number was begun",
        ),
        (WRITES, [AFTER._replace(value="a")], "the view of commit 3 showed 'a', and should show 'b'"),
        (WRITES, [AFTER._replace(value=("a", "b"))], r"the view of commit 3 showed \('a', 'b'\), and should show 'b'"),
        (WRITES, [BEFORE._replace(number=0)], "the view of commit 0 showed '0', and should show None"),
        (WRITES, [BEFORE._replace(number=2, value="a")], "the view of commit 2 was seen before that was begun"),
        (WRITES, [AFTER._replace(number=2, value="a")], "a refresh led to commit 2 when commit 3 was done before it"),
        (WRITES, [DURING, DURING._replace(called=7, number=1, value="0")], "user 3 went from commit 2 back to 1"),
        (WRITES, [DURING._replace(user=1, called=7, number=1, value="0")], "user 1 went from commit 2 back to 1"),
    ],
)
def test_a_fault_is_found(writes: list[Write], looks: list[Look], fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        raise AssertionError("\n".join(order_faults(writes, looks)))


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Write], list[Look]]:
    """What users of one value in memory see: each step takes effect somewhere between its beginning and its end."""
    writes, looks, newest = [FIRST], list[Look](), FIRST
    free = dict.fromkeys(range(1, 5), 2)  # since when a user does nothing
    for step, (user, is_writing) in enumerate(draw(st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=20))):
        effect = 10 * step + 10
        if free[user] > effect:
            continue
        called, returned = effect - draw(st.integers(0, effect - free[user])), effect + draw(st.integers(1, 35))
        free[user] = returned + 1
        if is_writing:
            newest = Write(user, called, returned, newest.number + 1, str(step), newest.number)
            writes.append(newest)
        else:
            looks.append(Look(user, called, returned, newest.number, newest.value))
    return draw(st.permutations(writes[1:]).map(lambda some: [FIRST, *some])), looks


@given(histories())
def test_no_fault_is_found_where_there_is_none(history: tuple[list[Write], list[Look]]) -> None:
    assert list(order_faults(*history)) == []


@given(histories(), st.data())
def test_a_lost_update_is_always_found(history: tuple[list[Write], list[Look]], data: st.DataObject) -> None:
    writes, looks = history
    if len(writes) > 2:
        lost = data.draw(st.sampled_from(sorted(writes, key=lambda write: write.number)[1:-1]))
        assert list(order_faults([write for write in writes if write is not lost], looks)) != []
