"""The notebook of 100 cells that benchmarks open and run: prose and TensorFlow in turn."""

from __future__ import annotations

from pathlib import Path

import nbformat

CELLS = 100
FIRST_WORDS = "Every second cell is prose"
"""In the first cell."""


def write_notebook(path: Path) -> Path:
    """Write the notebook; return its path."""
    cells = [
        nbformat.v4.new_markdown_cell(f"# Powers of matrices\n\n{FIRST_WORDS}, the others code."),
        nbformat.v4.new_code_cell("import tensorflow as tf\n\nmatrix = tf.eye(64) * 0.9"),
    ]
    for number in range(1, CELLS // 2):
        text = f"## Power {number + 1}\n\nThe *trace* falls, and `matrix` stays **symmetric**."
        code = (
            f"power_{number} = tf.linalg.matmul(matrix, matrix)\n"
            "for step in range(3):\n"
            f"    power_{number} = tf.linalg.matmul(power_{number}, matrix)\n"
            f"print('power', {number + 1}, float(tf.linalg.trace(power_{number})))"
        )
        cells += [nbformat.v4.new_markdown_cell(text), nbformat.v4.new_code_cell(code)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path
