# %% [markdown]
# # Save and load: stop, and go on later
# Training costs time, so a model must outlive the program. Keras puts everything into one `.keras`
# file: how the network is built, its weights, and how far the optimiser had come. You will train
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

from tflab import lab

# %% [markdown]
# ## Train briefly
# A small classifier for the Iris flowers. `steps_per_execution=10` runs an epoch's ten batches in
# one call. Momentum gives the optimiser a memory, which matters below.

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

# %% [markdown]
# ## Save
# Each run has a folder of its own for what it makes; `lab.folder()` names it. A `.keras` file is a
# zip archive, so you can look inside: the structure and settings as JSON, the numbers as HDF5.
# Older material saves `.h5` files or whole folders; Keras 3 still reads `.h5`, but `.keras` is the
# format that keeps everything.

# %%
path = lab.folder() / "flowers.keras"
model.save(path)
size = path.stat().st_size
with zipfile.ZipFile(path) as archive:
    inside = archive.namelist()
    for item in archive.infolist():
        print(f"{item.filename:22} {item.file_size:7,} bytes")
print(f"{path.name:22} {size:7,} bytes in all")
lab.show(bytes=size, inside=inside)

# %%
numbers = model.count_params()
lab.show(numbers=numbers)
lab.predict(
    "How many weights and biases does the model have?",
    numbers,
    within=0,
    id="weights-of-model",
)

# %% [markdown]
# Those numbers take four bytes each. The rest of the file is structure, the optimiser's memory and
# packaging, so a file this small is nearly all packaging. It would be as large after more training:
# the numbers change, not how many there are. Only a model that was never trained makes a smaller
# file, because its optimiser has nothing to remember yet.
#
# ## Load and compare
# The loaded model knows nothing of the program that made it, yet needs no `compile`: loss and
# optimiser came along.

# %%
loaded = keras.models.load_model(path)
ours, theirs = (
    np.array(model(flowers)),
    np.array(loaded(flowers)),
)
same_predictions = bool(np.array_equal(ours, theirs))
difference = float(np.abs(ours - theirs).max())
print("largest difference:", difference)
lab.show(
    same_predictions=same_predictions, difference=difference
)
lab.predict(
    "The predictions of the loaded model will be …",
    "exactly the same" if same_predictions else "close",
    choices=["exactly the same", "close", "different"],
    id="loaded-predictions",
)

# %% [markdown]
# ## Train on
# One more epoch for both, with the batches in the same order. Because the optimiser's memory was
# saved too, the loaded model takes the same steps as the first one.

# %%
common_seed = int(np.random.randint(1_000_000))
resumed = {}
for name, either in {"first": model, "loaded": loaded}.items():
    keras.utils.set_random_seed(common_seed)
    either.fit(
        flowers, iris.labels, batch_size=15, epochs=1, verbose=0
    )
    resumed[name] = float(
        either.evaluate(flowers, iris.labels, verbose=0)[0]
    )
    print(f"{name:7} loss {resumed[name]:.6f}")
same_resumed = abs(resumed["first"] - resumed["loaded"]) < 1e-6
gain = 1 - resumed["loaded"] / loss
lab.show(
    same_resumed=same_resumed,
    loss_resumed=resumed["loaded"],
    gain=gain,
)

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
    "Save a good one: a loss under 0.05",
    loss < 0.05,
    hint=(
        "The chart was still falling when it stopped.",
        "More epochs: try 80.",
    ),
    id="good-model",
)
lab.goal(
    "Save when it is no longer worth going on: one more epoch gains less than 2 %",
    gain < 0.02,
    hint=(
        "`gain` in the results says what one more epoch brought.",
        "The curve must have become flat: try 80 epochs.",
    ),
    id="not-worth-going-on",
)

# %% [markdown]
# ## What you saw
# One `.keras` file holds structure, weights and optimiser. The loaded model predicts the same to
# the last bit and trains on as if nothing had happened. What is not in the file is your data and how
# you scaled it: keep that with it.
