# %% [markdown]
# # Tensor operations
# Element by element, along an axis, or rows times columns: nearly everything a network computes is
# one of these three. NumPy has all of them as well, so it stands beside TensorFlow here as a check.
#
# Watch the shapes. Which operation keeps the shape, and which makes an axis disappear?

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

axis: Annotated[
    int,
    Meta(
        ge=0,
        le=3,
        description="Axis along which the block is summed",
    ),
] = 2
keepdims: Annotated[
    bool,
    Meta(description="Keep the summed axis, with length 1"),
] = False

# %%
import numpy as np
import tensorflow as tf

from tflab import lab

# %% [markdown] id="elementwise"
# ## Element by element
# `+ − * /` combine elements in the same position. A single number is broadcast: it meets every
# element. Types must agree, and `tf.cast` makes them. Integers have no square root or exponential
# here, so they are cast first.

# %%
whole = tf.constant([1, 2, 3, 4])
numbers = tf.cast(whole, tf.float32)
scaled = numbers * 10
print("× 10  ", scaled.numpy())
print("square", tf.square(numbers).numpy())
print("√     ", tf.sqrt(numbers).numpy())
print("exp   ", tf.exp(numbers).numpy())
lab.show(scaled=scaled.numpy().tolist())

# %% [markdown] id="functions"
# Each sign is short for a function of TensorFlow. Here are both, side by side, for 11 and 5:

# %%
a, b = tf.constant(11.0), tf.constant(5.0)
print("add     ", tf.add(a, b).numpy(), (a + b).numpy())
print("subtract", tf.subtract(a, b).numpy(), (a - b).numpy())
print("multiply", tf.multiply(a, b).numpy(), (a * b).numpy())
print("divide  ", tf.divide(a, b).numpy(), (a / b).numpy())

# %%
try:
    tf.sqrt(whole)
except tf.errors.InvalidArgumentError as error:
    print("√ of int32:", type(error).__name__)

# %% [markdown]
# ## Broadcasting
# A column and a row make a table: axes of length 1 are stretched until the shapes fit. This is how
# one bias is added to every row of a batch.

# %% id="broadcasting"
column = tf.constant([[10.0], [20.0], [30.0]])
row = tf.constant([[1.0, 2.0]])
print(column.shape, "+", row.shape, "→", (column + row).shape)
column + row

# %% [markdown] id="reductions"
# ## Along an axis
# Here is a block of shape (1, 4, 3, 2) that holds 1 to 24. `tf.reduce_sum` along an axis adds up
# the numbers that differ only in that index, and the axis is gone. Axis 0 is the outermost. With
# `keepdims=True` the axis stays, with length 1, so that the sums still fit beside the block.

# %%
c = tf.reshape(tf.range(1, 25), (1, 4, 3, 2))
sum_axis = tf.reduce_sum(c, axis=axis, keepdims=keepdims)
print(
    f"sum along axis {axis}: {tuple(c.shape)} → {tuple(sum_axis.shape)}"
)
lab.show(sum_axis=sum_axis)
lab.predict(
    "Which shape is left when (1, 4, 3, 2) is summed along your axis, and the axis goes?",
    str(tuple(tf.reduce_sum(c, axis=axis).shape)),
    choices=[
        "(4, 3, 2)",
        "(1, 3, 2)",
        "(1, 4, 2)",
        "(1, 4, 3)",
    ],
    id="shape-after-sum",
)

# %%
sum_axis

# %% [markdown]
# The picture lays the block out in slices along your axis, from left to right. At the right end the
# sum fills up, slice by slice (← and → go through it). All slices have one shape, and that is what
# is left.

# %%
slices = [
    tf.gather(c, place, axis=axis).numpy()
    for place in range(c.shape[axis])
]
tables = [one.reshape(-1, one.shape[-1]) for one in slices]
gap = np.zeros((len(tables[0]), 1))
for seen in range(len(tables) + 1):
    summed = sum(tables[:seen], np.zeros(tables[0].shape))
    row = [part for one in tables for part in (one, gap)]
    lab.heatmap(
        f"Slices along axis {axis}, and their sum",
        np.flipud(np.hstack([*row, gap, summed])),
        x_label="slices, and at the right their sum",
        step=seen,
    )

# %% [markdown] id="mean-and-maximum"
# Read it off the numbers: along axis 2 the first table `[[1, 2], [3, 4], [5, 6]]` becomes
# `[1 + 3 + 5, 2 + 4 + 6] = [9, 12]`. Mean, maximum and the rest reduce in the same way, and without
# an axis everything becomes one number.

# %%
total = int(tf.reduce_sum(c))
means = tf.cast(c, tf.float32)
print("mean", tf.reduce_mean(means).numpy())
print("maximum", tf.reduce_max(c).numpy())
lab.show(total=total)
lab.predict(
    "What do the numbers from 1 to 24 add up to?",
    total,
    within=0,
    id="sum-of-all",
)

# %% [markdown]
# Your turn: add up each row of a small table, so that one number is left of each. Which index runs
# along a row, and so has to go?

# %%
table = tf.constant([[1, 2, 3], [4, 5, 6]])

# %% Sum each row id="sum-each-row" tags=["exercise"]
### HINT Two numbers should be left, one for each row. Which axis must disappear?
### HINT The columns are counted by the last axis: `tf.reduce_sum` along axis 1.
### BEGIN SOLUTION
row_sums = tf.reduce_sum(table, axis=1)
### END SOLUTION
### BEGIN STARTER
# row_sums = ...
### END STARTER

# %%
lab.check("row_sums", row_sums, tf.constant([6, 15]))

# %% [markdown] id="matmul"
# ## Rows times columns
# The matrix product multiplies each row of the left with each column of the right and adds up. The
# inner lengths must agree and vanish: (2, 3) times (3, 2) is (2, 2). `*` would be element by
# element, and does not even fit here.

# %% id="rows-times-columns"
left = tf.constant([[1, 2, 3], [4, 5, 6]])
right = tf.constant([[1, 3], [2, 4], [3, 5]])
matmul = tf.matmul(left, right)
lab.show(matmul=matmul)
matmul

# %% [markdown] id="implicit-conversion"
# ## NumPy beside TensorFlow
# The same four computations in NumPy. Neither side needs a conversion by hand: NumPy's functions
# take tensors and TensorFlow's take arrays, and each answers in its own kind. Where the numbers
# differ at all it is in the last digit.

# %%
pairs = {
    "× 10": (scaled, whole.numpy() * 10.0),
    "exp": (tf.exp(numbers), np.exp(numbers)),
    "sum": (sum_axis, np.sum(c, axis=axis, keepdims=keepdims)),
    "product": (matmul, np.matmul(left, right)),
}
numpy_agrees = True
for name, (tensor, array) in pairs.items():
    close = bool(np.allclose(tensor.numpy(), array, rtol=1e-6))
    numpy_agrees = numpy_agrees and close
    print(f"{name:8} {'the same' if close else 'different'}")
mixed = tf.matmul(left, right.numpy())
answers = [
    type(mixed).__name__,
    type(pairs["product"][1]).__name__,
]
print("tf.matmul of a tensor and an array:", answers[0])
print("np.matmul of two tensors:", answers[1])
lab.show(
    numpy_agrees=numpy_agrees, mixed=mixed, answers=answers
)

# %% [markdown]
# ## Goals
# Think of the block as 1 × 4 tables of 3 rows and 2 columns, and decide before you run.

# %%
first_three = tf.reshape(sum_axis, [-1])[:3].numpy().tolist()
lab.goal(
    "Add up neighbours: get a sum that starts 3, 7, 11",
    first_three == [3, 7, 11],
    hint=(
        "3 = 1 + 2 and 7 = 3 + 4: the two numbers of a row.",
        "Rows run along the last axis, 3.",
    ),
    id="sum-neighbours",
)
lab.goal(
    "Lay the four tables on top of each other, and keep the rank: a block of shape (1, 1, 3, 2)",
    tuple(sum_axis.shape) == (1, 1, 3, 2),
    hint=(
        "Which axis counts the tables? And what keeps it from going altogether?",
        "The axis of length 4, so axis 1, with keepdims on.",
    ),
    id="stack-tables",
)
lab.goal(
    "Sum along an axis without changing a single number",
    sorted(tf.reshape(sum_axis, [-1]).numpy().tolist())
    == list(range(1, 25)),
    hint=(
        "A sum over one thing is that thing.",
        "Axis 0 has length 1.",
    ),
    id="nothing-changed",
)

# %% [markdown]
# ## What you saw
# Elementwise operations keep the shape and broadcast what is smaller. A reduction removes its axis,
# or leaves it with length 1. A matrix product consumes the inner lengths. Shapes tell you which one
# you are looking at. Each of them made a new tensor and left the old ones as they were. But the
# weights of a network must change while it learns. What can hold a number that changes?
