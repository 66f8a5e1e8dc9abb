"""``python -m galaxy_core``."""

import sys

from galaxy_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
