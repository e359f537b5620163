"""A line: so much of something at a price, on a sale or on a quote."""

from decimal import Decimal

from attrs import field, frozen

from salespipeline.errors import shown
from salespipeline.model.ids import LineId, PriceListId, ProductId
from salespipeline.model.numbers import ZERO, divide, multiply
from salespipeline.model.parts import Custom
from salespipeline.model.priced_fields import (
    a_code,
    a_cost,
    a_description,
    a_list_price,
    a_minimum_price,
    a_name,
    a_quantity,
    a_unit,
    a_vat,
    is_taxable,
)
from salespipeline.model.pricing import Priced
from salespipeline.model.product import Subscription


@frozen(kw_only=True, eq=False, repr=False)
class Line(Priced):
    """So much of something, with the prices of one unit in the currency of the sale, without VAT.

    Everything is copied from the product, so a product that changes later changes no line; a line needs no
    product. Quantity and prices may be negative: a return, a credit.
    """

    id: LineId
    name: str = field(converter=a_name)
    quantity: Decimal = field(converter=a_quantity)
    list_price: Decimal = field(default=ZERO, converter=a_list_price)
    cost: Decimal = field(default=ZERO, converter=a_cost)
    minimum_price: Decimal | None = field(default=None, converter=a_minimum_price)
    code: str = field(default="", converter=a_code)
    description: str = field(default="", converter=a_description)
    unit: str = field(default="", converter=a_unit)
    vat: Decimal = field(default=ZERO, converter=a_vat)
    taxable: bool = field(default=True, converter=is_taxable)
    subscription: Subscription | None = None
    product: ProductId | None = None
    price_list: PriceListId | None = None
    extra: Custom = Custom()

    def __str__(self) -> str:
        """In one line, for people: `L-2 10 x 'Desk', 2500.00`."""
        return f"{self.id} {self.quantity:f} x {shown(self.name)}, {self.total:f}"

    def __attrs_post_init__(self) -> None:
        count = self._count
        self._work_out(multiply(count, self.list_price), multiply(count, self.cost))

    @property
    def _count(self) -> Decimal:
        """The quantity; of a subscription, for all of its periods."""
        return self.quantity if self.subscription is None else multiply(self.quantity, self.subscription.periods)

    @property
    def unit_price(self) -> Decimal | None:
        """What one unit costs after the discount, to 50 digits; None for a quantity of zero."""
        return divide(self.total, self.quantity) if self.quantity else None

    @property
    def is_below_minimum(self) -> bool:
        """Whether a unit is sold, after the discount, for less than its minimum price."""
        if self.minimum_price is None or self.quantity <= ZERO:
            return False
        return self.total < multiply(self._count, self.minimum_price)
