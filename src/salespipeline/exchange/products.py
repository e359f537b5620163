r"""Reading the products of a price list from a CSV file, with a report on every row that was left out.

>>> from io import BytesIO
>>> from salespipeline.exchange import read_products
>>> from salespipeline.model.product import PriceList
>>> file = BytesIO(b"Name,Description,Unit price\nDesk,Oak,480.00\nChair,,99.50\nDesk,Pine,300.00\nLamp,,cheap\n")
>>> reading = read_products(file, PriceList(id="2026", name="2026", currency="EUR"))
>>> [(product.id, product.description, product.list_price) for product in reading.price_list.products]
[('desk', 'Oak', Decimal('480.00')), ('chair', '', Decimal('99.50'))]
>>> print(reading.report)
4 rows read: 2 accepted, 2 rejected
rejected:
  1 x column 'Name': an earlier row is of the same product, 'desk' (in row 4)
  1 x column 'Unit price': it is no amount such as 1234.50 (in row 5)
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from attrs import evolve, fields

from salespipeline.errors import InvalidValue, shown
from salespipeline.exchange.cells import Cells, Work
from salespipeline.exchange.columns import FileRow
from salespipeline.exchange.mapping import custom_field
from salespipeline.exchange.product_mapping import FLAGS, Headings, ProductMapping
from salespipeline.exchange.report import Adjustment, Rejection, Report
from salespipeline.exchange.spelling import id_from
from salespipeline.exchange.table import PLAIN, CsvFormat, CsvSource, FileRefused, table
from salespipeline.model.catalog import Catalog
from salespipeline.model.ids import ProductId
from salespipeline.model.parts import Custom
from salespipeline.model.product import PriceList, Product

_BY_HEADINGS = Headings()
_KEYS = ("id", "code", "name")
_PLAIN = tuple(a.name for a in fields(ProductMapping) if a.name not in ("id", "extra"))


class ProductReading(NamedTuple):
    """What a file came to: the list with its products, which of them are new or changed, and the report.

    `unread` are the columns of the file that the mapping does not name.
    """

    price_list: PriceList
    added: tuple[ProductId, ...]
    changed: tuple[ProductId, ...]
    report: Report
    unread: tuple[str, ...] = ()


def read_products(
    source: CsvSource,
    prices: PriceList,
    mapping: ProductMapping | Headings = _BY_HEADINGS,
    *,
    format: CsvFormat = PLAIN,
) -> ProductReading:
    """The price list with the products of a CSV file, and the report; nothing is saved.

    `source` is a path, or a file opened in binary mode. A row is of the product in `prices` that has its id,
    else its code, else its name, and changes the fields that it has a value for; or it is a new one, under an
    id made of its code or name. A row that cannot be read is rejected with every reason, and stops nothing;
    products that no row is of stay as they are. Raises `FileRefused` when the file as a whole does not fit.
    """
    reader = _Reader(prices, mapping)
    blank, rejected = 0, list[Rejection]()
    for row in table(source, mapping.columns() if isinstance(mapping, ProductMapping) else (), format):
        if row is None:
            blank += 1
        elif isinstance(row, FileRow):
            rejected += reader.read(row)
        else:
            rejected.append(Rejection(row.number, row.faults))
    made = reader.made
    report = Report(len(made) + len(rejected), len(made), tuple(reader.adjusted), tuple(rejected), blank)
    return ProductReading(
        prices.with_products(*made.values()) if made else prices,
        tuple(id for id in made if prices.get(id) is None),
        tuple(id for id, product in made.items() if prices.get(id) not in (None, product)),
        report,
        reader.unread,
    )


class _Row(NamedTuple):
    """A row with the values of its fields, to tell faults of."""

    cells: Cells
    values: dict[str, Any]
    work: Work

    def fault(self, field: str, reason: str) -> None:
        """Add a reason why the row is rejected, with what its cell has."""
        raw = self.cells.given(self.work, field)
        self.work.fault(field, self.cells.column_of(field), self.values.get(field) if raw is None else raw, reason)


class _Reader:
    """Makes a product of each row; knows the list, and the rows before."""

    def __init__(self, prices: PriceList, mapping: ProductMapping | Headings) -> None:
        self._prices = prices
        self._mapping = mapping
        self._cells: Cells | None = None
        self._rows_of: dict[tuple[str, str], int] = {}
        self._known: defaultdict[tuple[str, str], list[Product]] = defaultdict(list)
        for product in prices.products:
            self._known["code", product.code].append(product)
            self._known["name", product.name].append(product)
        self._extra: tuple[str, ...] = ()
        self.made: dict[ProductId, Product] = {}
        self.adjusted: list[Adjustment] = []
        self.unread: tuple[str, ...] = ()

    def read(self, row: FileRow) -> Iterator[Rejection]:
        """Take the product of a row, or give every reason why it is none."""
        cells = self._cells or self._begun(row)
        work = cells.read(row)
        product = self._product(_Row(cells, work.values, work))
        if product is None or work.faults:
            places = {name: place for place, name in enumerate(row)}
            faults = sorted(dict.fromkeys(work.faults), key=lambda fault: places.get(fault.column, len(places)))
            yield Rejection(row.number, tuple(faults))
        else:
            self.made[product.id] = product
            self.adjusted += work.adjusted

    def _begun(self, row: FileRow) -> Cells:
        """The cells, once the columns of the file are seen."""
        mapping = self._mapping
        if isinstance(mapping, Headings):
            try:
                mapping = mapping.mapping(row)
            except InvalidValue as error:
                raise FileRefused("the products", error.accepted, row) from error
        self._extra = tuple(name for name, _ in mapping.extra)
        self.unread = tuple(name for name in row if name and name not in mapping.columns())
        self._cells = Cells(mapping, Catalog())
        return self._cells

    def _product(self, row: _Row) -> Product | None:
        self._check_twice(row)
        key = next((name for name in _KEYS if name in row.values), None)
        if key is None:
            if row.work.faulty.isdisjoint(_KEYS):
                row.fault("", "a product needs an id, a code or a name")
            return None
        base = self._base(row, key)
        if base is None:
            return None
        if base.id in self.made and not row.work.faults:
            row.fault(key, f"an earlier row is of the same product, {shown(base.id)}")
        if key == "id":
            self._check_code(row, base)
        return _filled(row, base, self._extra)

    def _check_twice(self, row: _Row) -> None:
        number = row.work.row.number
        for name in ("id", "code"):
            value = row.values.get(name)
            if value is not None and self._rows_of.setdefault((name, str(value)), number) != number:
                row.fault(name, f"an earlier row has the same {name}")

    def _check_code(self, row: _Row, base: Product) -> None:
        """A code that is found by an id of its own is not that of another product of the list."""
        others = [each for each in self._known.get(("code", str(row.values.get("code", ""))), []) if each.code]
        if others and others[0].id != base.id and base.code != others[0].code:
            row.fault("code", f"product {shown(others[0].id)} has it already")

    def _base(self, row: _Row, key: str) -> Product | None:
        """The product that a row is of, or a new one."""
        value = row.values[key]
        known = self._prices.get(value)
        found = ([known] if known else []) if key == "id" else self._known.get((key, str(value)), [])
        if len(found) > 1:
            row.fault(key, f"products {', '.join(shown(each.id) for each in found)} have it; map a column to their id")
            return None
        return found[0] if found else self._new(row, key)

    def _new(self, row: _Row, key: str) -> Product | None:
        if "name" not in row.values and "name" not in row.work.faulty:
            row.fault("name", "a new product needs a name")
        try:
            made = Product(id=row.values["id"] if key == "id" else id_from(str(row.values[key])), name="?")
        except InvalidValue as error:
            row.fault(key, error.accepted)
            return None
        taken = self._prices.get(made.id)
        if taken is not None:
            row.fault(key, f"its id would be that of {shown(taken.name)}, {shown(taken.id)}; map a column to the id")
            return None
        return made


def _filled(row: _Row, base: Product, extra: tuple[str, ...]) -> Product | None:
    """The product with the values of a row, or every reason why it is none."""
    values = {name: row.values[name] for name in _PLAIN if name in row.values}
    for name in FLAGS:
        if name in values and type(values[name]) is not bool:
            row.fault(name, "it is no True or False; read it by flag(...)")
            del values[name]
    own = {name: row.values[custom_field(name)] for name in extra if custom_field(name) in row.values}
    if own:
        values["extra"] = _merged(row, base, own)
    try:
        return evolve(base, **values)
    except InvalidValue:
        for name, value in values.items():
            try:
                evolve(base, **{name: value})
            except InvalidValue as error:
                row.fault(name, error.accepted)
    return None


def _merged(row: _Row, base: Product, own: dict[str, Any]) -> Custom:
    """The fields of a firm's own, those of the row over those there were."""
    merged = dict(base.extra.values)
    for name, value in own.items():
        try:
            merged |= dict(Custom({name: value}).values)
        except InvalidValue as error:
            row.fault(custom_field(name), error.accepted)
    return Custom(merged)
