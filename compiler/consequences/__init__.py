"""What a change does: the same contacts by two rulebooks, who moved, and what it comes to in points and kroner.

`fit` says whether two rulebooks can read the same data and what they have in common to sum; `pairs` (row by row) and
`columns` (many at a time) give both answers for the rows of a file; `tally` keeps counts and exact sums; `recode` maps
codes that have ended; `report` makes tables of it all, which `text` and `html` write and `files` writes as CSV.
"""
