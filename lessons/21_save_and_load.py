# %% [markdown]
# # Save and load: stop, and go on later
# Training costs time, so a model must outlive the program. Keras puts everything into one `.keras`
# file: how the network is built, its weights, and how far the optimizer had come. You will train
# briefly, save, load, compare, and train on.
#
# Watch whether the loaded model gives *the same* numbers, or only similar ones.

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

epochs: Annotated[
    int,
    Meta(
        ge=0,
        le=300,
        description="Passes over the flowers before saving",
    ),
] = 5

# %%
import os
import zipfile

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras
import numpy as np
import tensorflow as tf

from tflab import lab

# %% [markdown]
# ## Train briefly
# A small classifier for the Iris flowers. `steps_per_execution=10` runs an epoch's ten batches in
# one call. Momentum gives the optimizer a memory, which matters below. Loss and accuracy are
# measured on the flowers that the model was trained on: they say how far training has come, and
# nothing about new flowers. So the scaling may use all of them as well.

# %%
iris = lab.dataset("iris")
flowers = (
    iris.features - iris.features.mean(axis=0)
) / iris.features.std(axis=0)
model = keras.Sequential(
    [
        keras.Input(shape=(4,)),
        keras.layers.Dense(8, activation="relu"),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.SGD(0.05, momentum=0.9),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
    steps_per_execution=10,
)
if epochs > 0:
    model.fit(
        flowers,
        iris.labels,
        batch_size=15,
        epochs=epochs,
        callbacks=[lab.keras_callback()],
        verbose=0,
    )
loss, accuracy = (
    float(value)
    for value in model.evaluate(flowers, iris.labels, verbose=0)
)
lab.show(loss=loss, accuracy=accuracy)
print(
    f"after {epochs} epochs: loss {loss:.4f}, accuracy {accuracy:.3f}"
)

# %% [markdown] id="save"
# ## Save
# Each run has a folder of its own for what it makes; `lab.folder()` names it. A `.keras` file is a
# zip archive, so you can look inside: the structure and settings as JSON, the numbers as HDF5.
# Older material saves `.h5` files or whole folders; Keras 3 still reads `.h5`, but `.keras` is the
# format that keeps everything.

# %%
path = lab.folder() / "flowers.keras"
model.save(path)
size = path.stat().st_size
numbers = model.count_params()
lab.predict(
    "How many weights and biases does the model have?",
    numbers,
    within=0,
    id="weights-of-model",
)
with zipfile.ZipFile(path) as archive:
    inside = archive.namelist()
    for item in archive.infolist():
        print(f"{item.filename:22} {item.file_size:7,} bytes")
print(f"{path.name:22} {size:7,} bytes in all")
lab.show(bytes=size, inside=inside, numbers=numbers)

# %% [markdown]
# Those numbers take four bytes each. The rest of the file is structure, the optimizer's memory and
# packaging, so a file this small is nearly all packaging. It would be as large after more training:
# the numbers change, not how many there are. Only a model that was never trained makes a smaller
# file, because its optimizer has nothing to remember yet.
#
# ## Load and compare
# This pair of lines brings a model back with the right weights, and forgets how it was trained.
# Mend it.


# %% Bring it back whole id="bring-back" tags=["exercise"]
### HINT Weights are numbers. What else is in a `.keras` file?
### HINT `model.save(path)` keeps all of it, and `keras.models.load_model(path)` brings it back.
def bring_back(model, path):
    """Save the model to a file, and return it from there."""
    ### BEGIN SOLUTION
    model.save(path)
    return keras.models.load_model(path)
    ### END SOLUTION
    ### BEGIN STARTER
    # copy = keras.models.clone_model(model)
    # copy.set_weights(model.get_weights())
    # return copy
    ### END STARTER


# %%
def steps_that_came_along():
    """How many steps the loaded optimizer knows of."""
    copy = bring_back(model, lab.folder() / "copy.keras")
    if copy.optimizer is None:
        return "no optimizer at all"
    return int(copy.optimizer.iterations)


lab.check(
    "the optimizer's steps",
    steps_that_came_along,
    cases=[((), int(model.optimizer.iterations))],
)

# %% [markdown] id="load"
# The loaded model knows nothing of the program that made it, yet needs no `compile`: loss and
# optimizer came along.

# %%
loaded = bring_back(model, path)
ours, theirs = (
    np.array(model(flowers)),
    np.array(loaded(flowers)),
)
same_predictions = bool(np.array_equal(ours, theirs))
difference = float(np.abs(ours - theirs).max())
lab.predict(
    "The predictions of the loaded model will be …",
    "exactly the same" if same_predictions else "close",
    choices=["exactly the same", "close", "different"],
    id="loaded-predictions",
)
print("largest difference:", difference)
lab.show(
    same_predictions=same_predictions, difference=difference
)

# %% [markdown] id="train-on"
# ## Train on
# One more epoch for three models, with the batches in the same order: the first, the loaded one,
# and one that got the weights alone, with an optimizer that remembers nothing. Which of them go on
# in step?

# %%
weights_only = keras.models.clone_model(model)
weights_only.set_weights(model.get_weights())
weights_only.compile(
    optimizer=keras.optimizers.SGD(0.05, momentum=0.9),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
    steps_per_execution=10,
)

# %%
resumed, probabilities = {}, {}
for name, one in {
    "first": model,
    "loaded": loaded,
    "weights only": weights_only,
}.items():
    keras.utils.set_random_seed(1)
    one.fit(
        flowers, iris.labels, batch_size=15, epochs=1, verbose=0
    )
    probabilities[name] = np.array(one(flowers))
    resumed[name] = float(
        np.mean(
            keras.losses.sparse_categorical_crossentropy(
                iris.labels, probabilities[name]
            )
        )
    )

# %%
same_resumed = abs(resumed["first"] - resumed["loaded"]) < 1e-6
forgotten = float(
    np.mean(
        np.abs(
            probabilities["weights only"]
            - probabilities["first"]
        )
    )
)
lab.predict(
    "Which model goes on exactly as the first one does?",
    "the loaded one" if same_resumed else "neither",
    choices=["the loaded one", "neither"],
    id="goes-on-in-step",
)
for name, after in resumed.items():
    print(f"{name:12} loss {after:.6f}")
print(f"weights only: probabilities off by {forgotten:.4f}")
lab.show(
    same_resumed=same_resumed,
    loss_resumed=resumed["loaded"],
    forgotten=forgotten,
)

# %% [markdown]
# The file holds the optimizer's memory, so the loaded model takes the same steps as the first one.
# The weights alone are not the whole state of a training: `forgotten` says how far the
# probabilities of the third model are from those of the first, on average.

# %% [markdown] id="serving"
# ## From idea to service
# A service only has to answer, and often there is no Python where it runs. `export` writes the
# graph of the model alone: TensorFlow Serving answers with it over the network, and converters make
# it ready for phones and browsers. What it writes answers, and cannot be trained on.

# %%
exported = lab.folder() / "serving"
model.export(exported, verbose=False)
service = tf.saved_model.load(str(exported))
served = service.serve(tf.constant(flowers, tf.float32))
served_alike = bool(
    np.allclose(served, model(flowers), atol=1e-5)
)
print("files:", sorted(p.name for p in exported.iterdir()))
print("answers as the model does:", served_alike)
lab.show(served_alike=served_alike)

# %% [markdown]
# ## Goals

# %%
lab.goal(
    "Save a model that was never trained, and get the same (bad) predictions back",
    epochs == 0 and same_predictions,
    hint=(
        "Saving does not ask how good a model is.",
        "Set epochs to 0.",
    ),
    id="untrained",
)
lab.goal(
    "Save one that has learned these flowers: a loss under 0.05",
    loss < 0.05,
    hint=(
        "The chart was still falling when it stopped.",
        "More epochs: try 80.",
    ),
    id="good-model",
)
lab.goal(
    "Save at a moment when the optimizer's memory counts: without it, probabilities off by over 0.025",
    forgotten > 0.025,
    hint=(
        "`forgotten` in the results says it. Momentum remembers the last steps: when are they longest?",
        "Right after the start, when there is most to learn: set epochs to 1.",
    ),
    id="memory-counts",
)

# %% [markdown]
# ## What you saw
# One `.keras` file holds structure, weights and optimizer. The loaded model predicts the same to
# the last bit and trains on as if nothing had happened. The file does not contain your data or your
# scaling; store both beside it. That was the last part of the whole process. Would you notice if
# one of the parts were broken?
