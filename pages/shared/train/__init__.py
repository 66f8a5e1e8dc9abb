"""The train page's parts: its caches, its figures, the choice of data, the plan, a job.

What computes lies in ``galaxy_core.training``; a job is a folder that these only read.
"""
