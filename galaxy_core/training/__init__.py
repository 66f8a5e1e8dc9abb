"""Labelled folder -> network in the store. Importing this package imports no TensorFlow."""
