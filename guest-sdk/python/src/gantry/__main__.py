"""``python -m gantry build``."""

import sys

from .build import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
