"""A sample book: an invented firm's sales over the year 2025, the same for the same seed everywhere.

Every sale is registered and moved by the rules alone, so each one could have happened. Only whole
numbers are drawn, and never from a set, so that no version or platform gives another book.
"""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple, TypeVar

from attrs import evolve

from salespipeline.model.action import Action
from salespipeline.model.actions import (
    Assign,
    Complete,
    Edit,
    Lose,
    MoveTo,
    Next,
    Previous,
    Reopen,
    Resume,
    Revise,
    Sell,
    Stall,
    Uncomplete,
)
from salespipeline.model.catalog import Catalog
from salespipeline.model.ids import company_id, group_id, person_id, user_id
from salespipeline.model.item import items
from salespipeline.model.people import Company, Person, User
from salespipeline.model.period import months, weeks
from salespipeline.model.sale import Sale
from salespipeline.model.standing import Standing
from salespipeline.presets import superoffice
from salespipeline.rules.apply import apply
from salespipeline.rules.registering import register

T = TypeVar("T")

_TODAY = date(2025, 12, 31)

# What is drawn from; what stands twice comes twice as often.
_FIRST = ("Ada", "Bram", "Cleo", "Daan", "Elif", "Femke", "Goran", "Hanna", "Imre", "Jette", "Kofi", "Lotte")
_LAST = ("Aldermaat", "Brinkhof", "Corvelle", "Dunstel", "Eikenrode", "Fennimark", "Galdere", "Hoogwater")
_NAMES = (
    "Brimal",
    "Corvane",
    "Dunhollow",
    "Eskmere",
    "Fenwarp",
    "Galtrix",
    "Hollowmere",
    "Ilvara",
    "Jorvend",
    "Kestrom",
)
_TRADES = ("Dairy", "Logistics", "Optics", "Timber")
_GOODS = ("desks", "office chairs", "archive cabinets", "meeting booths", "reception counters", "acoustic panels")
_SERVICES = ("Annual maintenance", "Assembly and moving", "Floor planning", "Furniture rental")
_TYPES = ("new-business",) * 9 + ("add-on",) * 6 + ("service",) * 2 + ("export",) * 3
_ABROAD = ("USD", "USD", "JPY", "KWD")
_SIZES = (1, 1, 1, 1, 1, 2, 2, 3, 5, 8, 20)  # few sales are large
_EURO = {"EUR": 100, "USD": 108, "JPY": 162, "KWD": 334}  # a euro, in the currency's smallest unit
_DIGITS = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}


class Book(NamedTuple):
    """A firm at the end of a year: its lists, the people it knows, and its sales; `today` is the last day."""

    catalog: Catalog
    companies: tuple[Company, ...]
    persons: tuple[Person, ...]
    users: tuple[User, ...]
    sales: tuple[Sale, ...]
    today: date


def book(seed: int = 7, sales: int = 200) -> Book:
    """The sample book of a seed, with so many sales; a hundred are enough for everything to occur in it."""
    random = Random(seed)
    cast = Book(_catalog(), *_people(random), (), _TODAY)
    made = (_begun(random, cast, f"S-{10_001 + number}") for number in range(sales))
    return cast._replace(sales=tuple(_lived(random, cast, sale) for sale in made))


def _catalog() -> Catalog:
    """SuperOffice's lists with two more types: one without stages, one that is sold in other currencies."""
    short = superoffice.add_on()
    service = evolve(short, id="service", name="Service agreement", stages=(), duration=months(2))
    stages = superoffice.STAGES[::2] + superoffice.STAGES[-1:]
    export = evolve(short, id="export", name="Export", stages=stages, duration=weeks(20), category="Export")
    products = items(*(goods.capitalize() for goods in _GOODS), *_SERVICES)
    return evolve(superoffice.catalog().with_type(service).with_type(export), products=products)


def _people(random: Random) -> tuple[tuple[Company, ...], tuple[Person, ...], tuple[User, ...]]:
    names = [f"{name} {trade}" for name in _NAMES for trade in _TRADES]
    companies = tuple(
        Company(company_id(f"C-{101 + place}"), name, is_customer=place % 3 == 0) for place, name in enumerate(names)
    )
    persons = tuple(
        Person(person_id(f"P-{101 + place}"), f"{_one(random, _FIRST)} {_one(random, _LAST)}", company.id)
        for place, company in enumerate(companies + companies)
    )
    users = tuple(
        User(user_id(name.lower()), f"{name} {last}", group_id(group))
        for name, last, group in (
            ("Anna", "Terveld", "home"),
            ("Bob", "Quistel", "home"),
            ("Carla", "Oudermark", "home"),
            ("Dirk", "Vossenaar", "home"),
            ("Esra", "Mirandel", "abroad"),
        )
    )
    return companies, persons, users


# Drawing.


def _one(random: Random, values: tuple[T, ...]) -> T:
    return values[random.randrange(len(values))]


def _later(random: Random, day: date, least: int, most: int) -> date:
    return day + timedelta(days=random.randrange(least, most + 1))


def _money(smallest: int, currency: str) -> str:
    digits = _DIGITS[currency]
    whole, rest = divmod(smallest, 10**digits)
    return f"{whole}.{rest:0{digits}}" if digits else str(whole)


# A sale's life.


def _begun(random: Random, book: Book, id: str) -> Sale:
    """A new sale on some day of the year."""
    type = book.catalog.type(_one(random, _TYPES))
    customers = tuple(company for company in book.companies if company.is_customer)
    company = _one(random, book.companies if type.id in ("new-business", "export") else customers)
    person = _one(random, tuple(person for person in book.persons if person.company == company.id))
    owner = book.users[-1] if type.id == "export" else _one(random, book.users[:-1])
    currency = _one(random, _ABROAD) if type.id == "export" else "EUR"
    goods = _one(random, _GOODS if type.stages else _SERVICES)
    worth = (_one(random, _SIZES) * random.randrange(700, 5000)) * _EURO[currency] + random.randrange(_EURO[currency])
    on = _later(random, date(2025, 1, 2), 0, 355)
    sale = register(
        type,
        id=id,
        title=f"{random.randrange(4, 90)} {goods}" if type.stages else f"{goods}, {company.name}",
        on=on,
        by=owner.id,
        currency=currency,
        owner=owner.id,
        group=owner.group,
        company=company,
        person=person,
        amount=_money(worth, currency),
        cost=_money(worth * random.randrange(45, 86) // 100, currency),
        source=_one(random, book.catalog.sources).id,
        custom={"product": goods.capitalize()},
    )
    if type.stages:
        return sale
    return apply(sale, Revise(chance=5 * random.randrange(4, 13)), on=on, by=owner.id)


def _lived(random: Random, book: Book, sale: Sale) -> Sale:
    """The sale as it is today, after all that was done to it."""
    day = sale.registered.on
    while (day := _later(random, day, 5, 32)) <= book.today:
        action = _action(random, book, sale, day)
        if action is not None:
            sale = apply(sale, action, on=day, by=sale.owner)
    return sale


def _action(random: Random, book: Book, sale: Sale, day: date) -> Action | None:
    """What is done to a sale on a day, if anything is."""
    dice = random.randrange(100)
    match sale.standing:
        case Standing.OPEN:
            if sale.expected_close < day and dice < 55:
                return Revise(expected_close=_later(random, day, 14, 60))
            return _on_open(random, book, sale, day, dice)
        case Standing.STALLED:
            return _on_stalled(random, sale, day, dice)
        case Standing.SOLD:
            return Complete() if dice < 14 else Reopen() if dice < 15 else None
        case Standing.LOST:
            return Complete() if dice < 8 else Reopen() if dice < 9 else None
        case _:
            return Uncomplete() if dice < 1 else None


def _on_open(random: Random, book: Book, sale: Sale, day: date, dice: int) -> Action:
    behind, _, ahead = sale.type.around(sale.stage)
    if dice < 46:
        if not ahead:
            return _closed(random, book, sale, percent=88)
        return MoveTo(_one(random, ahead).id) if dice < 6 else Next()
    if dice < 53 and behind:
        return Previous()
    if dice < 60:
        return Revise(expected_close=_later(random, max(day, sale.expected_close), 7, 45))
    if dice < 67:
        smallest = int(f"{sale.amount:f}".replace(".", "")) * random.randrange(80, 131) // 100
        return Revise(amount=_money(smallest, sale.currency), cost=sale.cost)
    if dice < 74:
        return Revise(chance=min(95, int(sale.chance) // 5 * 5 + 5 * random.randrange(1, 4)))
    if dice < 79:
        return Stall(_later(random, day, 21, 90), _one(random, sale.type.stalled_reasons).id)
    if dice < 83:
        user = _one(random, tuple(user for user in book.users if user.id != sale.owner))
        return Assign(user.id, group=user.group)
    if dice < 86:
        return Edit(competitor=_one(random, book.catalog.competitors).id)
    return _closed(random, book, sale, percent=int(sale.chance) // 2 + 36)


def _on_stalled(random: Random, sale: Sale, day: date, dice: int) -> Action | None:
    """Left alone until its day, mostly; then taken up again, put off or given up."""
    if sale.reopen_on and day < sale.reopen_on and dice < 85:
        return None
    if dice < 70:
        return Resume()
    if dice < 85:
        return Edit(reopen_on=_later(random, day, 20, 60))
    return Lose(_one(random, sale.type.lost_reasons).id)


def _closed(random: Random, book: Book, sale: Sale, *, percent: int) -> Action:
    """Sold, in so many percent of the cases, or lost."""
    if random.randrange(100) < percent:
        return Sell(_one(random, sale.type.sold_reasons).id)
    reason = _one(random, sale.type.lost_reasons)
    if reason.id != "competitor":
        return Lose(reason.id)
    return Lose(reason.id, competitor=_one(random, book.catalog.competitors).id)
