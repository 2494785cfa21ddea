"""Every kind of question, in the order of the course. The id of each stays for good."""

from __future__ import annotations

from tflab.quiz.bank.data import DATA
from tflab.quiz.bank.fitting import FITTING
from tflab.quiz.bank.layers import LAYERS
from tflab.quiz.bank.slopes import SLOPES
from tflab.quiz.bank.tensors import TENSORS
from tflab.quiz.bank.training import TRAINING
from tflab.quiz.kinds import Kind

KINDS: tuple[Kind, ...] = tuple(
    kind for bank in (TENSORS, SLOPES, TRAINING, DATA, LAYERS, FITTING) for kind in bank.kinds
)
"""All kinds."""

BY_ID = {kind.id: kind for kind in KINDS}
"""Each kind by its id."""
