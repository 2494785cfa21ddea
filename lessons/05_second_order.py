# %% [markdown]
# # Second order: derivatives of derivatives
# An apple falls. Its position is known: `4.9 · t²` metres after `t` seconds. How fast it moves is
# the derivative of that, and how fast the speed changes is the derivative once more. A tape
# inside a tape gives both.
#
# Watch what each derivative does to the curve: a parabola, then a straight line, then a constant.

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

time: Annotated[
    float,
    Meta(
        ge=0,
        le=10,
        description="Seconds since the apple was let go",
    ),
] = 0.0
order: Annotated[
    int,
    Meta(
        ge=1,
        le=6,
        description="How often to differentiate the polynomial",
    ),
] = 2

# %%
import numpy as np
import tensorflow as tf

from tflab import lab


def position(t):
    """How many metres the apple has fallen after t seconds."""
    return 4.9 * t**2


# %% [markdown] id="nested-tapes"
# ## A tape inside a tape
# The inner tape gives the speed. Because that happens inside the outer tape's `with` block, the
# outer tape records the playback too, and can differentiate it again.

# %%
t = tf.Variable(time, dtype=tf.float32)
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        fallen = position(t)
    speed = inner.gradient(fallen, t)
acceleration = outer.gradient(speed, t)
lab.show(
    fallen=float(fallen),
    speed=float(speed),
    acceleration=float(acceleration),
)
lab.predict(
    "How fast is the apple at your time, in m/s?",
    float(speed),
    within=0.02,
    id="speed-of-apple",
)

# %% [markdown]
# At `time` 0 the apple does not move yet, but its acceleration is already the full 9.8: the apple
# is about to move. It stays 9.8 all the way down.
#
# Here the same thing is written for any function, but it answers `None`. Which line stands in the
# wrong place?


# %% Let the outer tape hear it id="second-derivative" tags=["exercise"]
### HINT The outer tape records what happens inside its `with` block, and nothing else.
### HINT Push the line that asks the inner tape to the right, into the block of the outer one.
def second_derivative(function, at):
    """The derivative of the derivative of `function`."""
    with tf.GradientTape() as outer:
        outer.watch(at)
        with tf.GradientTape() as inner:
            inner.watch(at)
            y = function(at)
        ### BEGIN SOLUTION
        slope = inner.gradient(y, at)
        ### END SOLUTION
    ### BEGIN STARTER
    # slope = inner.gradient(y, at)
    ### END STARTER
    return outer.gradient(slope, at)


# %%
lab.check(
    "second_derivative",
    second_derivative,
    cases=[
        ((position, tf.constant(1.0)), tf.constant(9.8)),
        ((tf.exp, tf.constant(0.0)), tf.constant(1.0)),
        ((tf.sin, tf.constant(0.5)), -tf.sin(0.5)),
    ],
)

# %% [markdown] id="three-curves"
# ## Three curves
# The same nested tapes, asked for many times at once. Each moment's speed depends on that moment
# only, so one playback over the whole vector gives the speed at each.

# %%
moments = tf.Variable(
    np.linspace(0, max(time, 3.0), 61), dtype=tf.float32
)
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        positions = position(moments)
    speeds = inner.gradient(positions, moments)
accelerations = outer.gradient(speeds, moments)
ts = moments.numpy()
lab.line(
    "The falling apple",
    {
        "position (m)": (ts, positions.numpy()),
        "speed (m/s)": (ts, speeds.numpy()),
        "acceleration (m/s²)": (ts, accelerations.numpy()),
    },
    points={"now": [(time, float(fallen))]},
    x_label="seconds",
)

# %% [markdown]
# The speed curve starts out above the position curve; at t = 2 they cross. (Nothing happens to the
# apple there: metres and metres per second only share the axis.)
#
# ## Three derivatives side by side
# Measuring a second derivative takes three points and two divisions by the small step. Here the
# measurement is done in `float64` so that enough digits are left.

# %%
h = 1e-3
left, middle, right = (
    position(time + shift) for shift in (-h, 0.0, h)
)
rows = [
    (
        "speed",
        float(speed),
        (right - left) / (2 * h),
        9.8 * time,
    ),
    (
        "acceleration",
        float(acceleration),
        (right - 2 * middle + left) / h**2,
        9.8,
    ),
]
print(
    "                 tape  off by difference  off by formula"
)
for name, taped, measured, exact in rows:
    tape_off = abs(taped - exact)
    diff_off = abs(measured - exact)
    print(
        f"{name:12}{taped:9.4f}{tape_off:8.0e}"
        f"{measured:11.4f}{diff_off:8.0e}{exact:8.4f}"
    )

# %% [markdown] id="nth-derivative"
# ## As often as you like
# A function may call itself to nest as many tapes as the order asks for. The polynomial is `x⁴ +
# 2x³ − 5x + 1`, taken at x = −1, 0, 1 and 2. It is written with products only: the tape's rule for
# powers would meet `0 · x⁻¹` in the end, which is no number at x = 0.


# %%
def polynomial(p):
    """x⁴ + 2x³ − 5x + 1"""
    return p * (p * p * (p + 2) - 5) + 1


def derivative(function, p, times):
    """Differentiate again and again, tape inside tape."""
    if times == 0:
        return function(p)
    with tf.GradientTape() as tape:
        y = derivative(function, p, times - 1)
    return tape.gradient(y, p, unconnected_gradients="zero")


places = tf.Variable([-1.0, 0.0, 1.0, 2.0])
nth = derivative(polynomial, places, order).numpy().tolist()
for n in range(order + 1):
    values = derivative(polynomial, places, n).numpy()
    print(
        f"order {n}:",
        "  ".join(f"{value:7.1f}" for value in values),
    )
lab.show(nth=nth)
lab.predict(
    "What is the derivative of your order at x = 2?",
    nth[-1],
    within=0,
    id="derivative-at-2",
)

# %% [markdown]
# Each differentiation lowers the highest power by one. Once it has become a constant, nothing on
# the tape depends on `x` any more; `unconnected_gradients="zero"` turns the `None` that the tape
# would answer into the 0 that is meant.
#
# ## Goals

# %%
lab.goal(
    "Let the apple fall until it moves at 29.4 m/s",
    abs(float(speed) - 29.4) < 1e-3,
    hint=(
        "Each second adds 9.8 m/s.",
        "29.4 / 9.8 = 3 seconds.",
    ),
    id="speed-29",
)
lab.goal(
    "The branch is 20 m up: find when the apple hits the ground, to 10 cm",
    abs(float(fallen) - 20) < 0.1,
    hint=(
        "Read the position curve backwards: at which time does it pass 20?",
        "Solve 4.9 · t² = 20: t is the square root of 20 / 4.9.",
    ),
    id="hits-the-ground",
)
lab.goal(
    "Find the order whose derivative is the same everywhere, but not zero",
    len(set(nth)) == 1 and nth[0] != 0,
    hint=(
        "Look for a row of the table in which all four numbers agree.",
        "The highest power is x⁴, and each differentiation takes one power off.",
    ),
    id="constant-derivative",
)
lab.goal(
    "Go one further: a derivative that is zero everywhere",
    not any(nth),
    hint=(
        "What is the slope of a constant?",
        "One more than the highest power: order 5.",
    ),
    id="zero-derivative",
)

# %% [markdown]
# ## What you saw
# A gradient is itself a computation, so another tape can record it. Position, speed and
# acceleration are one function and its two derivatives. The tape's values agree with the formula to
# the last digits of `float32`. A slope says which way is down. If you follow it, how long should a
# step be?
