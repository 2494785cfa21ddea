"""The data that ships: Iris as Fisher published it, and a glossary without contradictions."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tflab.data import glossary, load, terms


def test_iris_has_fifty_flowers_of_each_species_in_order() -> None:
    iris = load("iris")
    assert iris.features.shape == (150, 4)
    assert iris.features.dtype == np.float32
    assert iris.labels.dtype == np.int32
    assert iris.labels.tolist() == [0] * 50 + [1] * 50 + [2] * 50
    assert iris.names == ("setosa", "versicolor", "virginica")
    assert iris.columns == ("sepal_length", "sepal_width", "petal_length", "petal_width")


def test_iris_has_the_published_means() -> None:
    """Fisher's table: the means of the four measurements over all 150 flowers."""
    means = load("iris").features.mean(axis=0, dtype=np.float64)
    np.testing.assert_allclose(means, [5.843333, 3.057333, 3.758, 1.199333], atol=1e-5)


def test_an_unknown_data_set_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"'mnist'.*iris"):
        load("mnist")


def test_every_definition_is_short_and_a_sentence() -> None:
    for term, entry in terms().items():
        assert 20 < len(entry.definition) <= 170, term
        assert entry.definition[0].isupper() or entry.definition[0] == "`", term
        assert entry.definition.endswith((".", ".)")), term


def test_no_word_has_two_definitions() -> None:
    meanings: dict[str, set[str]] = {}
    for term, entry in terms().items():
        for word in {term.lower(), *(alias.lower() for alias in entry.aliases)}:
            meanings.setdefault(word, set()).add(term)
    assert {word: found for word, found in meanings.items() if len(found) > 1} == {}


def test_the_glossary_answers_for_aliases_in_lower_case() -> None:
    definitions = glossary()
    assert definitions["epochs"] == definitions["epoch"]
    assert definitions["mse"] == definitions["mean squared error"]


def test_the_glossary_opens_without_numpy() -> None:
    """The workbench shows definitions; it must not pay for numpy to do so."""
    code = (
        "import sys; from tflab.data import glossary; glossary(); sys.exit('numpy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
