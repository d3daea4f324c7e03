"""The rulebook language: text in, syntax tree and diagnostics out."""
