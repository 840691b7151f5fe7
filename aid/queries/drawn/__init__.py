"""Pictures of the data: what each draws, its table, its files, and what it says that it leaves out.

No total is made here: the sums are those of `queries/totals.py` and `queries/divisions.py`, the steps those of
`queries/ladder.py`, the members those of `queries/memberships.py`.
"""
