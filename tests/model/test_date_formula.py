"""Date formulas: the days they give, how they are spelled, and what is refused at which character."""

import pickle
from calendar import monthrange
from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from salespipeline.errors import InvalidValue
from salespipeline.model.date_formula import DateFormula, Term, as_formula

MONDAY = date(2024, 1, 8)
LEAP_DAY = date(2024, 2, 29)  # a Thursday
NEW_YEARS_EVE = date(2023, 12, 31)  # a Sunday

UNITS = ("D", "W", "M", "Q", "Y")
HIGHEST = (("D", 31), ("WD", 7), ("W", 53), ("M", 12), ("Q", 4), ("Y", 9999))

TERMS = st.one_of(
    st.builds("{}{}".format, st.integers(0, 9999), st.sampled_from(UNITS)),
    st.builds("C{}".format, st.sampled_from(UNITS)),
    *(st.builds(f"{unit}{{}}".format, st.integers(1, highest)) for unit, highest in HIGHEST),
)
SIGNED = st.builds("{}{}".format, st.sampled_from("+-"), TERMS)
TEXTS = st.one_of(st.just(""), TERMS, st.lists(SIGNED, max_size=3).map("".join))
"""Three terms of at most six characters, so never too long."""

BUSY_YEARS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def day_after(text: str, day: date) -> date:
    return DateFormula(text).after(day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1W", date(2024, 1, 15)),
        ("3D", date(2024, 1, 11)),
        ("2W+1D", date(2024, 1, 23)),
        ("6M", date(2024, 7, 8)),
        ("CM", date(2024, 1, 31)),
        ("CM+10D", date(2024, 2, 10)),
        ("", MONDAY),
    ],
)
def test_the_figures_of_business_central(text: str, day: date) -> None:
    assert day_after(text, MONDAY) == day


@pytest.mark.parametrize(
    ("text", "day"), [("CQ+1M-10D", date(1996, 7, 20)), ("-WD2", date(1996, 5, 14)), ("CM+30D", date(1996, 6, 30))]
)
def test_the_example_of_calcdate(text: str, day: date) -> None:
    """21 May 1996 was a Tuesday, so the last Tuesday is a week ago: a day is never its own neighbour."""
    assert day_after(f"<{text}>", date(1996, 5, 21)) == day


@pytest.mark.parametrize(
    ("activity", "formulas", "planned"),
    [
        ("INIT", " +1W", "01-08 01-15"),
        ("NEEDS", " +3D +2W +3W", "01-08 01-11 01-22 01-29"),
        ("QUAL", " +1W +2W +2W+1D", "01-08 01-15 01-22 01-23"),
        ("C-PRES", " +1W +1W +1W +2W", "01-08 01-15 01-15 01-15 01-22"),
        ("P-PRES", " +2D +2D", "01-08 01-10 01-10"),
        ("P-WORK", " +3D +3D +3D", "01-08 01-11 01-11 01-11"),
        ("WORKSHOP", " +3D +3D", "01-08 01-11 01-11"),
        ("PROPOSAL", " +3D +1W +2W", "01-08 01-11 01-15 01-22"),
        ("SIGN", " +1W +2W +6M", "01-08 01-15 01-22 07-08"),
    ],
)
def test_the_steps_of_an_activity_from_a_monday(activity: str, formulas: str, planned: str) -> None:
    """The first step of each of Business Central's demo activities has no formula: it is due on the day itself."""
    assert [f"{day_after(text, MONDAY):%m-%d}" for text in formulas.split(" ")] == planned.split(), activity


@pytest.mark.parametrize(
    ("activity", "formulas", "planned"),
    [
        ("INIT", " +1W", "02-29 03-07"),
        ("NEEDS", " +3D +2W +3W", "02-29 03-03 03-14 03-21"),
        ("QUAL", " +1W +2W +2W+1D", "02-29 03-07 03-14 03-15"),
        ("C-PRES", " +1W +1W +1W +2W", "02-29 03-07 03-07 03-07 03-14"),
        ("P-PRES", " +2D +2D", "02-29 03-02 03-02"),
        ("P-WORK", " +3D +3D +3D", "02-29 03-03 03-03 03-03"),
        ("WORKSHOP", " +3D +3D", "02-29 03-03 03-03"),
        ("PROPOSAL", " +3D +1W +2W", "02-29 03-03 03-07 03-14"),
        ("SIGN", " +1W +2W +6M", "02-29 03-07 03-14 08-29"),
    ],
)
def test_the_steps_of_an_activity_from_a_leap_day(activity: str, formulas: str, planned: str) -> None:
    assert [f"{day_after(text, LEAP_DAY):%m-%d}" for text in formulas.split(" ")] == planned.split(), activity


@pytest.mark.parametrize(
    ("activity", "formulas", "planned"),
    [
        ("INIT", " +1W", "2023-12-31 2024-01-07"),
        ("NEEDS", " +3D +2W +3W", "2023-12-31 2024-01-03 2024-01-14 2024-01-21"),
        ("QUAL", " +1W +2W +2W+1D", "2023-12-31 2024-01-07 2024-01-14 2024-01-15"),
        ("C-PRES", " +1W +1W +1W +2W", "2023-12-31 2024-01-07 2024-01-07 2024-01-07 2024-01-14"),
        ("P-PRES", " +2D +2D", "2023-12-31 2024-01-02 2024-01-02"),
        ("P-WORK", " +3D +3D +3D", "2023-12-31 2024-01-03 2024-01-03 2024-01-03"),
        ("WORKSHOP", " +3D +3D", "2023-12-31 2024-01-03 2024-01-03"),
        ("PROPOSAL", " +3D +1W +2W", "2023-12-31 2024-01-03 2024-01-07 2024-01-14"),
        ("SIGN", " +1W +2W +6M", "2023-12-31 2024-01-07 2024-01-14 2024-06-30"),
    ],
)
def test_the_steps_of_an_activity_from_new_years_eve(activity: str, formulas: str, planned: str) -> None:
    """Six months after 31 December is 30 June, as June has no 31st."""
    assert [str(day_after(text, NEW_YEARS_EVE)) for text in formulas.split(" ")] == planned.split(), activity


@pytest.mark.parametrize(
    ("text", "start", "day"),
    [
        ("6M", date(2024, 8, 31), date(2025, 2, 28)),
        ("6M", date(2023, 8, 31), LEAP_DAY),
        ("-1M", date(2024, 3, 31), LEAP_DAY),
        ("1Y", LEAP_DAY, date(2025, 2, 28)),
        ("4Y", LEAP_DAY, date(2028, 2, 29)),
        ("-1Q", date(2024, 5, 31), LEAP_DAY),
        ("1M+1M", date(2024, 1, 31), date(2024, 3, 29)),
    ],
)
def test_a_month_too_short_gives_its_last_day(text: str, start: date, day: date) -> None:
    assert day_after(text, start) == day


@pytest.mark.parametrize(
    ("unit", "first", "last"),
    [
        ("D", LEAP_DAY, LEAP_DAY),
        ("W", date(2024, 2, 26), date(2024, 3, 3)),
        ("M", date(2024, 2, 1), date(2024, 2, 29)),
        ("Q", date(2024, 1, 1), date(2024, 3, 31)),
        ("Y", date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_a_current_unit_is_its_last_day_and_with_a_minus_its_first(unit: str, first: date, last: date) -> None:
    assert (day_after(f"-C{unit}", LEAP_DAY), day_after(f"C{unit}", LEAP_DAY)) == (first, last)


@pytest.mark.parametrize(("text", "day"), [("CW", NEW_YEARS_EVE), ("-CW", date(2023, 12, 25))])
def test_a_sunday_ends_its_week(text: str, day: date) -> None:
    assert day_after(text, NEW_YEARS_EVE) == day


@pytest.mark.parametrize(
    ("number", "start", "previous", "next_one"),
    [
        ("D10", MONDAY, date(2023, 12, 10), date(2024, 1, 10)),
        ("D8", MONDAY, date(2023, 12, 8), date(2024, 2, 8)),
        ("WD4", MONDAY, date(2024, 1, 4), date(2024, 1, 11)),
        ("WD1", MONDAY, date(2024, 1, 1), date(2024, 1, 15)),
        ("WD7", NEW_YEARS_EVE, date(2023, 12, 24), date(2024, 1, 7)),
        ("M6", MONDAY, date(2023, 6, 1), date(2024, 6, 1)),
        ("M3", date(2024, 3, 1), date(2023, 3, 1), date(2025, 3, 1)),
        ("Q1", MONDAY, date(2024, 1, 1), date(2025, 1, 1)),
        ("Q2", date(2024, 5, 5), date(2024, 4, 1), date(2025, 4, 1)),
        ("Q4", NEW_YEARS_EVE, date(2023, 10, 1), date(2024, 10, 1)),
        ("W2", MONDAY, date(2023, 1, 9), date(2025, 1, 6)),
        ("W1", NEW_YEARS_EVE, date(2023, 1, 2), date(2024, 1, 1)),
        ("W1", date(2024, 12, 30), date(2024, 1, 1), date(2025, 12, 29)),
        ("W20", MONDAY, date(2023, 5, 15), date(2024, 5, 13)),
    ],
)
def test_a_number_means_the_next_and_with_a_minus_the_previous(
    number: str, start: date, previous: date, next_one: date
) -> None:
    assert (day_after(f"-{number}", start), day_after(number, start)) == (previous, next_one)


@pytest.mark.parametrize(
    ("text", "start", "day"),
    [
        ("D31", date(2024, 4, 15), date(2024, 4, 30)),
        ("D31", date(2024, 4, 30), date(2024, 5, 31)),
        ("D30", date(2024, 1, 30), LEAP_DAY),
        ("-D31", date(2024, 3, 31), LEAP_DAY),
        ("W53", MONDAY, date(2024, 12, 23)),
        ("W53", date(2026, 1, 12), date(2026, 12, 28)),
        ("-W53", MONDAY, date(2023, 12, 25)),
        ("-W53", date(2021, 1, 11), date(2020, 12, 28)),
    ],
)
def test_a_number_that_a_month_or_year_does_not_reach_is_its_last(text: str, start: date, day: date) -> None:
    """Years with a week 53 are 2020 and 2026; 2023 and 2024 end with week 52."""
    assert day_after(text, start) == day


@pytest.mark.parametrize("text", ["Y2025", "-Y2025", "+Y2025"])
@pytest.mark.parametrize("start", [MONDAY, date(2025, 1, 1), date(2030, 6, 1)])
def test_a_year_comes_once(text: str, start: date) -> None:
    assert day_after(text, start) == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("text", "day"), [("1M-CM", date(2024, 2, 1)), ("-CM+1M", date(2024, 2, 1)), ("CM+D25", date(2024, 2, 25))]
)
def test_terms_are_applied_from_left_to_right(text: str, day: date) -> None:
    assert day_after(text, MONDAY) == day


@pytest.mark.parametrize(
    ("text", "start", "day"),
    [
        ("1D", date.max, date.max),
        ("9999Y", MONDAY, date.max),
        ("CW", date.max, date.max),
        ("CY", date.max, date.max),
        ("D31", date.max, date.max),
        ("W1", date.max, date.max),
        ("-1D", date.min, date.min),
        ("-9999Y", MONDAY, date.min),
        ("-CW", date.min, date.min),
        ("-WD1", date.min, date.min),
        ("-M12", date.min, date.min),
    ],
)
def test_a_day_ends_with_the_calendar(text: str, start: date, day: date) -> None:
    assert day_after(text, start) == day


@pytest.mark.parametrize(
    ("text", "start", "day"),
    [
        ("CM", date.min, date(1, 1, 31)),
        ("W10", date.min, date(1, 3, 5)),
        ("-CM", date.max, date(9999, 12, 1)),
        ("-W1", date.max, date(9999, 1, 4)),
    ],
)
def test_the_first_and_the_last_year_are_years_like_others(text: str, start: date, day: date) -> None:
    assert day_after(text, start) == day


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("   ", ""),
        ("<>", ""),
        ("< >", ""),
        ("cm+10d", "CM+10D"),
        (" < CM + 10 d > ", "CM+10D"),
        ("+1W", "1W"),
        ("-1w", "-1W"),
        ("<+wd 4>", "WD4"),
        ("007D", "7D"),
        ("-0D", "0D"),
        ("- c m", "-CM"),
        ("+ 1D + 1D + 1D + 1D + 100D - CM", "1D+1D+1D+1D+100D-CM"),
    ],
)
def test_one_formula_has_one_spelling(typed: str, kept: str) -> None:
    assert str(DateFormula(typed)) == kept
    assert DateFormula(typed) == DateFormula(kept)


def test_a_formula_shows_what_one_would_type() -> None:
    assert repr(DateFormula("<cm+10d>")) == "DateFormula('CM+10D')"


def test_a_formula_is_parsed_into_terms() -> None:
    assert DateFormula("CM+10D-WD4").terms == (
        Term("current", 1, "M"),
        Term("count", 10, "D"),
        Term("numbered", -4, "WD"),
    )


def test_a_formula_is_a_value() -> None:
    formula = DateFormula("CM+10D")
    assert {formula: "once"}[DateFormula("cm + 10d")] == "once"
    assert formula != DateFormula("CM+11D")
    assert pickle.loads(pickle.dumps(formula)) == formula  # noqa: S301  # what this test wrote
    assert evolve(formula) == formula
    with pytest.raises(FrozenInstanceError):
        formula.text = "1D"  # type: ignore[misc]  # what a caller without type checker may try


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1X", "at character 2: 'X' is no unit here; use D, W, M, Q or Y"),
        ("< 1 x >", "at character 5: 'x' is no unit here; use D, W, M, Q or Y"),
        ("2WD", "at character 2: 'WD' is no unit here; use D, W, M, Q or Y"),
        ("CWD", "at character 2: 'WD' is no unit here; use D, W, M, Q or Y"),
        ("1 0D", "at character 3: '0' is no unit here; use D, W, M, Q or Y"),
        ("1\u0664", "at character 2: '\u0664' is no unit here; use D, W, M, Q or Y"),
        ("10", "at character 3: a unit is missing; use D, W, M, Q or Y"),
        ("<10 >", "at character 5: a unit is missing; use D, W, M, Q or Y"),
        ("C", "at character 2: a unit is missing; use D, W, M, Q or Y"),
        ("CM+C-1D", "at character 5: a unit is missing; use D, W, M, Q or Y"),
        ("D", "at character 2: a number is missing; use 1 to 31 after D"),
        ("1W+M+1D", "at character 5: a number is missing; use 1 to 12 after M"),
        ("1D+10000D", "at character 4: 10000 is too large; use 0 to 9999"),
        ("X", "at character 1: 'X' begins no term; use a number, C, D, WD, W, M, Q or Y"),
        ("1D++1D", "at character 4: '+' begins no term; use a number, C, D, WD, W, M, Q or Y"),
        ("<1D", "at character 1: '<' begins no term; use a number, C, D, WD, W, M, Q or Y"),
        ("1D>", "at character 3: '>' begins no term; use a number, C, D, WD, W, M, Q or Y"),
        ("1D\n", r"at character 3: '\n' begins no term; use a number, C, D, WD, W, M, Q or Y"),
        ("\u202e1D", r"at character 1: '\u202e' begins no term; use a number, C, D, WD, W, M, Q or Y"),
        ("\u0661D", "at character 1: '\u0661' begins no term; use a number, C, D, WD, W, M, Q or Y"),
        ("\u00b2D", "at character 1: '\u00b2' begins no term; use a number, C, D, WD, W, M, Q or Y"),
        ("1D2W", "at character 3: a sign is missing before '2'; put + or - between two terms"),
        ("CM 10D", "at character 4: a sign is missing before '10'; put + or - between two terms"),
        ("+", "at character 1: '+' has no term behind it; add one such as 10D, or take it out"),
        ("1D - ", "at character 4: '-' has no term behind it; add one such as 10D, or take it out"),
        ("D0", "at character 2: '0' is no day of a month; use 1 to 31 after D"),
        ("D32", "at character 2: '32' is no day of a month; use 1 to 31 after D"),
        ("D\u0661", "at character 2: '\u0661' is no day of a month; use 1 to 31 after D"),
        ("wd8", "at character 3: '8' is no weekday; use 1 to 7 after WD"),
        ("1D+M13", "at character 5: '13' is no month; use 1 to 12 after M"),
        ("Q5", "at character 2: '5' is no quarter; use 1 to 4 after Q"),
        ("W54", "at character 2: '54' is no week of a year; use 1 to 53 after W"),
        ("Y10000", "at character 2: '10000' is no year; use 1 to 9999 after Y"),
        ("MD", "at character 2: 'D' is no month; use 1 to 12 after M"),
        ("1" * 21, "at character 21: this is too long; use at most 20 characters, blanks not counted"),
        (
            "< 1D+1D+1D+1D+1D+1D+ 1DX>",
            "at character 24: this is too long; use at most 20 characters, blanks not counted",
        ),
    ],
)
def test_a_refusal_names_the_character_and_what_would_work(text: str, hint: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        DateFormula(text)
    assert (caught.value.field, caught.value.given, caught.value.accepted) == ("date formula", text, hint)


@pytest.mark.parametrize("value", [None, 5, True, 1.0, b"1D", ["1D"], DateFormula("1D")])
def test_a_formula_is_made_of_text(value: Any) -> None:
    with pytest.raises(InvalidValue, match="it takes text such as 'CM"):
        DateFormula(value)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0D"), (7, "7D"), (9999, "9999D"), ("cm+10d", "CM+10D"), (DateFormula("1W"), "1W")]
)
def test_a_number_of_days_is_a_formula(value: DateFormula | str | int, text: str) -> None:
    assert as_formula(value) == DateFormula(text)


@pytest.mark.parametrize("value", [True, False, 1.0, -1, 10_000, pytest.param(10**5000, id="huge"), None, b"1D"])
def test_nothing_else_is_a_formula(value: Any) -> None:
    with pytest.raises(InvalidValue, match="give text such as 'CM"):
        as_formula(value)


@given(TEXTS)
def test_the_text_of_a_formula_gives_the_formula(text: str) -> None:
    """DateFormula(str(f)) == f, for every formula f; the canonical text is kept as it is."""
    formula = DateFormula(text)
    assert DateFormula(str(formula)) == formula
    assert str(DateFormula(str(formula))) == str(formula)
    assert DateFormula(str(formula)).terms == formula.terms


@given(TEXTS, st.lists(st.sampled_from(["upper", "lower"]), min_size=20, max_size=20), st.sampled_from(["", " ", "  "]))
def test_case_blanks_and_brackets_mean_nothing(text: str, cases: list[str], blank: str) -> None:
    """Case, the angle brackets of AL and blanks around a sign leave the formula the same."""
    mixed = "".join(getattr(letter, case)() for letter, case in zip(text, cases, strict=False))
    typed = f"<{mixed}>".replace("+", f"{blank}+{blank}").replace("-", f"{blank}-{blank}")
    assert DateFormula(typed) == DateFormula(text)


@given(st.text(st.characters() | st.sampled_from("+-CDWMQY0123456789<> ")))
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    """Whatever is typed, the only exception is InvalidValue, and what was taken is printable ASCII."""
    try:
        formula = DateFormula(text)
    except InvalidValue as refusal:
        assert refusal.accepted.startswith("at character ")
    else:
        assert str(formula).isascii()


@given(TEXTS, st.dates())
def test_a_formula_never_fails(text: str, day: date) -> None:
    """For any day from date.min to date.max, the result is again a day of the calendar."""
    assert date.min <= day_after(text, day) <= date.max


@given(BUSY_YEARS, st.integers(0, 9999))
def test_days_there_and_back_are_the_same_day(day: date, count: int) -> None:
    """-nD undoes nD wherever the calendar does not end in between."""
    assert day_after(f"{count}D", day) == day + timedelta(days=count)
    assert day_after(f"{count}D-{count}D", day) == day
    assert day_after(f"-{count}D+{count}D", day) == day


@given(st.dates())
def test_the_current_month_ends_with_its_last_day(day: date) -> None:
    """CM is the last day of the month of the day, by the standard library's calendar."""
    assert day_after("CM", day) == day.replace(day=monthrange(day.year, day.month)[1])
    assert day_after("-CM", day) == day.replace(day=1)


@given(BUSY_YEARS, st.integers(1, 7))
def test_a_weekday_is_within_the_week_after_or_before(day: date, weekday: int) -> None:
    """WDn is weekday n, strictly later and at most 7 days; -WDn strictly earlier and at most 7 days."""
    later, earlier = day_after(f"WD{weekday}", day), day_after(f"-WD{weekday}", day)
    assert later.isoweekday() == earlier.isoweekday() == weekday
    assert 1 <= (later - day).days <= 7
    assert 1 <= (day - earlier).days <= 7


@given(BUSY_YEARS, st.integers(1, 31))
def test_a_day_of_a_month_is_beyond_the_day(day: date, number: int) -> None:
    """Dn is strictly later and -Dn strictly earlier, the nth or the last day of a month that is too short."""
    later, earlier = day_after(f"D{number}", day), day_after(f"-D{number}", day)
    assert earlier < day < later
    for found in (later, earlier):
        assert found.day == min(number, monthrange(found.year, found.month)[1])
    assert (later - earlier).days <= 62


@given(BUSY_YEARS, st.integers(1, 53))
def test_a_week_begins_on_a_monday_beyond_the_day(day: date, number: int) -> None:
    """Wn is a Monday strictly later, -Wn strictly earlier, of ISO week n or, in a year of 52 weeks, its last."""
    later, earlier = day_after(f"W{number}", day), day_after(f"-W{number}", day)
    assert earlier < day < later
    for found in (later, earlier):
        weeks = date(found.isocalendar().year, 12, 28).isocalendar().week
        assert found == date.fromisocalendar(found.isocalendar().year, min(number, weeks), 1)
