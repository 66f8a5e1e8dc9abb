"""Cutout -> evidence: why a network said so. Importing this imports no TensorFlow."""
