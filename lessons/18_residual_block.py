# %% [markdown]
# # Residual blocks: a way around
# Stack enough sigmoid layers and a network may stop learning, not because it is too small but
# because the gradient no longer gets through. A skip connection leads around a layer: what the
# layer computes is *added* to what came in. Two networks of equal depth and equal size race here,
# with and without.
#
# Watch the two loss curves, and the bars of the gradients before the first step.

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

depth: Annotated[
    int,
    Meta(ge=1, le=30, description="Hidden layers, or blocks"),
] = 8
epochs: Annotated[
    int,
    Meta(
        ge=1,
        le=200,
        description="Passes over the training points",
    ),
] = 20

# %%
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import keras
import numpy as np
import tensorflow as tf

from tflab import lab

# %% [markdown]
# ## The task
# Two moons: two half circles that reach into each other. No straight line parts them. All points
# are trained on, none is held out, so all of them may set the scale.

# %%
count = 512
# The seed in the form starts Keras, which starts this.
seed = int(keras.random.randint((), 0, 1_000_000))
random = np.random.default_rng(seed)
angles = random.uniform(0, np.pi, count)
upper = np.column_stack([np.cos(angles), np.sin(angles)])
lower = np.column_stack(
    [1 - np.cos(angles), 0.5 - np.sin(angles)]
)
moons = np.vstack([upper, lower]) + random.normal(
    0, 0.1, (2 * count, 2)
)
points = (
    (moons - moons.mean(axis=0)) / moons.std(axis=0)
).astype("float32")
labels = (
    np.repeat([0.0, 1.0], count)
    .astype("float32")
    .reshape(-1, 1)
)
lab.scatter(
    "Two moons",
    {"upper": moons[:150], "lower": moons[count : count + 150]},
)

# %% [markdown] id="skip-connection"
# ## Two networks
# `Sequential` can only say "one after the other". The addition needs the functional API: the block
# keeps its input in hand and adds it to the output of its layer, with `keras.layers.Add`. This one
# has no way around yet. Build it.

# %%
width = 16


# %% A way around id="residual-block" tags=["exercise"]
### HINT Two things meet at the end of a block. Which two?
### HINT `keras.layers.Add()` is a layer: make it, then call it on the list of what came in and what the layer gives.
def residual_block(signal):
    """What comes in, plus what a sigmoid layer makes of it."""
    layer = keras.layers.Dense(width, activation="sigmoid")(
        signal
    )
    ### BEGIN SOLUTION
    return keras.layers.Add()([signal, layer])
    ### END SOLUTION
    ### BEGIN STARTER
    # return layer
    ### END STARTER


# %%
def through_block(value):
    """A block whose weights are 0: its layer gives 0.5."""
    inputs = keras.Input(shape=(width,))
    block = keras.Model(inputs, residual_block(inputs))
    block.set_weights([0 * w for w in block.get_weights()])
    return float(block(tf.fill((1, width), value))[0, 0])


lab.check(
    "residual_block",
    through_block,
    cases=[(2.0, 2.5), (-1.0, -0.5)],
)

# %% [markdown]
# Addition has no weights, so both networks have the same number of parameters.


# %%
def make_network(skip):
    """Sigmoid layers, each with a way around it if `skip`."""
    inputs = keras.Input(shape=(2,))
    signal = keras.layers.Dense(width)(inputs)
    for _ in range(depth):
        if skip:
            signal = residual_block(signal)
        else:
            signal = keras.layers.Dense(
                width, activation="sigmoid"
            )(signal)
    outputs = keras.layers.Dense(1, activation="sigmoid")(
        signal
    )
    return keras.Model(inputs, outputs)


networks = {
    "plain": make_network(skip=False),
    "residual": make_network(skip=True),
}
for name, network in networks.items():
    print(f"{name:9} {network.count_params()} parameters")

# %% [markdown] id="gradient-by-layer"
# ## The gradient before the first step
# The tape gives the gradient of the loss for the matrix of every hidden layer. In the plain
# network, each sigmoid multiplies the gradient by at most 1/4; the weights must make up for it.
# Around a layer the gradient passes untouched: the derivative of `x + f(x)` is `1 + f'(x)`.


# %%
def gradient_sizes(network):
    """The size of each hidden layer's gradient, in order."""
    kernels = [
        layer.kernel
        for layer in network.layers
        if isinstance(layer, keras.layers.Dense)
    ]
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(
            keras.losses.binary_crossentropy(
                labels, network(points)
            )
        )
    gradients = tape.gradient(loss, kernels)
    return [
        float(tf.norm(gradient)) for gradient in gradients[1:-1]
    ]


sizes = {
    name: gradient_sizes(network)
    for name, network in networks.items()
}
ratios = {
    name: norms[0] / norms[-1] for name, norms in sizes.items()
}
lab.predict(
    "In the plain network, how much gradient does the first hidden layer get beside the last one?",
    "a tenth or more"
    if ratios["plain"] >= 0.1
    else "less than a thousandth"
    if ratios["plain"] < 0.001
    else "something between",
    choices=[
        "a tenth or more",
        "something between",
        "less than a thousandth",
    ],
    id="gradient-left",
)
for name, norms in sizes.items():
    lab.bar(
        f"Gradient by layer, {name}",
        {
            str(number): norm
            for number, norm in enumerate(norms, start=1)
        },
        x_label="layer",
        y_label="size of its gradient",
    )
print("layer      plain   residual")
for number, (plain, residual) in enumerate(
    zip(*sizes.values(), strict=True), start=1
):
    print(f"{number:5} {plain:10.2e} {residual:10.2e}")
lab.show(
    gradient_ratio_plain=ratios["plain"],
    gradient_ratio_residual=ratios["residual"],
)

# %% [markdown]
# ## The race
# Same optimizer, same batch size, same number of epochs. `steps_per_execution` runs all batches of
# an epoch in one call, because `fit` spends more time between batches than in ones as small as
# here. There is no validation: the question is only which of the two learns.

# %%
batch_size = 64
losses, strips = {}, {}
every = max(1, epochs // 10)
for name, network in networks.items():
    strips[name] = [sizes[name]]

    def look(epoch, network=network, strip=strips[name]):
        """Keep the gradients of each layer now and then."""
        if epoch % every == 0:
            strip.append(gradient_sizes(network))

    network.compile(
        optimizer=keras.optimizers.SGD(0.1, momentum=0.9),
        loss="binary_crossentropy",
        steps_per_execution=2 * count // batch_size,
    )
    history = network.fit(
        points,
        labels,
        batch_size=batch_size,
        epochs=epochs,
        callbacks=[
            lab.keras_callback(prefix=f"{name}/", frame=look)
        ],
        verbose=0,
    )
    losses[name] = float(history.history["loss"][-1])

# %%
lab.predict(
    "Which network ends with the smaller loss?",
    min(losses, key=losses.get),
    choices=["plain", "residual"],
    id="smaller-loss",
)
lab.show(
    loss_plain=losses["plain"], loss_residual=losses["residual"]
)
guessing = float(np.log(2))
for name, loss in losses.items():
    print(f"{name:9} loss {loss:.4f}")
print(f"guessing costs ln 2 = {guessing:.4f}")

# %% [markdown]
# And the gradients meanwhile: one row for each hidden layer, the first at the bottom, and time from
# left to right. Each step of 1 is a factor of 10. In which network do the first layers ever get
# anything?

# %%
for name, strip in strips.items():
    norms = np.array(strip).T
    lab.heatmap(
        f"Gradient by layer and epoch, {name}",
        np.log10(np.maximum(norms, 1e-20)),
        x_range=(0, epochs),
        x_label="epoch",
        y_label="layer, as a power of 10",
    )

# %% [markdown]
# ## Goals

# %%
lab.goal(
    "Find a depth at which the plain network learns, too: a loss under 0.35",
    losses["plain"] < 0.35,
    hint=(
        "What shrinks the gradient? Use fewer of those.",
        "With one or two sigmoid layers the gradient gets through: depth 1.",
    ),
    id="plain-learns",
)
lab.goal(
    "Go twice as deep: 16 blocks or more, and a residual loss under 0.3",
    depth >= 16 and losses["residual"] < 0.3,
    hint=(
        "Does depth harm the way around?",
        "Set depth to 16. If the loss falls too slowly, give it more epochs.",
    ),
    id="twice-as-deep",
)
lab.goal(
    "Starve the plain network: its first layer gets less than a ten-billionth of the last one's",
    ratios["plain"] < 1e-10,
    hint=(
        "The table shows what each layer takes away.",
        "Deeper: set depth to 20 or more.",
    ),
    id="starved",
)

# %% [markdown]
# ## What you saw
# Depth alone does not help when the gradient cannot reach the first layers: at a depth of 8 and in
# 20 epochs, the plain network stays at guessing. A skip connection has no weights and gives the
# gradient a way back. That needs a graph with a join, which the functional API can say and
# `Sequential` cannot. Both networks were judged by points that they had trained on. What would they
# say to new ones?
