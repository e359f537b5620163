"""The doors: how sales come in from other people's files, and how a whole store goes out and comes in again."""

from salespipeline.exchange.columns import Column, FileRow, Template, amount, day, percent, text
from salespipeline.exchange.csv_file import Reading, each_row, read_csv
from salespipeline.exchange.document import export_document, import_document
from salespipeline.exchange.mapping import SaleMapping
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
    "import_document",
    "percent",
    "read_csv",
    "text",
]
