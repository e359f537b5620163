"""Texts that do harm where they are believed, one of each kind."""

__all__ = ["CONTROLS", "FORMULAS", "HOSTILE", "MARKUP"]

FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "|calc", "%x", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', " =1+1",
    "'=1+1", '"=1+1"', "\ufeff=1+1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff201",
)  # fmt: skip
MARKUP = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</td></tr></table>", "<b>bold</b>", "&lt;b&gt;",
    '" onmouseover="x', "' onmouseover='x", "<!-- generated: moves -->", "<!-- end generated -->", "[x](javascript:y)",
    "![x](http://y)", "`code`", "```", "| a | b |", "a|b", "\\|", "**bold**", "_it_", "# title", "- item", "$x^2$",
    "$$x$$", "~~x~~", "~~~", "--> [*]", 'state "x" as Y', "%%{init: {}}%%", "click A href", "; rm", ":::danger", "{x}",
)  # fmt: skip
CONTROLS = (
    "\x1b[31mred", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\link", "\x9b31m", "\x07", "\x08\x08", "\r overwritten",
    "one\ntwo", "one\r\ntwo", "one\x0btwo", "one\x0ctwo", "one\x85two", "one\u2028two", "one\u2029two", "\x00",
    "\x7f", "\u202egnp.exe", "\u2066x\u2069", "\u200bx", "\u200e", "\ufeff", "\u061c", "\U000e0041",
)  # fmt: skip
OTHERS = (
    "", " ", "\t", "x" * 10_000, "é" * 10_000, "\ud800", "a\udfff", "NaN", "Infinity", "-0", "1e999", "1_000", "0x1",
    "\u0661\u0662", "\u00b2", "2026-02-30", "20260101", "0000-00-00", "9999-12-31", "10000-01-01", "null", "None",
    "true", "[]", "{}", '{"a":1,"a":2}', "%s%n", "{0.__class__}", "${x}", "'; DROP TABLE records; --", "../../x", "a/b",
    "..", ".", "CON", "\u212a", "\ufdfa" * 60, "e\u0301" * 40, "A-1\u200b", "\U0001f600" * 64,
)  # fmt: skip
HOSTILE = (*FORMULAS, *MARKUP, *CONTROLS, *OTHERS)
