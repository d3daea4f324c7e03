"""Everything after the syntax tree: the complete rule year, its checks, its meaning and what is made of it."""
