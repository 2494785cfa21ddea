# %% [markdown]
# # Batches and momentum
# How many examples should one step look at: one, some, or all? And should a step remember the last
# one? You will build softmax and cross-entropy by hand, check them against TensorFlow, and then
# train the same classifier with three sizes of batch.
#
# Watch two things: how much the loss swings from one batch to the next, and how far each way gets
# in the same number of epochs.

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

batch_size: Annotated[
    int,
    Meta(ge=1, le=150, description="Flowers in a mini-batch"),
] = 32
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
    Meta(gt=0, le=10, description="Size of each gradient step"),
] = 0.1
epochs: Annotated[
    int,
    Meta(ge=1, le=200, description="Passes over all flowers"),
] = 20

# %%
import math

import numpy as np
import tensorflow as tf

from tflab import lab

# %% [markdown] id="softmax-prose"
# ## From scores to probabilities
# The model gives each species a score, a **logit**. Softmax turns scores into probabilities: the
# exponential of each, divided by their sum. Written down just like that, it breaks for large
# scores: `exp(1000)` is infinity and the result no number at all. But only differences of scores
# matter.

# %%
logits = tf.constant(
    [[2.0, 1.0, -1.0], [0.0, 0.0, 0.0], [1000.0, 999.0, 0.0]]
)
labels = tf.constant([0, 2, 1])
naive = tf.exp(logits[2]) / tf.reduce_sum(tf.exp(logits[2]))
print("as written, last row:", naive.numpy())


# %% A softmax that survives 1,000 id="softmax" tags=["exercise"]
### HINT What changes if the same number is taken from all scores of a row?
### HINT Nothing. So take away what makes the largest score 0: `tf.reduce_max` with `keepdims=True`.
def softmax(scores):
    """Probabilities that add up to 1 in every row."""
    ### BEGIN SOLUTION
    raised = tf.exp(
        scores - tf.reduce_max(scores, axis=1, keepdims=True)
    )
    return raised / tf.reduce_sum(raised, axis=1, keepdims=True)
    ### END SOLUTION
    ### BEGIN STARTER
    # raised = tf.exp(scores)
    # return raised / tf.reduce_sum(raised, axis=1, keepdims=True)
    ### END STARTER


# %%
lab.check(
    "softmax",
    softmax,
    cases=[
        (tf.zeros((1, 4)), tf.fill((1, 4), 0.25)),
        (
            tf.constant([[0.0, 0.0], [1000.0, 0.0]]),
            tf.constant([[0.5, 0.5], [1.0, 0.0]]),
        ),
        (
            tf.constant([[-1000.0, -1000.0]]),
            tf.fill((1, 2), 0.5),
        ),
    ],
    close=1e-4,
)

# %%
softmax_matches = bool(
    np.allclose(
        softmax(logits), tf.nn.softmax(logits), atol=1e-4
    )
)
print(np.round(softmax(logits).numpy(), 4))
lab.show(softmax_matches=softmax_matches)

# %% [markdown] id="cross-entropy"
# ## From probabilities to a loss
# Cross-entropy is minus the logarithm of the probability given to the right class. Sure and right
# costs 0, sure and wrong costs a lot. Taking the logarithm of the softmax by hand needs the same
# subtraction.


# %%
def cross_entropy(scores, classes):
    """The loss of each row: minus the log-probability of its class."""
    shifted = scores - tf.reduce_max(
        scores, axis=1, keepdims=True
    )
    log_sum = tf.math.log(
        tf.reduce_sum(tf.exp(shifted), axis=1)
    )
    return log_sum - tf.gather(
        shifted, classes, axis=1, batch_dims=1
    )


by_hand = cross_entropy(logits, labels)
by_tensorflow = tf.nn.sparse_softmax_cross_entropy_with_logits(
    labels, logits
)
cross_entropy_matches = bool(
    np.allclose(by_hand, by_tensorflow, atol=1e-5)
)
lab.predict(
    "What does guessing among three classes cost?",
    float(by_hand[1]),
    within=0.05,
    id="cost-of-guessing",
)
print("by hand    ", by_hand.numpy())
print("TensorFlow ", by_tensorflow.numpy())
lab.show(
    cross_entropy_matches=cross_entropy_matches,
    guessing=float(by_hand[1]),
)

# %% [markdown] id="one-hot"
# Older material writes labels **one-hot**: a row with a 1 at the right class and 0 elsewhere. Then
# the function has no `sparse` in its name. With either, the mean over the batch is yours to take.

# %%
one_hot = tf.one_hot(labels, depth=3)
dense_way = tf.nn.softmax_cross_entropy_with_logits(
    one_hot, logits
)
print(one_hot.numpy())
print("mean, one-hot:", tf.reduce_mean(dense_way).numpy())
print("mean, sparse: ", tf.reduce_mean(by_tensorflow).numpy())
one_hot_matches = bool(np.allclose(dense_way, by_tensorflow))
lab.show(one_hot_matches=one_hot_matches)

# %% [markdown] id="softmax-slope"
# The second row has three equal scores, so each class gets 1/3: guessing among three costs
# ln 3 ≈ 1.0986.
#
# Why this pair is everywhere: together their derivative is as simple as can be. For the scores of
# one flower it is the probabilities minus 1 at the right place. Tape, finite difference and
# formula:

# %%
scores = tf.Variable([[2.0, 1.0, -1.0]])
with tf.GradientTape() as tape:
    loss = cross_entropy(scores, [0])
taped = tape.gradient(loss, scores)[0].numpy()
formula = softmax(scores.value())[0].numpy() - [1.0, 0.0, 0.0]
h = 1e-2
print("score     tape   off by  difference   off by   formula")
for place in range(3):
    nudge = np.eye(3, dtype="float32")[place : place + 1] * h
    difference = cross_entropy(
        scores + nudge, [0]
    ) - cross_entropy(scores - nudge, [0])
    measured = float(difference[0]) / (2 * h)
    exact = formula[place]
    tape_off = abs(taped[place] - exact)
    diff_off = abs(measured - exact)
    print(
        f"{place:5}{taped[place]:9.5f}{tape_off:9.1e}"
        f"{measured:12.5f}{diff_off:9.1e}{exact:10.5f}"
    )

# %% [markdown] id="epoch"
# ## One epoch, how many steps?
# An epoch is one pass over all 150 flowers. The batch size decides how many steps one epoch
# takes. The last batch takes what is left, so the number is rounded up. (Mean and spread come from
# all flowers here, since none is held out: there is nothing that could leak.)

# %%
iris = lab.dataset("iris")
features = (
    iris.features - iris.features.mean(axis=0)
) / iris.features.std(axis=0)
species = iris.labels
n = len(species)
updates_per_epoch = math.ceil(n / batch_size)
lab.predict(
    "How many updates does one epoch of mini-batches make?",
    updates_per_epoch,
    within=0,
    id="updates-of-epoch",
)
print(
    f"{n} flowers in batches of {batch_size}: {updates_per_epoch} updates per epoch"
)
lab.show(samples=n, updates_per_epoch=updates_per_epoch)

# %% [markdown] id="momentum"
# ## Momentum
# A plain step is `W ← W − η · ∂E/∂W`. With momentum the step has a memory:
# `v ← α·v − η · ∂E/∂W`, then `W ← W + v`. Steps in one direction add up, to at most `1 / (1 − α)`
# times a plain one; steps that zigzag cancel. With α = 0 it is the plain step.

# %% [markdown] id="narrow-valley"
# A narrow valley of two weights shows both: one direction is twenty times as steep as the other.
# Plain steps zigzag across the valley and get along slowly. Momentum brings the same number of
# steps much closer to the bottom.


# %%
def roll(keep, rate=0.09, count=20):
    """Places on the way down (x² + 20·y²) / 2, a column each."""
    place, v = np.array([-9.0, 1.0]), np.zeros(2)
    seen = [place]
    for _ in range(count):
        v = keep * v - rate * place * np.array([1.0, 20.0])
        place = place + v
        seen.append(place)
    return np.array(seen).T


plain, rolled = roll(0.0), roll(0.6)
xs, ys = np.meshgrid(
    np.linspace(-10, 2, 90), np.linspace(-1.5, 1.5, 60)
)
lab.heatmap(
    "A narrow valley, from above",
    np.sqrt(xs**2 + 20 * ys**2),
    lines={"plain": plain, "momentum 0.6": rolled},
    points={"bottom": [(0.0, 0.0)]},
    x_range=(-10, 2),
    y_range=(-1.5, 1.5),
)
left_plain = float(np.linalg.norm(plain[:, -1]))
left_momentum = float(np.linalg.norm(rolled[:, -1]))
lab.show(left_plain=left_plain, left_momentum=left_momentum)

# %%
W, b = (
    tf.Variable(tf.zeros((4, 3))),
    tf.Variable(tf.zeros((3,))),
)
v_W, v_b = (
    tf.Variable(tf.zeros((4, 3))),
    tf.Variable(tf.zeros((3,))),
)
signature = [
    tf.TensorSpec((None, 4), tf.float32),
    tf.TensorSpec((None,), tf.int32),
]


@tf.function(input_signature=signature)
def update(inputs, classes):
    """One step with momentum; returns the loss of the batch."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(
            cross_entropy(inputs @ W + b, classes)
        )
    slope_W, slope_b = tape.gradient(loss, [W, b])
    v_W.assign(momentum * v_W - learning_rate * slope_W)
    v_b.assign(momentum * v_b - learning_rate * slope_b)
    W.assign_add(v_W)
    b.assign_add(v_b)
    return loss


# %% [markdown] id="three-sizes"
# The signature says that a batch may have any length; otherwise each new length would be traced
# again.
#
# ## The race
# Stochastic descent takes one flower at a time, full-batch all 150, mini-batch your `batch_size`.
# All start from zero weights, which a single layer may. They take the flowers in a new random order
# in each epoch, and are measured on all flowers after each.


# %%
def descend(name, size):
    """Train from scratch; return the losses of epochs and of batches."""
    for variable in (W, b, v_W, v_b):
        variable.assign(tf.zeros_like(variable))
    losses, batch_losses = [], []
    for epoch in lab.track(range(epochs)):
        order = tf.random.shuffle(tf.range(n)).numpy()
        for start in range(0, n, size):
            chosen = order[start : start + size]
            batch_losses.append(
                float(update(features[chosen], species[chosen]))
            )
        losses.append(
            float(
                tf.reduce_mean(
                    cross_entropy(features @ W + b, species)
                )
            )
        )
        lab.log(epoch + 1, **{f"{name}/loss": losses[-1]})
    return losses, batch_losses


sizes = {
    "full-batch": n,
    "stochastic": 1,
    "mini-batch": batch_size,
}
curves, seen = {}, {}
for name, size in sizes.items():
    curves[name], seen[name] = descend(name, size)

# %%
final = {name: losses[-1] for name, losses in curves.items()}
lab.predict(
    "After the same number of epochs, which has the larger loss: one flower per step, or all of them?",
    "stochastic"
    if not final["stochastic"] < final["full-batch"]
    else "full-batch",
    choices=["stochastic", "full-batch"],
    id="larger-loss",
)
for name, loss in final.items():
    print(f"{name:10} loss {loss:.4f}")
accuracy = float(
    np.mean(
        np.argmax(features @ W.numpy() + b.numpy(), axis=1)
        == species
    )
)
mini = curves["mini-batch"]
rises = int(np.sum(np.diff(mini) > 0))
lab.show(
    loss_stochastic=final["stochastic"],
    loss_mini_batch=final["mini-batch"],
    loss_full_batch=final["full-batch"],
    accuracy=accuracy,
    rises=rises,
)
lab.line(
    "Loss after each epoch",
    {
        name: (np.arange(1, epochs + 1), losses)
        for name, losses in curves.items()
    },
    x_label="epoch",
    y_label="loss",
)

# %% [markdown] id="noise-per-step"
# Same epochs, but not the same number of steps: stochastic made 150 per epoch, full-batch one. With
# short steps that is most of the difference. With long ones, the swings undo what was gained.
#
# One flower per step is fast and needs little memory, but swings, and leaves a GPU idle: it could
# compute hundreds of flowers in the same time. A mini-batch averages the slopes of a few: less
# noise, and work in parallel. When people say SGD today, they nearly always mean this.

# %% [markdown] id="which-way"
# ## Which way each batch points
# At the start every probability is 1/3. There each batch of yours has a gradient of its own. Here
# are nine of them as arrows from 0, for two of the twelve weights, around the arrow of all flowers.
# With batches of 32 they agree on the weight that points up, and quarrel over the other. A smaller
# `batch_size` spreads the fan, a larger one folds it.

# %%
surprise = np.full((n, 3), 1 / 3) - np.eye(3)[species]
slopes = features[:, [0, 2]] * surprise[:, [1, 0]]
shuffled = np.random.default_rng(0)
tips = np.array(
    [
        slopes[shuffled.permutation(n)[:batch_size]].mean(
            axis=0
        )
        for _ in range(9)
    ]
)
arrow = slopes.mean(axis=0)
# There and back again: from the start to one tip after another.
shafts = np.insert(tips, range(10), 0.0, axis=0).T
heads = np.concatenate([tips * far for far in (0.9, 0.95, 1)])
lab.line(
    "Gradients of nine batches",
    {
        "a batch": shafts,
        "all flowers": ([0, arrow[0]], [0, arrow[1]]),
    },
    points={"heads": heads},
    x_label="versicolor, length of sepals",
    y_label="setosa, length of petals",
)

# %% [markdown]
# ## What each step sees
# After each epoch all flowers are asked, so those curves hide most of the noise. A step sees its
# own batch only. Here is that loss, before each step of the first two epochs. How much does it
# swing?

# %%
batch_curves, swings = {}, {}
for name, size in sizes.items():
    early = seen[name][: 2 * math.ceil(n / size)]
    epoch_of_step = np.arange(len(early)) * min(size, n) / n
    batch_curves[name] = (epoch_of_step, early)
    changes = np.abs(np.diff(seen[name]))
    # A single step has nothing to swing from.
    swings[name] = float(changes.sum() / max(len(changes), 1))
lab.line(
    "Loss of each batch",
    batch_curves,
    x_label="epoch",
    y_label="loss of the batch",
)
for name, swing in swings.items():
    print(f"{name:10} swings by {swing:.4f} per step")
lab.show(
    swing_stochastic=swings["stochastic"],
    swing_mini_batch=swings["mini-batch"],
    swing_full_batch=swings["full-batch"],
)

# %% [markdown]
# ## Goals

# %%
lab.goal(
    "One update per epoch: turn mini-batch into full-batch",
    updates_per_epoch == 1,
    hint=(
        "How many flowers are there?",
        "Set batch_size to 150.",
    ),
    id="full-batch",
)
lab.goal(
    "With one update per epoch and at most 20 epochs, bring the mini-batch loss under 0.3",
    updates_per_epoch == 1
    and epochs <= 20
    and final["mini-batch"] < 0.3,
    hint=(
        "Twenty steps must each go far. Which two parameters make steps longer?",
        "batch_size 150, momentum 0.9 and learning_rate 0.5.",
    ),
    id="few-updates",
)
lab.goal(
    "Make the loss of the mini-batches rise in a third of the epochs or more",
    rises >= max(1, epochs / 3),
    hint=(
        "Small batches disagree with each other, and long steps act on it.",
        "Try a batch_size of 2 with learning_rate 5.",
    ),
    id="noisy-loss",
)

# %% [markdown]
# ## What you saw
# Softmax and cross-entropy are a few lines, one of them a subtraction that saves them from
# infinity. Small batches make many noisy steps, large ones few exact ones; an epoch only says that
# every example was used once. Momentum lengthens steps that agree and damps those that do not. You
# have now written a whole training by hand. Which of its lines would you let a library write?
