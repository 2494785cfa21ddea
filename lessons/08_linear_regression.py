# %% [markdown]
# # Linear regression: a line through four points
# The smallest training loop there is: four points, a weight `w` and a bias `b`, one sample at a
# time. The same loop runs in three ways: eager, with a graph for each step, and with the whole loop
# inside one graph.
#
# Watch the speed as well as the loss. The answer is the same in all three.

# %% tags=["parameters"]
from typing import Annotated, Literal

from tflab import Meta

learning_rate: Annotated[
    float,
    Meta(
        ge=1e-4, le=1, description="Size of each gradient step"
    ),
] = 0.01
epochs: Annotated[
    int,
    Meta(
        ge=1,
        le=20_000,
        description="Passes over the four points",
    ),
] = 1000
mode: Annotated[
    Literal["eager", "graph", "loop"],
    Meta(description="How TensorFlow executes the training"),
] = "loop"

# %%
from time import perf_counter

import numpy as np
import tensorflow as tf

from tflab import lab

# %% [markdown] id="data-and-model"
# ## Data and model
# The points (1, 2), (3, 3), (5, 4), (7, 5) lie on a line exactly, so a perfect answer exists. Can
# you read it off? From each point to the next, x grows by 2 and y by 1.

# %%
xs = tf.constant([1.0, 3.0, 5.0, 7.0])
ys = tf.constant([2.0, 3.0, 4.0, 5.0])
w = tf.Variable(1.0)
b = tf.Variable(0.5)

# %% [markdown]
# One step looks at one point. It is nearly right, but one of the two numbers walks uphill. Mend it.


# %% A step on one point id="train-sample" tags=["exercise"]
### HINT Which of the two updates goes against its slope, and which one along it?
### HINT Both variables must be lowered by the rate times their slope: `assign_sub`.
def train_sample(x, y):
    """One step on one point; returns its loss before it."""
    with tf.GradientTape() as tape:
        loss = tf.square(w * x + b - y)
    w_slope, b_slope = tape.gradient(loss, [w, b])
    w.assign_sub(learning_rate * w_slope)
    ### BEGIN SOLUTION
    b.assign_sub(learning_rate * b_slope)
    ### END SOLUTION
    ### BEGIN STARTER
    # b.assign_add(learning_rate * b_slope)
    ### END STARTER
    return loss


# %%
def after_one_step(x, y):
    """w and b after one step on (x, y) from the start."""
    train_sample(tf.constant(x), tf.constant(y))
    found = [float(w), float(b)]
    w.assign(1.0)
    b.assign(0.5)
    return found


# At (1, 2) the line is 0.5 too low, at (3, 3) 0.5 too high.
lab.check(
    "w and b after one step",
    after_one_step,
    cases=[
        ((1.0, 2.0), [1 + learning_rate, 0.5 + learning_rate]),
        (
            (3.0, 3.0),
            [1 - 3 * learning_rate, 0.5 - learning_rate],
        ),
    ],
)


# %% [markdown]
# ## Three derivatives side by side
# Before training, at the first point: the tape, a finite difference, and the formulas
# `2 · (wx + b − y) · x` and `2 · (wx + b − y)`. The start is `w = 1, b = 0.5`, the miss is −0.5.

# %%
with tf.GradientTape() as tape:
    loss = tf.square(w * xs[0] + b - ys[0])
taped = [float(slope) for slope in tape.gradient(loss, [w, b])]
h = 1e-4
measured = [
    ((1 + h + 0.5 - 2) ** 2 - (1 - h + 0.5 - 2) ** 2) / (2 * h),
    ((1 + 0.5 + h - 2) ** 2 - (1 + 0.5 - h - 2) ** 2) / (2 * h),
]
formula = [2 * (1 * 1 + 0.5 - 2) * 1, 2 * (1 * 1 + 0.5 - 2)]
print("         tape   off by  difference   off by   formula")
for name, tape_slope, difference, exact in zip(
    "wb", taped, measured, formula, strict=True
):
    tape_off = abs(tape_slope - exact)
    diff_off = abs(difference - exact)
    print(
        f"∂/∂{name}{tape_slope:9.4f}{tape_off:9.1e}"
        f"{difference:12.4f}{diff_off:9.1e}{exact:10.4f}"
    )

# %% [markdown] id="three-modes"
# ## Training in three modes
# `eager` runs every operation from Python. `graph` wraps the step in `tf.function`, so Python makes
# one call per point. `loop` puts many epochs into one graph, with `tf.range` in place of `range`:
# Python only hears back now and then, for the chart. In older material the loop is a
# `session.run` inside a Python `for`; that is what `graph` is closest to.

# %%
graph_sample = tf.function(train_sample)


@tf.function
def train_epochs(count):
    """`count` epochs inside one graph: the loss of each."""
    losses = tf.TensorArray(tf.float32, size=count)
    for epoch in tf.range(count):
        total = 0.0
        for i in tf.range(4):
            total += train_sample(xs[i], ys[i])
        losses = losses.write(epoch, total / 4)
    return losses.stack()


samples = list(zip(tf.unstack(xs), tf.unstack(ys), strict=True))


def run_chunk(count):
    """`count` epochs in the chosen mode: the losses."""
    if mode == "loop":
        return train_epochs(tf.constant(count)).numpy()
    step = graph_sample if mode == "graph" else train_sample
    return [
        sum(float(step(x, y)) for x, y in samples) / 4
        for _ in range(count)
    ]


# %% [markdown]
# The first call of a graph traces it, which is not training. So each mode gets one epoch to warm
# up, and the start is put back before the clock runs.

# %%
run_chunk(1)
w.assign(1.0)
b.assign(0.5)
chunk = max(1, epochs // 40)
starts = range(0, epochs, chunk)
seconds = 0.0
for start in lab.track(starts):
    before = perf_counter()
    losses = run_chunk(min(chunk, epochs - start))
    seconds += perf_counter() - before
    for offset, loss in enumerate(losses):
        lab.log(start + offset, loss=loss)
final_loss = float(losses[-1])
steps_per_second = 4 * epochs / seconds
print(f"{mode}: {steps_per_second:,.0f} steps/s")

# %%
predictions = [float(p) for p in (w * xs + b).numpy()]
lab.show(w=float(w), b=float(b), predictions=predictions)
lab.show(
    final_loss=final_loss, steps_per_second=steps_per_second
)
exact_slope = float((ys[3] - ys[0]) / (xs[3] - xs[0]))
lab.predict(
    "What is the slope w of the line through the four points?",
    exact_slope,
    within=0.02,
    id="slope-of-line",
)
print(f"w = {float(w):.5f}, b = {float(b):.5f}")
line_xs = np.array([0.0, 8.0])
lab.line(
    "The line found",
    {"w·x + b": (line_xs, float(w) * line_xs + float(b))},
    points={"points": np.column_stack([xs, ys])},
    x_range=(0, 8),
    y_range=(0, 7),
    x_label="x",
    y_label="y",
)

# %% [markdown] id="curvature-of-points"
# ## How far can a step go?
# One sample at a time means that each step sees only one point and may undo a little of the last.
# The curvature at a point is `2 · (x² + 1)`, which is 100 at x = 7: trained on that point alone,
# the loop would diverge at any rate above `2 / 100 = 0.02`. The other three have smaller
# curvatures. What a whole round does to the error is a 2×2 matrix, and its largest factor says
# whether errors shrink.


# %%
def round_factor(rate):
    """How much an error in (w, b) may grow in one round."""
    change = np.eye(2)
    for x in xs.numpy():
        pull = np.array([x, 1.0])
        change = (
            np.eye(2) - 2 * rate * np.outer(pull, pull)
        ) @ change
    return max(abs(np.linalg.eigvals(change)))


limit = next(
    rate / 10_000
    for rate in range(1, 10_000)
    if round_factor(rate / 10_000) >= 1
)
print(
    f"at {learning_rate:g} a round leaves {round_factor(learning_rate):.4f} of the error"
)
lab.show(
    round_factor=float(round_factor(learning_rate)), limit=limit
)
lab.predict(
    "The point at x = 7 alone bears a rate up to 0.02. What does the loop over all four bear?",
    "more"
    if limit > 0.021
    else "less"
    if limit < 0.019
    else "the same",
    choices=["less", "the same", "more"],
    id="largest-rate",
)

# %% [markdown]
# The other three points pull the line back each round, so the loop bears nearly twice that rate. It
# does not bear any rate, though.
#
# Here is the way down, seen from above. Each place on the map is a line, shaded by how badly it
# fits. The path begins at the right, drops into the long valley and follows it, one point after
# the other. Beside it runs its ghost, at a learning rate that is a fifth larger: nudge
# `learning_rate`, and watch the two part.


# %%
def way_down(rate, rounds=50):
    """The places (w, b) on the way, as far as the map goes."""
    place, seen = np.array([1.0, 0.5]), []
    for x, y in (
        list(zip(xs.numpy(), ys.numpy(), strict=True)) * rounds
    ):
        if not (0 < place[0] < 1.4 and 0 < place[1] < 2):
            break
        seen.append(place)
        pull = np.array([x, 1.0])
        place = place - 2 * rate * (place @ pull - y) * pull
    return np.array(seen).T


ws, bs = np.meshgrid(
    np.linspace(0, 1.4, 90), np.linspace(0, 2, 60)
)
misses = ws[..., None] * xs.numpy() + bs[..., None] - ys.numpy()
lab.heatmap(
    "The loss around the way down",
    np.log10(np.mean(misses**2, axis=-1) + 0.01),
    lines={
        "path": way_down(learning_rate),
        "a fifth faster": way_down(1.2 * learning_rate),
    },
    points={"best line": [(0.5, 1.5)]},
    x_range=(0, 1.4),
    y_range=(0, 2),
    x_label="w",
    y_label="b",
)

# %% [markdown]
# ## Goals

# %%
lab.goal(
    "Diverge on purpose: end with a loss above 10",
    not final_loss < 10,
    hint=(
        "Raise learning_rate in small amounts.",
        "The results name the limit: nearly 0.038. Try 0.05.",
    ),
    id="diverges",
)
lab.goal(
    "Half the epochs: w within 0.0001 of 0.5 and b within 0.0001 of 1.5 in 500 epochs or fewer",
    epochs <= 500
    and abs(float(w) - 0.5) < 1e-4
    and abs(float(b) - 1.5) < 1e-4,
    hint=(
        "Fewer steps must go further. How far is learning_rate from its limit?",
        "500 epochs with a learning_rate of 0.019.",
    ),
    id="half-the-epochs",
)
lab.goal(
    "Get the same w and b in eager mode",
    mode == "eager"
    and abs(float(w) - 0.5) < 1e-3
    and abs(float(b) - 1.5) < 1e-3,
    hint=(
        "Does the mode change the arithmetic?",
        "Set mode to eager, leave the rest, and give it a few seconds.",
    ),
    id="same-in-eager",
)

# %% [markdown]
# ## What you saw
# Predict, measure the loss, walk against its slope, next point: that is training. The three modes
# compute the same, and below the limit they all approach w = 0.5 and b = 1.5. The fewer calls
# Python makes, the faster it goes, because the arithmetic is tiny and the calls are not. What does
# TensorFlow do with your Python to leave it out?
