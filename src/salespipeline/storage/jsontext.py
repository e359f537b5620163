"""JSON text: the one way it is written, and the one gate through which foreign JSON comes in.

Text written here looks the same in an editor, a diff and a terminal as it is: whatever does not
print is escaped. Text read here is bounded before it is parsed, and holds no floats.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple, NoReturn, cast

from salespipeline.errors import InvalidValue, repeated

__all__ = ["BODY", "JsonText", "Limits", "check_one_line", "dumps", "loads", "quote", "quote_pairs"]

# Categories Cc, Cf, Zs, Zl and Zp of Unicode 14, without the ASCII that JSON escapes anyway: written out,
# because the tables of a newer Python would write another file. The last range, lone surrogates, is refused.
_HIDDEN = (
    "\x7f-\xa0\xad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u1680\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U00013438\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f\ud800-\udfff"
)
_SURROGATE_REASON = "half of a surrogate pair is no character"
_LEAVES = frozenset((str, int, bool, type(None)))
_TEXT = frozenset((str,))


class Limits(NamedTuple):
    """How much foreign JSON may weigh: bytes of UTF-8, nesting, and commas (as a measure of elements)."""

    bytes: int = 1 << 20
    depth: int = 64
    commas: int = 50_000


BODY = Limits()  # what one record's body, or one document, may weigh


class JsonText(str):
    """JSON text on one line within the limits of a body: written by `dumps`, or passed by `check_one_line`.

    The type is the proof. A storage checks every other text by parsing it, which costs about as
    much as half of a durable write; so make one of a text only where it is known to be such.
    """

    __slots__ = ()


def dumps(value: object) -> JsonText:
    """The canonical text of a value made of str, int, bool, None, dict, list and tuple.

    >>> print(dumps({"name": "Café", "amount": "10.50", "open": True}))
    {"name":"Café","amount":"10.50","open":true}

    Raises `InvalidValue`, naming the place, for every other type (floats and subclasses too), for
    keys that are not text, for lone surrogates, and for what `loads` would not take back.
    """
    _check_types(value, "the value", BODY.depth)
    try:
        text = _visible(_encoder()(value))
    except InvalidValue:
        raise
    except ValueError as error:  # from Python's limit on the digits of an integer
        raise _refused("a very long integer", str(error)) from error
    if len(text) * 4 > BODY.bytes or text.count(",") > BODY.commas:
        _check_weight(text, BODY)
    return JsonText(text)


def quote(text: str) -> str:
    """The text as a JSON string, as `dumps` writes it."""
    quoted = _quoting()(text)
    return quoted if quoted.isascii() and "\x7f" not in quoted else _visible(quoted)


def quote_pairs(pairs: Iterable[tuple[str, str]]) -> str:
    """Pairs of texts as a flat JSON object, as `dumps` writes it."""
    quoting = _quoting()
    return _visible("{" + ",".join([f"{quoting(name)}:{quoting(text)}" for name, text in pairs]) + "}")


def loads(text: str, *, limits: Limits = BODY) -> object:
    """The value of foreign JSON text; raises `InvalidValue` for all that is not plain, bounded JSON.

    Refused beside broken syntax: more than the limits allow, a key given twice, numbers that are
    not integers, NaN and Infinity, and lone surrogates, escaped or not.

    >>> loads('{"amount":"10.50","open":true}')
    {'amount': '10.50', 'open': True}
    """
    if type(text) is not str and type(text) is not JsonText:
        raise _refused(text, "give text, not bytes or anything else")
    _check_weight(text, limits)
    if not text.isascii():
        _check_encodes(text)
    try:
        value: object = _decoder()(text)
    except InvalidValue:
        raise
    except (ValueError, RecursionError) as error:
        raise _refused(text, str(error)) from error
    if r"\ud" in text or r"\uD" in text:  # a pair has become one character, a half has not
        _check_encodes(_encoder()(value))
    return value


def check_one_line(text: str) -> None:
    """Raise `InvalidValue` unless the text is JSON on one line that `loads` takes.

    A line ends where any program may think so: at U+0085, U+2028 and U+2029 too.
    """
    loads(text)
    if "\n" in text or "\r" in text or not (text.isascii() or text.isprintable() or len(text.splitlines()) == 1):
        raise _refused(text, "it is more than one line; write line breaks inside of strings as escapes")


def _refused(given: object, reason: str) -> InvalidValue:
    return InvalidValue("JSON", given, reason)


def _check_types(value: object, place: str, depth: int) -> None:
    if type(value) in _LEAVES:
        return
    if depth < 1:
        raise InvalidValue(place, value, f"it is nested deeper than {BODY.depth}")
    inner: Iterable[tuple[object, object]]
    if type(value) is dict:
        members = cast("dict[object, object]", value)
        if not _TEXT.issuperset(map(type, members)):
            name = next(name for name in members if type(name) is not str)
            raise InvalidValue(f"a key of {place}", name, "keys are plain text")
        inner = () if _LEAVES.issuperset(map(type, members.values())) else members.items()
    elif type(value) is list or type(value) is tuple:
        elements = cast("Iterable[object]", value)
        inner = () if _LEAVES.issuperset(map(type, elements)) else enumerate(elements)
    else:
        raise InvalidValue(place, value, "JSON text here is made of str, int, bool, None, dict, list and tuple")
    for name, item in inner:
        if type(item) not in _LEAVES:
            _check_types(item, f"{place}[{name!r}]", depth - 1)


def _visible(text: str) -> str:
    """The JSON text with all that does not print as escapes; the usual case, plain ASCII, costs nothing."""
    if (text.isascii() and "\x7f" not in text) or text.isprintable():
        return text
    return _hidden().sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if "\ud800" <= character <= "\udfff":
        raise _refused(character, _SURROGATE_REASON)
    return _in_ascii()(character)[1:-1]


def _check_encodes(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _refused(text[error.start : error.end], _SURROGATE_REASON) from error


def _check_weight(text: str, limits: Limits) -> None:
    """Refuse by size, then by a linear look at commas and depth, before anything is parsed."""
    size = len(text)
    if limits.bytes >= size > limits.bytes // 4 and not text.isascii():  # too many characters are too many bytes
        _check_encodes(text)
        size = len(text.encode())
    if size > limits.bytes:
        raise _refused(text[:80], f"it is {size:,} bytes long, at most {limits.bytes:,} are taken")
    if (size <= limits.commas or text.count(",") <= limits.commas) and _depth_bound(text) <= limits.depth:
        return
    bare = _strings().sub("", text)
    if bare.count(",") > limits.commas:
        raise _refused(text[:80], f"it has more than {limits.commas:,} elements")
    depth = 0
    for bracket in _not_brackets().sub("", bare):
        depth += 1 if bracket in "[{" else -1
        if depth > limits.depth:
            raise _refused(text[:80], f"it is nested deeper than {limits.depth}")


def _depth_bound(text: str) -> int:
    """A number that the nesting cannot exceed, at the cost of counting.

    Every opening bracket deepens by one, but one that follows a closing one of its kind (`],[`, `},{`)
    does not. Both stand together inside or outside of a string, so strings raise the bound or leave it.
    """
    return text.count("[") + text.count("{") - text.count("],[") - text.count("},{")


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _refused(repeated(name for name, _ in pairs)[0], "a key is given twice")
    return made


def _no_float(text: str) -> NoReturn:
    raise _refused(text, "numbers are integers; write decimals as text")


# Made on first use: compiling them, and loading json, would cost every import of the library some milliseconds.


@cache
def _encoder() -> Callable[[object], str]:
    from json import JSONEncoder

    return JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False).encode


@cache
def _quoting() -> Callable[[str], str]:
    from json.encoder import encode_basestring

    return encode_basestring


@cache
def _in_ascii() -> Callable[[str], str]:
    from json.encoder import encode_basestring_ascii

    return encode_basestring_ascii


@cache
def _decoder() -> Callable[[str], object]:
    from json import JSONDecoder

    return JSONDecoder(object_pairs_hook=_pairs, parse_float=_no_float, parse_constant=_no_float).decode


@cache
def _hidden() -> re.Pattern[str]:
    return re.compile(f"[{_HIDDEN}]")


@cache
def _strings() -> re.Pattern[str]:
    # Possessive, and an unterminated string is taken to the end: no text makes it step back.
    return re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)


@cache
def _not_brackets() -> re.Pattern[str]:
    return re.compile(r"[^\[\]{}]++")
