"""The lesson that `tflab new` starts a person with."""

from __future__ import annotations

from tflab.runs.text import plain_line

_TEMPLATE = """\
# %% [markdown]
# # {title}
# Say in two or three sentences what this lesson shows and what to watch for. A line that begins
# with one mark is prose in Markdown; `# %%` begins a cell.

# %% tags=["parameters"]
from typing import Annotated, Literal

from tflab import Meta

learning_rate: Annotated[float, Meta(gt=0, le=10, description="Size of each step downhill")] = 0.05
steps: Annotated[int, Meta(ge=1, le=10_000, description="How many steps to take")] = 50
start: Annotated[Literal["left", "right"], Meta(description="Where to begin")] = "left"

# %% [markdown]
# ## The valley
# The cost is J(w) = (w − 3)². Its lowest point is at w = 3, and its slope says which way is down.

# %%
import tensorflow as tf

from tflab import lab


def cost(w):
    return (w - 3.0) ** 2


# %% [markdown]
# ## Walking down
# A tape records the cost as it is computed, and plays it back to give the slope.

# %%
w = tf.Variable(-4.0 if start == "left" else 10.0)
for step in lab.track(range(steps)):
    with tf.GradientTape() as tape:
        loss = cost(w)
    w.assign_sub(learning_rate * tape.gradient(loss, w))
    lab.log(step, loss=loss)

lab.show(w=w, loss=cost(w))

# %% [markdown]
# ## Your turn
# A learner predicts before the run, then changes a parameter to reach the goals.

# %%
lab.predict("Near which number does w end?", float(w))
lab.goal(
    "w is within 0.001 of 3",
    abs(float(w) - 3.0) < 0.001,
    hint=("Take more steps.", "50 steps of size 0.2 are enough."),
)
lab.goal(
    "diverge on purpose",
    not float(cost(w)) < 49.0,
    hint=("Larger steps can overshoot.", "Above a learning rate of 1 each step lands further out."),
)
"""


def new_lesson(title: str) -> str:
    """Return the text of a good lesson to start from, with that title."""
    return _TEMPLATE.replace("{title}", plain_line(title) or "A new lesson")
