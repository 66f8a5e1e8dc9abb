"""What pages share. ``state`` owns the session and the link, ``caches`` every cache.

Below them lie pure modules that never import Streamlit: ``links`` (what a link says),
``wording`` (numbers and terms in words), ``figures`` and ``scales`` (what is drawn),
``galaxy`` (a galaxy on its way to an answer), ``networks`` (loading in the background),
``uploads`` and ``export``. Above them ``widgets`` and ``components`` draw.
"""
