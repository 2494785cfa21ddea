# %% [markdown]
# # Model styles: one network, three ways
# Keras lets you write a network as a list of layers, as a graph of calls, or as a class. Here the
# same small network is written in all three and trained on the same flowers.
#
# Watch the three loss curves. If the three really are one network, what will you see?

# %% tags=["parameters"]
from typing import Annotated, Literal

from tflab import Meta

style: Annotated[
    Literal["all", "sequential", "functional", "subclassing"],
    Meta(description="Which of the three to train"),
] = "all"
epochs: Annotated[
    int,
    Meta(
        ge=1,
        le=400,
        description="Passes over the training flowers",
    ),
] = 40
learning_rate: Annotated[
    float,
    Meta(gt=0, le=10, description="Size of each gradient step"),
] = 0.1
momentum: Annotated[
    float,
    Meta(
        ge=0,
        lt=1,
        description="How much of the last step is kept",
    ),
] = 0.9
batch_size: Annotated[
    int, Meta(ge=1, le=150, description="Flowers in one step")
] = 15

# %% [markdown] id="backends"
# Keras 3 runs on TensorFlow, JAX or PyTorch. TensorFlow is the default; another must be named
# before Keras is imported. Older material writes `tf.keras`: that Keras was a part of TensorFlow.

# %%
import math
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras
import numpy as np

from tflab import lab

# %% [markdown] id="flowers"
# ## The flowers
# Iris: 150 flowers of three species, 50 of each. Two of the four measurements are enough, the
# length and width of a petal, and two can be drawn. The file is sorted by species, and
# `validation_split` simply takes the last rows, so the rows are shuffled first. (Without that, the
# network would be tested on one species alone, of which it met fewer than of the others.)
#
# Lengths of 1 to 7 and widths of 0.1 to 2.5 would pull on the weights unequally. Subtracting the
# mean and dividing by the standard deviation puts both on one scale. Both are taken from the
# training rows only: the held-out flowers must not leak into the training.

# %%
iris = lab.dataset("iris")
order = np.random.default_rng(0).permutation(len(iris.labels))
petals = iris.features[order, 2:]
species = iris.labels[order]
validation_split = 0.2
held_out = int(len(species) * validation_split)
mean, spread = (
    petals[:-held_out].mean(axis=0),
    petals[:-held_out].std(axis=0),
)
inputs = (petals - mean) / spread
print(
    "petals ",
    petals.shape,
    "species",
    species.shape,
    "held out",
    held_out,
)

# %% [markdown] id="sequential"
# ## Style 1: Sequential
# One layer after the other, nothing else. There are two spellings: a list, or `.add` one at a
# time. `keras.Input` wants a shape tuple: older material writes `Input(2)`, which Keras 3 refuses.


# %%
def make_sequential():
    """The layers as a list."""
    return keras.Sequential(
        [
            keras.Input(shape=(2,)),
            keras.layers.Dense(4, activation="sigmoid"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )


added = keras.Sequential()
added.add(keras.Input(shape=(2,)))
added.add(keras.layers.Dense(4, activation="sigmoid"))
added.add(keras.layers.Dense(3, activation="softmax"))
print(
    "list and .add alike:",
    added.count_params() == make_sequential().count_params(),
)

# %%
lab.predict(
    "How many parameters does the network have?",
    added.count_params(),
    within=0,
    id="parameters-of-network",
)
added.summary(line_length=56)

# %% [markdown] id="functional"
# A dense layer has one weight from each input to each unit, and one bias per unit. So the first has
# 2·4 + 4 = 12 parameters and the second 4·3 + 3 = 15: 27 together.
#
# ## Style 2: functional
# Each layer is called on the output of another, and the model is named by its two ends. That
# allows branches, joins and several inputs, which a list cannot say. A layer is made first and
# called second, so there are two pairs of brackets: `Dense(…)(inputs)`. Write the same two layers.


# %% The same network as calls id="functional-style" tags=["exercise"]
### HINT What does the first layer get, and what does the second one get?
### HINT `hidden` is the first layer called on `inputs`; `outputs` is the second called on `hidden`.
def make_functional():
    """The layers as calls, from the input to the output."""
    inputs = keras.Input(shape=(2,))
    ### BEGIN SOLUTION
    hidden = keras.layers.Dense(4, activation="sigmoid")(inputs)
    outputs = keras.layers.Dense(3, activation="softmax")(
        hidden
    )
    ### END SOLUTION
    ### BEGIN STARTER
    # outputs = ...
    ### END STARTER
    return keras.Model(inputs, outputs)


# %%
def answers_like_the_list(rows):
    """Whether both answer alike, given the same weights."""
    ours, theirs = make_functional(), make_sequential()
    ours.set_weights(theirs.get_weights())
    return bool(np.allclose(ours(rows), theirs(rows)))


def weight_shapes():
    return [list(w.shape) for w in make_functional().weights]


lab.check(
    "its weights",
    weight_shapes,
    cases=[((), [[2, 4], [4], [4, 3], [3]])],
)
lab.check(
    "its answers",
    answers_like_the_list,
    cases=[(inputs[:8], True)],
)

# %% [markdown]
# A layer takes what another gives: that is all there is to it. The smallest model has nothing but
# its input: what goes in comes out.

# %% id="identity-model"
nothing = keras.Input((1,), name="numbers")
identity = keras.Model(nothing, nothing, name="identity")
back = identity.predict(
    np.array([[1.0], [2.0], [3.0]]), verbose=0
)
print("1, 2, 3 →", back.ravel())
lab.show(identity=back)

# %% [markdown] id="subclassing"
# Now the third way.
#
# ## Style 3: subclassing
# A class that makes its layers once and uses them in `call`, with all of Python at hand: loops,
# conditions, printing. The price: Keras cannot see inside before the first call, so until then the
# class has no shapes and no parameters.


# %%
class Subclassed(keras.Model):
    """The layers as attributes, the computation as a method."""

    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(
            4, activation="sigmoid"
        )
        self.out = keras.layers.Dense(3, activation="softmax")

    def call(self, inputs):
        return self.out(self.hidden(inputs))


def make_subclassing():
    """An instance, called once so that its weights exist."""
    model = Subclassed()
    model(inputs[:1])
    return model


# %% [markdown] id="same-start"
# ## Training
# `compile` says how to learn, `fit` does it. The labels are whole numbers 0, 1, 2, so the loss is
# the *sparse* categorical cross-entropy. The same random seed is set before each style is made.
# What does that mean for the weights that they start from?

# %%
makers = {
    "sequential": make_sequential,
    "functional": make_functional,
    "subclassing": make_subclassing,
}
common_seed = int(keras.random.randint((), 0, 1_000_000))
untrained = []
for make in makers.values():
    keras.utils.set_random_seed(common_seed)
    untrained.append(np.array(make()(inputs[:1])))
same_start = bool(
    np.allclose(untrained, untrained[0], atol=1e-6)
)
lab.predict(
    "Before any training, how do the three answer for the same flower?",
    "alike" if same_start else "each in its own way",
    choices=["alike", "each in its own way"],
    id="three-starts",
)
lab.show(same_start=same_start)
for name, answer in zip(makers, untrained, strict=True):
    print(f"{name:12} {np.round(answer[0], 4)}")

# %% [markdown]
# The same seed gives the same starting weights, and below the same order of batches.
#
# With batches as small as here, `fit` spends most of its time between them, not in them.
# `steps_per_execution` runs a whole epoch's batches in one call, and `validation_freq` looks at the
# held-out flowers at most ten times in all instead of after every epoch. Larger models need
# neither.

# %%
chosen = list(makers) if style == "all" else [style]
batches = math.ceil((len(species) - held_out) / batch_size)
frame_every = math.ceil(epochs / 20)

ys, xs = np.mgrid[0:3:16j, 0.5:7.5:32j]
grid = (
    (np.column_stack([xs.ravel(), ys.ravel()]) - mean) / spread
).astype("float32")
flowers = {
    name: petals[species == index]
    for index, name in enumerate(iris.names)
}


def draw_regions(model, step):
    """Add a frame with the species answered at each point."""
    regions = np.argmax(np.array(model(grid)), axis=1).reshape(
        xs.shape
    )
    lab.heatmap(
        "Decision regions",
        regions,
        points=flowers,
        x_range=(0.5, 7.5),
        y_range=(0.0, 3.0),
        x_label="petal length (cm)",
        y_label="petal width (cm)",
        step=step,
    )


def draw_frame(epoch):
    """Draw the regions in training, about twenty times."""
    if epoch % frame_every == 0 or epoch == epochs:
        draw_regions(model, epoch)


models, histories = {}, {}
for name in chosen:
    keras.utils.set_random_seed(common_seed)
    model = makers[name]()
    model.compile(
        optimizer=keras.optimizers.SGD(
            learning_rate, momentum=momentum
        ),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=batches,
    )
    first = name == chosen[0]
    if first:
        draw_regions(model, 0)
    history = model.fit(
        inputs,
        species,
        batch_size=batch_size,
        epochs=epochs,
        validation_split=validation_split,
        validation_freq=math.ceil(epochs / 10),
        callbacks=[
            lab.keras_callback(
                prefix=f"{name}/",
                frame=draw_frame if first else None,
            )
        ],
        verbose=0,
    )
    models[name], histories[name] = model, history.history

# %% [markdown]
# ## Are they one network?
# Count the parameters, and compare the final losses.

# %%
held_inputs, held_species = (
    inputs[-held_out:],
    species[-held_out:],
)
final_losses, accuracies, counts = [], [], []
for name, model in models.items():
    final_losses.append(float(histories[name]["loss"][-1]))
    answers = np.argmax(np.array(model(held_inputs)), axis=1)
    accuracies.append(float(np.mean(answers == held_species)))
    counts.append(model.count_params())
    print(
        f"{name:12} {counts[-1]} parameters, loss {final_losses[-1]:.6f}"
    )

# %%
losses_agree = (
    max(final_losses) - min(final_losses) < 1e-4
    if style == "all"
    else None
)
lab.show(
    parameters=counts[0] if len(set(counts)) == 1 else counts,
    losses_agree=losses_agree,
    final_losses=final_losses,
    val_accuracy=min(accuracies),
    predictions=answers.tolist(),
)

# %% [markdown] id="argmax"
# ## From probabilities to answers
# The last layer gives three probabilities per flower that add up to 1. `argmax` takes the place of
# the largest: that is the answer.

# %%
probabilities = np.array(model(held_inputs[:4]))
for row, answer, truth in zip(
    probabilities, answers, held_species, strict=False
):
    print(
        np.round(row, 3),
        "→",
        iris.names[answer],
        "· in truth",
        iris.names[truth],
    )

# %% [markdown]
# ## Goals

# %%
final_loss = max(final_losses)
lab.goal(
    "Half the epochs, nearly the same quality: at most 20 epochs and a loss under 0.12",
    epochs <= 20 and final_loss < 0.12,
    hint=(
        "Fewer epochs can still mean as many steps. What decides the steps in an epoch?",
        "Smaller batches give more steps: try a batch_size of 5 with 20 epochs.",
    ),
    id="half-the-epochs",
)
lab.goal(
    "Switch momentum off and see what it did: a final loss still above 0.3",
    momentum == 0 and final_loss > 0.3,
    hint=(
        "Momentum keeps part of each step for the next one.",
        "Set momentum to 0 and leave the rest as it is.",
    ),
    id="no-momentum",
)
lab.goal(
    "Without momentum, reach a loss under 0.13 all the same",
    momentum == 0 and final_loss < 0.13,
    hint=(
        "Momentum 0.9 makes a steady step ten times as long: 1 / (1 − 0.9).",
        "Make the steps themselves longer: momentum 0 and a learning_rate near 1.",
    ),
    id="good-without-momentum",
)

# %% [markdown]
# ## What you saw
# Sequential for a plain stack, functional when the layers branch or join, subclassing when the
# computation needs Python. The style changes how the code reads, not what is computed: run `all`,
# and the same seed gives the same curve three times. All these layers came from Keras. What is
# inside one?
