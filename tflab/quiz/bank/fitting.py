"""Questions on what `compile` and `fit` of Keras do, and on when to stop."""

from __future__ import annotations

import math
from random import Random

from tflab.quiz.answers import Number
from tflab.quiz.kinds import Bank, Made, Value

FITTING = Bank()

_DEFAULT_BATCH = 32


@FITTING.kind(
    "keras-switchboard/curves-of-history",
    read="curves-of-history",
    text="How many curves does `history.history` hold?",
    code='model.compile(optimizer="sgd", loss="mse", metrics=[$metrics])\n'
    "history = model.fit(x, y, epochs=$epochs$validation)",
    lead="The loss is one, and each metric is another. What becomes of each when there are "
    "validation data?",
    why="Counted once for every kind of data: the loss, and metrics to the number of $count. "
    "That makes $total.",
)
def curves_of_history(random: Random) -> Made:
    """Draw the metrics, and whether there are validation data."""
    count, validated = random.randint(0, 3), random.choice((True, False))
    metrics = ", ".join(f'"{name}"' for name in random.sample(("mae", "mape", "msle"), count))
    total = (1 + count) * (2 if validated else 1)
    values: dict[str, Value] = {
        "metrics": metrics,
        "epochs": random.randint(2, 9),
        "validation": ", validation_split=0.25" if validated else "",
        "count": count,
        "total": total,
    }
    return Made(values, Number(total))


@FITTING.kind(
    "keras-switchboard/updates-by-default",
    read="updates-made",
    text="`x` holds $samples examples. How often does this update the weights?",
    code="model.fit(x, y, epochs=$epochs)",
    lead="How large is a batch when nobody says so, and how many of them make an epoch?",
    why="Batches of 32 by default: $steps in an epoch, $total in all.",
)
def updates_by_default(random: Random) -> Made:
    """Draw how many examples and epochs there are."""
    samples, epochs = random.randrange(20, 400, 10), random.randint(2, 6)
    steps = math.ceil(samples / _DEFAULT_BATCH)
    values = {"samples": samples, "epochs": epochs, "steps": steps, "total": steps * epochs}
    return Made(values, Number(steps * epochs))


@FITTING.kind(
    "when-to-stop/epoch-of-stopping",
    read="stops-by-itself",
    text="With this `EarlyStopping` the validation loss goes as listed. After how many epochs does "
    "the training end?",
    code="keras.callbacks.EarlyStopping(patience=$patience)\nval_loss = $losses",
    lead="Which epoch is the best so far, and how many may follow it without a better one?",
    why="Epoch $best is the best, and $patience without a better one follow: it ends after $end.",
)
def epoch_of_stopping(random: Random) -> Made:
    """Draw a validation loss that falls and rises, and a patience."""
    patience, best = random.randint(1, 3), random.randint(2, 4)
    losses = _valley(random, best, patience + random.randint(1, 2))
    end = best + patience
    values: dict[str, Value] = {
        "patience": patience,
        "losses": str(losses),
        "best": best,
        "end": end,
    }
    return Made(values, Number(end))


@FITTING.kind(
    "when-to-stop/best-epoch",
    read="best-epoch",
    text="Which epoch, counted from 1, has the weights that `restore_best_weights` brings back?",
    code="val_loss = $losses",
    lead="At which place of the list is the loss on new data the lowest?",
    why="The lowest validation loss is $lowest, in epoch $best.",
)
def best_epoch(random: Random) -> Made:
    """Draw a validation loss that falls and rises."""
    best = random.randint(2, 5)
    losses = _valley(random, best, random.randint(1, 3))
    values: dict[str, Value] = {"losses": str(losses), "best": best, "lowest": losses[best - 1]}
    return Made(values, Number(best))


def _valley(random: Random, best: int, after: int) -> list[float]:
    """Return losses that fall up to the epoch `best`, from 1, and stay above it afterwards."""
    lowest = random.randint(20, 40)
    falling = sorted(random.sample(range(lowest + 1, 90), best - 1), reverse=True)
    rising = [random.randint(lowest + 1, 60) for _ in range(after)]
    return [value / 100 for value in (*falling, lowest, *rising)]
