# %% [markdown]
# # A layer of your own
# A layer is two things: state (its weights) and a computation that uses it. You will write a dense
# layer in a dozen lines and check it against the one that Keras brings, weight for weight.
#
# Watch when the weights come into being. It is later than you may think.

# %% tags=["parameters"]
from typing import Annotated, Literal

from tflab import Meta

units: Annotated[
    int, Meta(ge=1, le=256, description="Outputs of the layer")
] = 4
activation: Annotated[
    Literal["relu", "sigmoid", "tanh", "linear"],
    Meta(description="Function applied to the sums"),
] = "relu"

# %%
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras
import numpy as np
import tensorflow as tf

from tflab import lab

# %% [markdown]
# ## State and computation
# `__init__` stores what the layer is told. `build` runs once, when the first input shows how wide it
# is, and makes the weights. `call` computes. Keras 3 takes `add_weight(shape=…, name=…)`; older
# material puts the name first, which is an error now.


# %%
class MyDense(keras.layers.Layer):
    """A weighted sum, plus a bias, through an activation."""

    def __init__(self, units, activation):
        super().__init__()
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units),
            initializer="glorot_uniform",
            name="kernel",
        )
        self.bias = self.add_weight(
            shape=(self.units,),
            initializer="zeros",
            name="bias",
        )

    def call(self, inputs):
        return self.activation(
            tf.matmul(inputs, self.kernel) + self.bias
        )


# %%
class OldSpelling(keras.layers.Layer):
    def build(self, input_shape):
        self.kernel = self.add_weight(
            "kernel", shape=(input_shape[-1], 1)
        )


try:
    OldSpelling().build((None, 4))
    old_spelling = "accepted"
except (TypeError, ValueError) as error:
    old_spelling = type(error).__name__
    print(f"{old_spelling}: {error}")
lab.show(old_spelling=old_spelling)

# %% [markdown]
# ## Built by the first call
# A fresh layer has no weights: nobody has told it how many inputs there will be. The first call
# with real data does. Here these are the four measurements of the 150 Iris flowers.

# %%
flowers = tf.constant(lab.dataset("iris").features)
flowers -= tf.reduce_mean(flowers, axis=0)
layer = MyDense(units, activation)
before = len(layer.weights)
outputs = layer(flowers)
after = len(layer.weights)
weights = [list(weight.shape) for weight in layer.weights]
print(
    "weights before the first call:", before, "  after:", after
)
print("shapes:", weights)
lab.show(weights=weights)
lab.predict(
    "How many weight tensors has the layer before its first call?",
    before,
    within=0,
    id="weights-before-call",
)

# %%
numbers = layer.count_params()
lab.show(numbers=numbers)
lab.predict(
    "How many numbers do kernel and bias hold together?",
    numbers,
    within=0,
    id="kernel-and-bias",
)
layer.kernel

# %% [markdown]
# ## Beside the Keras layer
# Make a `Dense`, let it build, and copy the weights over. Same state, same computation: the outputs
# must agree.

# %%
theirs = keras.layers.Dense(units, activation=activation)
theirs.build(flowers.shape)
theirs.set_weights(layer.get_weights())
difference = float(
    tf.reduce_max(tf.abs(theirs(flowers) - outputs))
)
same_output = difference < 1e-5
print(f"largest difference {difference:.1e}")
lab.show(same_output=same_output)

# %% [markdown]
# ## It learns, too
# `add_weight` makes variables that the tape follows and `trainable_weights` lists, so the layer
# trains like any other. One gradient step on a made-up loss moves both weights.

# %%
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(layer(flowers) - 1.0))
gradients = tape.gradient(loss, layer.trainable_weights)
for weight, gradient in zip(
    layer.trainable_weights, gradients, strict=True
):
    weight.assign_sub(0.05 * gradient)
new_loss = tf.reduce_mean(tf.square(layer(flowers) - 1.0))
lab.show(loss_before=float(loss), loss_after=float(new_loss))
print(
    f"loss {float(loss):.4f} → {float(new_loss):.4f} after one step"
)

# %% [markdown]
# ## What the activation does
# The sums before the activation are the same whichever you choose. The histogram shows what comes
# out: ReLU cuts the negative ones to 0, sigmoid squeezes into 0 to 1, tanh into −1 to 1, linear
# leaves all as they are.

# %%
values = outputs.numpy().ravel()
lab.hist(
    "Outputs of the layer",
    {activation: values},
    x_label="output",
    y_label="how many",
)
lowest, highest = float(values.min()), float(values.max())
zeros = float(np.mean(values == 0))
lab.show(lowest=lowest, highest=highest, zeros=zeros)
print(
    f"from {lowest:.3f} to {highest:.3f}, exactly 0: {zeros:.0%}"
)

# %% [markdown]
# ## Goals

# %%
lab.goal(
    "Make a layer that holds exactly 35 numbers",
    numbers == 35,
    hint=(
        "Four inputs and one bias for each unit.",
        "Each unit holds 4 + 1 = 5 numbers, so set units to 7.",
    ),
    id="35-numbers",
)
lab.goal(
    "Keep every output strictly between 0 and 1",
    lowest > 0 and highest < 1,
    hint=(
        "Which activation could be read as a probability?",
        "Set activation to sigmoid.",
    ),
    id="between-0-and-1",
)
lab.goal(
    "Let outputs be negative and larger than 1 at once",
    lowest < 0 and highest > 1,
    hint=(
        "ReLU forbids one of them, sigmoid and tanh the other.",
        "No activation at all is called linear.",
    ),
    id="negative-and-large",
)

# %% [markdown]
# ## What you saw
# A layer is state made in `build` and a computation in `call`. Its weights exist from the first call
# on, when the input's width is known. Your dense layer and Keras's are the same thing.
