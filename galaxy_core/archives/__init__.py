"""Sky position -> ``Cutout``: survey archives, asked politely and believed only after checks."""
