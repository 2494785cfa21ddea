# %% [markdown]
# # Two moons
# A small Keras model on a small data set, for the benchmark of searches.

# %%
import keras
import numpy as np

# %% tags=["parameters"]
learning_rate = 0.01
units = 16
epochs = 12

# %%
chance = np.random.default_rng(0)
angle = chance.uniform(0, np.pi, 400)
upper = np.arange(400) % 2 == 0
x = np.where(upper, np.cos(angle), 1 - np.cos(angle)) + chance.normal(0, 0.15, 400)
y = np.where(upper, np.sin(angle), 0.5 - np.sin(angle)) + chance.normal(0, 0.15, 400)
points, labels = np.stack([x, y], axis=1).astype("float32"), upper.astype("float32")

# %%
model = keras.Sequential(
    [
        keras.layers.Dense(units, activation="relu"),
        keras.layers.Dense(units, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(keras.optimizers.Adam(learning_rate), "binary_crossentropy")
model.fit(points, labels, validation_split=0.3, epochs=epochs, batch_size=16, verbose=0)
