r"""Reading sales from a CSV file, with a report of what was adjusted and what was rejected.

>>> from io import BytesIO
>>> from salespipeline.exchange import SaleMapping, Template, amount, day, read_csv, text
>>> from salespipeline.model.standing import Status
>>> from salespipeline.presets import superoffice
>>> file = BytesIO(
...     b"Nr,Account,State,Opened,Closed,Value,Heard of us\n"
...     b'1,Vos Optics,won,03-02-2025,21-03-2025,"1.250,00",Website\n'
...     b"2,Brimal Timber,talking,14-02-2025,,900,web site\n"
...     b"3,,lost,2025-02-20,01-02-2025,12.50,Website\n"
... )
>>> mapping = SaleMapping(
...     type="add-on",
...     id=text("Nr"),
...     title=Template("Reorder for {Account}"),
...     company=text("Account", note_empty="deal without a company"),
...     status=text("State", values={"won": Status.SOLD, "lost": Status.LOST, "talking": Status.OPEN}),
...     stage=text("State", values={"won": "proposal", "lost": "proposal", "talking": "first-meeting"}),
...     registered_on=day("Opened", "%d-%m-%Y"),
...     closed_on=day("Closed", "%d-%m-%Y"),
...     amount=amount("Value", decimal=",", thousands="."),
...     source=text("Heard of us"),
... )
>>> result = read_csv(file, mapping, superoffice.catalog())
>>> [(sale.title, sale.status.value, sale.amount, sale.origin.source) for sale in result.sales]
[('Reorder for Vos Optics', 'sold', Decimal('1250.00'), 'website'),
 ('Reorder for Brimal Timber', 'open', Decimal('900.00'), 'website')]
>>> [(entry.action, entry.on.isoformat(), entry.stage_name) for entry in result.sales[0].history]
[('Register', '2025-02-03', 'First Meeting'),
 ('MoveTo', '2025-02-03', 'Proposal'),
 ('Sell', '2025-03-21', 'Proposal')]
>>> print(result.report)
3 rows read: 2 accepted, 1 rejected
notes:
  1 x column 'Heard of us': spelled 'Website' in sources (in row 3)
rejected:
  1 x column 'Opened': it is no day such as 31-01-2025 (in row 4)
  1 x column 'Value': it is no amount such as 1.234,50 (in row 4)
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from salespipeline.exchange.columns import FileRow
from salespipeline.exchange.mapping import SaleMapping
from salespipeline.exchange.parties import Parties
from salespipeline.exchange.report import Adjustment, Rejection, Report
from salespipeline.exchange.row import ReadRow, RowReader
from salespipeline.exchange.table import PLAIN, CsvFormat, CsvSource, table
from salespipeline.model.catalog import Catalog
from salespipeline.model.people import Company, Person, User
from salespipeline.model.sale import Sale


class Reading(NamedTuple):
    """What a file came to: its sales, the companies, persons and users they name, and the report."""

    sales: tuple[Sale, ...]
    companies: tuple[Company, ...]
    persons: tuple[Person, ...]
    users: tuple[User, ...]
    report: Report


def read_csv(
    source: CsvSource,
    mapping: SaleMapping,
    catalog: Catalog,
    *,
    known: Iterable[Company | Person | User] = (),
    format: CsvFormat = PLAIN,
) -> Reading:
    """The sales of a CSV file, and the report.

    `source` is a path, or a file opened in binary mode. What the file names is looked for among the
    `known` companies, persons and users first. A row that cannot be read is rejected with every reason,
    and stops nothing. Raises `FileRefused` when the file as a whole does not fit: it is empty, a column
    is missing or stands there twice, or the header cannot be read.
    """
    sales: list[Sale] = []
    parties: dict[Company | Person | User, None] = {}
    adjusted: list[Adjustment] = []
    rejected: list[Rejection] = []
    blank = 0
    for row in _rows(source, mapping, catalog, known, format):
        if row is None:
            blank += 1
        elif row.sale is None:
            rejected.append(Rejection(row.number, row.faults))
        else:
            sales.append(row.sale)
            adjusted += row.adjusted
            parties.update(dict.fromkeys(party for party in (row.company, row.person, row.owner) if party))
    report = Report(len(sales) + len(rejected), len(sales), tuple(adjusted), tuple(rejected), blank)
    return Reading(
        tuple(sales),
        tuple(party for party in parties if isinstance(party, Company)),
        tuple(party for party in parties if isinstance(party, Person)),
        tuple(party for party in parties if isinstance(party, User)),
        report,
    )


def each_row(
    source: CsvSource,
    mapping: SaleMapping,
    catalog: Catalog,
    *,
    known: Iterable[Company | Person | User] = (),
    format: CsvFormat = PLAIN,
) -> Iterator[ReadRow]:
    """The rows of a CSV file one by one, for a file too large to hold; otherwise as `read_csv`.

    Blank rows are passed over. The file is opened, and refused, when the first row is asked for.
    """
    return (row for row in _rows(source, mapping, catalog, known, format) if row is not None)


def _rows(
    source: CsvSource,
    mapping: SaleMapping,
    catalog: Catalog,
    known: Iterable[Company | Person | User],
    format: CsvFormat,
) -> Iterator[ReadRow | None]:
    reader = RowReader(mapping, catalog, Parties(known))
    for row in table(source, mapping.columns(), format):
        if isinstance(row, FileRow):
            yield reader.read(row)
        else:
            yield row and ReadRow(row.number, None, faults=row.faults)
