"""The science of Automated Astronomer: galaxy image in, probability and evidence out.

This package never imports Streamlit, and importing it never imports TensorFlow:
the heavy libraries each have one door (see ARCHITECTURE.md).
"""

__version__ = "0.1.0"
