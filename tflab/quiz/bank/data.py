"""Questions on batches, softmax, devices and saved models."""

from __future__ import annotations

import math
from random import Random

from tflab.quiz.answers import Number
from tflab.quiz.kinds import Bank, Made

DATA = Bank()


@DATA.kind(
    "batches-and-momentum/updates-of-training",
    read="updates-of-epoch",
    text="There are $samples examples. How often does this update the weights?",
    code="model.fit(x, y, batch_size=$batch, epochs=$epochs)",
    lead="How many batches does one epoch take, the last and smaller one included?",
    why="$samples examples in batches of $batch are $steps updates, $epochs times: $total.",
)
def updates_of_training(random: Random) -> Made:
    """Draw how many examples there are, and how they are gone through."""
    samples, batch = random.randrange(50, 500, 10), random.choice((8, 16, 32, 64, 100))
    epochs = random.randint(2, 5)
    steps = math.ceil(samples / batch)
    values = {
        "samples": samples,
        "batch": batch,
        "epochs": epochs,
        "steps": steps,
        "total": steps * epochs,
    }
    return Made(values, Number(steps * epochs))


@DATA.kind(
    "batches-and-momentum/softmax-of-two",
    read="softmax",
    text="Which probability does softmax give the first of these scores? Two digits are enough.",
    code="tf.nn.softmax([$first.0, $second.0])",
    lead="Only the difference of the scores matters. What is e to the power of it, beside e to the "
    "power of 0?",
    why="1 / (1 + e^($second − $first)) = $probability.",
)
def softmax_of_two(random: Random) -> Made:
    """Draw two scores whose difference is small."""
    first = random.choice((0, 3, 10, 1000))
    second = first + random.choice((-2, -1, 0, 1))
    probability = 1 / (1 + math.exp(second - first))
    values = {"first": first, "second": second, "probability": round(probability, 4)}
    return Made(values, Number(probability, within=0.03))


@DATA.kind(
    "batches-and-momentum/cost-of-guessing",
    read="cost-of-guessing",
    text="A model gives each of $classes classes the same probability. What is its cross-entropy? "
    "One digit after the point is enough.",
    lead="Which probability does the right class get, and what is minus its logarithm?",
    why="−ln(1/$classes) = ln $classes = $cost.",
)
def cost_of_guessing(random: Random) -> Made:
    """Draw how many classes there are."""
    classes = random.choice((2, 3, 4, 5, 10, 20, 100))
    cost = math.log(classes)
    return Made({"classes": classes, "cost": round(cost, 4)}, Number(cost, within=0.05))


@DATA.kind(
    "devices/bytes-of-product",
    read="fifty-megabytes",
    text="How many bytes do `a`, `b` and their product take together?",
    code="a = tf.random.normal(($size, $size))\nb = tf.random.normal(($size, $size))\nc = a @ b",
    lead="How many numbers are in each of the three, and how many bytes does a `float32` take?",
    why="3 · $size · $size numbers of 4 bytes: $total.",
)
def bytes_of_product(random: Random) -> Made:
    """Draw the side of two matrices."""
    size = random.choice((10, 20, 50, 100, 200, 1000))
    return Made({"size": size, "total": 12 * size * size}, Number(12 * size * size))


@DATA.kind(
    "devices/operations-of-product",
    read="better-use",
    text="A product of two matrices of $size × $size takes about 2·n³ operations. With "
    "n = $size it takes $seconds s. How many GFLOP/s is that?",
    lead="How many operations is 2 · $size³, and how many of them in one second?",
    why="$operations billion operations in $seconds s: $speed GFLOP/s.",
)
def operations_of_product(random: Random) -> Made:
    """Draw a size and a time."""
    size, seconds = random.choice((500, 1000, 2000)), random.choice((0.01, 0.02, 0.1, 0.5))
    operations = 2 * size**3 / 1e9
    speed = round(operations / seconds, 6)
    values = {"size": size, "seconds": seconds, "operations": operations, "speed": speed}
    return Made(values, Number(speed, within=0.02))


@DATA.kind(
    "save-and-load/bytes-of-weights",
    read="weights-of-model",
    text="A model of $inputs inputs, `Dense($hidden)` and `Dense($outputs)` is saved. How many "
    "bytes do its weights and biases take, in float32?",
    lead="How many numbers does each layer hold, its biases included?",
    why="$count numbers of 4 bytes each make $total bytes.",
)
def bytes_of_weights(random: Random) -> Made:
    """Draw the widths of a small network."""
    inputs, hidden, outputs = random.randint(2, 9), random.randint(2, 16), random.randint(1, 5)
    count = (inputs + 1) * hidden + (hidden + 1) * outputs
    values = {
        "inputs": inputs,
        "hidden": hidden,
        "outputs": outputs,
        "count": count,
        "total": 4 * count,
    }
    return Made(values, Number(4 * count))
