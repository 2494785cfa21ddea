# %% [markdown]
# # A Keras switchboard: every lever once
# `Dense`, `compile` and `fit` have more settings than you have used so far, and each has a default
# that somebody chose for you. Here the settings are the parameters of the lesson. Pull one lever at
# a time and see what it moves.
#
# Watch the number of parameters, the number of updates, and the names of the curves.

# %% tags=["parameters"]
from typing import Annotated, Literal

from tflab import Meta

use_bias: Annotated[
    bool, Meta(description="Dense: add a bias to each unit")
] = True
kernel_initializer: Annotated[
    Literal["glorot_uniform", "he_normal", "zeros"],
    Meta(description="Dense: where the weights start"),
] = "glorot_uniform"
accuracy: Annotated[
    bool, Meta(description="compile: count right answers, too")
] = False
batch_size: Annotated[
    int,
    Meta(ge=1, le=120, description="fit: flowers in one step"),
] = 32
shuffle: Annotated[
    bool, Meta(description="fit: a new order in each epoch")
] = True
validation: Annotated[
    bool, Meta(description="fit: look at 30 more flowers")
] = False

# %%
import inspect
import math
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras
import numpy as np
import tensorflow as tf

from tflab import lab

# %% [markdown] id="four-modules"
# ## Four modules
# Keras is the high-level library: it says *what* to build and how to train it, and leaves the
# computing to TensorFlow. Four of its modules hold nearly all you need: `keras.layers`,
# `keras.losses`, `keras.optimizers` and `keras.metrics`. `dir` lists what is in one: here
# are the first three of each.


# %%
print("layers    ", dir(keras.layers)[:3])
print("losses    ", dir(keras.losses)[:3])
print("optimizers", dir(keras.optimizers)[:3])
print("metrics   ", dir(keras.metrics)[:3])

# %% [markdown] id="dense-settings"
# ## Dense
# `Dense` is the *densely connected* or *fully connected* layer: every input meets every unit. Its
# computation, a weighted sum plus a bias, is called an **affine transformation**. Here are its
# settings with their defaults. The first five are the ones to know: how many `units`, which
# `activation`, whether there is a bias (`use_bias`), and where the weights and the bias start
# (`kernel_initializer`, `bias_initializer`).


# %%
print("Dense", inspect.signature(keras.layers.Dense))

# %% [markdown] id="name-and-input-shape"
# Below is a network of two such layers, with a name. Older material gives the first layer an
# `input_shape=(4,)`; Keras 3 still takes it, with a warning, and wants a `keras.Input` in front.


# %%
def make_model():
    """Four measurements, eight units, three species."""
    settings = {
        "use_bias": use_bias,
        "kernel_initializer": kernel_initializer,
    }
    return keras.Sequential(
        [
            keras.Input(shape=(4,)),
            keras.layers.Dense(8, "relu", **settings),
            keras.layers.Dense(3, "softmax", **settings),
        ],
        name="flowers",
    )


model = make_model()
parameters = model.count_params()
lab.predict(
    "How many numbers does this network hold, with your use_bias?",
    parameters,
    within=0,
    id="numbers-of-network",
)
print(model.name, [list(w.shape) for w in model.weights])
lab.show(parameters=parameters)

# %% [markdown] id="string-or-instance"
# ## compile, by name or by hand
# `compile` takes an optimizer, a loss and metrics, each as a string or as an instance. A string
# means: that one, with its defaults. Which are they?

# %%
by_name = keras.optimizers.get("adam")
default_rate = round(float(by_name.learning_rate), 6)
print("'adam' is", type(by_name).__name__)
print("'mse' is", keras.losses.get("mse").__name__)
lab.predict(
    "Which learning rate does `optimizer='adam'` stand for?",
    f"{default_rate:g}",
    choices=["0.1", "0.01", "0.001"],
    id="rate-of-adam",
)
lab.show(default_rate=default_rate)

# %% [markdown] id="instances"
# To choose a setting you need the instance. A loss has settings, too: `from_logits=True` says that
# the model has no softmax at its end. Write the two instances for the network above.

# %% Two instances id="two-instances" tags=["exercise"]
### HINT The classes are `keras.optimizers.SGD` and `keras.losses.SparseCategoricalCrossentropy`.
### HINT SGD takes `learning_rate` and `momentum`. The loss needs nothing: the network ends in softmax.
# SGD with a learning rate of 0.05 and a momentum of 0.9
### BEGIN SOLUTION
optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
loss = keras.losses.SparseCategoricalCrossentropy()
### END SOLUTION
### BEGIN STARTER
# optimizer = "sgd"
# loss = "sparse_categorical_crossentropy"
### END STARTER

# %%
lab.check("learning rate", float(optimizer.learning_rate), 0.05)
lab.check("momentum", optimizer.momentum, 0.9)
lab.check(
    "loss",
    float(loss(tf.constant([0]), tf.constant([[0.8, 0.2]]))),
    -math.log(0.8),
)

# %% [markdown] id="metrics"
# A loss must have a slope, since training walks down on it. A **metric** is only counted and shown:
# the accuracy jumps, so nothing could walk down on it, but people understand it.

# %%
model.compile(
    optimizer=optimizer,
    loss=loss,
    metrics=["accuracy"] if accuracy else [],
)

# %% [markdown] id="fit-defaults"
# ## fit
# Its defaults: what would happen if you gave it nothing but the data?

# %%
print("fit", inspect.signature(keras.Model.fit))

# %% [markdown] id="batch-size-and-verbose"
# A `batch_size` of `None` means 32, and `verbose` is how much `fit` prints: 0 nothing, 1 a bar, 2 a
# line for each epoch. `shuffle` draws a new order in each epoch, and `validation_data` are looked
# at after it. (`'auto'` is 1 nearly everywhere. tflab draws the curves by itself.)

# %%
iris = lab.dataset("iris")
order = np.random.default_rng(0).permutation(150)
flowers = iris.features[order]
species = iris.labels[order]
flowers = (flowers - flowers[:120].mean(0)) / flowers[:120].std(
    0
)
held = (flowers[120:], species[120:])
epochs = 5
before = model.layers[0].kernel.numpy()
history = model.fit(
    flowers[:120],
    species[:120],
    batch_size=batch_size,
    epochs=epochs,
    shuffle=shuffle,
    validation_data=held if validation else None,
    verbose=0,
)
updates = int(model.optimizer.iterations)
lab.predict(
    "How many updates did these 5 epochs of 120 flowers make, with your batch_size?",
    updates,
    within=0,
    id="updates-made",
)
lab.show(updates=updates)

# %% [markdown] id="history"
# ## What fit gives back
# A `History` object. Its `history` holds a list for each curve that was measured, and nothing else.

# %%
curves = list(history.history)
lab.predict(
    "How many curves does the History hold, with your settings?",
    len(curves),
    within=0,
    id="curves-of-history",
)
for name, values in history.history.items():
    print(f"{name:13} {values[0]:.3f} … {values[-1]:.3f}")
lab.show(curves=curves)

# %% [markdown] id="predict-or-call"
# ## predict, or call the model
# `predict` takes the data in batches of 32 and gives one NumPy array: for many examples. Calling
# the model gives a tensor, and a tape can follow it: for your own loops. `evaluate` measures the
# loss and the metrics, and changes nothing.

# %%
answers = model.predict(held[0], verbose=0)
tensor = model(held[0])
kinds = [type(answers).__name__, type(tensor).__name__]
alike = bool(np.allclose(answers, tensor, atol=1e-5))
print("predict gives", kinds[0], answers.shape)
print("a call gives ", kinds[1], tuple(tensor.shape))
final_loss = history.history["loss"][-1]
moved = float(tf.norm(model.layers[0].kernel - before))
lab.show(
    kinds=kinds, alike=alike, final_loss=final_loss, moved=moved
)

# %% [markdown]
# ## Goals

# %%
lab.goal(
    "Make the network smaller by 11 numbers without taking a unit away",
    parameters == 56,
    hint=(
        "Count: 8 + 3 units. What does each of them have exactly one of?",
        "A bias. Switch use_bias off.",
    ),
    id="without-bias",
)
lab.goal(
    "Let the History hold four curves",
    len(curves) == 4,
    hint=(
        "One more thing to count gives one more curve. What doubles them?",
        "Switch accuracy on, and validation as well.",
    ),
    id="four-curves",
)
lab.goal(
    "Make 300 updates in the same 5 epochs",
    updates == 300,
    hint=(
        "300 in 5 epochs are 60 in each, and there are 120 flowers.",
        "Set batch_size to 2.",
    ),
    id="300-updates",
)
lab.goal(
    "Train, and leave the first layer exactly where it was",
    moved == 0,
    hint=(
        "Which start makes all units alike, with nothing coming back to them?",
        "Set kernel_initializer to zeros: the slope is multiplied by the zeros of the layer behind.",
    ),
    id="first-layer-stands-still",
)

# %% [markdown]
# ## What you saw
# A string takes the defaults, an instance is yours to set. `compile` says how to learn, `fit` does
# it and gives back a History, `predict` answers in NumPy. When a training surprises you, a default
# is often behind it: `inspect.signature` or `help` shows them all. `Dense` took a table of flowers
# here. Which layers take sequences, and which take pictures?
