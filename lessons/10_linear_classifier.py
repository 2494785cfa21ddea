# %% [markdown]
# # Linear classifier: from scratch
# Two clouds of points, and one straight line that is to keep them apart. There is no Keras here:
# the model is a matrix product, and the training step is six lines, which you will write.
#
# Watch two things while it runs: the loss falls fast and then slowly, and the line turns into the
# gap between the clouds.

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

samples_per_class: Annotated[
    int,
    Meta(ge=10, le=100_000, description="Points in each cloud"),
] = 1000
learning_rate: Annotated[
    float,
    Meta(
        ge=1e-4,
        le=10,
        description="Size of each gradient step",
    ),
] = 0.1
steps: Annotated[
    int,
    Meta(
        ge=1,
        le=100_000,
        description="Full-batch training steps",
    ),
] = 40

# %%
import numpy as np
import tensorflow as tf

from tflab import lab

# %% [markdown] id="clouds"
# ## Two clouds
# Both clouds have the same oval shape: the covariance says how far it spreads and how it leans.
# Only the centres differ, (0, 3) and (3, 0). The first cloud gets the target 0, the second the
# target 1.

# %%
covariance = [[1, 0.5], [0.5, 1]]
# The seed in the form starts TensorFlow, which starts this.
seed = tf.random.uniform((), maxval=1_000_000, dtype=tf.int32)
random = np.random.default_rng(int(seed))
cloud_0 = random.multivariate_normal(
    (0, 3), covariance, samples_per_class
)
cloud_1 = random.multivariate_normal(
    (3, 0), covariance, samples_per_class
)
inputs = tf.constant(np.vstack([cloud_0, cloud_1]), tf.float32)
targets = tf.constant(
    np.repeat([[0.0], [1.0]], samples_per_class, axis=0),
    tf.float32,
)
print("inputs ", inputs.shape, inputs.dtype.name)
print("targets", targets.shape, targets.dtype.name)

# %% [markdown] id="affine-model"
# ## The model
# `W` holds one weight for each coordinate, `b` is one number. The prediction is a weighted sum, and
# broadcasting adds `b` to each of them: an **affine transformation**. Above 0.5 a point counts as
# cloud 1. The loss is the **mean squared error**: how far the predictions lie from 0 and 1,
# squared, on average.

# %%
W = tf.Variable(tf.random.uniform((2, 1)))
b = tf.Variable(tf.zeros((1,)))


def predict(points):
    """Turn points (n, 2) into predictions (n, 1)."""
    return tf.matmul(points, W) + b


def square_loss(targets, predictions):
    """The mean of the squared misses."""
    return tf.reduce_mean(tf.square(targets - predictions))


# %% [markdown] id="boundary"
# ## The picture
# The boundary is where the prediction is exactly 0.5: `w1·x + w2·y + b = 0.5`. Solved for y that is
# `y = −w1/w2 · x + (0.5 − b)/w2`. With three coordinates it would be a plane, with more a
# **hyperplane**: always one dimension less than the data. At most 30 frames are taken, with 100
# points of each cloud: enough to see, and too few to slow the training down.

# %%
shown = {"cloud 0": cloud_0[:100], "cloud 1": cloud_1[:100]}
ends = np.array([-4.0, 7.0])


def draw_boundary(step):
    """Add a frame with the boundary before this step."""
    (w1,), (w2,) = W.numpy()
    ys = -w1 / w2 * ends + (0.5 - b.numpy()[0]) / w2
    lab.scatter(
        "Boundary between the clouds",
        shown,
        lines={"boundary": (ends, ys)},
        x_range=(-4, 7),
        y_range=(-4, 7),
        step=step,
    )


frame_steps = {
    int(step)
    for step in np.linspace(0, steps, min(steps + 1, 30))
}

# %% [markdown] id="full-batch"
# ## Training
# One step: predict, measure the loss, play the tape back, and walk a little against the gradient.
# Every step sees all points at once, which is called a full batch: that costs the most per step,
# and gives the best direction, without noise, so that a larger rate is allowed. All the pieces
# stand above. Put them together.


# %% One training step id="training-step" tags=["exercise"]
### HINT What has to be written down inside the tape, so that it can be played back?
### HINT The loss of the predictions. Then `tape.gradient`, and `assign_sub` for W and for b.
def training_step(inputs, targets):
    """One gradient step; returns the loss before it."""
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        loss = square_loss(targets, predict(inputs))
    grad_W, grad_b = tape.gradient(loss, [W, b])
    W.assign_sub(learning_rate * grad_W)
    b.assign_sub(learning_rate * grad_b)
    return loss
    ### END SOLUTION


# %%
def try_step(point, target):
    """Loss, W and b after a step from W = (1, 0) and b = 0."""
    kept = W.numpy(), b.numpy()
    W.assign([[1.0], [0.0]])
    b.assign([0.0])
    try:
        loss = training_step(
            tf.constant([point]), tf.constant([[target]])
        )
        return [float(loss), *W.numpy()[:, 0], *b.numpy()]
    finally:
        W.assign(kept[0])
        b.assign(kept[1])


lab.check(
    "training_step",
    try_step,
    cases=[
        (
            ([2.0, 1.0], 0.0),
            [
                4.0,
                1 - 8 * learning_rate,
                -4 * learning_rate,
                -4 * learning_rate,
            ],
        )
    ],
)

# %%
for step in lab.track(range(steps)):
    if step in frame_steps:
        draw_boundary(step)
    loss = training_step(inputs, targets)
    lab.log(step, loss=loss)
    if step == 0:
        first_loss = loss
draw_boundary(steps)

# %% [markdown]
# ## What came out
# `loss` is measured once more after the last step. The accuracy counts the points on their own
# side of the line.

# %%
predictions = predict(inputs)
loss = float(square_loss(targets, predictions))
right_side = tf.equal(predictions > 0.5, targets > 0.5)
accuracy = float(
    tf.reduce_mean(tf.cast(right_side, tf.float32))
)
lab.show(loss=loss, accuracy=accuracy, W=W, b=b)
lab.predict(
    "Will the loss end above or below where it began?",
    "below" if loss < float(first_loss) else "above",
    choices=["above", "below"],
    id="loss-at-end",
)

# %%
W

# %% [markdown] id="least-squares"
# ## How good can it get?
# For a straight line and squared misses there is a best answer, and linear algebra gives it without
# any steps: least squares. No amount of training gets below it. With more steps the loss keeps
# falling, while the accuracy hardly moves: squared misses punish even a point that lies far on the
# right side.

# %%
columns = np.hstack(
    [inputs.numpy(), np.ones((len(inputs), 1))]
).astype("float64")
best, *_ = np.linalg.lstsq(columns, targets.numpy(), rcond=None)
optimum = float(
    np.mean((columns @ best - targets.numpy()) ** 2)
)
lab.show(optimum=optimum, excess=loss / optimum - 1)
print(f"loss {loss:.4g}, least squares {optimum:.4g}")

# %% [markdown] id="rate-limit"
# ## Where it breaks
# The loss is a bowl, steep one way and flat another. A step longer than twice the way to the bottom
# lands higher than it started, then higher again. The steepest curvature, the largest eigenvalue
# of the second derivatives, says where that begins: at the rate `2 / curvature`. The flattest says
# how slow the rest will be.

# %%
curvatures = np.linalg.eigvalsh(
    2 * columns.T @ columns / len(columns)
)
print(
    "steepest:",
    f"{curvatures[-1]:.2f}",
    " flattest:",
    f"{curvatures[0]:.2f}",
)

# %%
limit = float(2 / curvatures[-1])
lab.show(limit=limit)
lab.predict(
    "What is the smallest learning rate at which this loop diverges?",
    limit,
    within=0.1,
    id="largest-rate",
)

# %% [markdown]
# ## Goals

# %%
lab.goal(
    "Diverge on purpose: end with a larger loss than at the start",
    not loss <= float(first_loss),
    hint=(
        "Steps can be too long: raise learning_rate little by little.",
        "The limit is 2 / curvature, near 0.15 here. Try 0.2.",
    ),
    id="diverges",
)
lab.goal(
    "Come within 0.1 % of the least-squares loss",
    loss <= 1.001 * optimum,
    hint=(
        "The loss was still falling when it stopped.",
        "The flat direction needs more steps, not longer ones: set learning_rate back to 0.1, and try steps at 100 and more.",
    ),
    id="near-least-squares",
)
lab.goal(
    "Get by with fewer steps: a loss under 0.03 in 30 steps",
    loss < 0.03 and steps <= 30,
    hint=(
        "Fewer steps must each go further, but there is a limit.",
        "Set steps to 30 and learning_rate to 0.13, a little below the limit.",
    ),
    id="fewer-steps",
)
lab.goal(
    "Train at 95 to 100 % of the limit and still end below where you began",
    0.95 * limit <= learning_rate < limit
    and loss < float(first_loss),
    hint=(
        "The results show `limit`. It depends on the points, so on the seed as well.",
        "Multiply `limit` by 0.97 and take that as learning_rate. Watch the loss zigzag.",
    ),
    id="near-the-limit",
)

# %% [markdown]
# ## What you saw
# A classifier is a weighted sum and a threshold. Gradient descent turned its line into the gap,
# fast along the steep direction and slowly along the flat one. The learning rate has a hard limit,
# and the data sets it. And you wrote the step yourself. Each step looked at all points, for one
# small move. Must it?
