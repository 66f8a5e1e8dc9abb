"""Cutout -> answer. Importing this package imports no TensorFlow; its modules do."""
