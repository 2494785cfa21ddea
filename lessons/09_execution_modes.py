# %% [markdown]
# # Three ways to run: lazy, eager, graph
# TensorFlow can compute in three ways. It can write down a plan first and run it later (lazy),
# compute line by line like ordinary Python (eager), or turn a Python function into a plan by
# itself (`tf.function`). You will add two numbers in each way, then train the same model in each
# and let them race.
#
# Watch what is printed *before* a number exists.

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

a: Annotated[
    float, Meta(ge=-1e6, le=1e6, description="First number")
] = 2.0
b: Annotated[
    float, Meta(ge=-1e6, le=1e6, description="Second number")
] = 3.0
steps: Annotated[
    int,
    Meta(
        ge=1,
        le=20_000,
        description="Training steps in each mode",
    ),
] = 400

# %%
from time import perf_counter

import numpy as np
import tensorflow as tf

from tflab import lab

# %% [markdown] id="lazy"
# ## Lazy: first the plan, then a session
# This is how TensorFlow 1 worked, and much older material still shows it. First the flow of the
# data is designed, then data are fed in. A placeholder promises an input. A session takes the plan,
# is fed with values, and computes. Both names moved to `tf.compat.v1`. What does the sum look like
# before that?

# %%
v1 = tf.compat.v1
plan = tf.Graph()
with plan.as_default():
    first = v1.placeholder(tf.float32, name="first")
    second = v1.placeholder(tf.float32, name="second")
    total = first + second
print("before the session:", total)
with v1.Session(graph=plan) as session:
    lazy = session.run(total, feed_dict={first: a, second: b})
print("after the session: ", lazy)
lab.show(lazy=float(lazy))
lab.predict(
    "Before the session runs, what does printing the sum show?",
    "a symbol" if not hasattr(total, "numpy") else "the number",
    choices=["the number", "a symbol", "an error"],
    id="printed-sum",
)

# %% [markdown] id="session"
# Until the session ran, the sum was a node in a graph and held no number. One plan can hold several
# results, and a session computes those you ask for. Here are 11 and 5 with four operations, and the
# traditional greeting. Text comes back as bytes.

# %%
with (
    tf.Graph().as_default() as plan,
    v1.Session(graph=plan) as session,
):
    left, right = tf.constant(11.0), tf.constant(5.0)
    operations = [
        left + right,
        left - right,
        left * right,
        left / right,
    ]
    add, subtract, multiply, divide = (
        float(number) for number in session.run(operations)
    )
    hello = session.run(tf.constant("Hello world!"))
print(
    f"{add:g}  {subtract:g}  {multiply:g}  {divide:g}  {hello}"
)
lab.show(
    add=add,
    subtract=subtract,
    multiply=multiply,
    divide=round(divide, 6),
    hello=hello,
)

# %% [markdown] id="eager"
# ## Eager: line by line
# Since TensorFlow 2 an operation runs when its line runs, and its result can be printed, tested and
# debugged at once. Dividing by zero raises no error here: floating-point numbers have an infinity.

# %%
x, y = tf.constant(a, tf.float32), tf.constant(b, tf.float32)
eager = x + y
quotient = float(x / y)
product = float(x * y)
print("sum     ", eager)
print("quotient", quotient)
lab.show(eager=float(eager), product=product, quotient=quotient)

# %% [markdown] id="graph"
# ## Graph: a function becomes a plan
# `tf.function` gives both: you write plain Python, and at the first call TensorFlow *traces* it
# into a graph. From then on Python is out of the way. There are two spellings, called and
# decorated. The `print` runs only while TensorFlow traces, so you see it once.


# %%
def plain_add(p, q):
    print("  Python is running: tracing plain_add")
    return p + q


called = tf.function(plain_add)


@tf.function
def decorated(p, q):
    return p + q


for attempt in (1, 2, 3):
    print("call", attempt)
    graph = called(x, y)
print(
    "called:",
    float(graph),
    " decorated:",
    float(decorated(x, y)),
)
lab.show(graph=float(graph))

# %% [markdown]
# Now you: turn `triple` into a graph. The list `python_runs` notes each time that Python itself
# runs its lines.

# %%
python_runs = []


def triple(number):
    python_runs.append("here")
    return 3 * number


# %% A graph of your own id="own-graph" tags=["exercise"]
### HINT Both spellings stand above. Which one takes a function that is there already?
### HINT Call `tf.function` with the function in its brackets.
### BEGIN SOLUTION
graph_triple = tf.function(triple)
### END SOLUTION
### BEGIN STARTER
# graph_triple = ...
### END STARTER

# %%
lab.check(
    "graph_triple",
    graph_triple,
    cases=[
        (tf.constant(1.0), tf.constant(3.0)),
        (tf.constant(5.0), tf.constant(15.0)),
        (tf.constant(-2.0), tf.constant(-6.0)),
    ],
)
lab.check("how often Python ran", len(python_runs), 1)

# %% [markdown] id="retracing"
# ## When Python runs again
# A graph serves one *kind* of input, and a new kind is traced anew. `squared` is called with the
# numbers 1, 2 and 3, then with three tensors. Is 2 another kind of input than 1? And a tensor that
# holds 2 than one that holds 1?


# %%
traces = []


@tf.function
def squared(number):
    traces.append(number)
    return number * number


for number in (1, 2, 3):
    squared(number)
from_numbers = len(traces)
for number in (1, 2, 3):
    squared(tf.constant(number))
from_tensors = len(traces) - from_numbers
lab.predict(
    "How often does Python trace for the tensors 1, 2 and 3?",
    from_tensors,
    within=0,
    id="traces-of-tensors",
)
print(
    f"three numbers: {from_numbers}, three tensors: {from_tensors}"
)
lab.show(from_numbers=from_numbers, from_tensors=from_tensors)

# %% [markdown]
# For a tensor, type and shape are the kind, so three tensors share one graph. A Python number is
# part of the plan itself, so each new one is traced. Give tensors to a function that is called
# often.

# %% [markdown] id="why-graphs"
# ## Why plan at all?
# Who sees the whole plan can do more than who sees one line: leave out what nobody asked for, join
# small operations, fit the rest to the hardware, run independent parts at the same time, and keep
# exactly those results that the gradient will need. And a plan needs no Python: it can be saved and
# served where there is none.
#
# TensorFlow 1 made you write the plan by hand, and all between feeding and fetching was a black
# box. TensorFlow 2 needs no placeholder and no session, puts Keras first, and makes the plan from
# your function. Here is what it makes of `plain_add`: a few operations with names.

# %%
made = called.get_concrete_function(x, y).graph
for operation in made.get_operations():
    print(f"{operation.type:12} {operation.name}")

# %% [markdown] id="four-way-race"
# ## The race
# The same model, a line through 64 points, trained with the same number of steps in four ways: a
# lazy session called for each step, eager steps, a graph called for each step, and one graph that
# holds the whole loop. Each takes a step to warm up before its clock starts, since the first call
# of a graph pays for tracing. That is timed apart.

# %%
points = np.linspace(-1, 1, 64).astype("float32")
wanted = (0.7 * points + 0.2).astype("float32")
px, py = tf.constant(points), tf.constant(wanted)
slope, shift = tf.Variable(0.0), tf.Variable(0.0)
rate = 0.1


def train_step():
    """One gradient step; returns the loss before it."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(
            tf.square(slope * px + shift - py)
        )
    slope_gradient, shift_gradient = tape.gradient(
        loss, [slope, shift]
    )
    slope.assign_sub(rate * slope_gradient)
    shift.assign_sub(rate * shift_gradient)
    return loss


def reset():
    """Put the model back to its start."""
    slope.assign(0.0)
    shift.assign(0.0)


def race(name, step):
    """Train with `step`; return the seconds it took."""
    start = perf_counter()
    for index in lab.track(range(steps)):
        lab.log(index, **{f"{name}/loss": step()})
    return perf_counter() - start


train_step()
reset()
eager_seconds = race("eager", train_step)

graph_step = tf.function(train_step)
start = perf_counter()
graph_step()
tracing_seconds = perf_counter() - start
reset()
graph_seconds = race("graph", graph_step)

# %% [markdown] id="loop-and-session"
# The whole loop as one graph: `tf.range` makes the loop part of the plan, so Python hears nothing
# until it is over. And the lazy session: the same arithmetic, planned by hand. There even a
# variable is part of the plan and holds nothing at first: `global_variables_initializer` is the
# operation that gives all of them their first values, once a session runs it.


# %%
@tf.function
def train_loop(count):
    loss = 0.0
    for _ in tf.range(count):
        loss = train_step()
    return loss


train_loop(tf.constant(1))
reset()
start = perf_counter()
train_loop(tf.constant(steps)).numpy()
loop_seconds = perf_counter() - start

with (
    tf.Graph().as_default() as plan,
    v1.Session(graph=plan) as session,
):
    lazy_slope = v1.get_variable("slope", initializer=0.0)
    lazy_shift = v1.get_variable("shift", initializer=0.0)
    lazy_loss = tf.reduce_mean(
        tf.square(lazy_slope * points + lazy_shift - wanted)
    )
    training = v1.train.GradientDescentOptimizer(rate).minimize(
        lazy_loss
    )
    lazy_reset = v1.global_variables_initializer()

    def lazy_step():
        """One step in the session; returns the loss."""
        return session.run([training, lazy_loss])[1]

    session.run(lazy_reset)
    lazy_step()
    session.run(lazy_reset)
    lazy_seconds = race("lazy", lazy_step)
    lazy_slope_value = float(session.run(lazy_slope))
print(
    f"slope after {steps} steps, in a graph: {slope.numpy():.5f}"
)
print(f"the same in a session: {lazy_slope_value:.5f}")

# %%
seconds = {
    "lazy": lazy_seconds,
    "eager": eager_seconds,
    "graph": graph_seconds,
    "loop": loop_seconds,
}
speed = {name: steps / time for name, time in seconds.items()}
for name, rate_seen in speed.items():
    print(
        f"{name:6} {rate_seen:10,.0f} steps/s   {rate_seen / speed['eager']:6.1f}× eager"
    )
lab.bar("Training speed", speed, y_label="steps per second")
lab.show(
    speedup_graph=speed["graph"] / speed["eager"],
    speedup_loop=speed["loop"] / speed["eager"],
    tracing_seconds=tracing_seconds,
    graph_seconds=graph_seconds,
    eager_seconds=eager_seconds,
)
lab.predict(
    "Which way of training is the fastest?",
    max(speed, key=speed.get),
    choices=["lazy", "eager", "graph", "loop"],
    id="fastest-way",
)

# %% [markdown]
# The arithmetic is the same in all four, and easy. What differs is how often Python and
# TensorFlow must talk to each other. The smaller the work in a step, the more that talk costs.
#
# Here is the time of one eager step on a time line, from your measurements. Inside the loop Python
# is silent, so what a step takes there is the work itself; whatever a step takes beyond it goes
# into Python, and into the calls between the two. A column counts as TensorFlow's as soon as it
# works at all in it.

# %%
work = loop_seconds / steps
moments = np.linspace(0, eager_seconds / steps, 6000)
lanes = []
for name in ("loop", "graph", "eager"):
    each = seconds[name] / steps
    at_work = moments % each >= each - work
    lanes.append(at_work.reshape(60, 100).any(axis=1))
lab.heatmap(
    "Who is at work while an eager step lasts?",
    np.array(lanes, dtype=int),
    classes=("Python, and calls", "TensorFlow"),
    x_range=(0, 1e6 * eager_seconds / steps),
    x_label="microseconds",
    y_label="top: eager, middle: graph, bottom: loop",
)

# %% [markdown]
# ## Goals

# %%
lab.goal(
    "Find two numbers for which all three modes agree with each other, but not with Python's own sum",
    float(lazy) == float(eager) == float(graph) != a + b,
    hint=(
        "All three compute with about 7 digits, and Python with about 16. Which sums need more than 7?",
        "Tenths have no end in binary: try 0.1 and 0.2.",
    ),
    id="modes-agree",
)
lab.goal(
    "Let a graph pay off early: 300 steps or fewer, and tracing with the graph's steps still takes less time than eager",
    steps <= 300
    and tracing_seconds + graph_seconds < eager_seconds,
    hint=(
        "Tracing is paid once, and each step in the graph saves a little time.",
        "Compare tracing_seconds, graph_seconds and eager_seconds in the results, then set steps to 250.",
    ),
    id="graph-pays-off",
)
lab.goal(
    "Train so briefly that tracing costs more than all the eager steps",
    tracing_seconds > eager_seconds,
    hint=(
        "Tracing is paid once, however many steps follow.",
        "Compare tracing_seconds and eager_seconds in the results, then set steps to 10.",
    ),
    id="tracing-costs-more",
)

# %% [markdown]
# ## What you saw
# Lazy mode plans first and computes in a session. Eager mode computes at once and is the one to
# think and debug in. `tf.function` traces a Python function into a graph at its first call, which
# pays off when the function is called often, and most of all when the whole loop is inside it. The
# arithmetic is the same in each. So far your lines could only say how much. Can the same loop learn
# to say which of two?
