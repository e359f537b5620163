"""Clauses about single records: what is given back, what is found, and what is refused at the door."""

from datetime import datetime

from salespipeline.errors import InvalidValue, NotFound, StorageClosed
from salespipeline.storage.base import Change, Commit, Keys, Record
from salespipeline.testing.clause import (
    NOTHING,
    Clause,
    Store,
    clause,
    commit,
    delete,
    must,
    must_equal,
    must_raise,
    put,
)
from salespipeline.testing.clause import state_of as state

__all__ = ["CLAUSES"]

KEYS: Keys = (("owner", "anna"), ("status", "open"))

BODIES = (
    "null",
    '""',
    "[]",
    "{}",
    "true",
    "0",
    str(2**200),
    '"null"',
    '" around "',
    ' { "a" : [ 1 , 2 ] } ',
    '{"b":1,"a":2,"B":3}',
    r'"\u2028\u0085\u00e9\ud83d\ude00\n\t\"\\\/"',
    '"Café – 売上 😀"',
    '{"ops":[["put","note/other",{},1],["del","note/other"]],"cmd":"x"}',
    '["put","note/b",{},2]',
    r'"],\"crc\":\"00000000\"}"',
    "[" * 60 + "]" * 60,
)
AWKWARD = (
    "", " ", "A-1", "a-1", "..", ".", "CON", "a/b", "/", "a\\b", '"', "'", "%s", "null", "0", "\u00e9", "e\u0301",
    "\u212a", "K", "ß", "SS", "😀", "\u2028", "\x00", "\n", "\x7f", "\ufeff", "\u202egnp.exe", "=1+1", "<b>", "x" * 500,
)  # fmt: skip
REFUSED_BODIES = (
    "", "x", "{", "{}{}", "nul", "NaN", "[Infinity]", "1.5", "1e5", "01", "'a'", '{"a":1,"a":2}', "[1,]", "[1]\n",
    "[1,\n2]", "[1]\r", '"\n"', '"\u2028"', '"\u0085"', '"\ud800"', r'"\ud800"', "\ufeff1", "[" * 2_000 + "]" * 2_000,
)  # fmt: skip


@clause
def a_new_store_is_empty(store: Store) -> None:
    """A store that nothing was committed to has number 0 and no records."""
    storage = store()
    must_equal(storage.number, 0, "the number of a new store")
    must_equal(storage.read("note", "a"), None, "a record of a new store")
    must_equal(list(storage.scan("note")), [], "the scan of a new store")


@clause
def what_was_saved_is_read(store: Store) -> None:
    """A record comes back as it was given, with the commit's number as its revision."""
    storage = store()
    number = storage.commit(commit(put("a", '{"x":1}', keys=KEYS)))
    due = Record(kind="note", id="a", revision=number, keys=KEYS, body='{"x":1}')
    must_equal(storage.read("note", "a"), due, "the record")
    must_equal(list(storage.scan("note")), [due], "the scan")


@clause
def an_absent_record_is_none(store: Store) -> None:
    """Asking for another id or another kind gives None."""
    storage = store()
    storage.commit(commit(put("a")))
    must_equal(storage.read("note", "b"), None, "an unknown id")
    must_equal(storage.read("note", "A"), None, "a known id in capitals")
    must_equal(storage.read("note", "a "), None, "a known id with a space")
    must_equal(storage.read("memo", "a"), None, "an unknown kind")
    must_equal(list(storage.scan("memo")), [], "the scan of an unknown kind")


@clause
def a_save_replaces_the_whole_record(store: Store) -> None:
    """The second save of a record leaves nothing of the first: neither keys nor body."""
    storage = store()
    storage.commit(commit(put("a", "1", keys=KEYS)))
    number = storage.commit(commit(put("a", "2")))
    must_equal(storage.read("note", "a"), Record(kind="note", id="a", revision=number, body="2"), "the record")


@clause
def a_deleted_record_is_gone(store: Store) -> None:
    """A change without a body deletes."""
    storage = store()
    storage.commit(commit(put("a"), put("b")))
    storage.commit(commit(delete("a")))
    must_equal(storage.read("note", "a"), None, "the deleted record")
    must_equal(list(state(storage)), ["b"], "what is left")


@clause
def what_is_not_there_cannot_be_deleted(store: Store) -> None:
    """Deleting an absent record raises `NotFound`, and nothing of the commit is kept."""
    storage = store()
    with must_raise(NotFound, "deleting a record that is not there"):
        storage.commit(commit(put("a"), delete("b")))
    must_equal((storage.number, state(storage)), (0, NOTHING), "the store after it")


@clause
def everything_is_there_after_reopening(store: Store) -> None:
    """Closing and opening changes nothing."""
    first = store()
    first.commit(commit(put("a", "1", keys=KEYS), put("b", "2")))
    first.commit(commit(put("a", "3", keys=KEYS), delete("b")))
    due = (first.number, list(first.scan("note")))
    first.close()
    second = store()
    must_equal((second.number, list(second.scan("note"))), due, "the reopened store")


@clause
def bodies_come_back_character_for_character(store: Store) -> None:
    """Spaces, the order of keys, escapes, large integers and all other spelling is kept, also after reopening."""
    due = {f"{place:02}": body for place, body in enumerate(BODIES)}
    first = store()
    first.commit(commit(*(put(id, body) for id, body in due.items())))
    for id, body in due.items():
        first.commit(commit(put(f"{id} alone", body)))
    due |= {f"{id} alone": body for id, body in due.items()}
    for storage in (first, store()):
        for id, body in due.items():
            record = storage.read("note", id)
            must(record is not None and str(record.body) == body, f"{record!r} should have the body {body!r}")


@clause
def any_text_is_an_id(store: Store) -> None:
    """Ids that look alike, or odd, or like file names are kept apart and come back as they were given."""
    first = store()
    first.commit(commit(*(put(id, str(place)) for place, id in enumerate(AWKWARD))))
    due = {id: (1, str(place)) for place, id in sorted(enumerate(AWKWARD), key=lambda pair: pair[1])}
    for storage in (first, store()):
        must_equal(list(state(storage).items()), list(due.items()), "the scan")
        for id, (_, body) in due.items():
            record = storage.read("note", id)
            must(record is not None and (record.id, record.body) == (id, body), f"{id!r} is read as {record!r}")


@clause
def any_text_is_a_key_and_a_value(store: Store) -> None:
    """Keys come back sorted by their names, with odd names and values as they were given."""
    keys = tuple((name, value) for name, value in zip(AWKWARD, reversed(AWKWARD), strict=True))
    first = store()
    first.commit(commit(put("a", keys=keys)))
    for storage in (first, store()):
        record = storage.read("note", "a")
        must(record is not None and record.keys == tuple(sorted(keys)), f"the record is {record!r}")


@clause
def kinds_are_apart(store: Store) -> None:
    """The same id under two kinds is two records."""
    storage = store()
    storage.commit(commit(put("a", "1", kind="note"), put("a", "2", kind="memo")))
    must_equal([record.body for record in storage.scan("note")], ["1"], "the scan of one kind")
    storage.commit(commit(delete("a", kind="note")))
    memo = storage.read("memo", "a")
    must(memo is not None and memo.body == "2", f"the record of the other kind is {memo!r}")


@clause
def a_scan_is_in_the_order_of_ids(store: Store) -> None:
    """By code point, whatever the order of the commits."""
    ids = ["b", "a10", "a9", "B", "é", "z", "\U0001f600", "\uffee", "", "a"]
    storage = store()
    for id in ids:
        storage.commit(commit(put(id)))
    storage.commit(commit(put("a10", "2")))
    must_equal([record.id for record in storage.scan("note")], sorted(ids), "the order")


@clause
def where_is_a_hint(store: Store) -> None:
    """A scan with `where` leaves out no record that matches; what it gives too much, filtering takes away."""
    storage = store()
    values = ("open", "sold", '"status":"open"', "öpen", "")
    storage.commit(
        commit(
            *(put(f"{one}{two}", keys=(("owner", two), ("status", one))) for one in values for two in ("anna", "bob")),
            put("bare"),
        )
    )
    everything = list(storage.scan("note"))
    for where in ({}, *({"status": value} for value in values), {"status": "open", "owner": "bob"}, {"stage": "x"}):
        found = [record for record in storage.scan("note", where) if record.matches(where)]
        must_equal(found, [record for record in everything if record.matches(where)], f"the scan where {where!r}")


@clause
def what_is_no_json_on_one_line_is_refused(store: Store) -> None:
    """A body or an action that is something else raises `InvalidValue`, and nothing is stored."""
    storage = store()
    for text in REFUSED_BODIES:
        with must_raise(InvalidValue, f"the body {text[:20]!r}"):
            storage.commit(commit(put("a"), put("b", text)))
        with must_raise(InvalidValue, f"the action {text[:20]!r}"):
            storage.commit(Commit(changes=(put("a"),), at=commit().at, action=text))
    must_equal((storage.number, state(store())), (0, NOTHING), "the store after it")


@clause
def half_a_surrogate_pair_is_refused(store: Store) -> None:
    """Text that has no UTF-8 raises `InvalidValue` wherever it stands, and nothing is stored."""
    storage, bad = store(), "a\ud800"
    changes = (
        put(bad), put("b", kind=bad), put("b", keys=((bad, "x"),)), put("b", keys=(("x", bad),)), put("b", f'"{bad}"')
    )  # fmt: skip
    refused = [commit(put("a"), change) for change in changes]
    refused += [Commit(changes=(put("a"),), at=commit().at, by=bad), commit(put("a"), command=bad)]
    for given in refused:
        with must_raise(InvalidValue, f"{given!r}"):
            storage.commit(given)
    must_equal((storage.number, state(store())), (0, NOTHING), "the store after it")


@clause
def a_commit_without_sense_is_refused(store: Store) -> None:
    """No change, a record changed twice, a key given twice or a kind with a slash raises `InvalidValue`."""
    storage = store()
    refused = (
        commit(),
        commit(put("a"), put("a", "2")),
        commit(put("a", keys=(("x", "1"), ("x", "2")))),
        commit(Change(kind="a/b", id="c", body="1")),
        commit(Change(kind="", id="c", body="1")),
    )
    for given in refused:
        with must_raise(InvalidValue, f"{given!r}"):
            storage.commit(given)
    must_equal((storage.number, state(store())), (0, NOTHING), "the store after it")


@clause
def a_time_without_offset_is_refused(store: Store) -> None:
    """An instant without its offset from UTC raises `InvalidValue`."""
    storage = store()
    with must_raise(InvalidValue, "a naive datetime"):
        storage.commit(commit(put("a"), at=datetime(2026, 11, 21)))  # noqa: DTZ001  # that it is naive is the point
    must_equal((storage.number, state(storage)), (0, NOTHING), "the store after it")


@clause
def many_records_are_no_trouble(store: Store) -> None:
    """Two thousand records, in commits of one and of many, are all there, in order, after reopening."""
    storage = store()
    for place in range(1_000):
        storage.commit(commit(put(f"{place:05}", str(place))))
    storage.commit(commit(*(put(f"{place:05}", str(place)) for place in range(1_000, 2_000))))
    due = {f"{place:05}": (min(place, 1_000) + 1, str(place)) for place in range(2_000)}
    must_equal(state(storage), due, "the store")
    storage.close()
    must_equal(list(state(store()).items()), list(due.items()), "the reopened store")


@clause
def a_closed_handle_refuses_everything(store: Store) -> None:
    """After `close`, which may be called twice, every call raises `StorageClosed`."""
    storage = store()
    storage.commit(commit(put("a")))
    storage.close()
    storage.close()
    calls = (
        ("number", lambda: storage.number),
        ("read", lambda: storage.read("note", "a")),
        ("scan", lambda: list(storage.scan("note"))),
        ("past", lambda: list(storage.past("note", "a"))),
        ("commit", lambda: storage.commit(commit(put("b")))),
        ("refresh", storage.refresh),
    )
    for name, call in calls:
        with must_raise(StorageClosed, f"{name} after close"):
            call()
    must_equal(list(state(store())), ["a"], "the store, opened anew")


CLAUSES: tuple[Clause, ...] = (
    a_new_store_is_empty,
    what_was_saved_is_read,
    an_absent_record_is_none,
    a_save_replaces_the_whole_record,
    a_deleted_record_is_gone,
    what_is_not_there_cannot_be_deleted,
    everything_is_there_after_reopening,
    bodies_come_back_character_for_character,
    any_text_is_an_id,
    any_text_is_a_key_and_a_value,
    kinds_are_apart,
    a_scan_is_in_the_order_of_ids,
    where_is_a_hint,
    what_is_no_json_on_one_line_is_refused,
    half_a_surrogate_pair_is_refused,
    a_commit_without_sense_is_refused,
    a_time_without_offset_is_refused,
    many_records_are_no_trouble,
    a_closed_handle_refuses_everything,
)
