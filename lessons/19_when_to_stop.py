# %% [markdown]
# # Know when to stop
# A network that is large enough learns anything by heart, mistakes included. But what counts is how
# it answers for flowers that it has never seen. You will watch both at once, find the moment to
# stop, and then let Keras find it.
#
# Watch two curves, `loss` and `val_loss`. They start out together. Do they stay so?

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

flowers: Annotated[
    int,
    Meta(ge=10, le=90, description="Flowers that it trains on"),
] = 90
wrong: Annotated[
    float,
    Meta(
        ge=0,
        le=0.5,
        description="Share of flowers with a wrong label",
    ),
] = 0.2
units: Annotated[
    int,
    Meta(
        ge=1,
        le=256,
        description="Units in each of the two hidden layers",
    ),
] = 64
epochs: Annotated[
    int,
    Meta(
        ge=1,
        le=60,
        description="Passes over the flowers, at most",
    ),
] = 30
patience: Annotated[
    int,
    Meta(
        ge=0,
        le=60,
        description="Epochs without progress to wait; 0: never stop",
    ),
] = 0

# %%
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras
import numpy as np
import tensorflow as tf

from tflab import lab

# %% [markdown] id="three-heaps"
# ## Three heaps of flowers
# The **training data** change the weights. The **validation data** change nothing: after each epoch
# they say how the model does on flowers that it did not train on, and so they tell *you* when to
# stop. But whoever picks the best of many epochs has used them after all. So a third heap, the
# **test data**, is opened once, at the very end.
#
# Someone labelled these flowers in a hurry, and a share of the labels is wrong: about as large as
# `wrong` says. Only the test flowers were checked.

# %%
iris = lab.dataset("iris")
random = np.random.default_rng(2)
order = random.permutation(150)
measured, species = iris.features[order], iris.labels[order]
hurried = np.where(
    random.random(150) < wrong,
    (species + random.integers(1, 3, 150)) % 3,
    species,
)
training = slice(0, flowers)
validation = slice(90, 120)
test = slice(120, 150)
scale = keras.layers.Normalization()
scale.adapt(measured[training])
inputs = scale(measured)
print(
    f"training {flowers}, validation 30, test 30;"
    f" wrong labels among the first: {np.sum((hurried != species)[training])}"
)

# %% [markdown] id="validation-data"
# `keras.layers.Normalization` standardises: `adapt` takes mean and spread from the training flowers
# alone, so that nothing of the other heaps leaks in.
#
# `fit` takes the second heap as `validation_data=(inputs, labels)`. The shorter
# `validation_split=0.25` cuts it off your own data: always the last rows, before any shuffling. In
# the file, the flowers are sorted by species. What would it hold out there?

# %%
last_quarter = iris.labels[-len(iris.labels) // 4 :]
held_species = [
    iris.names[one] for one in np.unique(last_quarter)
]
lab.predict(
    "The file has 50 flowers of each of three species, in order. How many species are in its last quarter?",
    len(held_species),
    within=0,
    id="species-held-out",
)
print("in the last quarter:", ", ".join(held_species))
lab.show(held_species=held_species)

# %% [markdown] id="early-stopping"
# ## Training
# `tf.data` brings the flowers to the model: slices of the arrays, in a new order each time, ten at
# a time. `EarlyStopping` watches `val_loss`: after `patience` epochs without a better one it ends
# the training and puts the best weights back.

# %%
batches = (
    tf.data.Dataset.from_tensor_slices(
        (inputs[training], hurried[training])
    )
    .shuffle(flowers)
    .batch(10)
)
model = keras.Sequential(
    [
        keras.Input(shape=(4,)),
        keras.layers.Dense(units, activation="relu"),
        keras.layers.Dense(units, activation="relu"),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.003),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
callbacks = [lab.keras_callback()]
if patience > 0:
    callbacks.append(
        keras.callbacks.EarlyStopping(
            monitor="val_loss",
            patience=patience,
            restore_best_weights=True,
        )
    )
# The data set shuffles by itself; told to do so as well, `fit` warns.
history = model.fit(
    batches,
    epochs=epochs,
    shuffle=False,
    validation_data=(inputs[validation], hurried[validation]),
    callbacks=callbacks,
    verbose=0,
)

# %% [markdown] id="history-object"
# ## What fit gives back
# A `History`: its `history` is a dictionary with one list for each curve, a number for each epoch.
# From it you can read when it would have been best to stop. This function looks at the wrong
# curve. Mend it.

# %%
print({name: len(c) for name, c in history.history.items()})


# %% The epoch to stop at id="best-epoch" tags=["exercise"]
### HINT Which curve knows something that the model did not train on?
### HINT `val_loss`. The accuracy jumps in steps, the loss does not.
def best_epoch(curves):
    """The number of the epoch to stop after, from 1."""
    ### BEGIN SOLUTION
    return int(np.argmin(curves["val_loss"])) + 1
    ### END SOLUTION
    ### BEGIN STARTER
    # return int(np.argmin(curves["loss"])) + 1
    ### END STARTER


# %%
lab.check(
    "best_epoch",
    best_epoch,
    cases=[
        (({"loss": [3, 2, 1], "val_loss": [3, 1.5, 2.5]},), 2),
        (({"loss": [1, 0.5], "val_loss": [1, 1.4]},), 1),
    ],
)

# %%
curves = history.history
ended, best = len(curves["loss"]), best_epoch(curves)
best_val = min(curves["val_loss"])
kept_val = float(
    model.evaluate(
        inputs[validation], hurried[validation], verbose=0
    )[0]
)
lab.predict(
    "Trained on, the training loss keeps falling. And the validation loss after its best epoch?",
    "it rises"
    if curves["val_loss"][-1] > 1.02 * best_val
    else "it stays",
    choices=["it falls on", "it stays", "it rises"],
    id="validation-after-best",
)
print(f"ended after epoch {ended}, best was epoch {best}")
print(
    f"validation loss: best {best_val:.3f}, kept {kept_val:.3f}"
)
lab.show(
    ended=ended,
    best=best,
    loss=curves["loss"][-1],
    best_val_loss=best_val,
    kept_val_loss=kept_val,
)

# %% [markdown] id="overfitting"
# While both curves fall, the network finds what the flowers of a species have in common. When they
# part, it has begun to learn single flowers by heart: that is **overfitting**. A network too small
# for its task never gets there: both of its curves stay high, which is **underfitting**.

# %% [markdown] id="test-once"
# ## The test, once
# These flowers have the right labels, and no choice was made by them. Here the model answers them
# for the first time.

# %%
test_accuracy = float(
    np.mean(
        np.argmax(
            model.predict(inputs[test], verbose=0), axis=1
        )
        == species[test]
    )
)
memorised = float(
    np.mean(
        np.argmax(
            model.predict(inputs[training], verbose=0), axis=1
        )
        == hurried[training]
    )
)
print(f"training labels given back: {memorised:.0%}")
print(f"right on the test flowers:  {test_accuracy:.0%}")
lab.show(memorised=memorised, test_accuracy=test_accuracy)

# %% [markdown]
# If you now go back, change a parameter and look at the test again, it turns into validation data.
# Count how often you have looked.
#
# ## Goals

# %%
lab.goal(
    "Let Keras stop by itself, and keep the best validation loss that was seen",
    patience > 0
    and ended < epochs
    and kept_val <= best_val + 1e-4,
    hint=(
        "Somebody must wait for a better epoch, and lose patience at some time.",
        "Set patience to 5.",
    ),
    id="stops-by-itself",
)
lab.goal(
    "Let it learn no mistakes by heart: 30 epochs without early stopping, and a validation loss under 0.3",
    epochs >= 30 and patience == 0 and kept_val < 0.3,
    hint=(
        "What can only be learned by heart, since no rule gives it?",
        "The wrong labels. Set wrong to 0.",
    ),
    id="nothing-by-heart",
)
lab.goal(
    "Underfit: with wrong at 0.2 or less, give back less than 70 % of the training labels after 30 epochs or more",
    epochs >= 30
    and patience == 0
    and wrong <= 0.2
    and memorised < 0.7,
    hint=(
        "A network that is too small cannot learn by heart, and little else.",
        "Set units to 1, and wrong back to 0.2.",
    ),
    id="underfit",
)

# %% [markdown]
# ## What you saw
# A falling loss says that a model learns, not that it learns the right thing. Validation data show
# where learning turns into learning by heart, and early stopping keeps the best weights. The test
# data are for one look at the end. Waiting for the best epoch can take long. On what does a
# training run, and can it run faster?
