# %% [markdown]
# # Capstone: the ward, and a blank page
# You have come a long way. Now two things that nobody will do for you outside a course. First, a
# ward with six sick trainings: none of them raises an error, each learns badly or only seems to
# learn, and you say why. Then a blank page: a classifier of your own, from the raw measurements to
# a file that others can use.
#
# Watch the curves of the ward. A curve is a symptom; the cause is in the code.

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

rate: Annotated[
    float,
    Meta(
        gt=0,
        le=10_000,
        description="Learning rate of patient 1",
    ),
] = 300.0
steps: Annotated[
    int,
    Meta(
        ge=10,
        le=3000,
        description="Steps of every training in the ward",
    ),
] = 200

# %%
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras
import numpy as np
import tensorflow as tf

from tflab import lab

iris = lab.dataset("iris")
random = np.random.default_rng(0)
measured, species = iris.features, iris.labels
healthy = (measured - measured.mean(0)) / measured.std(0)

# %% [markdown]
# ## A healthy training
# A layer without hidden units, softmax, cross-entropy, full batches, plain descent: patients 1 to 5
# are this training with one thing wrong. Guessing among three species costs ln 3 ≈ 1.0986.

# %%
guessing = float(np.log(3))


@tf.function
def descend(inputs, labels, rate, watched, twice, count):
    """Train from zeros; return the loss before each step."""
    W, b = tf.zeros((4, 3)), tf.zeros((3,))
    losses = tf.TensorArray(tf.float32, count)
    for step in tf.range(count):
        with tf.GradientTape(
            watch_accessed_variables=False
        ) as tape:
            if watched:
                tape.watch([W, b])
            scores = inputs @ W + b
            if twice:
                scores = tf.nn.softmax(scores)
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(
                    labels, scores
                )
            )
        slopes = tape.gradient(
            loss, [W, b], unconnected_gradients="zero"
        )
        W -= rate * slopes[0]
        b -= rate * slopes[1]
        losses = losses.write(step, loss)
    return losses.stack()


def train(inputs, labels, rate=0.5, watched=True, twice=False):
    """The losses of a training in the ward."""
    return descend(
        tf.constant(inputs, tf.float32),
        tf.constant(labels, tf.int32),
        tf.constant(rate, tf.float32),
        watched,
        twice,
        steps,
    ).numpy()


ward = {"healthy": train(healthy, species)}
print(f"healthy: {guessing:.3f} → {ward['healthy'][-1]:.3f}")

# %% [markdown]
# ## The ward
# Five of the six. (The sixth has no curve, and looks better than all of them. It comes last.)

# %%
micrometres = measured * 10_000
apart = random.permutation(species)
ward["patient 1"] = train(healthy, species, rate=rate)
ward["patient 2"] = train(micrometres, species)
ward["patient 3"] = train(healthy, apart)
ward["patient 4"] = train(healthy, species, twice=True)
ward["patient 5"] = train(healthy, species, watched=False)
for name, losses in ward.items():
    print(
        f"{name:10} starts {losses[0]:.3f}"
        f"  lowest {losses.min():.3f}  ends {losses[-1]:.3g}"
    )
# What is beyond a chart is drawn at its top.
charts = {
    "Healthy, and patients 1 and 2": (4.0, [0, 1, 2]),
    "Healthy, and patients 3, 4 and 5": (1.2, [0, 3, 4, 5]),
}
names, curves = list(ward), np.array(list(ward.values()))
for title, (top, chosen) in charts.items():
    lab.line(
        title,
        {
            names[one]: (
                np.arange(steps),
                np.minimum(curves[one], top),
            )
            for one in chosen
        },
        x_label="step",
        y_label=f"loss, cut off at {top:g}",
        y_range=(0, top),
    )
lab.show(
    highest=[float(losses.max()) for losses in ward.values()],
    ends=[float(losses[-1]) for losses in ward.values()],
    settled=float(ward["patient 1"][-50:].max()),
    guessing=guessing,
)

# %% [markdown]
# ## Patient 1
# As it came in, with a rate of 300, it jumps up and down and finds no rest. Its data are healthy.

# %%
# What do you say?
### BEGIN HIDDEN TESTS
lab.predict(
    "What is wrong with patient 1?",
    "rate",
    choices={
        "rate": "its steps are too long",
        "labels": "its labels are wrong",
        "gradient": "it has no gradient",
    },
    id="patient-1",
)
### END HIDDEN TESTS


# %% A rate that settles id="cure-rate" tags=["exercise"]
### HINT What sets the limit of the learning rate?
### HINT 2 / curvature, where it swings for ever. Return half of that, or thereabouts.
def safe_rate(curvature):
    """A rate that comes to rest at this curvature."""
    ### BEGIN SOLUTION
    return 1 / curvature
    ### END SOLUTION
    ### BEGIN STARTER
    # return 4 / curvature
    ### END STARTER


# %%
def distance_left(curvature):
    """Whether 100 steps down leave under 1 % of the distance."""
    factor = 1 - safe_rate(curvature) * curvature
    return bool(abs(factor) ** 100 < 0.01)


lab.check(
    "it settles",
    distance_left,
    cases=[(0.5, True), (2.0, True), (40.0, True)],
)

# %% [markdown]
# ## Patient 2
# The same flowers, measured in micrometres, and the healthy rate.

# %%
# What do you say?
### BEGIN HIDDEN TESTS
lab.predict(
    "What would help patient 2, and leave its rate alone?",
    "scale",
    choices={
        "steps": "more steps",
        "scale": "scaling its inputs",
        "units": "more units",
    },
    id="patient-2",
)
### END HIDDEN TESTS


# %% Inputs that a rate can bear id="cure-scale" tags=["exercise"]
### HINT Which mean and which spread should each column have?
### HINT Mean 0 and spread 1, column by column: `axis=0`.
def scaled(features):
    """Columns with mean 0 and standard deviation 1."""
    ### BEGIN SOLUTION
    return (features - features.mean(axis=0)) / features.std(
        axis=0
    )
    ### END SOLUTION
    ### BEGIN STARTER
    # return features - features.mean()
    ### END STARTER


# %%
lab.check(
    "scaled",
    scaled,
    cases=[
        (
            np.array([[0.0, 100.0], [2.0, 300.0]]),
            np.array([[-1.0, -1.0], [1.0, 1.0]]),
        ),
        (np.array([[1e6], [3e6]]), np.array([[-1.0], [1.0]])),
    ],
)

# %% [markdown]
# ## Patient 3
# A smooth curve that hardly leaves the cost of guessing, however long it trains.

# %%
# What do you say?
### BEGIN HIDDEN TESTS
lab.predict(
    "What is wrong with patient 3?",
    "labels",
    choices={
        "rate": "its steps are too short",
        "labels": "its labels do not belong to its flowers",
        "softmax": "softmax is taken twice",
    },
    id="patient-3",
)
### END HIDDEN TESTS


# %% Flowers and labels together id="cure-labels" tags=["exercise"]
### HINT Both are shuffled, each by itself. What must the two orders have in common?
### HINT Draw one order, `random.permutation(len(labels))`, and index both with it.
def shuffled(features, labels, random):
    """Both in the same new order."""
    ### BEGIN SOLUTION
    order = random.permutation(len(labels))
    return features[order], labels[order]
    ### END SOLUTION
    ### BEGIN STARTER
    # return random.permutation(features), random.permutation(labels)
    ### END STARTER


# %%
def still_pairs(count, seed):
    """Whether each row still has its label, in a new order."""
    rows, labels = shuffled(
        np.arange(count).reshape(-1, 1),
        np.arange(count),
        np.random.default_rng(seed),
    )
    moved = not np.array_equal(labels, np.arange(count))
    return bool(np.array_equal(rows[:, 0], labels)) and moved


lab.check(
    "pairs stay together",
    still_pairs,
    cases=[((20, 0), True), ((50, 1), True)],
)

# %% [markdown]
# ## Patient 4
# Learns, slowly, and never gets below a floor. Its model ends in softmax, and its loss is one
# "with logits".

# %%
# What do you say?
### BEGIN HIDDEN TESTS
lab.predict(
    "What is wrong with patient 4?",
    "softmax",
    choices={
        "softmax": "softmax is taken twice",
        "rate": "its steps are too long",
        "labels": "its labels are wrong",
    },
    id="patient-4",
)
### END HIDDEN TESTS


# %% One softmax id="cure-softmax" tags=["exercise"]
### HINT The model below has no softmax at its end, so it gives logits. Who takes the softmax then?
### HINT The loss, if you say `from_logits=True`.
def loss_of_logits():
    """The loss for a model that ends without softmax."""
    ### BEGIN SOLUTION
    return keras.losses.SparseCategoricalCrossentropy(
        from_logits=True
    )
    ### END SOLUTION
    ### BEGIN STARTER
    # return keras.losses.SparseCategoricalCrossentropy()
    ### END STARTER


# %%
def cost_of(score):
    """The cost of logits 0, 0, and `score` for the right class."""
    logits = tf.constant([[0.0, 0.0, score]])
    return float(loss_of_logits()(tf.constant([2]), logits))


lab.check(
    "cost of three logits",
    cost_of,
    cases=[
        (0.0, float(np.log(3))),
        (5.0, float(np.log(1 + 2 * np.exp(-5)))),
    ],
)

# %% [markdown]
# ## Patient 5
# A flat line, to the last digit.

# %%
# What do you say?
### BEGIN HIDDEN TESTS
lab.predict(
    "What is wrong with patient 5?",
    "gradient",
    choices={
        "labels": "its labels are wrong",
        "gradient": "it has no gradient",
        "rate": "its steps are too long",
    },
    id="patient-5",
)
### END HIDDEN TESTS


# %% A weight that the tape follows id="cure-watch" tags=["exercise"]
### HINT What does a tape follow by itself?
### HINT Variables: give the weights to `tf.Variable`.
def first_weights(inputs, units):
    """Weights that a tape follows without being told."""
    start = tf.zeros((inputs, units))
    ### BEGIN SOLUTION
    return tf.Variable(start)
    ### END SOLUTION
    ### BEGIN STARTER
    # return start
    ### END STARTER


# %%
def slope_reaches(inputs, units):
    W = first_weights(inputs, units)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.ones((1, inputs)) @ W)
    return tape.gradient(loss, W) is not None


lab.check(
    "a gradient arrives",
    slope_reaches,
    cases=[((4, 3), True), ((2, 1), True)],
)

# %% [markdown]
# ## Patient 6
# The labels of this one were drawn by lot, so on new flowers nobody does better than one in three
# for long. It answers with the label of the nearest flower that it knows, and looks splendid.


# %%
def nearest_accuracy(train_rows, test_rows, labels):
    """Answer each test flower with its nearest neighbour."""
    distances = tf.norm(
        healthy[test_rows, None] - healthy[None, train_rows],
        axis=2,
    )
    nearest = train_rows[tf.argmin(distances, axis=1).numpy()]
    return float(np.mean(labels[nearest] == labels[test_rows]))


lots = random.integers(0, 3, 150)
order = random.permutation(150)
too_good = nearest_accuracy(order[:120], order[60:], lots)
print(f"patient 6 is right for {too_good:.0%}")
lab.show(too_good=too_good)

# %%
# What do you say?
### BEGIN HIDDEN TESTS
lab.predict(
    "How can patient 6 know what was drawn by lot?",
    "leak",
    choices={
        "leak": "it knows most of its test flowers",
        "luck": "it was lucky",
        "wide": "it has many parameters",
    },
    id="patient-6",
)
### END HIDDEN TESTS


# %% A test without a leak id="cure-leak" tags=["exercise"]
### HINT Which rows are in both?
### HINT The test must begin where the training ends.
def split(order, train_count):
    """Rows to train on, and all the others to test on."""
    ### BEGIN SOLUTION
    return order[:train_count], order[train_count:]
    ### END SOLUTION
    ### BEGIN STARTER
    # return order[:train_count], order[train_count // 2 :]
    ### END STARTER


# %%
def both_and_all(count, train_count):
    """Rows in both parts, and rows in either."""
    first, second = split(np.arange(count), train_count)
    shared = set(first.tolist()) & set(second.tolist())
    either = set(first.tolist()) | set(second.tolist())
    return [len(first), len(shared), len(either)]


lab.check(
    "split",
    both_and_all,
    cases=[((10, 8), [8, 0, 10]), ((150, 120), [120, 0, 150])],
)

# %%
honest = nearest_accuracy(*split(order, 120), lots)
print(f"without the leak: {honest:.0%}")
lab.show(honest=honest)

# %% [markdown]
# ## The blank page
# Nothing is given now but the task. Write `build`:
#
# - It gets raw measurements, of shape (n, 4) and in centimetres, and their labels 0, 1, 2.
# - It trains a Keras model of at most 200 parameters that takes *raw* measurements: whatever scales
#   them must be inside the model.
# - It saves the model at `path`, a `.keras` file.
#
# A check that you cannot see loads the file and asks it about flowers that it never met. It wants
# 9 of 10 right. Everything you need is in lessons that you have done.


# %% A classifier of your own id="blank-page" tags=["exercise"] seconds=60
### HINT Which layer standardises inside a model, and how does it learn mean and spread?
### HINT `keras.layers.Normalization`, and `adapt` before training. It comes right after the Input.
### HINT Dense(8, relu) and Dense(3, softmax) are enough, with SGD at 0.1 and momentum 0.9, for 30 epochs.
def build(features, labels, path):
    """Train a small classifier and save it at `path`."""
    ### BEGIN SOLUTION
    scale = keras.layers.Normalization()
    scale.adapt(features)
    model = keras.Sequential(
        [
            keras.Input(shape=(4,)),
            scale,
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.SGD(0.1, momentum=0.9),
        loss="sparse_categorical_crossentropy",
    )
    model.fit(
        features, labels, batch_size=15, epochs=30, verbose=0
    )
    model.save(path)
    ### END SOLUTION


# %% tags=["check"]
### BEGIN HIDDEN TESTS
def examined():
    """Parameters, and the share of new flowers it gets right."""
    rows = np.random.default_rng(5).permutation(150)
    known, new = rows[:110], rows[110:]
    path = lab.folder() / "mine.keras"
    build(measured[known], species[known], path)
    loaded = keras.models.load_model(path)
    answers = np.argmax(
        loaded.predict(measured[new], verbose=0), axis=1
    )
    right = float(np.mean(answers == species[new]))
    return {
        "at most 200 parameters": loaded.count_params() <= 200,
        "9 of 10 new flowers right": right >= 0.9,
    }


lab.check(
    "build",
    examined,
    cases=[
        (
            (),
            {
                "at most 200 parameters": True,
                "9 of 10 new flowers right": True,
            },
        )
    ],
    seconds=60,
)
### END HIDDEN TESTS

# %% [markdown] id="explain-it"
# ## Explain it
# Tell somebody, or say it aloud. What would happen
#
# - without the scaling inside the model?
# - with a learning rate a hundred times as large?
# - with zeros for all the weights at the start?
# - if you chose the number of epochs by looking at the test?
#
# If you can answer without looking, the course has done its work.
#
# ## Goals

# %%
settled = float(ward["patient 1"][-50:].max())
lab.goal(
    "Cure patient 1 by its rate alone: in 200 steps at most, the last 50 losses all under 0.2",
    steps <= 200 and settled < 0.2,
    hint=(
        "How much longer are its steps than those of the healthy one?",
        "The healthy training has a rate of 0.5. Patient 1 may have 1.",
    ),
    id="cure-patient-1",
)
lab.goal(
    "See that patience is no cure: after 2000 steps patient 3 still pays 95 % of guessing",
    steps >= 2000 and ward["patient 3"][-1] > 0.95 * guessing,
    hint=(
        "More steps help only where there is something to learn.",
        "Set steps to 2000.",
    ),
    id="patience-is-no-cure",
)
lab.goal(
    "Outrun the healthy training in 200 steps or fewer: let patient 1 come to rest at less than half of its loss",
    steps <= 200 and settled < ward["healthy"][-1] / 2,
    hint=(
        "Its data are as healthy. Between 0.5 and 300 there are rates that still settle.",
        "Set steps back to 200, and try a rate of 10.",
    ),
    id="outrun-the-healthy",
)

# %% [markdown]
# ## What you saw
# A loss that jumps, one that stays at guessing, one with a floor, a flat line, and one that is too
# good: each has its cause, and you know where to look. Once the blank page is filled, you have built
# a classifier from nothing but the task. Well done. What will you train first?
