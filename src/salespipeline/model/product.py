"""Products and the price lists they stand on: what a line of a quote or a sale is copied from."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from attrs import evolve, field, frozen

from salespipeline.errors import BrokenTable, InvalidValue, UnknownEntry
from salespipeline.model.currency import Currency, currency_code
from salespipeline.model.ids import PriceListId, ProductId, price_list_id, product_id
from salespipeline.model.numbers import ZERO, subtract
from salespipeline.model.parts import Custom
from salespipeline.model.priced_fields import (
    a_code,
    a_cost,
    a_description,
    a_first_day,
    a_last_day,
    a_list_price,
    a_minimum_price,
    a_name,
    a_quantity,
    a_start,
    a_unit,
    a_vat,
    is_active,
    is_in_assortment,
    is_taxable,
    some_periods,
)
from salespipeline.model.rates import RateSource, factor, in_decimals
from salespipeline.model.value import Value


@frozen(eq=False, repr=False)
class Subscription(Value):
    """What is paid for each of several periods: `Subscription(12, "month")`; `start` is its first day, if known."""

    periods: Decimal = field(converter=some_periods)
    unit: str = field(default="", converter=a_unit)
    start: date | None = field(default=None, converter=a_start)


@frozen(kw_only=True, eq=False, repr=False)
class Product(Value):
    """Something that is sold, with its prices for one unit, in the currency of its price list, without VAT.

    `minimum_price` is below what it should not be sold, None: nothing is said. `quantity` is that of a new
    line, `vat` in percent form. `in_assortment` False takes it out of the list for new lines; old ones stay.
    """

    id: ProductId = field(converter=product_id)
    name: str = field(converter=a_name)
    code: str = field(default="", converter=a_code)
    description: str = field(default="", converter=a_description)
    list_price: Decimal = field(default=ZERO, converter=a_list_price)
    cost: Decimal = field(default=ZERO, converter=a_cost)
    minimum_price: Decimal | None = field(default=None, converter=a_minimum_price)
    unit: str = field(default="", converter=a_unit)
    quantity: Decimal = field(default=Decimal(1), converter=a_quantity)
    vat: Decimal = field(default=ZERO, converter=a_vat)
    taxable: bool = field(default=True, converter=is_taxable)
    subscription: Subscription | None = None
    in_assortment: bool = field(default=True, converter=is_in_assortment)
    extra: Custom = Custom()

    @property
    def markup(self) -> Decimal:
        """List price minus cost, as an amount (Contact Manager, B.4)."""
        return subtract(self.list_price, self.cost)

    def priced(self, price: Callable[[Decimal], Decimal]) -> "Product":
        """The product with each of its prices made anew."""
        minimum = None if self.minimum_price is None else price(self.minimum_price)
        return evolve(self, list_price=price(self.list_price), cost=price(self.cost), minimum_price=minimum)


def _products(values: Iterable[Product]) -> tuple[Product, ...]:
    return tuple(values)


@frozen(kw_only=True, eq=False, repr=False)
class PriceList(Value):
    """The prices of products in one currency, from day to day, both included; None is open-ended.

    One that is not `active` serves no new lines: it is made so instead of being deleted. `revision` is that
    under which it was stored, and no part of what makes two lists equal. Raises `BrokenTable` when a product
    stands twice, and `InvalidValue` for days in the wrong order.
    """

    id: PriceListId = field(converter=price_list_id)
    name: str = field(converter=a_name)
    currency: str = field(converter=currency_code)
    valid_from: date | None = field(default=None, converter=a_first_day)
    valid_to: date | None = field(default=None, converter=a_last_day)
    active: bool = field(default=True, converter=is_active)
    products: tuple[Product, ...] = field(default=(), converter=_products)
    revision: int | None = field(default=None, eq=False, repr=False)
    _by_id: dict[str, Product] = field(init=False, factory=dict[str, Product], eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise InvalidValue("valid_to", self.valid_to, f"it is before the first day, {self.valid_from}")
        self._by_id.update((product.id, product) for product in self.products)
        if len(self._by_id) < len(self.products):
            counts = Counter(product.id for product in self.products)
            faults = [f"product {id!r} stands twice" for id, count in counts.items() if count > 1]
            raise BrokenTable(f"price list {self.id!r}", faults)

    def product(self, id: str) -> Product:
        """The product with this id; `UnknownEntry` with those there are."""
        found = self.get(id)
        if found is None:
            raise UnknownEntry("product", id, self._by_id)
        return found

    def get(self, id: object) -> Product | None:
        """The product with this id, or None."""
        return self._by_id.get(id) if isinstance(id, str) else None

    def serves(self, on: date) -> bool:
        """Whether new lines are made from it on a day: it is active and valid."""
        begun = self.valid_from is None or self.valid_from <= on
        return self.active and begun and (self.valid_to is None or on <= self.valid_to)

    def with_products(self, *products: Product) -> "PriceList":
        """With these products, each in the place of the one with its id, or at the end."""
        return evolve(self, products=(self._by_id | {product.id: product for product in products}).values())

    def without_product(self, id: str) -> "PriceList":
        """Without a product; `UnknownEntry` where there is none. What was sold of it stays as it is on its lines."""
        gone = self.product(id)
        return evolve(self, products=[product for product in self.products if product is not gone])

    def copied(
        self,
        id: str,
        *,
        name: str | None = None,
        currency: str | Currency | None = None,
        rates: RateSource | None = None,
        on: date | None = None,
        zero_prices: bool = False,
    ) -> "PriceList":
        """A new list with the same products; in another currency by the rates of a day (SuperOffice, 5.13).

        Each price is converted by itself and rounded once, half-up, to the decimals of the currency. With
        `zero_prices` all prices are zero. Raises `InvalidValue` where a currency comes without rates and day,
        and `MissingRate`.
        """
        target = self.currency if currency is None else currency
        code = target.code if isinstance(target, Currency) else target
        products = self.products
        if zero_prices:
            products = tuple(product.priced(_to_zero) for product in products)
        elif code != self.currency:
            price = _conversion(self.currency, target, rates, on)
            products = tuple(product.priced(price) for product in products)
        kept = self.name if name is None else name
        return evolve(self, id=id, name=kept, currency=code, products=products, revision=None)


def _to_zero(price: Decimal) -> Decimal:
    return ZERO


def _conversion(
    source: str, target: str | Currency, rates: RateSource | None, on: date | None
) -> Callable[[Decimal], Decimal]:
    currency = target if isinstance(target, Currency) else Currency.of(target)
    if rates is None or on is None:
        reason = (
            f"prices in {source} are converted to {currency} by rates of a day; give rates= and on=, or zero_prices"
        )
        raise InvalidValue("rates", rates, reason)
    times = factor(source, currency.code, rates, on=on)
    return lambda price: in_decimals(Fraction(price) * times, currency.digits)
