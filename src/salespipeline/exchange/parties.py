"""The companies, persons and users that a file names: one value a name, the same in every run."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from salespipeline.exchange.spelling import id_from
from salespipeline.model.ids import CompanyId, PersonId, UserId
from salespipeline.model.people import Company, Person, User

P = TypeVar("P", Company, Person, User)


class _Named(Generic[P]):
    """Values by id, and by name with case and spaces aside; `where` keeps the persons of companies apart."""

    def __init__(self) -> None:
        self._found: dict[tuple[CompanyId | None, str], P] = {}

    def add(self, party: P, where: CompanyId | None = None) -> P:
        for key in (party.id, _plain(party.name)):
            self._found.setdefault((where, key), party)
        return party

    def get(self, name: str, make: Callable[[str], P], where: CompanyId | None = None) -> P:
        """The value of an id or a name; else, under an id made from the name, the one that `make` gives."""
        for key in (name, _plain(name)):
            if (where, key) in self._found:
                return self._found[where, key]
        made = make(name)
        return self._found.get((where, made.id)) or self.add(made, where)


class Parties:
    """Finds the value that a name stands for, among those known and those the file has named before.

    Names that differ in case and spaces alone are one value, spelled as it was first. Persons of the same
    name at two companies are two. A name that no id can be made from is an `InvalidValue`.
    """

    def __init__(self, known: Iterable[Company | Person | User]) -> None:
        self._companies: _Named[Company] = _Named()
        self._persons: _Named[Person] = _Named()
        self._users: _Named[User] = _Named()
        for party in known:
            if isinstance(party, Company):
                self._companies.add(party)
            elif isinstance(party, User):
                self._users.add(party)
            else:
                self._persons.add(party, party.company)

    def company(self, name: str) -> Company:
        """The company of a name."""
        return self._companies.get(name, lambda name: Company(CompanyId(id_from(name)), name))

    def user(self, name: str) -> User:
        """The user of a name."""
        return self._users.get(name, lambda name: User(UserId(id_from(name)), name))

    def person(self, name: str, company: CompanyId | None) -> Person:
        """The person of a name at a company, or at none."""

        def made(name: str) -> Person:
            return Person(PersonId(id_from(name if company is None else f"{company} {name}")), name, company)

        return self._persons.get(name, made, company)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).lower().split())
