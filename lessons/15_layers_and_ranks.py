# %% [markdown]
# # Layers and ranks: which layer takes which
# Most errors in a first network are shape errors. Each kind of layer expects its input to have a
# certain rank, and the first axis is always the batch. You will feed four kinds of layer and then,
# on purpose, one wrong block.
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

from tflab import lab


def random_batch(*shape):
    """A batch of random examples, each of the given shape."""
    return np.random.normal(size=(batch, *shape)).astype(
        "float32"
    )


# %% [markdown]
# ## Dense: rank 2
# One example is a list of numbers, say the 4 measurements of a flower. A batch of them is a table:
# `(batch, features)`. The layer changes the last axis to its units.

# %%
dense_in = random_batch(4)
dense = keras.layers.Dense(8)
dense_out = list(dense(dense_in).shape)
print("Dense ", dense_in.shape, "→", tuple(dense_out))

# %% [markdown]
# ## LSTM and Conv1D: rank 3
# One example is a sequence: 10 moments with 3 numbers each. An LSTM reads it to the end and gives
# its last state, so time disappears. Conv1D slides a window of 3 moments along and gives 8 numbers
# at each place: 10 − 3 + 1 = 8 places.

# %%
sequence = random_batch(10, 3)
lstm = keras.layers.LSTM(8)
lstm_out = list(lstm(sequence).shape)
conv1d = keras.layers.Conv1D(8, kernel_size=3)
conv1d_out = list(conv1d(sequence).shape)
print("LSTM  ", sequence.shape, "→", tuple(lstm_out))
print("Conv1D", sequence.shape, "→", tuple(conv1d_out))

# %% [markdown]
# ## Conv2D: rank 4
# One example is a picture with height, width and channels: a grey one of 28×28 has one channel, and
# that channel must be there even if it is the only one. The window moves both ways.

# %%
pictures = random_batch(28, 28, 1)
conv2d = keras.layers.Conv2D(8, kernel_size=3)
conv2d_out = list(conv2d(pictures).shape)
print("Conv2D", pictures.shape, "→", tuple(conv2d_out))
lab.show(
    dense_out=dense_out,
    lstm_out=lstm_out,
    conv1d_out=conv1d_out,
    conv2d_out=conv2d_out,
)
lab.predict(
    "Which rank does Conv2D take, the batch included?",
    str(pictures.ndim),
    choices=["2", "3", "4", "5"],
    id="rank-of-conv2d",
)

# %% [markdown]
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
for name in made:
    print(
        f"{name:7} {parameters[name]:4} parameters, {outputs[name]:7,} outputs"
    )
lab.bar("Numbers that come out", outputs, y_label="numbers")
lab.show(
    outputs=list(outputs.values()),
    layer_parameters=list(parameters.values()),
)
lab.predict(
    "How many numbers does the Dense layer give out for your batch?",
    outputs["Dense"],
    within=0,
    id="numbers-from-dense",
)

# %% [markdown]
# ## A wrong rank, read aloud
# Here the channel was forgotten: `(batch, 28, 28)` is rank 3. The message names the layer, what it
# expected (`expected min_ndim=4`), what it found (`found ndim=3`) and the full shape. Read those
# three and the cure is clear: add the axis.

# %%
try:
    conv2d(pictures[..., 0])
    error = ""
except ValueError as raised:
    error = str(raised)
    print(error)
lab.show(error=error)
repaired = conv2d(pictures[..., 0][..., np.newaxis])
print("with the axis added:", tuple(repaired.shape))

# %% [markdown]
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
    print(
        "InputLayer(input_shape=…):",
        str(warning.message).splitlines()[0],
    )
lab.show(bare_input=bare_input, input_shape_warns=bool(caught))

# %% [markdown]
# ## Goals
# The layers stay as they are; only the batch is yours.

# %%
lab.goal(
    "Let the LSTM give out exactly 40 numbers",
    outputs["LSTM"] == 40,
    hint=(
        "It has 8 units and gives one state for each example.",
        "8 · 5 = 40: a batch of 5.",
    ),
    id="lstm-of-40",
)
lab.goal(
    "Send a single example, and keep every rank",
    batch == 1 and len(conv2d_out) == 4 and len(dense_out) == 2,
    hint=(
        "A batch of one is still a batch.",
        "Set batch to 1 and read the first axis.",
    ),
    id="single-example",
)
lab.goal(
    "Let Conv2D give out more than 100,000 numbers while it keeps its 80 parameters",
    outputs["Conv2D"] > 100_000 and parameters["Conv2D"] == 80,
    hint=(
        "One picture gives 26 · 26 places with 8 numbers each.",
        "That is 5,408 for each picture, so 19 pictures or more.",
    ),
    id="many-from-conv2d",
)

# %% [markdown]
# ## What you saw
# Dense takes rank 2, LSTM and Conv1D rank 3, Conv2D rank 4, and the first axis is the batch in all.
# The batch decides how much comes out, never how many parameters there are. Shape errors say what
# was expected and what was found.
