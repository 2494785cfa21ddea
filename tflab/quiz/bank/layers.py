"""Questions on layers and networks: what they hold, what they take, what they give."""

from __future__ import annotations

from random import Random

from tflab.quiz.answers import Number, Pick, Shape
from tflab.quiz.kinds import Bank, Made

LAYERS = Bank()


@LAYERS.kind(
    "why-a-framework/numbers-learned",
    read="numbers-learned",
    text="A network has one input, a hidden layer of $hidden units and one output, each unit with "
    "a bias. How many numbers does it learn?",
    lead="How many weights lead into the hidden layer, how many out of it, and how many biases are "
    "there?",
    why="$hidden + $hidden weights and $hidden + 1 biases: $total.",
)
def numbers_learned(random: Random) -> Made:
    """Draw the width of the hidden layer."""
    hidden = random.randint(3, 60)
    return Made({"hidden": hidden, "total": 3 * hidden + 1}, Number(3 * hidden + 1))


MODULES = {
    "Dense": "layers",
    "Dropout": "layers",
    "Conv2D": "layers",
    "Adam": "optimizers",
    "SGD": "optimizers",
    "Huber": "losses",
    "EarlyStopping": "callbacks",
    "ModelCheckpoint": "callbacks",
}
"""Classes of Keras, and the one module that has each of them."""


@LAYERS.kind(
    "why-a-framework/module-of-class",
    read="module-of-loss",
    text="Which module of Keras holds `$name`?",
    lead="Is `$name` a piece of a network, a rule that makes steps, a measure of being wrong, or "
    "something that listens to the training?",
    why="It is `keras.$module.$name`.",
    choices={
        "layers": "keras.layers",
        "losses": "keras.losses",
        "optimizers": "keras.optimizers",
        "callbacks": "keras.callbacks",
    },
)
def module_of_class(random: Random) -> Made:
    """Draw a class."""
    name = random.choice(sorted(MODULES))
    return Made({"name": name, "module": MODULES[name]}, Pick(MODULES[name]))


@LAYERS.kind(
    "random-initialisation/bound-of-truncated",
    read="units-differ",
    text="What is the largest number that this can give?",
    code="tf.random.truncated_normal(($rows, $columns), stddev=$stddev)",
    lead="At how many standard deviations from the mean does the truncated normal draw again?",
    why="Nothing lies further out than two standard deviations: $bound.",
)
def bound_of_truncated(random: Random) -> Made:
    """Draw a standard deviation."""
    stddev = random.choice((0.01, 0.05, 0.1, 0.5, 2))
    values = {
        "rows": random.randint(2, 9),
        "columns": random.randint(2, 9),
        "stddev": stddev,
        "bound": 2 * stddev,
    }
    return Made(values, Number(2 * stddev, within=0.01))


@LAYERS.kind(
    "random-initialisation/shrinking-gradient",
    read="vanished",
    text="The slope of a sigmoid is a quarter at most. If the weights neither help nor harm, by "
    "which factor is a gradient divided, at the least, on its way through $layers sigmoid layers?",
    lead="What does one layer leave of it, and what do two?",
    why="4 to the power of $layers is $factor.",
)
def shrinking_gradient(random: Random) -> Made:
    """Draw how many layers there are."""
    layers = random.randint(2, 6)
    return Made({"layers": layers, "factor": 4**layers}, Number(4**layers))


@LAYERS.kind(
    "model-styles/parameters",
    read="parameters-of-network",
    text="How many parameters does this model have?",
    code="keras.Sequential([\n    keras.Input(shape=($inputs,)),\n    "
    'keras.layers.Dense($hidden, "relu"),\n    keras.layers.Dense($outputs$more),\n])',
    lead="Each unit has a weight for each of its inputs. And what else, unless it is told not to?",
    why="$first in the first layer and $second in the second: $total.",
)
def parameters(random: Random) -> Made:
    """Draw the widths of a network, and whether its last layer has biases."""
    inputs, hidden, outputs = random.randint(2, 9), random.randint(2, 12), random.randint(1, 5)
    bias = random.choice((True, True, False))
    first, second = (inputs + 1) * hidden, (hidden + bias) * outputs
    values = {
        "inputs": inputs,
        "hidden": hidden,
        "outputs": outputs,
        "more": "" if bias else ", use_bias=False",
        "first": first,
        "second": second,
        "total": first + second,
    }
    return Made(values, Number(first + second))


@LAYERS.kind(
    "model-styles/shape-of-predictions",
    read="three-starts",
    text="What is the shape of what this returns?",
    code="model = keras.Sequential([\n    keras.Input(shape=($inputs,)),\n    "
    'keras.layers.Dense($hidden, "sigmoid"),\n    keras.layers.Dense($outputs, "softmax"),\n])\n'
    "model.predict(np.zeros(($samples, $inputs)))",
    lead="How many answers are there for each example, and how many examples?",
    why="A row for each of the $samples examples, a column for each of the $outputs units.",
)
def shape_of_predictions(random: Random) -> Made:
    """Draw the widths of a network and how many examples it is given."""
    inputs, hidden, outputs, samples = random.sample(range(2, 14), 4)
    values = {"inputs": inputs, "hidden": hidden, "outputs": outputs, "samples": samples}
    return Made(values, Shape((samples, outputs)))


@LAYERS.kind(
    "residual-block/gradient-left",
    read="gradient-left",
    text="Each of $blocks blocks has the slope $slope. In a residual network each becomes "
    "x + f(x). What is the slope through all of them? Two digits are enough.",
    lead="What is the derivative of x + f(x), when that of f is $slope?",
    why="(1 + $slope)^$blocks = $residual, where the plain network has $plain.",
)
def gradient_left(random: Random) -> Made:
    """Draw how many blocks there are, and their slope."""
    blocks, slope = random.randint(2, 3), random.choice((0.1, 0.2, 0.5))
    residual = (1 + slope) ** blocks
    values = {
        "blocks": blocks,
        "slope": slope,
        "residual": round(residual, 4),
        "plain": round(slope**blocks, 4),
    }
    return Made(values, Number(residual, within=0.03))


@LAYERS.kind(
    "custom-layer/numbers-of-dense",
    read="kernel-and-bias",
    text="How many numbers does this layer hold after the call?",
    code="layer = keras.layers.Dense($units)\nlayer(tf.zeros(($batch, $inputs)))",
    lead="What are the shapes of the kernel and of the bias? Does the batch matter?",
    why="A kernel of $inputs × $units and $units biases: $total.",
)
def numbers_of_dense(random: Random) -> Made:
    """Draw a layer and its input."""
    units, batch, inputs = random.sample(range(2, 14), 3)
    total = (inputs + 1) * units
    values = {"units": units, "batch": batch, "inputs": inputs, "total": total}
    return Made(values, Number(total))


@LAYERS.kind(
    "custom-layer/weights-before-call",
    read="weights-before-call",
    text="What does the last line return?",
    code="layer = keras.layers.Dense($units$options)\n${call}len(layer.weights)",
    lead="When does a layer learn how many inputs it has, and so which weights it needs?",
    why="Weights are made with the first call, which tells how many inputs there are: $count.",
)
def weights_before_call(random: Random) -> Made:
    """Draw whether the layer was called, and whether it has a bias."""
    called, bias = random.choice((True, False)), random.choice((True, False))
    count = (1 + bias) if called else 0
    values = {
        "units": random.randint(2, 9),
        "options": "" if bias else ", use_bias=False",
        "call": f"layer(tf.zeros((1, {random.randint(2, 9)})))\n" if called else "",
        "count": count,
    }
    return Made(values, Number(count))


@LAYERS.kind(
    "layers-and-ranks/shape-from-layer",
    read="rank-of-conv2d",
    text="What is the shape of this?",
    code="keras.layers.$layer(tf.zeros($given))",
    lead="The batch stays. What does this layer do with the other axes?",
    why="From $given this layer makes $result.",
)
def shape_from_layer(random: Random) -> Made:
    """Draw a layer, and an input that it takes."""
    batch, time, units = random.randint(2, 6), random.randint(5, 9), random.randint(2, 8)
    features, kernel = random.randint(1, 4), random.randint(2, 3)
    side = time - kernel + 1
    layer, given, result = random.choice(
        (
            (f"Dense({units})", (batch, features), (batch, units)),
            (f"Dense({units})", (batch, time, features), (batch, time, units)),
            (f"LSTM({units})", (batch, time, features), (batch, units)),
            (f"Conv1D({units}, {kernel})", (batch, time, features), (batch, side, units)),
            (
                f"Conv2D({units}, {kernel})",
                (batch, time, time, features),
                (batch, side, side, units),
            ),
        )
    )
    return Made({"layer": layer, "given": given, "result": result}, Shape(result))


@LAYERS.kind(
    "layers-and-ranks/shape-with-axis",
    read="one-picture",
    text="`picture` has the shape $shape. What is the shape of this?",
    code="tf.expand_dims(picture, axis=$axis)",
    lead="Before which axis does the new one come, and how long is it?",
    why="A new axis of length 1 at place $axis: $result.",
)
def shape_with_axis(random: Random) -> Made:
    """Draw a shape and where the new axis goes."""
    shape = tuple(random.sample(range(2, 33), random.choice((2, 3))))
    axis = random.choice((0, -1, 1))
    place = len(shape) if axis == -1 else axis
    result = (*shape[:place], 1, *shape[place:])
    return Made({"shape": shape, "axis": axis, "result": result}, Shape(result))
