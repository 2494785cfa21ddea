# %% [markdown]
# # Layers and ranks: which layer takes which
# Many errors in a first network are shape errors. Each kind of layer expects its input to have a
# certain rank, or at least a lowest one, and the first axis is always the batch. You will feed four
# kinds of layer and then, on purpose, one wrong block.
#
# Watch the first number of every shape.

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

batch: Annotated[
    int, Meta(ge=1, le=64, description="Examples in one batch")
] = 2

# %%
import os
import warnings

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras
import numpy as np
import tensorflow as tf

from tflab import lab


def random_batch(*shape):
    """A batch of random examples, each of the given shape."""
    return tf.random.normal((batch, *shape)).numpy()


# %% [markdown] id="dense-rank"
# ## Dense: tables, and more
# One example is a list of numbers, say the 4 measurements of a flower. A batch of them is a table
# of rank 2: `(batch, features)`. The layer changes the last axis to its units and leaves all others
# alone, so that it takes rank 2 or more: here sequences of 10 such lists as well.

# %%
dense_in = random_batch(4)
dense = keras.layers.Dense(8)
dense_out = list(dense(dense_in).shape)
lists = random_batch(10, 4)
dense_lists_out = list(dense(lists).shape)
print("Dense", dense_in.shape, "→", dense(dense_in).shape)
print("Dense", lists.shape, "→", dense(lists).shape)
lab.show(dense_out=dense_out, dense_lists_out=dense_lists_out)

# %% [markdown] id="sequences"
# ## LSTM and Conv1D: sequences
# One example is a sequence: 10 moments with 3 numbers each. With the batch, that is rank 3. An LSTM
# reads it to the end and gives its last state, so time disappears. Conv1D slides a window of 3
# moments along and gives 8 numbers at each place: 10 − 3 + 1 = 8 places.

# %%
sequence = random_batch(10, 3)
lstm = keras.layers.LSTM(8)
lstm_out = list(lstm(sequence).shape)
conv1d = keras.layers.Conv1D(8, kernel_size=3)
conv1d_out = list(conv1d(sequence).shape)
lab.show(lstm_out=lstm_out, conv1d_out=conv1d_out)

# %% [markdown] id="pictures"
# ## Conv2D: pictures
# One example is a picture with height, width and channels: a grey one of 28×28 has one channel, and
# that channel must be there even if it is the only one. The window moves both ways.

# %%
pictures = random_batch(28, 28, 1)
conv2d = keras.layers.Conv2D(8, kernel_size=3)
conv2d_out = list(conv2d(pictures).shape)
lab.predict(
    "Which rank does Conv2D take, the batch included?",
    str(pictures.ndim),
    choices=["2", "3", "4", "5"],
    id="rank-of-conv2d",
)
lab.show(conv2d_out=conv2d_out)

# %% [markdown] id="batch-costs"
# ## What the batch costs
# The batch is how many examples travel together. The weights do not know it: their number depends
# on the layer and on one example. What grows with the batch is the output.

# %%
made = {
    "Dense": dense,
    "LSTM": lstm,
    "Conv1D": conv1d,
    "Conv2D": conv2d,
}
shapes = dict(
    zip(
        made,
        (dense_out, lstm_out, conv1d_out, conv2d_out),
        strict=True,
    )
)
outputs = {
    name: int(np.prod(shape)) for name, shape in shapes.items()
}
parameters = {
    name: layer.count_params() for name, layer in made.items()
}
lab.predict(
    "How many numbers does the Dense layer give out for your table of shape (batch, 4)?",
    outputs["Dense"],
    within=0,
    id="numbers-from-dense",
)
print(parameters)
lab.bar("Numbers that come out", outputs, y_label="numbers")
lab.show(outputs=list(outputs.values()))
lab.show(layer_parameters=list(parameters.values()))

# %% [markdown] id="wrong-rank"
# ## A wrong rank, read aloud
# Here the channel was forgotten: `(batch, 28, 28)` is rank 3. The message names the layer, what it
# expected (`expected min_ndim=4`), what it found (`found ndim=3`) and the full shape. Read those
# four and the cure is clear: add the axis.

# %%
try:
    conv2d(pictures[..., 0])
    error = ""
except ValueError as raised:
    error = str(raised)
lab.show(error=error)
repaired = conv2d(pictures[..., 0][..., np.newaxis])
print("with the axis added:", tuple(repaired.shape))

# %% [markdown]
# One grey picture alone is only `(height, width)`. Two axes are missing, and the starter adds one.


# %% One picture for Conv2D id="one-picture" tags=["exercise"]
### HINT Which axis does Conv2D want first, and which last?
### HINT The batch comes first, the channels last. `np.newaxis` adds an axis of length 1 where it stands.
def as_batch(picture):
    """Turn one grey picture into a batch that Conv2D takes."""
    ### BEGIN SOLUTION
    return picture[np.newaxis, ..., np.newaxis]
    ### END SOLUTION
    ### BEGIN STARTER
    # return picture[..., np.newaxis]
    ### END STARTER


# %%
lab.check(
    "as_batch",
    as_batch,
    cases=[
        (np.ones((2, 3)), np.ones((1, 2, 3, 1))),
        (np.zeros((28, 28)), np.zeros((1, 28, 28, 1))),
    ],
)

# %% [markdown] id="right-rank-wrong-axes"
# ## The right rank, and wrong all the same
# An error is luck: a wrong block of the right rank may go through. First, the missing axis in front
# instead of behind: `(1, batch, 28, 28)` reads as one picture, `batch` rows high, with 28 channels.
# Second, time and batch swapped. Third, `squeeze`, which drops *every* axis of length 1.

# %%
in_front = pictures[..., 0][np.newaxis]
try:
    other = keras.layers.Conv2D(8, kernel_size=3)(in_front)
    accepted_in_front = True
    print("in front ", in_front.shape, "→", other.shape)
except ValueError:
    accepted_in_front = False
    print("in front ", in_front.shape, "→ ValueError")
swapped = np.swapaxes(sequence, 0, 1)
print("swapped  ", sequence.shape, "→", swapped.shape)
squeezed = np.squeeze(pictures)
print("squeezed ", pictures.shape, "→", squeezed.shape)
lab.show(accepted_in_front=accepted_in_front)
lab.show(squeezed_rank=squeezed.ndim)

# %% [markdown] id="old-spellings"
# ## Old spellings
# `keras.Input` wants the shape of one example as a tuple, without the batch. Older material has
# `Input(1)`, which raises, and `InputLayer(input_shape=…)`, which warns: the name is `shape` now.

# %%
try:
    keras.Input(1)
    bare_input = "accepted"
except (TypeError, ValueError) as raised:
    bare_input = type(raised).__name__
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    keras.layers.InputLayer(input_shape=(4,))
print("keras.Input(1):", bare_input)
for warning in caught:
    print("InputLayer:", warning.message)
lab.show(bare_input=bare_input, input_shape_warns=bool(caught))

# %% [markdown]
# ## Goals
# The layers stay as they are; only the batch is yours.

# %%
lab.goal(
    "Lose two axes at once: let `squeeze` leave the pictures with rank 2",
    squeezed.ndim == 2,
    hint=(
        "It drops every axis of length 1. Which one could be so, besides the channels?",
        "The batch itself: set batch to 1.",
    ),
    id="two-axes-lost",
)
lab.goal(
    "Hide an error: let Conv2D take the block whose axis was added in front",
    accepted_in_front,
    hint=(
        "Its rank is right. How high is the picture that Conv2D sees there, and how high the window?",
        "The batch is taken for the height, and the window needs 3 rows: set batch to 3 or more.",
    ),
    id="hidden-error",
)
lab.goal(
    "Swap time and batch so that no shape tells",
    swapped.shape == sequence.shape,
    hint=(
        "A swap shows only where the two axes differ in length.",
        "A sequence has 10 moments: set batch to 10.",
    ),
    id="swap-unseen",
)

# %% [markdown]
# ## What you saw
# Dense takes rank 2 or more, LSTM and Conv1D rank 3, Conv2D rank 4, and the first axis is the batch
# in all. Shape errors say what was expected and what was found; the right rank alone does not mean
# that the axes are right. The batch decides how much comes out, never how many parameters there
# are. Here each layer stood alone. In how many ways can you put layers together?
