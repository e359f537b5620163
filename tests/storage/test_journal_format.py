"""What stands in a journal, byte for byte."""

import gc
import json
import subprocess
import sys
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from tests.storage.journals import AT, BY_HAND, COMMITS, HEADER, SNAPSHOT, must_refuse, opened, saving, sealed, seen

from salespipeline.errors import CorruptStore, InvalidValue, NewerFormat, PastNotKept, StorageError
from salespipeline.storage.base import Change, Commit, Record
from salespipeline.storage.journal.parsing import read_author, read_commit
from salespipeline.storage.json_journal import JsonStorage

GOLDEN = (
    '{"format":"salespipeline-journal","reader":1,"writer":1,"store":"test","gen":1,"seq":0,"records":0,"cmds":{},'
    '"prev":"00000000","crc":"a2ee163d"}\n'
    '{"seq":1,"prev":"a2ee163d","at":"2026-11-21T16:40:00.000000Z","by":"anna","action":{"do":"Edit"},'
    '"ops":[["put","sale/S-1",{"owner":"anna","status":"open"},{"name":"Café €"}],["put","sale/S-\\u2028",{},[ 1 ]]],'
    '"crc":"2aa9ec2b"}\n'
    '{"seq":2,"prev":"2aa9ec2b","at":"2026-11-21T16:40:00.000000Z","by":"b\\"b","action":null,"cmd":"c\\u0085",'
    '"ops":[["del","sale/S-1"]],"crc":"451ae1bd"}\n'
)


def write_golden(path: Path) -> None:
    storage = opened(path)
    keys = (("status", "open"), ("owner", "anna"))
    first = (
        Change(kind="sale", id="S-1", keys=keys, body='{"name":"Café €"}'),
        Change(kind="sale", id="S-\u2028", body="[ 1 ]"),
    )
    nepal = AT.astimezone(timezone(timedelta(hours=5, minutes=45)))
    storage.commit(Commit(changes=first, at=nepal, by="anna", action='{"do":"Edit"}'))
    gone = Change(kind="sale", id="S-1", keys=keys, body=None)
    storage.commit(Commit(changes=(gone,), at=AT, by='b"b', command="c\x85"))
    storage.close()


def test_p_t1_the_file_is_the_golden_one(tmp_path: Path) -> None:
    write_golden(tmp_path / "s")
    assert (tmp_path / "s").read_text(encoding="utf-8") == GOLDEN


def test_the_golden_file_opens(tmp_path: Path) -> None:
    (tmp_path / "s").write_text(GOLDEN, encoding="utf-8")
    assert seen(tmp_path / "s") == (2, [("S-\u2028", 1, "[ 1 ]")])


def test_p_t1_the_environment_does_not_matter(tmp_path: Path) -> None:
    code = f"from tests.storage.test_journal_format import *; write_golden(Path({str(tmp_path / 's')!r}))"
    odd = {"TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONHASHSEED": "1"}
    odd["PYTHONPATH"] = ":".join(["src", *sys.path])
    subprocess.run([sys.executable, "-O", "-W", "error", "-c", code], env=odd, check=True, timeout=60)
    assert (tmp_path / "s").read_text(encoding="utf-8") == GOLDEN


def test_a_snapshot_is_read(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(BY_HAND)
    storage = opened(tmp_path / "s")
    sold = Record(kind="sale", id="S-3", revision=5, keys=(("status", "sold"),), body='"x y@"')
    assert list(storage.scan("sale")) == [Record(kind="sale", id="S-1", revision=4, body='{"name":"Café 2"}'), sold]


def test_opening_leaves_garbage_collection_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(BY_HAND)
    opened(tmp_path / "s")
    assert gc.isenabled()
    gc.disable()
    try:
        opened(tmp_path / "s")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_snapshot_without_commits_is_read(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(sealed((HEADER, *SNAPSHOT)))
    assert seen(tmp_path / "s") == (3, [("S-1", 1, '{"name":"Café","amount":"10.50"}'), ("S-2", 3, ' [1, "x"] ')])


def test_p_a6_numbers_go_on_after_a_snapshot(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(sealed((HEADER, *SNAPSHOT)))
    assert opened(tmp_path / "s").commit(saving("S-9", expect=None)) == 4


@pytest.mark.parametrize(("command", "number"), [("c0", 1), ("c1", 4)])
def test_p_a9_commands_are_known_across_a_snapshot(command: str, number: int, tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(BY_HAND)
    assert opened(tmp_path / "s").commit(saving("S-9", command=command)) == number


def test_the_past_before_a_snapshot_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(BY_HAND)
    storage = opened(tmp_path / "s")
    assert [was.number for was in storage.past("sale", "S-3")] == [5]
    with pytest.raises(PastNotKept):
        storage.past("sale", "S-1")


SENSELESS = (
    (HEADER.replace('"seq":3', '"seq":-3'), *SNAPSHOT),
    (HEADER.replace('"seq":3', '"seq":true'), *SNAPSHOT),
    (HEADER.replace('"records":2', '"records":3'), *SNAPSHOT),
    (HEADER.replace('"records":2', '"records":1'), *SNAPSHOT),
    (HEADER.replace('"cmds":{"c0":1}', '"cmds":{"c0":"1"}'), *SNAPSHOT),
    (HEADER.replace('"cmds":{"c0":1}', '"cmds":[]'), *SNAPSHOT),
    (HEADER.replace('"store":"by-hand"', '"store":"../x"'), *SNAPSHOT),
    (HEADER.replace('"gen":2,', ""), *SNAPSHOT),
    (HEADER, *reversed(SNAPSHOT)),
    (HEADER, SNAPSHOT[0], SNAPSHOT[0]),
    (HEADER, SNAPSHOT[0].replace('"rev":1', '"rev":4'), SNAPSHOT[1]),
    (HEADER, SNAPSHOT[0].replace("sale/S-1", "sale"), SNAPSHOT[1]),
    (HEADER, SNAPSHOT[0].replace('{"status":"open"}', "[]"), SNAPSHOT[1]),
    (HEADER, SNAPSHOT[0].replace("%s", "00000000"), SNAPSHOT[1]),
    (HEADER, SNAPSHOT[0], '{"key":"sale/S-2","rev":3,"keys":{},"data":'),
    (HEADER, *SNAPSHOT, COMMITS[1]),
    (HEADER, *SNAPSHOT, COMMITS[0], COMMITS[0].replace("S-2", "S-1")),
    (HEADER, *SNAPSHOT, COMMITS[0].replace("%s", "00000000")),
    (HEADER, *SNAPSHOT, COMMITS[0].replace('"del","sale/S-2"', '"del","sale/S-9"')),
    (HEADER, *SNAPSHOT, COMMITS[0].replace('"del","sale/S-2"', '"del","sale/S-1"')),
    (HEADER, *SNAPSHOT, COMMITS[0].replace('"put"', '"cut"')),
    (HEADER, *SNAPSHOT, COMMITS[0].replace('["del","sale/S-2"]', "7")),
    (HEADER, *SNAPSHOT, COMMITS[0].replace('{"name":"Café 2"}', "")),
    (HEADER, *SNAPSHOT, COMMITS[0].replace('{"name":"Café 2"}', '{"name":')),
    (HEADER, *SNAPSHOT, COMMITS[0].replace('{"name":"Café 2"}', "1,2")),
    (HEADER, *SNAPSHOT, COMMITS[0].replace('{"name":"Café 2"}', "[" * 200_000)),
    (HEADER, *SNAPSHOT, COMMITS[0].replace('{"do":"Edit"}', "{")),
    (HEADER, *SNAPSHOT, COMMITS[0].replace('"anna"', "7")),
    (HEADER, *SNAPSHOT, COMMITS[0].replace('"anna"', '"\\x"').replace('{"do":"Edit"}', "")),
    (HEADER, *SNAPSHOT, COMMITS[0].replace('"c1"', '"\\x"')),
    (HEADER, *SNAPSHOT, COMMITS[0], COMMITS[1].replace('"ops":[', '"ops":{')),
    (HEADER, *SNAPSHOT, COMMITS[0].replace('"ops":[', '"ops":{')),
    (HEADER, *SNAPSHOT, COMMITS[0], COMMITS[1].replace(',"x y@"]]', "]]")),
    (HEADER, *SNAPSHOT, COMMITS[0], COMMITS[1].replace('"x y@"]]', '"x y@"]')),
    (HEADER, *SNAPSHOT, COMMITS[0], COMMITS[1].replace('"x y@"]]', '"x y@"}}')),
    (HEADER, *SNAPSHOT, COMMITS[0], COMMITS[1].replace("sale/S-3", "\\u00zz/S-3")),
    (HEADER, *SNAPSHOT, COMMITS[0], "{}"[:-1]),
    (HEADER, *SNAPSHOT, COMMITS[0], '"'),
)


@pytest.mark.parametrize("texts", SENSELESS)
def test_p_r9_an_intact_line_with_senseless_contents_is_refused(texts: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(sealed(texts))
    must_refuse(tmp_path / "s", CorruptStore)


def test_p_r9_an_intact_line_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(sealed((HEADER, *SNAPSHOT, COMMITS[0].replace("é", "\udcff"))))
    must_refuse(tmp_path / "s", CorruptStore)


def test_opening_does_not_look_into_a_lone_body(tmp_path: Path) -> None:
    forged = (HEADER, *SNAPSHOT, COMMITS[0], COMMITS[1].replace('"x y@"', "no JSON"))
    (tmp_path / "s").write_bytes(sealed(forged))
    record = opened(tmp_path / "s").read("sale", "S-3")
    assert record is not None
    assert record.body == "no JSON"


def test_p_v2_a_higher_reader_number_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(sealed((HEADER.replace('"reader":1', '"reader":2'), *SNAPSHOT)))
    must_refuse(tmp_path / "s", NewerFormat)


def test_p_v2_a_higher_reader_number_is_seen_whatever_the_checksum(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b'{"format":"salespipeline-journal","reader":9,"sha":"..."}\n')
    must_refuse(tmp_path / "s", NewerFormat)


def test_p_v2_a_higher_writer_number_can_be_read_only(tmp_path: Path) -> None:
    newer = HEADER.replace('"writer":1', '"writer":2').replace('"gen"', '"new":{},"gen"')
    (tmp_path / "s").write_bytes(sealed((newer, *SNAPSHOT)))
    storage = opened(tmp_path / "s")
    assert storage.read("sale", "S-1") is not None
    with pytest.raises(StorageError, match="can only be read"):
        storage.commit(saving("S-9"))


@pytest.mark.parametrize("store", ["", "a b", "é", "x" * 25, "../x"])
def test_an_odd_store_id_is_refused(store: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue):
        JsonStorage(tmp_path / "s", new_id=lambda: store)
    assert [path.name for path in tmp_path.iterdir()] == ["s.lock"]


def test_every_line_is_json_by_itself(tmp_path: Path) -> None:
    write_golden(tmp_path / "s")
    lines = (tmp_path / "s").read_bytes().split(b"\n")
    assert [json.loads(line).get("seq") for line in lines if line] == [0, 1, 2]


def test_p_s5_ids_are_no_file_names(tmp_path: Path) -> None:
    storage = opened(tmp_path / "s")
    storage.commit(saving("../../x"))
    storage.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s", "s.head", "s.lock"]


@pytest.mark.parametrize("action", ['{"a":1,"cmd":"x"}', '["a","cmd","x"]', '"x"', '{"ops":[["put","sale/S-9",{},1]]}'])
@pytest.mark.parametrize("command", [None, "x", 'x"', '"},"cmd":"'])
def test_a_command_id_is_not_mistaken_for_an_action(action: str, command: str | None, tmp_path: Path) -> None:
    storage = opened(tmp_path / "s")
    storage.commit(Commit(changes=saving("S-1").changes, at=AT, action=action, command=command))
    line = (tmp_path / "s").read_bytes().splitlines()[1]
    assert read_commit(line).command == command
    assert read_author(line).action == action


def test_blanks_around_values_are_taken(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(
        sealed([HEADER, *SNAPSHOT, COMMITS[0].replace('{"name":"Café 2"}', ' \t{"name":"Café 2"} \t')])
    )
    assert [(record.id, record.body.strip(" \t")) for record in opened(tmp_path / "s").scan("sale")] == [
        ("S-1", '{"name":"Café 2"}')
    ]


def test_a_commit_that_is_too_large_is_refused(tmp_path: Path) -> None:
    storage = JsonStorage(tmp_path / "s", max_commit=1_000)
    with pytest.raises(StorageError, match="too large"):
        storage.commit(saving("S-1", f'"{"x" * 1_000}"'))
    assert storage.commit(saving("S-1")) == 1


def test_a_line_longer_than_a_block_is_read(tmp_path: Path) -> None:
    storage = opened(tmp_path / "s")
    bodies = [f'"{letter * 900_000}"' for letter in "abcd"]
    changes = tuple(Change(kind="sale", id=body[1], body=body) for body in bodies)
    storage.commit(Commit(changes=changes, at=AT))
    storage.close()
    assert [body for _, _, body in seen(tmp_path / "s")[1]] == bodies
