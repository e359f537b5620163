"""Typed ids: a sale's id is not a user's id, though both are text."""

from typing import NewType

from salespipeline.errors import InvalidValue

SaleId = NewType("SaleId", str)
TypeId = NewType("TypeId", str)
StageId = NewType("StageId", str)
ItemId = NewType("ItemId", str)
CompanyId = NewType("CompanyId", str)
PersonId = NewType("PersonId", str)
ProjectId = NewType("ProjectId", str)
CampaignId = NewType("CampaignId", str)
UserId = NewType("UserId", str)
GroupId = NewType("GroupId", str)
ActivityId = NewType("ActivityId", str)
SuggestionId = NewType("SuggestionId", str)
ProductId = NewType("ProductId", str)
PriceListId = NewType("PriceListId", str)
LineId = NewType("LineId", str)
AlternativeId = NewType("AlternativeId", str)


def identifier(value: object, field: str = "id") -> str:
    """An id: 1 to 64 letters, digits, `-`, `_`, `.` or inner spaces, in Unicode's composed form (NFC).

    Ids are compared letter for letter. `.`, `..` and outer spaces are refused. Raises `InvalidValue`.
    """
    if type(value) is str and value.isascii() and value.isalnum() and len(value) <= 64:
        return value  # the everyday case, told apart cheaply
    if (
        isinstance(value, str)
        and 1 <= len(value) <= 64
        and all(character.isalnum() or character in "-_. " for character in value)
        and value.strip(" ") == value
        and value not in (".", "..")
        and _is_composed(value)
    ):
        return str.__str__(value)
    raise InvalidValue(field, value, "an id has 1 to 64 letters, digits, '-', '_', '.' or inner spaces")


def _is_composed(value: str) -> bool:
    if value.isascii():
        return True
    from unicodedata import is_normalized  # loaded for those who need it

    return is_normalized("NFC", value)


def item_id(value: str) -> ItemId:
    """The id of an entry of a list."""
    return ItemId(identifier(value, "id of a list entry"))


def stage_id(value: str) -> StageId:
    """The id of a stage."""
    return StageId(identifier(value, "stage"))


def type_id(value: str) -> TypeId:
    """The id of a sale type."""
    return TypeId(identifier(value, "type"))


def user_id(value: str) -> UserId:
    """The id of a user."""
    return UserId(identifier(value, "user"))


def company_id(value: str) -> CompanyId:
    """The id of a company."""
    return CompanyId(identifier(value, "company"))


def person_id(value: str) -> PersonId:
    """The id of a person."""
    return PersonId(identifier(value, "person"))


def group_id(value: str) -> GroupId:
    """The id of a user group."""
    return GroupId(identifier(value, "group"))


def suggestion_id(value: str) -> SuggestionId:
    """The id of a suggestion of a sales guide."""
    return SuggestionId(identifier(value, "suggestion"))


def product_id(value: str) -> ProductId:
    """The id of a product."""
    return ProductId(identifier(value, "product"))


def price_list_id(value: str) -> PriceListId:
    """The id of a price list."""
    return PriceListId(identifier(value, "price_list"))
