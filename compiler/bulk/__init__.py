"""Files of records in, files of answers out: CSV, JSONL and Parquet. One row in is one row out.

Rows are read, answered and written as they come, so that a file may be larger than memory. `sources` and `writers` take
them one by one; `batches` and `parquet`, which need numpy and pyarrow, many at a time in columns.
"""
