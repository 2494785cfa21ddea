"""Blocks of `fit` in turn with recording and without, in one run: seconds of processor a step."""

import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

from tflab import lab

PAIRS = 40
STEPS = 300
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
# The first epoch traces the step, and has every batch recorded.
model.fit(inputs, targets, batch_size=BATCH, verbose=0)
for pair in range(PAIRS):
    for recorded in (True, False) if pair % 2 else (False, True):
        lab.autolog(recorded)
        start = time.process_time()
        model.fit(inputs, targets, batch_size=BATCH, verbose=0)
        seconds = (time.process_time() - start) / STEPS
        print("with" if recorded else "without", f"recording: {seconds:.9f}")
