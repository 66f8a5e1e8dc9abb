"""Pictures that show no single galaxy, to build and to test the ``Not trusted`` answer with.

``KINDS`` is the table; ``stranger_pictures`` draws from it. Two families share no kind: a
detector is fitted on one and tested on the other, since what people will upload is of
kinds that nobody thought of. Detects nothing itself.
"""

from galaxy_core.strangers.kinds import KINDS, Family, Kind, Stranger, stranger_pictures

__all__ = ["KINDS", "Family", "Kind", "Stranger", "stranger_pictures"]
