"""Answers as a file for a spreadsheet; see ``premura.importers.exports``."""

from premura.importers.exports.table import EXPORT_ROWS, csv_file, xlsx_file

__all__ = ["EXPORT_ROWS", "csv_file", "xlsx_file"]
