"""Cutout pixels -> changed cutout pixels: the knobs of the what-if lab.

Pure functions of pixels, each doing nothing at zero strength; a list of ``Change`` is a
reproducible recipe that fits in a link. No network is known here: ``least_flip`` takes a
function pictures -> probabilities.
"""
