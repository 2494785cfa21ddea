# %% [markdown]
# # Where it runs
# The same matrix product can run on the CPU or on a GPU, and the difference can be large.
# You will list what TensorFlow sees, place tensors by hand, and measure each device in billions of
# additions and multiplications a second.
#
# Watch how the speed depends on the size of the product. Choose the run's device in the form: only
# that one is visible here, besides the CPU.

# %% tags=["parameters"]
from typing import Annotated

from tflab import Meta

size: Annotated[
    int,
    Meta(
        ge=16,
        le=8192,
        description="Rows and columns of the matrices",
    ),
] = 1024
repeats: Annotated[
    int,
    Meta(
        ge=1,
        le=200,
        description="Timed products on each device",
    ),
] = 10

# %%
from time import perf_counter

import tensorflow as tf

from tflab import lab

# %% [markdown] id="devices"
# ## What TensorFlow sees
# Physical devices are what the machine offers and this run may use. The driver lists every GPU,
# even a busy one; a run sees only the device you chose.

# %%
devices = [
    device.name.removeprefix("/physical_device:")
    for device in tf.config.list_physical_devices()
]
lab.show(devices=devices)

# %% [markdown] id="placement"
# ## Where a tensor lies
# `tf.device` places everything made inside the block. Operations are placed in the same way,
# wherever their inputs lie: those are copied over first, and copying costs time. And a tensor that
# is not placed by you?

# %%
unplaced = tf.random.normal((4, 4))
with tf.device("CPU:0"):
    pinned = tf.random.normal((4, 4))

placed_on = unplaced.device.rpartition("device:")[2]
pinned_on = pinned.device.rpartition("device:")[2]
lab.predict(
    "Where does TensorFlow put a tensor in this run if you say nothing?",
    "GPU" if placed_on.startswith("GPU") else "CPU",
    choices=["CPU", "GPU"],
    id="default-device",
)
print("full name:", pinned.device)
lab.show(placed_on=placed_on, pinned_on=pinned_on)

# %% [markdown] id="no-line-changed"
# Without being told, TensorFlow puts a tensor of floating-point numbers on the GPU if it sees one,
# else on the CPU. (Whole numbers of type int32, and texts, stay with the CPU.) The same program
# runs on either, with no line changed. On a TPU, Google's own processor for matrices, it takes a
# few lines more, to find the TPU and to build the model on it. On large data this decides between
# hours and days.
#
# ## The same product on each device
# Multiplying two n×n matrices takes about `2·n³` additions and multiplications. The first product
# on a device also pays for loading kernels and taking memory, so it is a warm-up and timed apart.
#
# The two factors and the product must all fit into the memory of the device.
#
# This stopwatch starts too early. Mend it.


# %% A fair stopwatch id="fair-stopwatch" tags=["exercise"]
### HINT Which of the calls should not be on the clock?
### HINT Move the first `work()` up, before the clock is read for the first time.
def time_calls(work, count, clock=perf_counter):
    """Seconds for one of `count` calls, after a warm-up."""
    ### BEGIN SOLUTION
    work()
    start = clock()
    ### END SOLUTION
    ### BEGIN STARTER
    # start = clock()
    # work()
    ### END STARTER
    for _ in lab.track(range(count)):
        work()
    return (clock() - start) / count


# %%
def time_played(first, later, count):
    """The stopwatch on calls that take as long as we say."""
    calls = []

    def clock():
        return first * bool(calls) + later * len(calls[1:])

    return time_calls(lambda: calls.append(1), count, clock)


lab.check(
    "time_calls",
    time_played,
    cases=[((9.0, 1.0, 4), 1.0), ((5.0, 2.0, 1), 2.0)],
)

# %% [markdown]
# A GPU answers before it has finished: the call only queues the work. Reading one number back
# (`.numpy()`) waits for it. Without that, the clock would measure the queue.


# %%
def time_products(device):
    """Seconds for the warm-up and for one product."""
    with tf.device(device):
        left, right = (
            tf.random.normal((size, size)),
            tf.random.normal((size, size)),
        )

        def product():
            tf.matmul(left, right)[0, 0].numpy()

        start = perf_counter()
        product()
        warm_up = perf_counter() - start
        return warm_up, time_calls(product, repeats)


operations = 2 * size**3
megabytes = 3 * size**2 * tf.float32.size / 1e6
gflops, warm_ups = {}, {}
for device in devices:
    warm_up, seconds = time_products(device)
    name = (
        device.lower().replace(":", "_").replace("cpu_0", "cpu")
    )
    gflops[name] = operations / seconds / 1e9
    warm_ups[name] = warm_up / seconds
    print(
        f"{device:6} {seconds * 1e3:8.3f} ms per product,"
        f" warm-up {warm_ups[name]:.1f}× as long"
    )
    lab.show(**{f"gflops_{name}": gflops[name]})
lab.bar("Matrix product", gflops, y_label="GFLOP/s")

# %% [markdown] id="busy"
# ## Is the processor busy?
# Here is the same measurement at smaller sizes, on the last of the devices above. A smaller product
# has less work to do. Does it do it as fast?

# %%
sizes, speeds = [2**power for power in range(4, 10)], []
for small in sizes:
    with tf.device(devices[-1]):
        square = tf.random.normal((small, small))

        def product(square=square):
            tf.matmul(square, square)[0, 0].numpy()

        speeds.append(
            2 * small**3 / time_calls(product, 20) / 1e9
        )
lab.predict(
    "Which size makes better use of the processor?",
    "512" if speeds[-1] > speeds[0] else "16",
    choices=["16", "512"],
    id="better-use",
)
for small, speed in zip(sizes, speeds, strict=True):
    print(f"{small:4}×{small:<4} {speed:8.2f} GFLOP/s")
lab.line(
    "Speed by size",
    {devices[-1]: (sizes, speeds)},
    x_label="rows and columns",
    y_label="GFLOP/s",
)
work = operations * repeats / 1e9
lab.show(work=work, gflops_small=speeds[0])
lab.show(megabytes=megabytes, warm_up=warm_ups[name])

# %% [markdown]
# Calling a product from Python and reading a number back costs about the same whatever its size, so
# a small one is over before it was worth starting.
#
# ## Goals

# %%
lab.goal(
    "Waste the processor: a product so small that it reaches less than a tenth of the speed at 512",
    gflops[name] < speeds[-1] / 10,
    hint=(
        "Calling costs the same for any size.",
        "Set size to 16.",
    ),
    id="too-small",
)
lab.goal(
    "Fill more than 50 MB of the device's memory with the three matrices of one product",
    megabytes > 50,
    hint=(
        "The defaults take 12.6 MB. How does the number of elements grow with the size?",
        "With its square: four times as many at size 2048. One repeat is enough.",
    ),
    id="fifty-megabytes",
)
lab.goal(
    "Fool the clock: let the warm-up take longer than all the timed products together",
    warm_ups[name] > repeats,
    hint=(
        "The warm-up costs about the same whatever comes after it. What makes the rest short?",
        "Small products, and few of them: size 16 and 1 repeat.",
    ),
    id="warm-up-dominates",
)

# %% [markdown]
# ## What you saw
# A run sees the CPU and the device it was given. A tensor lies on one device, and `tf.device`
# chooses. Measure after a warm-up and wait for the result, or you measure the wrong thing. Only
# large pieces of work keep a processor busy. When the run ends, all that it computed is gone. How
# can a model outlive its program?
