"""Rows as a CSV file, in the form that tables of the language are read from."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """The names of the columns and the cells of each row, with nothing where a row lacks one."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return out.getvalue()
