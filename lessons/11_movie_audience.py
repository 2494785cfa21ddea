# %% [markdown]
# # Movie audience: Keras from start to end
# Before a film opens, people click "want to see". Does that number tell how large the audience will
# be? Four films are known; Okja, with 12,008 clicks, is to be predicted. The whole Keras process
# in one sitting: data, model, compile, fit, evaluate, predict.
#
# Watch how absurdly small the learning rate is, and find out why.

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

learning_rate: Annotated[
    float,
    Meta(gt=0, le=10, description="Size of each gradient step"),
] = 2e-10
epochs: Annotated[
    int,
    Meta(
        ge=1, le=500, description="Passes over the four films"
    ),
] = 100
standardise: Annotated[
    bool,
    Meta(description="Bring the inputs to mean 0 and spread 1"),
] = False

# %% [markdown]
# Keras 3 must know its backend before it is imported; older material has no such line.

# %%
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras
import numpy as np

from tflab import lab

# %% [markdown]
# ## Data
# Clicks and audiences of four films. Four points are few, and a straight line is a bold guess; but
# it is enough to see every part of the process.

# %%
films = [
    "The Martian",
    "Kingsman",
    "Captain America",
    "Interstellar",
]
clicks = np.array([8759.0, 10132.0, 12078.0, 16430.0])
audience = np.array([487.0, 612.0, 866.0, 1030.0])
okja_clicks = 12008.0
for film, wanted, came in zip(
    films, clicks, audience, strict=True
):
    print(f"{film:16} {wanted:7.0f} {came:6.0f}")

# %% [markdown]
# ## The answer without training
# For a line and squared misses, least squares gives the best slope and intercept at once. It is the
# yardstick for everything below.

# %%
slope, intercept = np.polyfit(clicks, audience, 1)
okja_least_squares = float(slope * okja_clicks + intercept)
least_loss = float(
    np.mean((slope * clicks + intercept - audience) ** 2)
)
lab.show(
    least_squares=[float(slope), float(intercept)],
    okja_least_squares=okja_least_squares,
    least_loss=least_loss,
)
print(f"audience = {slope:.7f} · clicks {intercept:+.5f}")
print(f"Okja: {okja_least_squares:.2f}")

# %% [markdown]
# ## Model and compile
# One dense layer with one unit is `w · x + b`. The shape of its input is a tuple:
# `keras.Input((1,))`. Older material writes `Input(1)`, which Keras 3 refuses. `compile` names the
# loss and the optimiser. The four films make one batch, so an epoch is a single step.

# %%
mean, spread = (
    (clicks.mean(), clicks.std()) if standardise else (0.0, 1.0)
)
inputs = ((clicks - mean) / spread).reshape(-1, 1)
model = keras.Sequential(
    [keras.Input((1,)), keras.layers.Dense(1)]
)
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate), loss="mse"
)
model.summary(line_length=56)

# %% [markdown]
# ## Fit
# The picture shows the line about two dozen times on its way.

# %%
line_clicks = np.array([8000.0, 17000.0])
known = np.column_stack([clicks, audience])


def predict(wanted):
    """Audience that the model expects for these clicks."""
    scaled = (
        np.asarray(wanted, dtype="float64") - mean
    ) / spread
    return np.array(model(scaled.reshape(-1, 1)))[:, 0].astype(
        "float64"
    )


def draw_line(epoch):
    """Add a frame with the model's line now and then."""
    if epoch % -(-epochs // 24) == 0 or epoch == epochs:
        lab.line(
            "Clicks and audience",
            {
                "model": (line_clicks, predict(line_clicks)),
                "least squares": (
                    line_clicks,
                    slope * line_clicks + intercept,
                ),
            },
            points={
                "films": known,
                "Okja": [
                    (okja_clicks, predict(okja_clicks)[0])
                ],
            },
            x_range=(8000, 17000),
            y_range=(0, 1500),
            x_label="want to see",
            y_label="audience",
            step=epoch,
        )


start_loss = float(np.mean((predict(clicks) - audience) ** 2))
draw_line(0)
history = model.fit(
    inputs,
    audience,
    batch_size=4,
    epochs=epochs,
    callbacks=[lab.keras_callback(frame=draw_line)],
    verbose=0,
)
losses = history.history["loss"]
print(f"loss of the first epoch {losses[0]:.6g}")
print(f"loss of the last epoch  {losses[-1]:.6g}")

# %% [markdown]
# ## Evaluate and predict
# `evaluate` measures the loss without training, `predict` answers for a new film. The new film must
# go through the same scaling as the known ones.

# %%
final_loss = float(
    model.evaluate(inputs, audience, batch_size=4, verbose=0)
)
okja_inputs = np.array([[(okja_clicks - mean) / spread]])
okja = float(model.predict(okja_inputs, verbose=0)[0, 0])
lab.show(
    okja=okja, start_loss=start_loss, final_loss=final_loss
)
lab.predict(
    "How many viewers does least squares expect for Okja?",
    okja_least_squares,
    within=0.1,
    id="viewers-of-okja",
)
lab.predict(
    "With your settings, will the loss end below or above its start?",
    "below" if final_loss < start_loss else "above",
    choices=["below", "above"],
    id="loss-at-end",
)
print(
    f"Okja: {okja:.1f}, least squares {okja_least_squares:.1f}"
)

# %% [markdown]
# ## Why so small a learning rate?
# Clicks are numbers around 10,000, and the slope of the loss with respect to `w` multiplies by
# them. The curvature along `w` is twice the mean of their squares; a step longer than
# `2 / curvature` diverges. The curvature along `b` is just 2, so at a rate that `w` can bear, `b`
# never moves. Standardising makes both curvatures 2.

# %%
columns = np.column_stack([inputs[:, 0], np.ones(4)])
curvatures = np.linalg.eigvalsh(2 * columns.T @ columns / 4)
limit = float(2 / curvatures[-1])
weight, bias = (
    float(values.ravel()[0]) for values in model.get_weights()
)
lab.show(limit=limit, bias=bias)
print(f"curvatures {curvatures[1]:.4g} and {curvatures[0]:.4g}")
print(f"so the limit is {limit:.2g}")
print(f"w = {weight:.5f}, b = {bias:.5f}")

# %% [markdown]
# ## Goals

# %%
lab.goal(
    "Standardise, and come within 1 % of least squares for Okja",
    standardise and abs(okja / okja_least_squares - 1) < 0.01,
    hint=(
        "With inputs around 1 the tiny learning rate does nothing. What is the new limit?",
        "Switch standardise on and set learning_rate to 0.1.",
    ),
    id="standardised",
)
lab.goal(
    "Do it in a single epoch: within 1 % after one step",
    epochs == 1 and abs(okja / okja_least_squares - 1) < 0.01,
    hint=(
        "One step reaches the bottom when learning_rate · curvature is exactly 1.",
        "Standardised, both curvatures are 2: a learning_rate of 0.5 and 1 epoch.",
    ),
    id="single-epoch",
)
lab.goal(
    "Diverge with a learning rate below a millionth",
    learning_rate < 1e-6 and not final_loss < start_loss,
    hint=(
        "The results name the limit for inputs that are not standardised.",
        "It lies below 1e-8. Leave standardise off and try 1e-7.",
    ),
    id="diverges",
)

# %% [markdown]
# ## What you saw
# Data, model, compile, fit, evaluate, predict: every Keras program has these parts. The scale of the
# inputs decides which learning rates work, and standardising makes an ordinary one fit. What was
# done to the inputs in training must be done to every new input as well.
