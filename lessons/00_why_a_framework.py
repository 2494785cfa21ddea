# %% [markdown] id="welcome"
# # Why a framework: the same network twice
# Welcome. Deep learning means many layers that learn a pattern from examples and then use it on
# something new. All of it can be written with NumPy alone. So why does everybody use a framework?
#
# You will train one small network twice: by hand in NumPy, then in TensorFlow. The version by hand
# has a mistake in it, and you will find it.
#
# Watch for what the framework lets you leave out. Don't worry about the code yet: each part of it
# has a lesson of its own.

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

hidden: Annotated[
    int,
    Meta(ge=1, le=256, description="Units in the hidden layer"),
] = 16
steps: Annotated[
    int, Meta(ge=1, le=2000, description="Training steps")
] = 300
learning_rate: Annotated[
    float,
    Meta(gt=0, le=2, description="Size of each gradient step"),
] = 0.1

# %% [markdown] id="package-and-framework"
# ## Package and framework
# A package is a box of tools: you call it. A **framework** is a skeleton: it fixes how the parts
# fit together, and you hang your own parts on it. NumPy is a package for linear algebra. TensorFlow
# contains one, and builds on top of it what every learning program needs: parts to *build* a
# network with, a way to let it *learn*, and a way to use it on new data, to *infer*. Ready
# networks, data sets and tools come along.
#
# ## Some data
# A curve to learn: 40 points of a sine.

# %%
import inspect
from time import perf_counter

import numpy as np
import tensorflow as tf

from tflab import lab

x = np.linspace(-2, 2, 40).reshape(-1, 1)
y = np.sin(2 * x)
random = np.random.default_rng(0)
first_weights = [
    random.normal(size=(1, hidden)),
    random.normal(size=(1, hidden)),
    random.normal(size=(hidden, 1)) / hidden,
    np.zeros((1, 1)),
]

# %% [markdown]
# ## By hand
# Forward is short: multiply, add, bend with `tanh`, multiply, add. Learning also needs the way
# back: how the loss changes with each of the four arrays. That is school mathematics, and every
# line is yours to get right. Here one line came out wrong. It raises no error, so nothing tells
# you.


# %% Mend the way back id="numpy-gradients" tags=["exercise"]
### HINT Compare the signs: does every line pass the slope on, or does one turn it around?
### HINT The slope of tanh is 1 minus its square. When is that negative?
def numpy_gradients(weights, x, y):
    """The slope of the loss for each of the four arrays."""
    W1, b1, W2, b2 = weights
    signal = np.tanh(x @ W1 + b1)
    miss = signal @ W2 + b2 - y
    back = 2 * miss / len(x)
    ### BEGIN SOLUTION
    bent = (back @ W2.T) * (1 - signal**2)
    ### END SOLUTION
    ### BEGIN STARTER
    # bent = (back @ W2.T) * (signal**2 - 1)
    ### END STARTER
    return [
        x.T @ bent,
        bent.sum(axis=0, keepdims=True),
        signal.T @ back,
        back.sum(axis=0, keepdims=True),
    ]


# %% [markdown] id="forward-only"
# ## With TensorFlow
# Here you write the way forward, and nothing else. `tf.GradientTape` records it and plays it
# backwards: that is the point of a deep learning framework in one sentence. The same holds for a
# network with a hundred layers and its loss `J(w, b)`.


# %%
def loss_of(weights, x, y):
    """Mean squared miss of the network: the way forward."""
    W1, b1, W2, b2 = weights
    signal = tf.tanh(x @ W1 + b1)
    return tf.reduce_mean(tf.square(signal @ W2 + b2 - y))


def tape_gradients(weights, x, y):
    """The slope of the loss for each array, from the tape."""
    with tf.GradientTape() as tape:
        tape.watch(weights)
        loss = loss_of(weights, x, y)
    return tape.gradient(loss, weights)


# %% [markdown] id="framework-as-check"
# The framework is also the check. Where the two answers part, look at your own lines first. A tape
# answers with one slope for each array, in the order you asked; `zip` brings the pairs together, as
# it will each time a step is taken.

# %%
names = ["W1", "b1", "W2", "b2"]
by_tape = tape_gradients(
    [tf.constant(array) for array in first_weights],
    tf.constant(x),
    tf.constant(y),
)
by_hand = numpy_gradients(first_weights, x, y)
for name, hand, tape in zip(
    names, by_hand, by_tape, strict=True
):
    lab.check(f"slope of {name}", hand, tape.numpy())

# %% [markdown] id="race"
# ## The race
# Both train from the same start. NumPy runs its lines one by one; `tf.function` turns the whole
# step into a graph first.


# %%
def train_by_hand():
    """Train in NumPy; return the loss after each step."""
    weights = first_weights
    losses = []
    for _ in range(steps):
        slopes = numpy_gradients(weights, x, y)
        weights = [
            array - learning_rate * slope
            for array, slope in zip(
                weights, slopes, strict=True
            )
        ]
        W1, b1, W2, b2 = weights
        miss = np.tanh(x @ W1 + b1) @ W2 + b2 - y
        losses.append(float(np.mean(miss**2)))
    return losses


weights = [tf.Variable(array) for array in first_weights]
inputs, wanted = tf.constant(x), tf.constant(y)


@tf.function
def train_step():
    """One step in TensorFlow; returns the loss after it."""
    slopes = tape_gradients(weights, inputs, wanted)
    for variable, slope in zip(weights, slopes, strict=True):
        variable.assign_sub(learning_rate * slope)
    return loss_of(weights, inputs, wanted)


train_step.get_concrete_function()
start = perf_counter()
hand_losses = train_by_hand()
middle = perf_counter()
tensorflow_losses = [float(train_step()) for _ in range(steps)]
seconds = {
    "NumPy": middle - start,
    "TensorFlow": perf_counter() - middle,
}
for step in range(steps):
    lab.log(
        step,
        **{
            "NumPy/loss": hand_losses[step],
            "TensorFlow/loss": tensorflow_losses[step],
        },
    )

# %%
fitted = tf.tanh(inputs @ weights[0] + weights[1])
fitted = (fitted @ weights[2] + weights[3]).numpy()
lab.line(
    "The curve and the network",
    {
        "sine": (x[:, 0], y[:, 0]),
        "network": (x[:, 0], fitted[:, 0]),
    },
    x_label="x",
    y_label="y",
)


def lines_of(function):
    """Lines of a function without docstring and comments."""
    kept = [
        line
        for line in inspect.getsource(function).splitlines()
        if line.strip()
        and not line.strip().startswith(("#", '"""'))
    ]
    return len(kept)


lines = {
    "NumPy": lines_of(numpy_gradients),
    "TensorFlow": lines_of(loss_of) + lines_of(tape_gradients),
}
for name in lines:
    print(
        f"{name:10} {lines[name]:2} lines there and back,"
        f" {seconds[name] * 1e3:5.0f} ms"
    )
final_loss = tensorflow_losses[-1]
apart = abs(hand_losses[-1] - final_loss)
lab.show(
    loss=final_loss,
    apart=apart,
    lines_by_hand=lines["NumPy"],
    lines_tensorflow=lines["TensorFlow"],
    parameters=sum(array.size for array in first_weights),
)
lab.predict(
    "How many numbers does this network learn?",
    sum(array.size for array in first_weights),
    within=0,
    id="numbers-learned",
)

# %% [markdown]
# Speed is no reason here: for so small a network NumPy is often as fast, or faster. The reason is
# the way back. Each further layer adds lines both ways in NumPy, and only on the way forward in
# TensorFlow.

# %% [markdown] id="five-services"
# ## Five services
# Every deep learning framework gives you something of each. In TensorFlow they are:
#
# 1. derivatives of what you compute (*The gradient tape*)
# 2. ready parts of networks: layers, models (*Model styles*)
# 3. ready losses and optimizers (*A Keras switchboard*)
# 4. one program for CPU and GPU, and nearly the same for a TPU (*Where it runs*)
# 5. saving and loading of models (*Save and load*)

# %% [markdown] id="criteria"
# ## Which framework?
# There are many, each with its community: TensorFlow, PyTorch and JAX; before them Caffe and MXNet,
# which nobody develops any more. Three questions help to choose. How easy is it to program, from
# the first idea to a service that others use? How fast does it run on large data? And is it truly
# open: open source *and* governed so that it stays open?
#
# TensorFlow reaches from end to end: you try an idea in a few lines, train it on one machine or
# many, save it, and serve it, also where no Python runs (*Save and load*).

# %% [markdown] id="a-little-history"
# ## A little history
# Google Brain published TensorFlow in 2015 under the Apache 2.0 license. You call it from Python
# (C++ and Java can, too); the computing is done in C++. The name says how: **tensors** flow through
# a graph of operations. In TensorFlow 1 you designed that graph first and fed it with data in a
# session. TensorFlow 2, of September 2019, computes at once, and turns a function into a graph
# where you ask for it. Start with 2, but be able to read 1.

# %% [markdown] id="install"
# ## On a machine of your own
# `pip install tensorflow` is enough for a CPU; on Linux `pip install "tensorflow[and-cuda]"` brings
# what a GPU needs besides its driver. Name the version that your program was written with, as in
# `tensorflow==2.21.0`, so that it still runs in a year. Colab runs notebooks from your browser,
# with TensorFlow in place. Here it is:

# %%
print("TensorFlow", tf.__version__, "· NumPy", np.__version__)

# %% [markdown] id="keras-history"
# Keras began in 2015 as well, on top of Theano, as the part that people like to write: few lines
# from an idea to a running model, and errors that say what to do. Then TensorFlow became one of its
# backends, and took it in as `tf.keras`; from version 2.4 on it ran on TensorFlow only. Keras 3
# runs on TensorFlow, JAX and PyTorch, and `tf.keras` now stands for it. So two names lead to one
# thing. Together: Python says what to do, NumPy brings the data, Keras builds and trains, and
# TensorFlow computes.

# %% id="modules-and-layers"
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras

same = tf.keras.layers.Dense is keras.layers.Dense
modules = [
    name
    for name in dir(keras)
    if inspect.ismodule(getattr(keras, name))
    and not name.startswith("_")
]
layer_classes = [
    name for name in dir(keras.layers) if name[0].isupper()
]
print(len(layer_classes), "layers:", *layer_classes[:8])
lab.show(same=same, modules=modules, layers=len(layer_classes))
places = ["layers", "losses", "optimizers", "models"]
[place] = [
    name
    for name in places
    if "MeanSquaredError" in dir(getattr(keras, name))
]
lab.predict(
    "Which module holds `MeanSquaredError`, the loss of this lesson?",
    place,
    choices=["layers", "losses", "optimizers", "models"],
    id="module-of-loss",
)

# %% [markdown]
# ## Goals

# %%
lab.goal(
    "Learn the sine well: a loss under 0.001",
    final_loss < 0.001,
    hint=(
        "Is the curve still falling at the end?",
        "It is: try 1500 steps.",
    ),
    id="learn-the-sine",
)
lab.goal(
    "Give the network too little to work with: one hidden unit, and a loss still above 0.1",
    hidden == 1 and final_loss > 0.1,
    hint=(
        "How often does this sine turn back, and can one tanh turn back at all?",
        "Set hidden to 1.",
    ),
    id="too-little",
)
lab.goal(
    "Let more than 300 numbers learn, down to a loss under 0.2",
    sum(array.size for array in first_weights) > 300
    and final_loss < 0.2,
    hint=(
        "Each hidden unit has a weight in, a bias and a weight out. More units make the loss steeper.",
        "100 units make 301 numbers; they need a learning_rate of 0.01.",
    ),
    id="more-numbers",
)

# %% [markdown]
# ## What you saw
# With a framework you write the way forward; the way back, the parts, the devices and the files are
# there already. The hand-made version was longer, and one sign in it was wrong without a word: it
# shows only where there is something to compare with. Everything here was computed with tensors.
# What is a tensor?
