"""A journal by hand that has every kind of line, and what it holds."""

from tests.storage.journals import COMMITS, HEADER, SNAPSHOT, sealed

LINES = (
    HEADER,
    *SNAPSHOT,
    *COMMITS,
    '{"seq":6,"prev":"%s","at":"2026-11-21T16:42:00.000000Z","by":"","action":null,"ops":[["del","sale/S-3"]]',
    '{"seq":7,"prev":"%s","at":"2026-11-21T16:43:00.000000Z","by":"","action":null,"ops":[]',
    '{"seq":8,"prev":"%s","at":"2026-11-21T16:44:00.000000Z","by":"ann","action":[],"cmd":"c8","ops":[["put","a/b",{},1]]',
)
FILE = sealed(LINES)  # a header, records of a snapshot, and commits of one, many, no changes, with and without command
