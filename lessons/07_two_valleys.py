# %% [markdown]
# # Two valleys: when downhill is not far enough
# The curves in *Walking downhill* had one bottom each, so a small enough step always led there. The
# loss of a network is not so kind: it may have several valleys, and the slope knows nothing of a
# deeper one behind the hill. You will walk down a curve with two valleys, get caught in the wrong
# one, and find three ways out.
#
# Watch the mark on the curve: does it carry enough speed to cross the hill?

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

start: Annotated[
    float,
    Meta(ge=-3, le=3, description="Where the walk begins"),
] = 3.0
momentum: Annotated[
    float,
    Meta(
        ge=0,
        lt=1,
        description="How much of the last step is kept",
    ),
] = 0.0
learning_rate: Annotated[
    float,
    Meta(
        gt=0, le=0.4, description="Size of each gradient step"
    ),
] = 0.01
noise: Annotated[
    float,
    Meta(
        ge=0,
        le=100,
        description="Random error of each slope, fading to 0",
    ),
] = 0.0
restarts: Annotated[
    int,
    Meta(
        ge=0,
        le=20,
        description="Further walks from random starts",
    ),
] = 0

# %%
import numpy as np
import tensorflow as tf

from tflab import lab

# %% [markdown] id="flat-places"
# ## A curve with two valleys
# `J(θ) = θ⁴/4 − 2θ² + 0.6θ`. Its slope is zero at three places: at the bottom of each valley and on
# top of the hill between them. At all three the gradient says the same thing: nothing to do here.
# Below, from left to right: the deep valley, the hill, the shallow valley.


# %%
def cost_at(theta):
    """J(θ) = θ⁴/4 − 2θ² + 0.6θ"""
    return theta**4 / 4 - 2 * theta**2 + 0.6 * theta


flat_places = np.sort(np.roots([1.0, 0.0, -4.0, 0.6]).real)
deep, hill, shallow = flat_places
print("θ", np.round(flat_places, 3))
print("J", np.round(cost_at(flat_places), 3))
lab.show(deep=deep, hill=hill, shallow=shallow)

# %% [markdown] id="local-minimum"
# The bottom of a valley is a **local minimum**: from there every small step leads up. The lowest of
# them all is the **global minimum**. Nothing that you can feel at a local minimum tells whether it
# is the global one.
#
# ## One walk
# The step with a memory: `v ← α·v − η · dJ/dθ`, then `θ ← θ + v`. With α = 0 it is plain descent. A
# ball with momentum does not stop where the ground is flat: it rolls on a little way, as if to test
# whether this really was the bottom. Write the first half of the step.


# %% A step with a memory id="step-with-memory" tags=["exercise"]
### HINT A share of the old speed stays, and the slope pushes the other way.
### HINT Translate `α·v − η · dJ/dθ`: `keep` is α and `rate` is η.
def next_speed(speed, slope, keep, rate):
    """The new speed: what is kept, and the push downhill."""
    ### BEGIN SOLUTION
    return keep * speed - rate * slope
    ### END SOLUTION


# %%
lab.check(
    "next_speed",
    next_speed,
    cases=[
        ((1.0, 2.0, 0.5, 0.1), 0.3),
        ((0.0, -3.0, 0.9, 0.01), 0.03),
        ((-2.0, 0.0, 0.9, 0.01), -1.8),
    ],
)

# %%
theta, v = tf.Variable(0.0), tf.Variable(0.0)


@tf.function
def step_downhill(error):
    """One step; `error` is added to the slope."""
    with tf.GradientTape() as tape:
        cost = cost_at(theta)
    slope = tape.gradient(cost, theta) + error
    speed = v.value()
    v.assign(next_speed(speed, slope, momentum, learning_rate))
    theta.assign_add(v)
    return cost


steps = 1500


def walk(begin, log=False):
    """Walk from `begin`; return every place on the way."""
    theta.assign(begin)
    v.assign(0.0)
    places = [begin]
    fade = noise * tf.linspace(1.0, 0.0, steps)
    errors = tf.unstack(fade * tf.random.normal((steps,)))
    for step, error in enumerate(errors):
        cost = step_downhill(error)
        places.append(float(theta))
        if log:
            lab.log(step, cost=cost)
    return places


path = walk(start, log=True)
end = path[-1]
valley = "deep" if end < hill else "shallow"
if not np.ptp(path[-20:]) < 0.1:
    valley = "neither"
lab.predict(
    "In which valley does the first walk end?",
    valley,
    choices={
        "deep": "the deep one",
        "shallow": "the shallow one",
        "neither": "in neither: it does not come to rest",
    },
    id="which-valley",
)
print(f"from {start:g} to {end:.3f}, cost {cost_at(end):.3f}")

# %%
curve = np.linspace(-3.2, 3.2, 120)
frames = np.unique(np.geomspace(1, steps, 30).astype(int))
start_mark = [(start, cost_at(start))]
for frame in [0, *frames]:
    now = [(path[frame], cost_at(path[frame]))]
    lab.line(
        "J(θ) and the walk over it",
        {"J(θ)": (curve, cost_at(curve))},
        points={"start": start_mark, "now": now},
        x_range=(-3.2, 3.2),
        y_range=(-6, 4),
        x_label="θ",
        y_label="J(θ)",
        step=int(frame),
    )

# %% [markdown] id="restarts"
# ## Further walks
# Nothing in one walk can tell that a deeper valley exists. Several walks can: start each at another
# random place and keep the best. Or give each slope a random error, the `noise`: by chance it may
# carry a walk over the hill.

# %%
starts = tf.random.uniform((restarts,), -3, 3).numpy()
ends = [end]
for begin in lab.track(starts):
    ends.append(walk(float(begin))[-1])
    print(f"from {begin:6.3f} to {ends[-1]:6.3f}")
# A walk that left the curve ended nowhere.
places = [place for place in ends if np.isfinite(place)]
best = min(places or [end], key=cost_at)
in_deep = [float(place) < hill for place in ends]
share_deep = float(np.mean(in_deep))
lab.show(end=end, best=best, best_cost=cost_at(best))
lab.show(share_deep=share_deep)

# %% [markdown] id="momentum-and-height"
# How much momentum it takes depends on how high the walk starts above the hill: speed comes from
# height. With small steps no momentum is enough for a start below the top of the hill, since a ball
# never rolls higher than where it was let go. (A long step is no ball: it may leap over the hill,
# swing about without coming to rest, or leave the curve for good.)
#
# Real losses have millions of parameters. There a flat place is a valley only if the loss rises in
# *every* direction, which seldom happens by chance. Most flat places are **saddles**: up in some
# directions and down in others. That is one reason why noise helps, such as that of
# looking at only a few examples at a time.
#
# ## Goals
# The first two are about momentum alone: leave the learning rate as it is.

# %%
alone = restarts == noise == 0 and learning_rate == 0.01
lab.goal(
    "Start at 3 and let momentum alone carry the walk into the deep valley",
    alone and start == 3 and momentum > 0 and end < hill,
    hint=(
        "The ball must still be fast when it reaches the first bottom. What makes it lose speed?",
        "Keep more of each step: raise momentum to 0.95.",
    ),
    id="escape-by-momentum",
)
lab.goal(
    "Find a start right of the hill from which even a momentum of 0.99 does not escape",
    alone and momentum >= 0.99 and start > hill and end > hill,
    hint=(
        "How high must the ball be let go to cross the hill?",
        "Below the hill's height: try a start of 2.3.",
    ),
    id="momentum-is-not-enough",
)
lab.goal(
    "Start at 2.3 and reach the deep valley all the same",
    start == 2.3 and best < hill,
    hint=(
        "One walk downhill cannot. What could push it, or what else could begin elsewhere?",
        "Give it 10 restarts. Noise of 40 also helps, but not every time: try other seeds.",
    ),
    id="escape-anyway",
)

# %% [markdown]
# ## What you saw
# The gradient leads to a bottom, not to the lowest one. Momentum rolls through a flat place and
# over a low hill; noise and restarts find valleys that no slope points to. None of them can promise
# that the deepest valley was found. Here the valleys were given. Where does one come from when all
# you have is data?
