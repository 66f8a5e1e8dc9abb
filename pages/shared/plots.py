"""plotly's figures, imported only once pandas is whole.

plotly asks ``sys.modules`` for pandas at every number that it is given, and fails on one that
another thread is still importing, as TensorFlow's does in the background of a server's first
visit. Who waits for pandas here never meets half of it (plotly 6, ``optional_imports``).
"""

import pandas  # noqa: F401
import plotly.graph_objects as go
from plotly.subplots import make_subplots

__all__ = ["go", "make_subplots"]
