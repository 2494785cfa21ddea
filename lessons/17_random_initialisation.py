# %% [markdown]
# # Where weights start
# Before training, weights are random. How large should they be? The answer decides whether the
# first layers of a deep network learn at all. You will draw random numbers of three kinds, then
# send a gradient back through a deep stack of sigmoid layers and measure what is left of it.
#
# Watch the bars: each is the size of one layer's gradient.

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

stddev: Annotated[
    float,
    Meta(
        gt=0,
        le=20,
        description="Standard deviation of the weights",
    ),
] = 0.1
layers: Annotated[
    int,
    Meta(
        ge=2, le=30, description="Sigmoid layers in the stack"
    ),
] = 8

# %%
import numpy as np
import tensorflow as tf

from tflab import lab

# %% [markdown] id="three-kinds"
# ## Three kinds of random numbers
# Normally distributed numbers cluster around 0; a few land far away. Uniform ones fill an interval
# evenly. Truncated normal ones are normal, but whatever lies beyond two standard deviations is drawn
# again, so that no single weight starts out huge.

# %%
normal = tf.random.normal((5000,), stddev=stddev)
uniform = tf.random.uniform((5000,), -2 * stddev, 2 * stddev)
tamed = tf.random.truncated_normal((5000,), stddev=stddev)
kinds = {
    "normal": normal.numpy(),
    "uniform": uniform.numpy(),
    "truncated": tamed.numpy(),
}
lab.hist(
    "Random numbers", kinds, x_label="value", y_label="how many"
)
for name, draw in kinds.items():
    largest = np.abs(draw).max() / stddev
    print(f"{name:10} largest {largest:5.2f} · stddev")

# %%
truncated = tf.random.truncated_normal((5, 5), stddev=stddev)
bias = tf.zeros((6,))
lab.show(truncated=truncated, bias=bias)
truncated

# %% [markdown] id="bias-at-zero"
# A bias may start at zero: the random weights already make the units different. If all weights of a
# network were zero too, the units of a hidden layer would all compute the same, get the same
# gradient and stay alike for ever. Only a network without hidden layers may start from zeros: each
# of its outputs has a target of its own.
#
# ## A deep stack
# Each layer multiplies by a 32×32 matrix and squeezes the result with a sigmoid. The tape gives the
# gradient of a loss with respect to every matrix in one playback.

# %%
width = 32
signal = tf.random.normal((64, width))
wanted = tf.random.uniform((64, width))
weights = [
    tf.Variable(tf.random.normal((width, width), stddev=stddev))
    for _ in range(layers)
]
with tf.GradientTape() as tape:
    output = signal
    for matrix in weights:
        output = tf.sigmoid(output @ matrix)
    loss = tf.reduce_mean(tf.square(output - wanted))
norms = [
    float(tf.norm(gradient))
    for gradient in tape.gradient(loss, weights)
]
lab.predict(
    "Which gets the smaller gradient, the first layer or the last?",
    "the first" if norms[0] < norms[-1] else "the last",
    choices=["the first", "the last"],
    id="smallest-gradient",
)
by_layer = {str(n): norm for n, norm in enumerate(norms, 1)}
lab.bar(
    "Gradient by layer",
    by_layer,
    x_label="layer",
    y_label="size of its gradient",
)
for number, norm in by_layer.items():
    print(f"layer {number:>2}  {norm:.2e}")

# %%
gradient_ratio = (
    norms[0] / norms[-1] if norms[-1] > 0 else float("nan")
)
saturated = float(
    np.mean(np.minimum(output, 1 - output) < 0.01)
)
lab.show(gradient_ratio=gradient_ratio, saturated=saturated)

# %% [markdown] id="three-factors"
# For the weights of one layer the chain rule has three factors: `∂E/∂W = ∂E/∂σ · ∂σ/∂z · ∂z/∂W`,
# with z for the weighted sum and σ for the sigmoid of it. The middle one is the slope of the
# sigmoid. The tape takes it, at 0 and further out:

# %%
z = tf.Variable(tf.linspace(-8.0, 8.0, 97))
with tf.GradientTape() as tape:
    squeezed = tf.sigmoid(z)
slope = tape.gradient(squeezed, z)
for place in (48, 60, 72):
    print(f"z = {z[place]:.0f}: slope {slope[place]:.4f}")
largest_slope = float(tf.reduce_max(slope))
lab.show(largest_slope=largest_slope)

# %% [markdown] id="vanishing"
# On its way back, the gradient is multiplied in each layer by the weights and by the slope of the
# sigmoid, which is 1/4 at best. With small weights that product is far below 1, and in a deep stack
# one such factor for each layer on the way leaves the first next to nothing. This is the vanishing
# gradient.
#
# Here is the squeeze itself: the sigmoid, its slope, and where the sums of the first layer fall.
# Turn live mode on (`^t`) and nudge `stddev` up: the sums spread until most of them lie where the
# slope is next to nothing.

# %%
sums = np.clip(signal @ weights[0], -8, 8)
counts, edges = np.histogram(sums, bins=32, range=(-8, 8))
middles, shares = (
    (edges[:-1] + edges[1:]) / 2,
    counts / counts.sum(),
)
lab.line(
    "The sigmoid, and where the sums fall",
    {
        "sigmoid": (z.numpy(), squeezed.numpy()),
        "its slope": (z.numpy(), slope.numpy()),
        "share of the sums": (middles, shares),
    },
    y_range=(0, 1),
    x_label="sum that goes into a unit",
)

# %% [markdown] id="why-small"
# So why are weights small at all? Because large ones push the sigmoid to its flat ends near 0 and
# 1. There a unit is a switch: it hardly notices small changes, and it learns badly. A deep stack of
# them has no good size between the two, only a compromise. That is why today's networks use
# activations such as ReLU, choose the size by the width (Keras: `glorot_uniform`, `he_normal`), and
# leave ways around the layers, as in the lesson on residual blocks.

# %% [markdown] id="start-of-a-layer"
# ## A start for one layer
# This function makes the weights and the bias of a layer, and every unit comes out alike. Mend it:
# the weights should be drawn with this standard deviation, and none be further out than twice that.


# %% Make the units differ id="units-differ" tags=["exercise"]
### HINT What do units need so that each gets a gradient of its own?
### HINT Draw the weights with `tf.random.truncated_normal`; the bias is right as it is.
def start_layer(inputs, units, stddev):
    """Weights within two standard deviations, and a bias."""
    ### BEGIN SOLUTION
    weights = tf.random.truncated_normal(
        (inputs, units), stddev=stddev
    )
    ### END SOLUTION
    ### BEGIN STARTER
    # weights = stddev * tf.ones((inputs, units))
    ### END STARTER
    return weights, tf.zeros((units,))


# %%
def units_differ(inputs, units):
    drawn, _ = start_layer(inputs, units, 0.1)
    return bool(tf.reduce_any(drawn[:, 0] != drawn[:, 1]))


def reaches_far_enough(stddev):
    drawn, _ = start_layer(64, 32, stddev)
    largest = tf.reduce_max(tf.abs(drawn))
    return bool(stddev < largest <= 2 * stddev)


lab.check(
    "the units differ", units_differ, cases=[((64, 32), True)]
)
lab.check(
    "the largest weight is one to two standard deviations",
    reaches_far_enough,
    cases=[(0.1, True), (1.0, True)],
)
lab.check(
    "the bias",
    lambda units: start_layer(4, units, 0.1)[1],
    cases=[(3, tf.zeros((3,)))],
)

# %% [markdown]
# ## Goals

# %%
lab.goal(
    "Balance a stack of 8 layers or more: a ratio between 0.3 and 3",
    layers >= 8 and 0.3 < gradient_ratio < 3,
    hint=(
        "The weights must make up for the slope of 1/4 in each layer, and more.",
        "Raise stddev past 1 and watch the ratio: try 2.2. Look at `saturated`, too.",
    ),
    id="balanced",
)
lab.goal(
    "Compromise: 8 layers, a ratio above 0.001 and less than a quarter of the outputs saturated",
    layers >= 8 and gradient_ratio > 1e-3 and saturated < 0.25,
    hint=(
        "Look for a stddev between the default and the balanced one.",
        "0.5 keeps the sigmoids in their steep part and more gradient alive than 0.1.",
    ),
    id="compromise",
)
lab.goal(
    "With stddev 0.1, let the first layer get less than a billionth of the last one's gradient",
    stddev == 0.1 and gradient_ratio < 1e-9,
    hint=(
        "Each further layer takes away about the same factor.",
        "See in the table how much one layer costs, and count on: try 14 layers.",
    ),
    id="vanished",
)
lab.goal(
    "Saturate the stack: more than half of its outputs within 0.01 of 0 or 1",
    saturated > 0.5,
    hint=(
        "A sigmoid is flat where its input is far from 0. What makes its input large?",
        "Large weights do: set stddev to 5. The ratio is large too, which is the exploding gradient.",
    ),
    id="saturated",
)

# %% [markdown]
# ## What you saw
# Random weights make units different; their size decides how much gradient reaches the first
# layers. Too small and it vanishes, too large and the sigmoids saturate. Biases start at zero. No
# size is good for a deep stack of sigmoids. Could the gradient go around the layers instead?
