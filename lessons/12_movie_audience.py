# %% [markdown]
# # Movie audience: Keras from start to end
# Before a film opens, people click "want to see". Does that number tell how large the audience will
# be? Four films are known; Okja, with 12,008 clicks, is to be predicted. The whole Keras process
# in one sitting: data, model, compile, fit, evaluate, predict. As is usual in Korea, audiences are
# counted in units of 10,000 viewers.
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

# %% [markdown] id="two-keras"
# Keras 3 computes with TensorFlow unless it is told otherwise before it is imported. Older material
# writes `tf.keras` for `keras`: with this backend they are the same classes.

# %%
import math
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras
import numpy as np
import tensorflow as tf

from tflab import lab

one_keras = tf.keras.layers.Dense is keras.layers.Dense
lab.show(one_keras=one_keras)

# %% [markdown] id="process"
# ## The whole process
#
#     define the problem → collect data → look at them
#              ↓
#     build a model → compile → fit → evaluate → predict
#              ↑                        │
#              └── change something ────┘
#
# The problem: from clicks before the opening, how many will come? The headings below follow these
# steps.

# %% [markdown] id="data"
# ## Data
# Clicks and audiences of four films: an audience of 487 is 4,870,000 viewers. Four points are few,
# and a straight line is a bold guess; but it is enough to see every part of the process.

# %%
films = [
    "The Martian",
    "Kingsman",
    "Captain America",
    "Interstellar",
]
clicks = np.array([8759.0, 10132.0, 12078.0, 16430.0])
audience = np.array([487.0, 612.0, 866.0, 1030.0])
known = np.column_stack([clicks, audience])
okja_clicks = 12008.0
print("film             clicks  audience (10,000 viewers)")
for row in zip(films, clicks, audience, strict=True):
    print("{:16} {:6.0f} {:9.0f}".format(*row))

# %% [markdown] id="look-first"
# ## Look first
# Plot before you model. (pandas keeps such a table under names; two arrays are enough for four
# films.) Does a straight line look like a good guess?

# %%
lab.scatter(
    "The four films",
    {name: [p] for name, p in zip(films, known, strict=True)},
    x_label="want to see",
    y_label="audience (10,000 viewers)",
)

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
lab.show(least_squares=[float(slope), float(intercept)])
lab.show(okja_least_squares=okja_least_squares)
lab.show(least_loss=least_loss)
lab.predict(
    "How large an audience does least squares expect for Okja, in units of 10,000 viewers?",
    okja_least_squares,
    within=0.1,
    id="viewers-of-okja",
)

# %% [markdown] id="model-and-compile"
# ## Model and compile
# One dense layer with one unit is `w · x + b`. The shape of its input is a tuple:
# `keras.Input((1,))`. Older material writes `Input(1)`, which Keras 3 refuses. `compile` names the
# loss and the optimizer. The four films make one batch, so an epoch is a single step.

# %%
mean, spread = (
    (clicks.mean(), clicks.std()) if standardise else (0.0, 1.0)
)
inputs = ((clicks - mean) / spread).reshape(-1, 1)
model = keras.Sequential(
    [
        keras.Input((1,), name="clicks"),
        keras.layers.Dense(1, name="line"),
    ],
    name="films",
)
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate), loss="mse"
)
model.summary(line_length=56)

# %% [markdown] id="before-training"
# ## Before training
# The weight was drawn at random, by the seed of this run: the same seed gives the same start. In a
# program of your own, `keras.utils.set_random_seed(0)` fixes it. `tf.random.set_seed(0)` fixes what
# TensorFlow draws, but not the weights of Keras 3, which draws its seeds itself. For x = 1 and x = 2
# the model answers `w · x + b`: the line it has now. Each row below is x, what the model predicts,
# and `w · x + b` by hand.

# %%
weight_0, bias_0 = (
    float(values.ravel()[0]) for values in model.get_weights()
)
x = np.array([[1.0], [2.0], [okja_clicks]])
untrained = model.predict(x, verbose=0)
by_hand = weight_0 * x + bias_0
for row in np.hstack([x, untrained, by_hand]):
    print("{:8g} {:12.4f} {:12.4f}".format(*row))
lab.show(untrained=untrained)

# %% [markdown] id="fit"
# ## Fit
# `fit` goes over the films `epochs` times: predict, measure, step, as you did by hand. The
# `batch_size` of 4 puts all films into each step. The picture follows the line through training, in
# two dozen frames or so at the most.

# %%
line_clicks = np.array([8000.0, 17000.0])
best_line = (line_clicks, slope * line_clicks + intercept)


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
    if epoch % math.ceil(epochs / 24) == 0 or epoch == epochs:
        model_line = (line_clicks, predict(line_clicks))
        okja_now = [(okja_clicks, predict(okja_clicks)[0])]
        lab.line(
            "Clicks and audience",
            {"model": model_line, "least squares": best_line},
            points={"films": known, "Okja": okja_now},
            x_range=(8000, 17000),
            y_range=(0, 1500),
            x_label="want to see",
            y_label="audience (10,000 viewers)",
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
end_loss = float(np.mean((predict(clicks) - audience) ** 2))
lab.predict(
    "With your settings, will the loss end below or above its start?",
    "below" if end_loss < start_loss else "above",
    choices=["below", "above"],
    id="loss-at-end",
)
losses = history.history["loss"]
print(f"loss of the first epoch {losses[0]:.6g}")
print(f"loss of the last epoch  {losses[-1]:.6g}")

# %% [markdown] id="evaluate-and-predict"
# ## Evaluate and predict
# `evaluate` measures the loss without training, `predict` answers for a new film. This function
# gets a new film ready for the model, and forgets something that was done to the known ones. Mend
# it.


# %% A new film, ready for the model id="scale-new-film" tags=["exercise"]
### HINT The model never saw clicks as such. What did it see when inputs are standardised?
### HINT Take the mean of the known films away, and divide by their spread.
def as_input(wanted, mean, spread):
    """One film's clicks, as the model takes them: (1, 1)."""
    ### BEGIN SOLUTION
    return np.array([[(wanted - mean) / spread]])
    ### END SOLUTION
    ### BEGIN STARTER
    # return np.array([[wanted]])
    ### END STARTER


# %%
lab.check(
    "as_input",
    as_input,
    cases=[
        ((12000.0, 10000.0, 4000.0), np.array([[0.5]])),
        ((9000.0, 10000.0, 2000.0), np.array([[-0.5]])),
        ((9000.0, 0.0, 1.0), np.array([[9000.0]])),
    ],
)

# %% [markdown]
# What `predict` answers is a NumPy array with a row for each film: here of shape (1, 1).

# %%
final_loss = float(
    model.evaluate(inputs, audience, batch_size=4, verbose=0)
)
answer = model.predict(
    as_input(okja_clicks, mean, spread), verbose=0
)
print(type(answer).__name__, answer.shape)
okja = float(answer[0, 0])
lab.show(okja=okja, okja_least_squares=okja_least_squares)
lab.show(start_loss=start_loss, final_loss=final_loss)

# %% [markdown] id="scale-and-rate"
# ## Why so small a learning rate?
# Clicks are numbers around 10,000, and the slope of the loss with respect to `w` multiplies by
# them. The curvature along `w` is twice the mean of their squares, that along `b` is just 2. A rate
# above `2 / curvature` diverges, and the steepest direction sets that limit, which is close to `w`
# here. At a rate that `w` can bear, `b` hardly moves. Standardising makes both curvatures 2.

# %%
columns = np.column_stack([inputs[:, 0], np.ones(4)])
second_derivatives = 2 * columns.T @ columns / 4
along_w, along_b = np.diag(second_derivatives)
steepest = np.linalg.eigvalsh(second_derivatives)[-1]
limit = float(2 / steepest)
weight, bias = (
    float(values.ravel()[0]) for values in model.get_weights()
)
lab.show(limit=limit, bias=bias)
print(f"curvature along w: {along_w:.4g}")
print(f"curvature along b: {along_b:.4g}")
print(f"steepest: {steepest:.4g}, so the limit is {limit:.2g}")
print(f"w = {weight:.5f}, b = {bias:.5f}")

# %% [markdown]
# ## Goals

# %%
lab.goal(
    "Bring the loss within 1 % of the least that a line can have",
    final_loss < 1.01 * least_loss,
    hint=(
        "The best line has a b far from 0. What keeps b where it is?",
        "Inputs near 10,000 do. Switch standardise on and set learning_rate to 0.1.",
    ),
    id="standardised",
)
lab.goal(
    "Do it in a single epoch: within 1 % of the least loss after one step",
    epochs == 1 and final_loss < 1.01 * least_loss,
    hint=(
        "One step reaches the bottom when learning_rate · curvature is exactly 1.",
        "Standardised, both curvatures are 2: a learning_rate of 0.5 and 1 epoch.",
    ),
    id="single-epoch",
)
lab.goal(
    "Diverge with a learning rate below a millionth",
    learning_rate < 1e-6 and not final_loss < 2 * start_loss,
    hint=(
        "The results name the limit for inputs that are not standardised.",
        "It lies below 1e-8. Leave standardise off and try 1e-7.",
    ),
    id="diverges",
)

# %% [markdown] id="what-you-saw"
# ## What you saw
# Data, model, compile, fit, evaluate, predict: every Keras program has these parts. The scale of
# the inputs decides which learning rates work, and standardising makes an ordinary one fit. What
# was done to the inputs in training must be done to every new input as well.
#
# Least squares expects 7.6 million viewers for Okja. But the film came out on Netflix on the day
# that it opened, so the three largest cinema chains of Korea, with nine in ten of its screens,
# did not show it. No number of clicks can say that: a model knows only its inputs, and takes a new
# film to be like the old ones.
#
# Most settings of `compile` and `fit` were never touched here. Which are there, and what do they
# do?
