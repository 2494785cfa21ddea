# %% [markdown]
# # Variables
# A tensor never changes, but training is nothing but change. A **variable** is a place that holds
# a tensor and can be given another one: the weights of every network live in variables.
#
# Watch which lines change the variable, and which ones only make a new tensor beside it.

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

start: Annotated[
    float,
    Meta(
        ge=-1e9,
        le=1e9,
        description="What the variable holds at first",
    ),
] = 10.0
amount: Annotated[
    float,
    Meta(
        ge=-1e9,
        le=1e9,
        description="What is added, then subtracted",
    ),
] = 20.0

# %%
import tensorflow as tf

from tflab import lab

# %% [markdown] id="making"
# ## Making and reading one
# A variable is made from a first value, which fixes its dtype and shape. It can stand wherever a
# tensor can.

# %%
v = tf.Variable(start, dtype=tf.float32, name="v")
v

# %% [markdown] id="assign"
# ## Changing it
# `assign` replaces the value, `assign_add` and `assign_sub` change it by an amount. They work in
# place: no copy is made, and everyone who holds the variable sees the change.

# %%
v.assign_add(amount)
added = float(v)
v.assign(start)
v.assign_sub(amount)
subtracted = float(v)
lab.show(added=added, subtracted=subtracted)
lab.predict(
    "What does the variable hold after `assign_add(amount)`?",
    added,
    within=0.001,
    id="after-assign-add",
)

# %% [markdown] id="names-and-copies"
# `v + amount` looks similar. Does it change the variable? And `same = v` gives the variable a
# second name. Is that a copy?

# %%
v.assign(start)
same = v
copy = tf.identity(v)
_ = v + amount
after_plus = float(v)
v.assign(-1.0)
print("after `v + amount`:", after_plus)
print("same:", same.numpy(), "  copy:", copy.numpy())
lab.predict(
    "After `same = v` and `v.assign(-1)`, what does `same` hold?",
    "the new value" if float(same) == -1.0 else "the old value",
    choices=["the old value", "the new value"],
    id="two-names",
)

# %% [markdown]
# `v + amount` only reads the variable and makes a new tensor. And a second name is just that: both
# names stand for one variable. `tf.identity` takes a copy of what it holds.
#
# This step is meant to lower a weight, and after it the weight is as it was. Mend it.


# %% A step that is lost id="lost-step" tags=["exercise"]
### HINT Inside the function `weight = …` only gives a new tensor that name.
### HINT Which method of a variable subtracts in place?
def take_step(weight, change):
    """Lower the variable `weight` by `change`."""
    ### BEGIN SOLUTION
    weight.assign_sub(change)
    ### END SOLUTION
    ### BEGIN STARTER
    # weight = weight - change
    ### END STARTER


# %%
def weight_after(first, change):
    weight = tf.Variable(first)
    take_step(weight, change)
    return float(weight)


lab.check(
    "the weight after a step",
    weight_after,
    cases=[((3.0, 0.5), 2.5), ((0.0, -1.0), 1.0)],
)

# %% [markdown] id="one-element"
# ## One element
# Index, then assign. This is what a tensor refused in *Tensors*. The shape stays: assigning
# something of another shape is an error, which has saved many a training loop.

# %%
element = tf.Variable(tf.ones((3, 1)))
element[0, 0].assign(3.0)
try:
    element.assign(tf.ones((2, 2)))
except ValueError as error:
    print("ValueError:", error)
lab.show(element=element)
element

# %%
doubled = tf.Variable(tf.ones((3, 1)))
doubled.assign_add(tf.ones((3, 1)))
lab.show(doubled=doubled)
doubled

# %% [markdown] id="too-small"
# ## When adding does nothing
# `float32` has about 7 digits. Add a small number to a large one and the small one may fall off the
# end. In training this is real: large weights and tiny steps stop moving. Below, `change` is how
# much the variable really changed when you added `amount`.

# %%
before = float(tf.constant(start, tf.float32))
step = float(tf.constant(amount, tf.float32))
change = added - before
lab.show(change=change)

# %% [markdown]
# ## Goals

# %%
lab.goal(
    "Bring the variable to exactly 0 with assign_add",
    added == 0 and before != 0,
    hint=(
        "What must be added to `start`?",
        "An amount may be negative: amount = −start.",
    ),
    id="back-to-zero",
)
lab.goal(
    "Choose start and amount so that adding gives 25 and subtracting gives −5",
    added == 25 and subtracted == -5,
    hint=(
        "The two answers lie equally far from start.",
        "start is the middle of −5 and 25, and amount the distance to either.",
    ),
    id="two-answers",
)
lab.goal(
    "Add something that is not 0 and leave the variable as it was",
    change == 0 and step != 0,
    hint=(
        "Seven digits: what is too small to matter next to start?",
        "Try a start of 100000000 and an amount of 1.",
    ),
    id="too-small-to-matter",
)

# %% [markdown]
# ## What you saw
# A variable has the type and shape of its first value and a content that changes in place. Adding
# to it with `+` makes a tensor and leaves it alone. Steps too small for its type are lost. So a
# weight can be changed. In which direction should it be changed, and how can TensorFlow know
# without being told a formula?
