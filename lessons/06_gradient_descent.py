# %% [markdown] id="cost-story"
# # Walking downhill
# The **cost** says how far a model is from what you want of it: 0 would be perfect. So learning
# means to find where the cost is low. Gradient descent does that, and is one line: change the
# parameter a little against the slope, again and again. You will walk down `J(w) = w² − 10w + 25`
# from `w = 0` with an optimizer of your choice, then take the bare rule by hand and find the
# learning rate at which it breaks.
#
# Watch the path: does it creep, march, overshoot or swing?

# %% tags=["parameters"]
from typing import Annotated, Literal

from tflab import Meta

optimizer: Annotated[
    Literal["sgd", "momentum", "adam"],
    Meta(description="Rule that turns slopes into steps"),
] = "adam"
learning_rate: Annotated[
    float, Meta(gt=0, le=10, description="Size of each step")
] = 0.1
steps: Annotated[
    int, Meta(ge=1, le=20_000, description="Number of steps")
] = 1001

# %%
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras
import numpy as np
import tensorflow as tf

from tflab import lab

# %% [markdown] id="slope-and-direction"
# ## The valley
# `J(w) = w² − 10w + 25` is the same as `(w − 5)²`: the lowest point is at w = 5, where the cost is
# 0. Three ways tell the slope at a few places: the tape, a finite difference and the formula `2w −
# 10`. All say the same: left of 5 the slope is negative, so walking against it leads right.


# %%
def cost_at(w):
    """J(w) = w² − 10w + 25"""
    return w**2 - 10.0 * w + 25.0


places = tf.Variable([0.0, 4.0, 5.0, 8.0])
with tf.GradientTape() as tape:
    heights = cost_at(places)
taped = tape.gradient(heights, places).numpy()
h = 1e-3
print("    w     tape   off by  difference   off by   formula")
for w_here, slope in zip(
    places.numpy().astype("float64"), taped, strict=True
):
    rise = cost_at(w_here + h) - cost_at(w_here - h)
    measured, exact = rise / (2 * h), 2 * w_here - 10
    tape_off, diff_off = (
        abs(slope - exact),
        abs(measured - exact),
    )
    print(
        f"{w_here:5.1f}{slope:9.4f}{tape_off:9.1e}"
        f"{measured:12.4f}{diff_off:9.1e}{exact:10.4f}"
    )

# %% [markdown] id="optimizers"
# ## The optimizer
# Plain SGD steps by `learning_rate · slope`; at w = 0 the slope is −10. Momentum keeps nine tenths
# of the last step and adds the new one. Adam divides by the recent size of the slope, which at the
# first step is the slope itself.
#
# `apply_gradients` takes pairs of a slope and its variable. Here it is one pair; for many, `zip`
# makes them: `zip(slopes, variables)`. `tf.function` makes one step a graph. At most 25 frames of
# the path are drawn, close together at the start, where the most happens.

# %%
rules = {
    "sgd": keras.optimizers.SGD(learning_rate),
    "momentum": keras.optimizers.SGD(
        learning_rate, momentum=0.9
    ),
    "adam": keras.optimizers.Adam(learning_rate),
}
rule = rules[optimizer]
w = tf.Variable(0.0)
rule.build([w])


@tf.function
def descend():
    """One step downhill; returns the cost before it."""
    with tf.GradientTape() as tape:
        cost = cost_at(w)
    rule.apply_gradients([(tape.gradient(cost, w), w)])
    return cost


valley = np.linspace(-2, 12, 80)
frames = {
    round(step) - 1 for step in np.geomspace(1, steps + 1, 25)
}
path = [(0.0, 25.0)]


def draw_path(step):
    """Add a frame with the places visited so far."""
    seen = (
        np.unique(np.geomspace(1, len(path), 60).astype(int))
        - 1
    )
    lab.line(
        "J(w) and the path over it",
        {"J(w)": (valley, cost_at(valley))},
        points={
            "path": [path[i] for i in seen],
            "now": path[-1:],
        },
        x_range=(-2, 12),
        y_range=(0, 50),
        x_label="w",
        y_label="J(w)",
        step=step,
    )


w_first = 0.0
for step in lab.track(range(steps)):
    if step in frames:
        draw_path(step)
    lab.log(step, cost=descend())
    here = float(w)
    path.append((here, cost_at(here)))
    if step == 0:
        w_first = here
draw_path(steps)

# %%
cost = float(cost_at(w))
lab.show(w_first=w_first, w=float(w), cost=cost)
lab.predict(
    "How far from 0 is w after the first step?",
    abs(w_first),
    within=0.05,
    id="first-step",
)
print(f"first step to {w_first:.7f}")
print(f"{steps} steps to {float(w):.6f}, cost {cost:.2e}")

# %% [markdown] id="bare-rule-story"
# Adam takes the size out of the slope and keeps its sign, so its first step is about the learning
# rate itself, however steep the hill. The other two step ten times as far here.
#
# ## The bare rule
# Now without any library: `θ ← θ − λ · dJ/dθ` on `J(θ) = (θ − 50)² + 100`, from 0, with the same
# learning rate as λ, for 200 steps at the most. One step takes the distance to 50 and multiplies it
# by `1 − 2λ`. So 0.1 leaves 80 % of the distance. Which λ leaves nothing? Write the rule.


# %% One step by the bare rule id="bare-rule" tags=["exercise"]
### HINT The slope points uphill, and you want to go the other way.
### HINT `θ − λ · dJ/dθ`: the slope stands in `slope`, λ in `rate`.
def one_step(function, theta, rate):
    """The place after one step down the slope."""
    with tf.GradientTape() as tape:
        tape.watch(theta)
        height = function(theta)
    slope = tape.gradient(height, theta)
    ### BEGIN SOLUTION
    return theta - rate * slope
    ### END SOLUTION
    ### BEGIN STARTER
    # return ...
    ### END STARTER


# %%
lab.check(
    "one_step",
    one_step,
    cases=[
        ((cost_at, tf.constant(0.0), 0.1), tf.constant(1.0)),
        ((cost_at, tf.constant(8.0), 0.25), tf.constant(6.5)),
        ((tf.square, tf.constant(3.0), 1.0), tf.constant(-3.0)),
    ],
)


# %%
def bare_cost_at(theta):
    """J(θ) = (θ − 50)² + 100"""
    return (theta - 50.0) ** 2 + 100.0


theta = tf.Variable(0.0)
bare_path = [0.0]
first_bare_cost = 50.0**2 + 100
for step in range(min(steps, 200)):
    place = theta.value()
    theta.assign(one_step(bare_cost_at, place, learning_rate))
    if step == 0:
        theta_first = float(theta)
    bare_path.append(float(theta))
bare = float(bare_cost_at(theta))
bare_valley = np.linspace(-20, 120, 80)
bare_seen = [p for p in bare_path if -20 <= p <= 120]
lab.line(
    "The bare rule over its valley",
    {"J(θ)": (bare_valley, bare_cost_at(bare_valley))},
    points={"path": [(p, bare_cost_at(p)) for p in bare_seen]},
    x_label="θ",
    y_label="J(θ)",
)
lab.show(
    theta=float(theta), theta_first=theta_first, theta_cost=bare
)
print(f"θ = {float(theta):.4f}, cost {bare:.4g}")

# %% [markdown] id="limit"
# And with a still larger λ? Look at `1 − 2λ` again: what it does to the distance depends on its
# size, not on its sign. The curvature of this valley, its second derivative, decides how large λ
# may be. Nested tapes measure it.

# %%
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        bare_cost = bare_cost_at(theta)
    bare_slope = inner.gradient(bare_cost, theta)
curvature = float(outer.gradient(bare_slope, theta))
limit = 2 / curvature
lab.show(curvature=curvature, limit=limit)
lab.predict(
    "What is the smallest λ at which the bare rule no longer settles?",
    limit,
    within=0.02,
    id="largest-rate",
)

# %% [markdown]
# At `λ = 1` the distance is multiplied by −1: the rule jumps from side to side for ever. Beyond it
# the distance grows. In any valley of this shape the limit is `2 / curvature`.
#
# The picture lets 120 walkers go at once, each with a λ of its own, and asks how high each stands
# after 20 steps. One of them is at the bottom after a single step. And where is the cliff?

# %%
rates = np.linspace(0.01, 1.2, 120).astype("float32")
walkers = tf.zeros_like(rates)
for _ in range(20):
    walkers = one_step(bare_cost_at, walkers, rates)
above = np.maximum(bare_cost_at(walkers) - 100, 1e-4)
lab.line(
    "Cost above the bottom after 20 steps, by λ",
    {"cost": (rates, above)},
    points={"λ = 2 / curvature": [(limit, 50.0**2)]},
    log_y=True,
    x_label="λ",
    y_label="cost",
)

# %% [markdown]
# ## Goals

# %%
lab.goal(
    "Let the bare rule hit the bottom in its first step",
    abs(theta_first - 50) < 1e-4,
    hint=(
        "Which λ makes `1 − 2λ` zero?",
        "λ = 0.5: set learning_rate to 0.5.",
    ),
    id="one-step",
)
lab.goal(
    "Let the bare rule swing for ever: after all steps as high as at the start",
    steps > 1
    and theta_first > 50
    and abs(bare - first_bare_cost) < 1e-3,
    hint=(
        "Each step should land on the other side, equally far away.",
        "1 − 2λ = −1 gives λ = 1.",
    ),
    id="swings-for-ever",
)
lab.goal(
    "Diverge on purpose: let the bare rule end higher than it began",
    not bare <= first_bare_cost + 1e-3,
    hint=(
        "The limit is in the results.",
        "Anything above 1 will do, such as 1.1.",
    ),
    id="diverges",
)
lab.goal(
    "Bring w within 0.001 of 5 in 30 steps or fewer",
    steps <= 30 and abs(float(w) - 5) < 1e-3,
    hint=(
        "Adam's steps are about as long as the learning rate. Does this valley need that caution?",
        "This valley has the same curvature as the bare rule's: sgd with a learning_rate of 0.4.",
    ),
    id="w-near-5",
)

# %% [markdown]
# ## What you saw
# The slope says which way, the learning rate how far. The plain rule never settles at a rate of `2
# / curvature` or more. Momentum bears a larger one, and Adam does not run away, since its steps are
# about as long as the rate. On a simple valley plain descent at the right rate beats both. This
# valley had a single bottom. What happens where there are two?
