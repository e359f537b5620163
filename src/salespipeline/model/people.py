"""Companies, persons and users: as much of them as a sale needs to know."""

from collections.abc import Iterable

from attrs import field, frozen

from salespipeline.model.ids import (
    CompanyId,
    GroupId,
    PersonId,
    SaleId,
    UserId,
    company_id,
    group_id,
    identifier,
    person_id,
    user_id,
)
from salespipeline.model.text import line
from salespipeline.model.value import Value


def _company_name(value: str) -> str:
    return line(value, "company name", 239, required=True)


def _person_name(value: str) -> str:
    return line(value, "person name", 239, required=True)


def _user_name(value: str) -> str:
    return line(value, "user name", 239, required=True)


def _optional_company(value: str | None) -> CompanyId | None:
    return None if value is None else company_id(value)


def _sale_ids(values: Iterable[str]) -> frozenset[SaleId]:
    return frozenset(SaleId(identifier(value, "sale")) for value in values)


def _optional_group(value: str | None) -> GroupId | None:
    return None if value is None else group_id(value)


@frozen(eq=False, repr=False)
class Company(Value):
    """A company one sells to; `is_customer` says whether it has bought before and has an account."""

    id: CompanyId = field(converter=company_id)
    name: str = field(converter=_company_name)
    is_customer: bool = field(default=False, kw_only=True)


@frozen(eq=False, repr=False)
class Person(Value):
    """Somebody one talks to, at a company or on their own."""

    id: PersonId = field(converter=person_id)
    name: str = field(converter=_person_name)
    company: CompanyId | None = field(default=None, converter=_optional_company)


@frozen(eq=False, repr=False)
class User(Value):
    """Somebody who sells: owns sales, belongs to a group, keeps favourites; one who is `blocked` takes no sales."""

    id: UserId = field(converter=user_id)
    name: str = field(converter=_user_name)
    group: GroupId | None = field(default=None, converter=_optional_group)
    favourites: frozenset[SaleId] = field(default=frozenset(), converter=_sale_ids, kw_only=True)
    blocked: bool = field(default=False, kw_only=True)
