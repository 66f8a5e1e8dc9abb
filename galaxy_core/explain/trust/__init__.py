"""Does a map deserve belief? Faithfulness, sanity, stability, place, agreement; one card.

The measures are pure functions of maps and of a function picture -> logit, so that they can
be checked on networks whose truth is known. ``assess`` fills in a ``TrustCard`` with them.
"""
