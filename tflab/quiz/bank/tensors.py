"""Questions on tensors, variables, operations, and on eager and graph execution."""

from __future__ import annotations

from random import Random

from tflab.quiz.answers import Number, Pick, Shape
from tflab.quiz.kinds import Bank, Made, Value

TENSORS = Bank()

_SIZES = {"float16": 2, "float32": 4, "float64": 8, "int32": 4, "int64": 8, "bool": 1}


@TENSORS.kind(
    "tensors/bytes-of-block",
    read="bytes-of-block",
    text="How many bytes do the numbers of this tensor take?",
    code="tf.zeros($shape, tf.$dtype)",
    lead="How many numbers are there, and how many bytes does one `$dtype` take?",
    why="$count numbers of $size bytes each make $total bytes.",
)
def bytes_of_block(random: Random) -> Made:
    """Draw a shape and a type."""
    shape = tuple(random.randint(2, 6) for _ in range(3))
    dtype = random.choice(("float16", "float32", "float64", "int32"))
    count, size = shape[0] * shape[1] * shape[2], _SIZES[dtype]
    total = count * size
    values: dict[str, Value] = {"shape": shape, "dtype": dtype, "count": count, "size": size}
    return Made({**values, "total": total}, Number(total))


@TENSORS.kind(
    "tensors/type-of-constant",
    read="add-two-types",
    text="Which data type does this tensor have?",
    code="tf.constant($given)",
    lead="Does any of the numbers have a decimal point, or is there no number at all?",
    why="TensorFlow takes `$dtype` for `$given`.",
    choices={name: name for name in ("int32", "float32", "bool", "string")},
)
def type_of_constant(random: Random) -> Made:
    """Draw a value of one of four types, alone or in a list."""
    whole, other = random.randint(2, 90), random.randint(2, 90)
    given, dtype = random.choice(
        (
            (f"{whole}", "int32"),
            (f"[{whole}, {other}]", "int32"),
            (f"{whole}.5", "float32"),
            (f"[{whole}, {other}.0]", "float32"),
            ("[True, False]", "bool"),
            (f'"{whole}"', "string"),
        )
    )
    return Made({"given": given, "dtype": dtype}, Pick(dtype))


@TENSORS.kind(
    "tensors/shape-of-list",
    read="bytes-of-block",
    text="What is the shape of this tensor?",
    code="tf.constant($nested)",
    lead="Count from the outside in: how many pieces has the outermost list, and each of them?",
    why="From the outside in: $shape.",
)
def shape_of_list(random: Random) -> Made:
    """Draw a nested list of two or three levels."""
    shape = tuple(random.randint(1, 3) for _ in range(random.choice((2, 3))))
    return Made({"nested": _nested(shape, random), "shape": shape}, Shape(shape))


def _nested(shape: tuple[int, ...], random: Random) -> str:
    if not shape:
        return str(random.randint(0, 9))
    return f"[{', '.join(_nested(shape[1:], random) for _ in range(shape[0]))}]"


@TENSORS.kind(
    "variables/after-assigning",
    read="after-assign-add",
    text="What does the variable hold at the end?",
    code="v = tf.Variable($start.0)\nv.assign_add($more.0)\nv.assign_sub($less.0)",
    lead="Which of the two lines adds, and which takes away?",
    why="$start + $more − $less = $end.",
)
def after_assigning(random: Random) -> Made:
    """Draw three whole numbers."""
    start, more, less = random.randint(1, 40), random.randint(1, 40), random.randint(1, 40)
    end = start + more - less
    return Made({"start": start, "more": more, "less": less, "end": end}, Number(end))


@TENSORS.kind(
    "variables/line-that-raises",
    read="lost-step",
    text="Which line raises an error?",
    code="$first\n$second\n$third\n$fourth",
    lead="Which line gives the variable another shape, or treats it like a list?",
    why="`$bad` raises. Change a variable by `assign`, and keep its shape.",
    choices={str(line): f"line {line}" for line in (1, 2, 3, 4)},
)
def line_that_raises(random: Random) -> Made:
    """Draw a bad line and its place among good ones."""
    one, two, three = (f"{random.randint(1, 9)}.0" for _ in range(3))
    bad = random.choice((f"v[0] = {three}", f"v.assign([{one}, {two}, {three}])"))
    good = [f"v.assign([{two}, {one}])", f"v[0].assign({three})", f"v.assign_add([{one}, {one}])"]
    random.shuffle(good)
    lines = good[:2]
    place = random.randint(0, 2)
    lines.insert(place, bad)
    values = {
        "first": f"v = tf.Variable([{one}, {two}])",
        "second": lines[0],
        "third": lines[1],
        "fourth": lines[2],
        "bad": bad,
    }
    return Made(values, Pick(str(place + 2)))


@TENSORS.kind(
    "tensor-operations/shape-of-sum",
    read="shape-after-sum",
    text="The tensor `c` has the shape $shape. Which shape is left?",
    code="tf.reduce_sum(c, axis=$axis)",
    lead="Axes are counted from 0. Which length stands at place $axis?",
    why="The sum takes away axis $axis, of length $length: $left is left.",
)
def shape_of_sum(random: Random) -> Made:
    """Draw a shape of three or four axes, and one of them."""
    shape = tuple(random.sample(range(1, 8), random.choice((3, 4))))
    axis = random.randrange(len(shape))
    left = shape[:axis] + shape[axis + 1 :]
    return Made({"shape": shape, "axis": axis, "length": shape[axis], "left": left}, Shape(left))


@TENSORS.kind(
    "tensor-operations/shape-of-product",
    read="rows-times-columns",
    text="`a` has the shape ($rows, $inner), `b` has ($inner, $columns). What is the shape of "
    "this?",
    code="a @ b",
    lead="A row of `a` meets a column of `b` and gives one number. How many rows and columns are "
    "there?",
    why="$rows rows of `a` meet $columns columns of `b`; the $inner in between is summed away.",
)
def shape_of_product(random: Random) -> Made:
    """Draw the three lengths of a matrix product."""
    rows, inner, columns = random.sample(range(2, 10), 3)
    return Made({"rows": rows, "inner": inner, "columns": columns}, Shape((rows, columns)))


@TENSORS.kind(
    "tensor-operations/shape-of-broadcast",
    read="broadcasting",
    text="`a` has the shape $left, `b` the shape $right. What is the shape of this?",
    code="a + b",
    lead="Line the shapes up at their right ends. What happens to a length of 1, and to one that "
    "is missing?",
    why="A length of 1, or a missing one, is repeated to match the other: $both.",
)
def shape_of_broadcast(random: Random) -> Made:
    """Draw two shapes that broadcast."""
    rows, columns, depth = random.sample(range(2, 9), 3)
    left, right, both = random.choice(
        (
            ((rows, 1), (columns,), (rows, columns)),
            ((rows, columns), (columns,), (rows, columns)),
            ((rows, 1), (1, columns), (rows, columns)),
            ((depth, rows, columns), (rows, 1), (depth, rows, columns)),
        )
    )
    return Made({"left": left, "right": right, "both": both}, Shape(both))


@TENSORS.kind(
    "tensor-operations/sum-along-axis",
    read="sum-each-row",
    text="What is the first number of the result?",
    code="tf.reduce_sum([[$a, $b], [$c, $d]], axis=$axis)",
    lead="Axis 0 runs down the rows, axis 1 along one of them. Which two numbers meet?",
    why="Along axis $axis, $a meets $other: $total.",
)
def sum_along_axis(random: Random) -> Made:
    """Draw a table of four numbers, and an axis."""
    a, b, c, d = random.sample(range(1, 30), 4)
    axis = random.randint(0, 1)
    other = b if axis else c
    values = {"a": a, "b": b, "c": c, "d": d, "axis": axis, "other": other, "total": a + other}
    return Made(values, Number(a + other))


@TENSORS.kind(
    "execution-modes/how-often-printed",
    read="own-graph",
    text="How often does this print `here`?",
    code='@tf.function\ndef double(x):\n    print("here")\n    return 2 * x\n\n'
    "for n in range($times):\n    double($argument)",
    lead="`print` runs while TensorFlow traces. What makes it trace a second time: new numbers in "
    "a tensor, or new Python numbers?",
    why="Tensors of one type and shape share a trace, and each new Python number has its own.",
)
def how_often_printed(random: Random) -> Made:
    """Draw how often it is called, and with what."""
    times = random.randint(3, 6)
    argument, traces = random.choice((("tf.constant(n)", 1), ("n", times)))
    return Made({"times": times, "argument": argument, "traces": traces}, Number(traces))


@TENSORS.kind(
    "execution-modes/graph-pays-off",
    read="graph-pays-off",
    text="An eager step takes $eager ms, a step in a graph $graph ms, and tracing the graph $trace "
    "ms once. What is the smallest number of steps after which the graph has been faster?",
    lead="How much does each step in the graph save, and how often must it be saved to pay for the "
    "tracing?",
    why="Each step saves $saved ms. $steps of them are the first to save more than $trace ms.",
)
def graph_pays_off(random: Random) -> Made:
    """Draw three times, in milliseconds."""
    graph = random.randint(1, 3)
    saved = random.choice((2, 4, 5))
    trace = random.randrange(50, 400, 10)
    steps = trace // saved + 1
    values = {
        "eager": graph + saved,
        "graph": graph,
        "trace": trace,
        "saved": saved,
        "steps": steps,
    }
    return Made(values, Number(steps))
