"""What the commands share: the type of the parser's commands, and lists in one argument."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, TypeAlias

# The type that ``add_subparsers`` returns has no public name.
if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Commands = Any  # it cannot be subscripted when it runs


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a comma-separated argument."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
