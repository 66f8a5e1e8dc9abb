"""Ours against what came before: the same galaxies, the same changes, one table with intervals.

``galaxies`` says which, ``conditions`` what is asked of them, ``methods`` who is asked; ``run``
fits and asks, keeping what is done on disk; ``table`` makes the table and puts it on the cards.
Importing this package imports no TensorFlow.
"""
