# %% [markdown]
# # A layer of your own
# A layer is two things: state (its weights) and a computation that uses it. You will finish a dense
# layer of twenty lines and check it against the one that Keras brings, weight for weight.
#
# Watch when the weights come into being: what must be known before there can be any?

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

# %% [markdown] id="state-and-computation"
# ## State and computation
# `__init__` stores what the layer is told. `build` makes the weights: Keras runs it once, for the
# width of the input. `call` computes, and that part is yours: a weighted sum of the inputs, plus
# the bias, through the activation. Keras 3 takes `add_weight(shape=…, name=…)`; older material puts
# the name first, which is an error now.


# %% The computation of a dense layer id="dense-call" tags=["exercise"]
### HINT Each row of the inputs is weighed by the columns of the kernel. Which operation does that?
### HINT `tf.matmul`, then add the bias. What comes last?
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
        ### BEGIN SOLUTION
        return self.activation(
            tf.matmul(inputs, self.kernel) + self.bias
        )
        ### END SOLUTION


# %%
small = MyDense(2, "relu")
small.build((None, 3))
small.set_weights(
    [
        np.array([[1.0, -1.0], [0.0, 2.0], [3.0, 0.0]]),
        np.array([0.5, -0.5]),
    ]
)
lab.check(
    "call",
    small.call,
    cases=[
        (
            tf.constant([[0.0, 1.0, 1.0]]),
            tf.constant([[3.5, 1.5]]),
        ),
        (
            tf.constant([[1.0, 0.0, 0.0]]),
            tf.constant([[1.5, 0.0]]),
        ),
    ],
)
bent = MyDense(2, "tanh")
bent.build((None, 3))
bent.set_weights(small.get_weights())
lab.check(
    "call, with tanh",
    bent.call,
    cases=[
        (
            tf.constant([[1.0, 0.0, 0.0]]),
            tf.tanh([[1.5, -1.5]]),
        )
    ],
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

# %% [markdown] id="build-late"
# ## When do the weights exist?
# The layer is made first and called with data later. The data here are the four measurements of the
# 150 Iris flowers. How many weights are there at each moment?

# %%
flowers = tf.constant(lab.dataset("iris").features)
flowers -= tf.reduce_mean(flowers, axis=0)
layer = MyDense(units, activation)
before = len(layer.weights)
outputs = layer(flowers)
after = len(layer.weights)
weights = [list(weight.shape) for weight in layer.weights]
lab.predict(
    "How many weight tensors does the layer have before its first call?",
    before,
    within=0,
    id="weights-before-call",
)
print("before the first call:", before, "  after:", after)
lab.show(weights=weights)

# %% [markdown]
# A fresh layer has no weights: nobody has told it how many inputs there will be. The first call
# with real data does.

# %%
numbers = layer.count_params()
lab.predict(
    "How many numbers do kernel and bias hold together?",
    numbers,
    within=0,
    id="kernel-and-bias",
)
lab.show(numbers=numbers)
layer.kernel

# %% [markdown]
# ## Its state stays as it was built
# The kernel was made for four inputs and keeps its shape. Now the layer is to take its own outputs,
# one number for each of its units.

# %%
try:
    layer(outputs)
    takes_own_output = True
    refusal = ""
except (ValueError, tf.errors.InvalidArgumentError) as error:
    takes_own_output = False
    refusal = type(error).__name__
lab.predict(
    "Does the layer take its own outputs as inputs?",
    "yes" if takes_own_output else "no",
    choices=["yes", "no"],
    id="own-outputs",
)
print("kernel:", list(layer.kernel.shape))
print("outputs:", list(outputs.shape))
print("taken" if takes_own_output else refusal)
lab.show(takes_own_output=takes_own_output)

# %% [markdown] id="two-in-a-row"
# ## Two in a row
# Your layer is a Keras layer, so it can stand in a model. The second one here is built for as many
# inputs as the first has outputs. Could a single matrix, the product of both kernels, do the same?

# %%
second = MyDense(3, activation)
model = keras.Sequential([layer, second])
two_layers = model(flowers)
one_matrix = tf.matmul(layer.kernel, second.kernel)
one_bias = tf.linalg.matvec(
    second.kernel, layer.bias, transpose_a=True
)
one_layer = (
    tf.matmul(flowers, one_matrix) + one_bias + second.bias
)
apart = float(tf.reduce_max(tf.abs(two_layers - one_layer)))
print(f"{activation}: two layers and one, {apart:.1e} apart")
lab.show(apart=apart)

# %% [markdown] id="beside-keras"
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
print("largest difference:", difference)
lab.show(same_output=same_output)

# %% [markdown] id="learns"
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

# %% [markdown] id="everything-is-a-layer"
# ## Everything is a layer
# A layer need not have state: `Flatten` and `ReLU` only compute. And a whole model is a layer too,
# so models can be parts of models.

# %%
for one in (keras.layers.Flatten(), keras.layers.ReLU(), layer):
    print(f"{type(one).__name__:8} {len(one.weights)} weights")
model_is_layer = issubclass(keras.Model, keras.layers.Layer)
print("a model is a layer:", model_is_layer)
lab.show(model_is_layer=model_is_layer)

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
    "Make a layer that refuses its own outputs",
    not takes_own_output,
    hint=(
        "`build` made the kernel for four inputs. What would it have to be given to fail?",
        "Any number of outputs but four: set units to 5.",
    ),
    id="refuses-own-outputs",
)
lab.goal(
    "Let two layers do no more than one: a single matrix gives the same within 0.00001",
    apart < 1e-5,
    hint=(
        "A matrix product of a matrix product is a matrix product. What stands between the two in `call`?",
        "The activation. The one that changes nothing is called linear.",
    ),
    id="no-more-than-one",
)

# %% [markdown]
# ## What you saw
# A layer is state made in `build` and a computation in `call`. Its weights exist from the first
# call on, when the input's width is known, and keep that shape. Without an activation, a stack of
# such layers is no more than one. Your dense layer and Keras's are the same thing. `build` filled
# the kernel with random numbers. How large should they be?
