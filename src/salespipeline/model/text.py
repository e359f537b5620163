"""Text that people type: what is stored is what was given, once it is known to be harmless."""

from salespipeline.errors import InvalidValue


def line(value: object, field: str, limit: int, *, required: bool = False) -> str:
    """One line of text of at most `limit` characters.

    `InvalidValue` for controls, line separators and lone surrogates and, if required, for blanks.
    """
    return _checked(value, field, limit, required, "")


def note(value: object, field: str, limit: int) -> str:
    """Text of several lines (tabs, line feeds and separators allowed) of at most `limit` characters."""
    return _checked(value, field, limit, False, "\t\n\u2028\u2029")


def _checked(value: object, field: str, limit: int, required: bool, allowed: str) -> str:
    if not isinstance(value, str):
        raise InvalidValue(field, value, "it takes text")
    if len(value) > limit:
        raise InvalidValue(field, value, f"it takes at most {limit} characters, this has {len(value)}")
    if not value.isprintable():  # the usual text is, and costs nothing to look at
        for place, character in enumerate(value):
            if _is_unfit(character) and character not in allowed:
                raise InvalidValue(field, value, f"take out the control character at position {place}")
    if required and not value.strip():
        raise InvalidValue(field, value, "it is required; type some text")
    return value if type(value) is str else str.__str__(value)


def _is_unfit(character: str) -> bool:
    """Controls (C0, DEL, C1), line and paragraph separators, and halves of surrogate pairs."""
    return (
        character < " "
        or "\x7f" <= character <= "\x9f"
        or character in "\u2028\u2029"
        or "\ud800" <= character <= "\udfff"
    )
