"""A small model that `fit` trains, with no word for tflab: run as it is, or as a bare script.

It says how many steps a second the epochs after the first took.
"""

import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

EPOCHS = 4
STEPS = 500
BATCH = 32

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
inputs = rng.normal(size=(STEPS * BATCH, 20)).astype("float32")
targets = (inputs[:, :5].sum(axis=1) > 0).astype("float32")
model = keras.Sequential(
    [
        keras.Input((20,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
# The first epoch traces the step.
model.fit(inputs, targets, batch_size=BATCH, verbose=0)
start = time.perf_counter()
model.fit(inputs, targets, batch_size=BATCH, epochs=EPOCHS, verbose=0)
print("steps a second:", EPOCHS * STEPS / (time.perf_counter() - start))
