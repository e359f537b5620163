"""Clauses about single records: what is given back, and what is found."""

from salespipeline.errors import shown
from salespipeline.storage.base import Keys, Record, Storage
from salespipeline.storage.jsontext import JsonText
from salespipeline.testing.clause import Clause, Store, clause, commit, delete, must, must_equal, put
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
    f'"{"é" * 500_000}"',  # nearly all that a body may weigh
)
AWKWARD = (
    "", " ", "A-1", "a-1", "..", ".", "CON", "a/b", "/", "a\\b", '"', "'", "%s", "null", "0", "\u00e9", "e\u0301",
    "\u212a", "K", "ß", "SS", "😀", "\u2028", "\x00", "\n", "\x7f", "\ufeff", "\u202egnp.exe", "=1+1", "<b>", "x" * 500,
    "con", "COM1.txt", "a.", "a ", " a", "I", "i", "\u0130", "\u0131", "Å", "\u212b", "\ufb01", "fi", "a\u200b", "%",
    "_", "*", "$1", "\\0", "\x01", "\x01\x02\x00", "{}", "\U0010ffff", "\ue000",
)  # fmt: skip


@clause()
def a_new_store_is_empty(store: Store) -> None:
    """A store that nothing was committed to has number 0 and no records."""
    storage = store()
    must_equal(storage.number, 0, "the number of a new store")
    must_equal(storage.read("note", "a"), None, "a record of a new store")
    must_equal(list(storage.scan("note")), [], "the scan of a new store")


@clause()
def what_was_saved_is_read(store: Store) -> None:
    """A record comes back as it was given, with the commit's number as its revision."""
    storage = store()
    number = storage.commit(commit(put("a", '{"x":1}', keys=KEYS)))
    due = Record(kind="note", id="a", revision=number, keys=KEYS, body='{"x":1}')
    must_equal(storage.read("note", "a"), due, "the record")
    must_equal(list(storage.scan("note")), [due], "the scan")


@clause()
def an_absent_record_is_none(store: Store) -> None:
    """Asking for another id or another kind gives None."""
    storage = store()
    storage.commit(commit(put("a")))
    must_equal(storage.read("note", "b"), None, "an unknown id")
    must_equal(storage.read("note", "A"), None, "a known id in capitals")
    must_equal(storage.read("note", "a "), None, "a known id with a space")
    must_equal(storage.read("memo", "a"), None, "an unknown kind")
    must_equal(list(storage.scan("memo")), [], "the scan of an unknown kind")


@clause()
def a_save_replaces_the_whole_record(store: Store) -> None:
    """The second save of a record leaves nothing of the first: neither keys nor body."""
    storage = store()
    storage.commit(commit(put("a", "1", keys=KEYS)))
    number = storage.commit(commit(put("a", "2")))
    must_equal(storage.read("note", "a"), Record(kind="note", id="a", revision=number, body="2"), "the record")


@clause()
def a_deleted_record_is_gone(store: Store) -> None:
    """A change without a body deletes."""
    storage = store()
    storage.commit(commit(put("a"), put("b")))
    storage.commit(commit(delete("a")))
    must_equal(storage.read("note", "a"), None, "the deleted record")
    must_equal(list(state(storage)), ["b"], "what is left")


@clause()
def everything_is_there_after_reopening(store: Store) -> None:
    """Closing and opening changes nothing."""
    first = store()
    first.commit(commit(put("a", "1", keys=KEYS), put("b", "2")))
    first.commit(commit(put("a", "3", keys=KEYS), delete("b")))
    due = (first.number, list(first.scan("note")))
    first.close()
    second = store()
    must_equal((second.number, list(second.scan("note"))), due, "the reopened store")


@clause()
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
            if record is None or str(record.body) != body:
                must(False, f"{shown(record, 200)} should have the body {shown(body, 200)}")


@clause()
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


@clause()
def any_text_is_a_key_and_a_value(store: Store) -> None:
    """Keys come back sorted by their names, with odd names and values as they were given."""
    keys = tuple((name, value) for name, value in zip(AWKWARD, reversed(AWKWARD), strict=True))
    first = store()
    first.commit(commit(put("a", keys=keys)))
    for storage in (first, store()):
        record = storage.read("note", "a")
        must(record is not None and record.keys == tuple(sorted(keys)), f"the record is {record!r}")


@clause()
def kinds_are_apart(store: Store) -> None:
    """The same id under two kinds is two records."""
    storage = store()
    storage.commit(commit(put("a", "1", kind="note"), put("a", "2", kind="memo")))
    must_equal([record.body for record in storage.scan("note")], ["1"], "the scan of one kind")
    storage.commit(commit(delete("a", kind="note")))
    memo = storage.read("memo", "a")
    must(memo is not None and memo.body == "2", f"the record of the other kind is {memo!r}")


@clause()
def a_scan_is_in_the_order_of_ids(store: Store) -> None:
    """By code point, whatever the order of the commits."""
    ids = ["b", "a10", "a9", "B", "é", "z", "\U0001f600", "\uffee", "", "a"]
    storage = store()
    for id in ids:
        storage.commit(commit(put(id)))
    storage.commit(commit(put("a10", "2")))
    must_equal([record.id for record in storage.scan("note")], sorted(ids), "the order")


@clause("P-A2")
def where_is_a_hint(store: Store) -> None:
    """A scan with `where` leaves out no record that matches in its view; what it gives too much can be filtered."""
    storage = store()
    values = ("open", "sold", '"status":"open"', "öpen", "")
    storage.commit(
        commit(
            *(put(f"{one}{two}", keys=(("owner", two), ("status", one))) for one in values for two in ("anna", "bob")),
            put("bare"),
        )
    )
    for where in ({}, *({"status": value} for value in values), {"status": "open", "owner": "bob"}, {"stage": "x"}):
        _must_find(storage, where)
    other = store()
    storage.commit(commit(put("openanna", keys=(("status", "sold"),)), put("bare", keys=(("status", "open"),))))
    storage.commit(commit(delete("openbob"), put("soldbob"), put("soldanna", keys=(("status", "open"),))))
    for handle in (storage, other, store()):
        for where in ({"status": "open"}, {"status": "sold"}):
            _must_find(handle, where)


def _must_find(storage: Storage, where: dict[str, str]) -> None:
    found = [record for record in storage.scan("note", where) if record.matches(where)]
    due = [record for record in storage.scan("note") if record.matches(where)]
    must_equal(found, due, f"the scan where {where!r}")


@clause()
def twenty_thousand_records_are_no_trouble(store: Store) -> None:
    """Made by one commit, they are all there after reopening, in order and each by its id."""
    storage = store()
    bodies = {f"{place:05}": JsonText(place) for place in range(20_000)}
    storage.commit(commit(*(put(id, body) for id, body in bodies.items())))
    storage.commit(commit(put("10000", "0")))
    storage.close()
    reopened = store()
    due = {id: (1, str(body)) for id, body in bodies.items()} | {"10000": (2, "0")}
    must(list(state(reopened).items()) == list(due.items()), "after reopening not all are there, and in order")
    for id in ("00000", "10000", "19999"):
        revision, body = due[id]
        must_equal(reopened.read("note", id), Record(kind="note", id=id, revision=revision, body=body), "one of many")


CLAUSES: tuple[Clause, ...] = (
    a_new_store_is_empty,
    what_was_saved_is_read,
    an_absent_record_is_none,
    a_save_replaces_the_whole_record,
    a_deleted_record_is_gone,
    everything_is_there_after_reopening,
    bodies_come_back_character_for_character,
    any_text_is_an_id,
    any_text_is_a_key_and_a_value,
    kinds_are_apart,
    a_scan_is_in_the_order_of_ids,
    where_is_a_hint,
    twenty_thousand_records_are_no_trouble,
)
