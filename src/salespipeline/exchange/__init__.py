"""The doors: how sales, products and rates come in from other people's files, and how a whole store goes and comes."""

from salespipeline.exchange.columns import Column, FileRow, Template, amount, day, percent, text
from salespipeline.exchange.csv_file import Reading, each_row, read_csv
from salespipeline.exchange.document import export_document, import_document
from salespipeline.exchange.mapping import SaleMapping
from salespipeline.exchange.product_mapping import Headings, ProductMapping, flag
from salespipeline.exchange.products import ProductReading, read_products
from salespipeline.exchange.rates import RatesReading, read_rates
from salespipeline.exchange.report import Adjustment, Fault, Rejection, Report
from salespipeline.exchange.row import ReadRow
from salespipeline.exchange.table import CsvFormat, FileRefused

__all__ = [
    "Adjustment",
    "Column",
    "CsvFormat",
    "Fault",
    "FileRefused",
    "FileRow",
    "Headings",
    "ProductMapping",
    "ProductReading",
    "RatesReading",
    "ReadRow",
    "Reading",
    "Rejection",
    "Report",
    "SaleMapping",
    "Template",
    "amount",
    "day",
    "each_row",
    "export_document",
    "flag",
    "import_document",
    "percent",
    "read_csv",
    "read_products",
    "read_rates",
    "text",
]
