"""One explanation method a file, each one function under one contract.

``attribute(network, inputs, *, layer, seed) -> Attribution``: maps on the logit for framed
galaxies (N, S, S, 3). Methods that need no layer or no seed ignore them. The table of all of
them is ``galaxy_core.explain.methods``.
"""
