"""What ships with the course: small data sets, and the glossary. Nothing is ever downloaded."""

from __future__ import annotations

import csv
import json
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

DATASETS = ("iris",)


class Dataset(NamedTuple):
    """A table of examples, ready for a model.

    Attributes:
        features: Measurements, one row an example, shape (examples, columns), float32.
        labels: The class of each example as an index into `names`, shape (examples,), int32.
        names: The classes' names.
        columns: The measurements' names, in the order of the columns of `features`.
    """

    features: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int32]
    names: tuple[str, ...]
    columns: tuple[str, ...]


def load(name: str) -> Dataset:
    """Return a data set that ships with the course.

    Only `iris` does so far: 150 flowers of three species, four lengths each, in centimetres
    (R. A. Fisher, 1936; public domain). The rows are sorted by species.

    Raises:
        ValueError: If no data set has that name.
    """
    if name not in DATASETS:
        raise ValueError(f"No data set is called {name!r}; there is {', '.join(DATASETS)}.")
    # numpy costs 0.2 s to import, and the glossary is wanted without it.
    import numpy as np

    text = files(__package__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(text.splitlines())
    names = tuple(dict.fromkeys(row[-1] for row in rows))
    return Dataset(
        features=np.array([row[:-1] for row in rows], dtype=np.float32),
        labels=np.array([names.index(row[-1]) for row in rows], dtype=np.int32),
        names=names,
        columns=tuple(header[:-1]),
    )


class Term(NamedTuple):
    """An entry of the glossary: its definition, and other spellings that mean the same."""

    definition: str
    aliases: tuple[str, ...]


def terms() -> dict[str, Term]:
    """Return every entry of the glossary by its term, in alphabetical order."""
    # Python 3.10, on which programs may run, has no tomllib; nothing there asks for the glossary.
    import tomllib

    text = files(__package__).joinpath("glossary.toml").read_text(encoding="utf-8")
    return {
        term: Term(entry["definition"], tuple(entry.get("aliases", ())))
        for term, entry in sorted(tomllib.loads(text).items())
    }


def glossary() -> dict[str, str]:
    """Return the definition of every term and of every alias, all in lower case."""
    found: dict[str, str] = {}
    for term, entry in terms().items():
        for word in (term, *entry.aliases):
            found[word.lower()] = entry.definition
    return found


def former_goals() -> dict[str, dict[str, str]]:
    """Return the ids of the course's goals by lesson, and by the text that each had before."""
    text = files(__package__).joinpath("former_goals.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = json.loads(text)
    return found
