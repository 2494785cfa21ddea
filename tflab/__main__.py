"""The command `tflab`, and `python -m tflab`."""

import sys

from tflab.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
