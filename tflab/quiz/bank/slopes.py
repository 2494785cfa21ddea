"""Questions on derivatives: the tape, finite differences, derivatives of derivatives."""

from __future__ import annotations

import math
from random import Random

from tflab.quiz.answers import Number, Pick
from tflab.quiz.kinds import Bank, Made

SLOPES = Bank()


@SLOPES.kind(
    "tape-gradients/slope-of-parabola",
    read="slope-of-square",
    text="What does the tape return?",
    code="x = tf.Variable($x.0)\nwith tf.GradientTape() as tape:\n    y = $a * x**2 + $b * x\n"
    "tape.gradient(y, x)",
    lead="What is the derivative of `$a * x**2`, and what of `$b * x`?",
    why="2 · $a · x + $b at x = $x is $slope.",
)
def slope_of_parabola(random: Random) -> Made:
    """Draw two coefficients and a place."""
    a, b, x = random.randint(1, 6), random.randint(1, 9), random.randint(1, 5)
    slope = 2 * a * x + b
    return Made({"a": a, "b": b, "x": x, "slope": slope}, Number(slope))


@SLOPES.kind(
    "tape-gradients/watched-or-not",
    read="unwatched-constant",
    text="What does the last line return?",
    code="x = $made\nwith tf.GradientTape() as tape:\n$watch    y = x**2\ntape.gradient(y, x)",
    lead="Which of variables and constants does the tape follow without being told?",
    why="The tape follows trainable variables, and whatever it is told to watch.",
    choices={"none": "None", "slope": "$slope", "zero": "0"},
)
def watched_or_not(random: Random) -> Made:
    """Draw what is differentiated, and whether the tape watches it."""
    x = random.randint(2, 9)
    made, watch, followed = random.choice(
        (
            (f"tf.Variable({x}.0)", "", True),
            (f"tf.constant({x}.0)", "", False),
            (f"tf.constant({x}.0)", "    tape.watch(x)\n", True),
            (f"tf.Variable({x}.0, trainable=False)", "", False),
        )
    )
    values = {"made": made, "watch": watch, "slope": f"{2 * x}.0"}
    return Made(values, Pick("slope" if followed else "none"))


@SLOPES.kind(
    "tape-gradients/slope-of-logarithm",
    read="equal-slopes",
    text="What is the slope of ln($a·x + $b) at x = $x? Two digits are enough.",
    lead="What is the slope of the logarithm at $inside, and what that of $a·x + $b?",
    why="$a / ($a · $x + $b) = $slope.",
)
def slope_of_logarithm(random: Random) -> Made:
    """Draw a line inside a logarithm, and a place."""
    a, b, x = random.randint(2, 6), random.randint(1, 9), random.randint(0, 5)
    inside = a * x + b
    slope = round(a / inside, 4)
    values = {"a": a, "b": b, "x": x, "inside": inside, "slope": slope}
    return Made(values, Number(a / inside, within=0.04))


@SLOPES.kind(
    "tape-gradients/finite-difference",
    read="closer-to-formula",
    text="What does the finite difference (f(x + h) − f(x − h)) / 2h give for f(x) = x², x = $x "
    "and h = $h?",
    lead="What are ($x + $h)² and ($x − $h)²?",
    why="The two squares differ by 4 · $x · $h, and divided by 2 · $h that is $slope: for x² it is "
    "exact at any h.",
)
def finite_difference(random: Random) -> Made:
    """Draw a place and a step."""
    x, h = random.randint(2, 9), random.choice((0.5, 1, 2))
    return Made({"x": x, "h": h, "slope": 2 * x}, Number(2 * x))


@SLOPES.kind(
    "tape-gradients/line-that-raises",
    read="slope-of-square",
    text="Which line raises an error?",
    code="x = tf.Variable($x.0)\nwith tf.GradientTape($options) as tape:\n    y = x**$power\n"
    "a = tape.gradient(y, x)\nb = tape.gradient(y, x)",
    lead="What becomes of the recording once it was played back, if nobody asked to keep it?",
    why="A tape forgets its recording with the first gradient, unless it is `persistent`.",
    choices={"4": "line 4", "5": "line 5", "none": "none of them"},
)
def tape_asked_twice(random: Random) -> Made:
    """Draw whether the tape is kept."""
    kept = random.choice((True, False))
    values = {
        "x": random.randint(2, 9),
        "power": random.randint(2, 4),
        "options": "persistent=True" if kept else "",
    }
    return Made(values, Pick("none" if kept else "5"))


@SLOPES.kind(
    "second-order/speed",
    read="speed-of-apple",
    text="After t seconds something has moved $a·t² metres. How fast is it after $t seconds, in "
    "m/s?",
    lead="Speed is the first derivative of the distance. What is that of $a·t²?",
    why="2 · $a · $t = $speed.",
)
def speed(random: Random) -> Made:
    """Draw a law of motion and a time."""
    a, t = random.choice((0.5, 1.5, 2, 3, 4.9)), random.randint(1, 6)
    return Made({"a": a, "t": t, "speed": 2 * a * t}, Number(2 * a * t, within=0.005))


@SLOPES.kind(
    "second-order/nth-derivative",
    read="derivative-at-2",
    text="What is the derivative of order $order of x^$power, at x = $x?",
    lead="Each derivative brings the exponent down as a factor. Which factors come down, and which "
    "power of x is left?",
    why="Each derivative lowers the exponent by one. The one of order $order is $value at x = $x.",
)
def nth_derivative(random: Random) -> Made:
    """Draw a power, an order and a place."""
    power, order, x = random.randint(2, 4), random.randint(1, 4), random.randint(1, 3)
    value = math.perm(power, order) * x ** (power - order) if order <= power else 0
    values = {"power": power, "order": order, "x": x, "value": value}
    return Made(values, Number(value))
