# %% [markdown] id="what-tensors-are"
# # Tensors
# Everything TensorFlow computes with is a **tensor**: numbers of one type in a block with any
# number of axes. Inputs, weights, what each layer passes on, the loss: all of them are tensors. You
# will make four of them, carry numbers from a list to NumPy to TensorFlow and back, and find out
# what a tensor refuses to do.
#
# Watch three things in each output: the `shape`, the `dtype` and the values.

# %% tags=["parameters"]
from typing import Annotated, Literal

from tflab import Meta

dtype: Annotated[
    Literal["float16", "float32", "float64", "int32"],
    Meta(description="Element type of every tensor"),
] = "float32"
number: Annotated[
    float,
    Meta(
        ge=-60_000,
        le=60_000,
        description="A number to put into that type",
    ),
] = 7.0

# %%
import numpy as np
import tensorflow as tf

from tflab import lab

# %% [markdown] id="rank-and-shape"
# ## Rank and shape
# The **rank** is the number of axes, the **shape** says how long each one is. A single number, a
# scalar, has no axis at all, so its rank is 0 and its shape is the empty `()`. The last tensor is a
# block of 4 tables with 2 rows and 3 columns each: read a shape from the outside in.

# %%
scalar = tf.constant(7, dtype=dtype)
vector = tf.constant([1, 2, 3], dtype=dtype)
matrix = tf.constant([[1, 2, 3], [4, 5, 6]], dtype=dtype)
block = tf.reshape(tf.cast(tf.range(24), dtype), (4, 2, 3))
print("scalar", tf.rank(scalar).numpy(), scalar.shape)
print("vector", tf.rank(vector).numpy(), vector.shape)
print("matrix", tf.rank(matrix).numpy(), matrix.shape)
print("block ", tf.rank(block).numpy(), block.shape)

# %%
block

# %%
kinds = scalar, vector, matrix, block
ranks = [int(tf.rank(tensor)) for tensor in kinds]
block_bytes = int(tf.size(block)) * block.dtype.size
lab.show(ranks=ranks, block_shape=list(block.shape))
lab.show(block_bytes=block_bytes)
lab.predict(
    "How many bytes do the numbers of the 4×2×3 block take?",
    block_bytes,
    within=0,
    id="bytes-of-block",
)

# %% [markdown] id="type-and-device"
# Multiply the shape: 4 · 2 · 3 = 24 elements. Then multiply by the bytes of one element. The
# weights of a network are counted in the same way; training needs several times as much memory, for
# gradients, the optimizer's notes and what each layer computed. The type makes all of it larger or
# smaller.
#
# ## Type and device
# All elements share one **dtype**. Between two tensors TensorFlow never converts it: adding an
# integer tensor to a float one is an error, and `tf.cast` converts when you say so. A NumPy array
# *is* converted, without a word, to the type of the tensor it meets, and the last line below shows
# what that can cost. A Python number is converted only if its type can be: adding 0.5 to an integer
# tensor is an error. The device says where the numbers lie, here the one chosen for this run.

# %%
print("device:", block.device)
try:
    tf.constant([1, 2], dtype="int64") + tf.constant(
        [0.5, 0.5], dtype="float32"
    )
except tf.errors.InvalidArgumentError as error:
    print("int64 + float32:", type(error).__name__)
floats = tf.constant([1.0, 2.0]) + np.array([1, 2])
whole = tf.constant([1, 2]) + np.array([0.5, 0.5])
lab.show(floats=floats, whole=whole)

# %% [markdown]
# Your turn: add the two tensors, so that nothing is lost.

# %%
counts = tf.constant([1, 2])
shares = tf.constant([0.5, 0.5])

# %% Add two types id="add-two-types" tags=["exercise"]
### HINT One of the two must take the type of the other. Which one can keep its numbers?
### HINT `tf.cast(counts, …)` gives the counts in another type.
### BEGIN SOLUTION
added = tf.cast(counts, tf.float32) + shares
### END SOLUTION
### BEGIN STARTER
# added = ...
### END STARTER

# %%
lab.check("added", added, tf.constant([1.5, 2.5]))

# %% [markdown] id="precision"
# A type also limits what a number can be. Below, three numbers are put into the chosen type and
# read back: one third, three and a half, and your `number`.

# %%
third = float(tf.cast(tf.constant(1 / 3, tf.float64), dtype))
half = float(tf.cast(tf.constant(3.5, tf.float64), dtype))
kept = float(tf.cast(tf.constant(number, tf.float64), dtype))
print(third, half, kept)

# %% [markdown]
# `float32` keeps about 7 correct digits, `float64` about 16. `float16` keeps about 3 digits and
# cannot hold every whole number above 2048. Networks rarely need more than `float32`, and graphics
# cards are fastest with less.

# %% [markdown] id="numpy-and-back"
# ## From a list to NumPy to a tensor, and back
# NumPy arrays and tensors convert both ways, and each takes part in the other's arithmetic. Both
# ways make a copy, so writing into the array later leaves the tensor alone.

# %%
from_numpy = np.array([1, 2, 3], dtype=dtype)
as_tensor = tf.convert_to_tensor(from_numpy)
plus_one = (as_tensor + 1).numpy().tolist()
print("NumPy ", from_numpy, from_numpy.dtype)
print("tensor", as_tensor)
lab.show(plus_one=plus_one)

# %% [markdown] id="assignment"
# ## Changing one element
# `as_tensor + 1` made a new tensor; the old one still holds 1, 2, 3. A NumPy array lets you write
# into it. Does a tensor?

# %%
array = from_numpy.copy()
array[0] = 9
print("NumPy ", array)
immutable = not hasattr(as_tensor, "__setitem__")
lab.predict(
    "What does `as_tensor[0] = 9` do?",
    "raises an error" if immutable else "changes the tensor",
    choices=[
        "changes the tensor",
        "makes a new tensor",
        "raises an error",
    ],
    id="assign-to-element",
)

# %%
try:
    as_tensor[0] = 9
except TypeError as error:
    print("TypeError:", error)
print("tensor", as_tensor)
lab.show(immutable=immutable)

# %% [markdown] id="why-immutable"
# A tensor's value does not change, and that is on purpose. Because no value ever changes,
# TensorFlow may reorder, share and replay computations, which is what makes gradients and graphs
# possible.
#
# ## Goals
# Each asks for another `dtype`, and one for a number as well. Guess which before you run.

# %%
lab.goal(
    "Keep one third right to ten digits",
    abs(third - 1 / 3) < 1e-10,
    hint=(
        "How many correct digits does each type keep?",
        "Ten digits need more than the 32 bits of the default: set dtype to float64.",
    ),
    id="one-third",
)
lab.goal(
    "Lose the half of 3.5",
    half == 3.0,
    hint=(
        "Which type has no fractions at all?",
        "Casting to an integer type cuts the fraction off: set dtype to int32.",
    ),
    id="half-lost",
)
lab.goal(
    "Store the block in 48 bytes, and find a whole number that comes back as another one",
    block_bytes == 48
    and number == int(number)
    and kept != number,
    hint=(
        "48 bytes for 24 elements leaves 2 bytes for each. Which whole numbers are too large for 3 digits?",
        "2 bytes are 16 bits: set dtype to float16, and number to 2049.",
    ),
    id="block-of-48-bytes",
)

# %% [markdown]
# ## What you saw
# A tensor has a rank, a shape, a type and a device, and none of them changes after it is made. The
# type decides memory and precision at once. Lists and NumPy arrays turn into tensors and back. You
# can hold whole blocks of numbers now. What can be computed with them?
