"""Questions on steps downhill: optimizers, learning rates, losses, valleys."""

from __future__ import annotations

from random import Random

from tflab.quiz.answers import Number, Pick
from tflab.quiz.kinds import Bank, Made, Value

TRAINING = Bank()


@TRAINING.kind(
    "gradient-descent/one-step",
    read="bare-rule",
    text="J(w) = (w − $bottom)². Plain gradient descent stands at w = $start and has the learning "
    "rate $rate. Where is it after one step?",
    lead="What is the slope of J at w = $start, and which way is downhill?",
    why="The slope is 2 · ($start − $bottom) = $slope, so w becomes $start − $rate · ($slope), "
    "which is $end.",
)
def one_step(random: Random) -> Made:
    """Draw a valley, a start and a rate."""
    bottom = random.choice((5, 10, 20))
    start = bottom + random.choice((-5, 5, 10))
    rate = random.choice((0.1, 0.2, 0.3, 0.4))
    slope = 2 * (start - bottom)
    end = round(start - rate * slope, 6)
    values = {"bottom": bottom, "start": start, "rate": rate, "slope": slope, "end": end}
    return Made(values, Number(end, within=1e-6))


@TRAINING.kind(
    "gradient-descent/first-step-of-adam",
    read="first-step",
    text="Adam starts with the learning rate $rate where the slope is $slope. About how far does "
    "its first step go?",
    lead="Adam divides the slope by its recent size. What is left of $slope then?",
    why="The slope's size is divided away, so the first step is as long as the rate: $rate.",
)
def first_step_of_adam(random: Random) -> Made:
    """Draw a rate and a slope."""
    rate, slope = random.choice((0.001, 0.01, 0.05, 0.2)), random.choice((-40, -7, 3, 25, 300))
    return Made({"rate": rate, "slope": slope}, Number(rate, within=0.02))


@TRAINING.kind(
    "gradient-descent/distance-left",
    read="largest-rate",
    text="One step of the bare rule on (θ − 50)² multiplies the distance to 50 by 1 − 2λ. It "
    "starts $distance away with λ = $rate. How far away is it after $steps steps?",
    lead="Which factor does λ = $rate give, and how often is it multiplied by?",
    why="$distance · ($factor)^$steps: $left is left, on whichever side.",
)
def distance_left(random: Random) -> Made:
    """Draw a rate and how many steps are made."""
    rate, factor = random.choice(((0.25, 0.5), (0.1, 0.8), (0.75, -0.5), (1, -1), (1.5, -2)))
    steps, distance = random.randint(2, 3), random.choice((8, 16, 40))
    left = round(abs(distance * factor**steps), 6)
    values = {"rate": rate, "factor": factor, "steps": steps, "distance": distance, "left": left}
    return Made(values, Number(left, within=0.01))


@TRAINING.kind(
    "gradient-descent/settles-or-not",
    read="swings-for-ever",
    text="J(θ) = $a · (θ − 3)², so the curvature is $curvature. What does the bare rule do with "
    "λ = $rate?",
    lead="Each step multiplies the distance by 1 − λ · curvature. Is that below 1 in size, 1, or "
    "above?",
    why="1 − $rate · $curvature = $factor.",
    choices={"settles": "it settles", "swings": "it swings for ever", "diverges": "it diverges"},
)
def settles_or_not(random: Random) -> Made:
    """Draw a curvature, and a rate on either side of the limit."""
    a = random.choice((1, 2, 4))
    factor, outcome = random.choice(
        ((0.5, "settles"), (-0.5, "settles"), (-1, "swings"), (-1.5, "diverges"), (-3, "diverges"))
    )
    rate = (1 - factor) / (2 * a)
    return Made({"a": a, "curvature": 2 * a, "rate": rate, "factor": factor}, Pick(outcome))


@TRAINING.kind(
    "linear-regression/slope-for-w",
    read="train-sample",
    text="The loss of one point is (w·x + b − y)². What is its derivative for w at w = $w, b = $b, "
    "x = $x, y = $y?",
    lead="How far off is w·x + b, and what stands beside w in it?",
    why="2 · x · (w·x + b − y) = 2 · $x · ($off) = $slope.",
)
def slope_for_w(random: Random) -> Made:
    """Draw a point and a line."""
    w, b = random.randint(1, 4), random.randint(0, 3)
    x, y = random.randint(1, 5), random.randint(0, 12)
    off = w * x + b - y
    values = {"w": w, "b": b, "x": x, "y": y, "off": off, "slope": 2 * x * off}
    return Made(values, Number(2 * x * off))


@TRAINING.kind(
    "linear-regression/mean-squared-error",
    read="slope-of-line",
    text="What is the mean squared error of these predictions?",
    code="targets = [$a, $b]\npredictions = [$c, $d]",
    lead="How far off is each of the two? Square them, then take the mean.",
    why="The squares are $first and $second, and their mean is $mean.",
)
def mean_squared_error(random: Random) -> Made:
    """Draw two targets, and how far off the predictions are."""
    a, b = random.randint(0, 9), random.randint(0, 9)
    off, other = random.sample((-4, -3, -2, -1, 1, 2, 3, 4), 2)
    mean = (off**2 + other**2) / 2
    values = {
        "a": a,
        "b": b,
        "c": a + off,
        "d": b + other,
        "first": off**2,
        "second": other**2,
        "mean": mean,
    }
    return Made(values, Number(mean))


@TRAINING.kind(
    "linear-classifier/boundary",
    read="loss-at-end",
    text="A point (x, y) counts as cloud 1 where $w1·x + $w2·y + $b is above 0.5. At which y does "
    "the boundary cross x = $x?",
    lead="On the boundary the sum is exactly 0.5. What is left for y once x = $x is put in?",
    why="y = (0.5 − $b − $w1 · ($x)) / $w2 = $y.",
)
def boundary(random: Random) -> Made:
    """Draw a boundary and a place on it."""
    w1, w2, x = random.randint(1, 4), random.choice((1, 2, 4)), random.randint(-3, 3)
    b = random.choice((0.5, 1.5, 2.5))
    y = (0.5 - b - w1 * x) / w2
    values = {"w1": w1, "w2": w2, "b": b, "x": x, "y": y}
    return Made(values, Number(y, within=0.01))


@TRAINING.kind(
    "linear-classifier/accuracy",
    read="near-least-squares",
    text="A score above 0.5 means class 1. What is the accuracy?",
    code="scores = $scores\nlabels = $labels",
    lead="Which class does each score stand for, and how many of them are right?",
    why="$right of $count are right: $accuracy.",
)
def accuracy(random: Random) -> Made:
    """Draw scores and labels."""
    count = random.choice((4, 5))
    scores = random.sample((0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9), count)
    labels = [random.randint(0, 1) for _ in range(count)]
    right = sum((s > 0.5) == bool(label) for s, label in zip(scores, labels, strict=True))
    values: dict[str, Value] = {
        "scores": str(scores),
        "labels": str(labels),
        "right": right,
        "count": count,
        "accuracy": right / count,
    }
    return Made(values, Number(right / count, within=0.01))


@TRAINING.kind(
    "movie-audience/standardised",
    read="standardised",
    text="The inputs have the mean $mean and the standard deviation $deviation. What does an input "
    "of $value become when it is standardised?",
    lead="How far from the mean is $value, and how many standard deviations is that?",
    why="($value − $mean) / $deviation = $result.",
)
def standardised(random: Random) -> Made:
    """Draw a mean, a deviation and a value."""
    mean, deviation = random.randrange(1000, 9000, 500), random.choice((100, 200, 400, 500))
    result = random.choice((-2, -1.5, -0.5, 0.5, 1, 2))
    value = mean + result * deviation
    values = {"mean": mean, "deviation": deviation, "value": value, "result": result}
    return Made(values, Number(result, within=0.01))


@TRAINING.kind(
    "movie-audience/prediction-of-line",
    read="viewers-of-okja",
    text="A trained `Dense(1)` has the weight $w and the bias $b. What does it predict for $x?",
    lead="What does a Dense layer with one unit compute from its input?",
    why="$w · $x + $b = $y.",
)
def prediction_of_line(random: Random) -> Made:
    """Draw a line and a place."""
    w, b = random.choice((0.05, 0.1, 0.2)), random.randint(1, 90)
    x = random.randrange(400, 2000, 100)
    y = round(w * x + b, 6)
    return Made({"w": w, "b": b, "x": x, "y": y}, Number(y, within=1e-6))


@TRAINING.kind(
    "two-valleys/step-with-memory",
    read="step-with-memory",
    text="A step with momentum is v ← α·v − η·slope, then θ ← θ + v. Here α = $alpha and "
    "η = $rate, v was 0, and the slope is $slope both times. How far does θ go in two steps, "
    "its sign included?",
    lead="What is v after the first step, and what is added to α times that in the second?",
    why="v is $first, then $second: together $both.",
)
def step_with_memory(random: Random) -> Made:
    """Draw a momentum, a rate and a slope."""
    alpha, rate = random.choice((0.5, 0.8, 0.9)), random.choice((0.01, 0.1))
    slope = random.choice((-20, -10, 10, 20))
    first = round(-rate * slope, 6)
    second = round(alpha * first - rate * slope, 6)
    values = {
        "alpha": alpha,
        "rate": rate,
        "slope": slope,
        "first": first,
        "second": second,
        "both": round(first + second, 6),
    }
    return Made(values, Number(first + second, within=1e-6))


@TRAINING.kind(
    "two-valleys/which-valley",
    read="which-valley",
    text="A loss has valleys at θ = $left and θ = $right and a hill at θ = $hill between them. The "
    "deeper valley is at θ = $deep. Plain gradient descent starts at θ = $start with small steps. "
    "Where does it end?",
    lead="On which side of the hill does it start, and can small steps lead up?",
    why="Small steps downhill cross no hill, however deep the valley behind it.",
    choices={"left": "at $left", "right": "at $right"},
)
def which_valley(random: Random) -> Made:
    """Draw two valleys, the hill between them, and a start."""
    left, hill, right = sorted(random.sample(range(-9, 10, 2), 3))
    side = random.choice(("left", "right"))
    start = hill - 0.5 if side == "left" else hill + 0.5
    values = {
        "left": left,
        "right": right,
        "hill": hill,
        "deep": random.choice((left, right)),
        "start": start,
    }
    return Made(values, Pick(side))
