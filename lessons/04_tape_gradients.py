# %% [markdown]
# # The gradient tape
# Training means asking, for every weight: if you grew a little, would the loss grow or shrink?
# That answer is a derivative. TensorFlow gets it by recording what you compute on a **tape** and
# playing the recording backwards.
#
# Three ways to a derivative stand side by side here: the tape, a finite difference, and the
# formula from school. Watch where they part.

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

x: Annotated[
    float,
    Meta(
        ge=-1.4,
        le=10_000,
        description="Where the slopes are taken",
    ),
] = 3.0

# %%
import numpy as np
import tensorflow as tf

from tflab import lab

# %% [markdown] id="record"
# ## Record, then play back
# Inside the `with` block every operation on a variable is noted down. `tape.gradient(y, point)`
# then walks from `y` back to `point` and multiplies the slopes of the steps on its way: the chain
# rule, done for you. A variable is watched without asking.

# %%
point = tf.Variable(x, dtype=tf.float32)
with tf.GradientTape() as tape:
    y = point**2
dx = tape.gradient(y, point)
print("y     =", y.numpy())
print("dy/dx =", dx.numpy())
lab.show(dx=float(dx))
lab.predict(
    "What is the slope of x² at your x?",
    float(dx),
    within=0.01,
    id="slope-of-square",
)

# %% [markdown]
# Asking for a gradient erases the tape, so asking again is an error. (Write
# `tf.GradientTape(persistent=True)` to keep it.)

# %%
try:
    tape.gradient(y, point)
except RuntimeError as error:
    print("RuntimeError:", str(error).split("(")[0])

# %% [markdown] id="watch"
# ## A constant must be watched
# The tape could record everything, but keeping every step of everything would waste memory. So it
# follows variables, which training changes, and leaves constants alone. `tape.watch` says that you
# mean this one. What do you get if you forget it?

# %%
fixed = tf.constant(x, dtype=tf.float32)
with tf.GradientTape() as tape:
    y = fixed**2
unwatched = tape.gradient(y, fixed)

with tf.GradientTape() as tape:
    tape.watch(fixed)
    y = fixed**2
watched = tape.gradient(y, fixed)
print("unwatched:", unwatched)
print("watched:  ", watched.numpy())
lab.show(unwatched=unwatched)
lab.predict(
    "What is the gradient of a constant that nobody watched?",
    "None" if unwatched is None else "a number",
    choices=["0", "a number", "None"],
    id="unwatched-constant",
)

# %% [markdown]
# No number, and no error here: that comes later, where a step multiplies `None`. And an optimizer
# that has other slopes to work on only warns. Here it is again. Mend it.


# %% A slope that is None id="slope-at" tags=["exercise"]
### HINT `place` comes in as a constant. What must the tape be told, and when?
### HINT Watch it before the function is called.
def slope_at(function, place):
    """The slope of `function` at a constant."""
    with tf.GradientTape() as tape:
        ### BEGIN SOLUTION
        tape.watch(place)
        y = function(place)
        ### END SOLUTION
        ### BEGIN STARTER
        # y = function(place)
        ### END STARTER
    return tape.gradient(y, place)


# %%
lab.check(
    "slope_at",
    slope_at,
    cases=[
        ((tf.square, tf.constant(3.0)), tf.constant(6.0)),
        ((tf.exp, tf.constant(0.0)), tf.constant(1.0)),
    ],
)

# %% [markdown] id="chain-rule"
# ## A longer chain
# For `ln(2x + 3)` the rule gives `2 / (2x + 3)`: the slope of the outside times the slope of the
# inside. The tape gets there without ever seeing a formula.


# %%
def logarithm(p):
    """ln(2p + 3)"""
    return tf.math.log(2 * p + 3)


with tf.GradientTape() as tape:
    y = logarithm(point)
dlog = tape.gradient(y, point)
lab.show(dlog=float(dlog))
dlog

# %% [markdown] id="several-sources"
# ## Several sources at once
# A network has many weights, and one playback answers for all of them: pass a list, get a list.
# Here `(x1 + 2·x2)²` is taken at (3, 1). `x2` is marked `trainable=False`, so the tape passes it
# over unless it is watched.

# %%
x1 = tf.Variable(3.0)
x2 = tf.Variable(1.0, trainable=False)
with tf.GradientTape() as tape:
    tape.watch(x2)
    y = (x1 + 2 * x2) ** 2
partials = [
    float(gradient) for gradient in tape.gradient(y, [x1, x2])
]
print("∂y/∂x1, ∂y/∂x2 =", partials)
lab.show(partials=partials)

# %% [markdown] id="three-ways"
# ## Three derivatives side by side
# A finite difference measures the slope: take the function a little to the left and a little to
# the right, and divide. It needs no rules at all, only subtraction, and that is its weakness.
# `float32` keeps about 7 digits, and two nearly equal numbers lose most of them when subtracted.

# %%
h = 1e-3


def finite_difference(function, at):
    """The slope of `function` between at − h and at + h."""
    left, right = (
        tf.constant(at - h, tf.float32),
        tf.constant(at + h, tf.float32),
    )
    return float((function(right) - function(left)) / (2 * h))


rows = [
    ("x²", float(dx), finite_difference(tf.square, x), 2 * x),
    (
        "ln(2x+3)",
        float(dlog),
        finite_difference(logarithm, x),
        2 / (2 * x + 3),
    ),
    (
        "∂/∂x1",
        partials[0],
        finite_difference(lambda p: (p + 2) ** 2, 3.0),
        2 * (3 + 2),
    ),
    (
        "∂/∂x2",
        partials[1],
        finite_difference(lambda p: (3 + 2 * p) ** 2, 1.0),
        4 * (3 + 2),
    ),
]
print(
    "function       tape  off by  difference  off by  formula"
)
for name, taped, measured, exact in rows:
    tape_off, diff_off = (
        abs(taped - exact),
        abs(measured - exact),
    )
    print(
        f"{name:8} {taped:10.6g} {tape_off:7.0e} "
        f"{measured:11.6g} {diff_off:7.0e} {exact:8.6g}"
    )

# %% [markdown]
# Would a smaller step help? A line through two far points has the slope of the curve only roughly,
# so a shorter step is better in theory. Here is ln(2x + 3) again, with steps from 1 down to 0.00001
# (the longest are left out where they would reach past the end of the logarithm).

# %%
exact = 2 / (2 * x + 3)
steps, measured = [], []
for h in (1.0, 0.1, 0.01, 1e-3, 1e-4, 1e-5):
    if 2 * (x - h) + 3 > 0:
        steps.append(h)
        measured.append(finite_difference(logarithm, x))
errors = [abs(slope - exact) for slope in measured]
for h, slope, error in zip(
    steps, measured, errors, strict=True
):
    print(
        f"h = {h:<6g} slope {slope:10.6f}   off by {error:.1e}"
    )
difference_error = min(errors)
best_step = steps[errors.index(difference_error)]
shortest = measured[-1]
tape_error = abs(float(dlog) - exact)
closer = (
    "the tape"
    if tape_error < difference_error
    else "the finite difference"
)
lab.show(
    difference_error=difference_error,
    tape_error=tape_error,
    best_step=best_step,
    shortest=shortest,
)
lab.predict(
    "Which comes closer to the formula: the tape, or the difference with its best step?",
    "a tie" if tape_error == difference_error else closer,
    choices=["the tape", "the finite difference", "a tie"],
    id="closer-to-formula",
)

# %% [markdown] id="v-of-errors"
# Two errors pull against each other. A long step takes in too much of the curve. A short one
# subtracts two numbers that share most of their digits, until x itself can no longer be moved by so
# little. The picture shows both as a V, with the best step at its tip; where the curve is nearly
# straight, at large x, little is left but its left half, where the steps are short. The tape has no
# step to choose.

# %%
widths, misses = [], []
for h in np.geomspace(1e-6, 1, 40):
    if 2 * (x - h) + 3 > 0:
        widths.append(h)
        misses.append(
            abs(finite_difference(logarithm, x) - exact)
        )
lab.line(
    "How far off is the finite difference?",
    {
        "difference": (widths, np.maximum(misses, 1e-9)),
        "tape": (
            widths,
            np.full(len(widths), max(tape_error, 1e-9)),
        ),
    },
    log_x=True,
    log_y=True,
    x_label="step h",
    y_label="off by",
)

# %% [markdown]
# The next picture shows x² with the tape's slope as a straight line that touches it.

# %%
reach = max(abs(x), 1.0)
xs = np.linspace(x - reach, x + reach, 60)
lab.line(
    "x² and its tangent",
    {
        "x²": (xs, xs**2),
        "tangent": (xs, x**2 + float(dx) * (xs - x)),
    },
    points={"here": [(x, x**2)]},
    x_label="x",
    y_label="y",
)

# %% [markdown]
# ## Goals

# %%
lab.goal(
    "Find where x² falls with a slope of −1",
    abs(float(dx) + 1) < 1e-3,
    hint=(
        "x² falls on one side of 0 only.",
        "Its slope is 2x, so solve 2x = −1.",
    ),
    id="slope-of-minus-one",
)
lab.goal(
    "Find where x² and ln(2x+3) climb equally fast, to 0.02",
    abs(float(dx) - float(dlog)) < 0.02,
    hint=(
        "Set the two formulas in the table equal: 2x = 2 / (2x + 3).",
        "That is 2x² + 3x − 1 = 0, which has one solution between 0.25 and 0.3.",
    ),
    id="equal-slopes",
)
lab.goal(
    "Blind the finite difference: let its shortest step measure a slope of exactly 0, while the tape is right",
    shortest == 0 and tape_error < 1e-6,
    hint=(
        "Seven digits: how large must x be so that adding 0.00001 leaves it as it was?",
        "The larger x, the fewer digits are left for the step. Try x in the thousands.",
    ),
    id="difference-fails",
)

# %% [markdown]
# ## What you saw
# The tape records operations and plays them back through the chain rule: exact to the type's
# precision, and one playback serves any number of sources. It follows variables by itself and
# constants only when told. The finite difference needs no rules but loses digits, so it is the
# check, not the tool. A gradient is itself something computed. Can a tape record that, too?
