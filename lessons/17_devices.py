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

# %% [markdown]
# ## What TensorFlow sees
# Physical devices are what the machine offers and this run may use. A GPU that another user fills
# is still listed by the driver, but a run sees only the device it was started on.

# %%
devices = [
    device.name.removeprefix("/physical_device:")
    for device in tf.config.list_physical_devices()
]
print(devices)
lab.show(devices=devices)

# %% [markdown]
# ## Where a tensor lies
# Without being told, TensorFlow puts a tensor on the GPU if it sees one, else on the CPU. `tf.device`
# says otherwise for everything made inside the block. Operations are placed in the same way,
# wherever their inputs lie: those are copied over first, and copying costs time.

# %%
unplaced = tf.random.normal((4, 4))
with tf.device("CPU:0"):
    pinned = tf.random.normal((4, 4))


def short(tensor):
    """The end of a device's long name: `CPU:0`."""
    return tensor.device.rpartition("device:")[2]


placed_on = short(unplaced)
print("left alone:      ", placed_on)
print("under CPU:0:     ", short(pinned))
print("full name:", pinned.device)
lab.show(placed_on=placed_on, pinned_on=short(pinned))
lab.predict(
    "Where does TensorFlow put a tensor in this run if you say nothing?",
    "GPU" if placed_on.startswith("GPU") else "CPU",
    choices=["CPU", "GPU"],
    id="default-device",
)

# %% [markdown]
# ## The same product on each device
# Multiplying two n×n matrices takes `2·n³` additions and multiplications. The first product on a
# device also pays for loading kernels and taking memory, so it is a warm-up and timed apart.
#
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
        start = perf_counter()
        tf.matmul(left, right)[0, 0].numpy()
        warm_up = perf_counter() - start
        start = perf_counter()
        for _ in lab.track(range(repeats)):
            product = tf.matmul(left, right)
        product[0, 0].numpy()
        return warm_up, (perf_counter() - start) / repeats


operations = 2 * size**3
gflops, warm_ups = {}, {}
for device in devices:
    warm_up, seconds = time_products(device)
    name = (
        device.lower().replace(":", "_")
        if device.startswith("GPU")
        else "cpu"
    )
    gflops[name] = operations / seconds / 1e9
    warm_ups[name] = warm_up / seconds
    print(
        f"{device:6} {seconds * 1e3:8.3f} ms a product"
        f" {gflops[name]:9.1f} GFLOP/s"
    )
    print(f"       warm-up {warm_ups[name]:.1f}× as long")
lab.bar("Matrix product", gflops, y_label="GFLOP/s")
lab.show(
    **{
        f"gflops_{name}": speed
        for name, speed in gflops.items()
    }
)

# %% [markdown]
# ## Is the processor busy?
# A small product is over before it is worth starting: calling it from Python costs a few
# microseconds whatever its size. Here is the same measurement at smaller sizes, on the last of
# the devices above.

# %%
sizes = [16, 32, 64, 128, 256, 512]
speeds = []
for small in sizes:
    with tf.device(devices[-1]):
        square = tf.random.normal((small, small))
        tf.matmul(square, square)[0, 0].numpy()
        start = perf_counter()
        for _ in range(20):
            product = tf.matmul(square, square)
        product[0, 0].numpy()
        speeds.append(
            20 * 2 * small**3 / (perf_counter() - start) / 1e9
        )
    print(f"{small:4}×{small:<4} {speeds[-1]:8.2f} GFLOP/s")
lab.line(
    "Speed by size",
    {devices[-1]: (sizes, speeds)},
    x_label="rows and columns",
    y_label="GFLOP/s",
)
work = operations * repeats / 1e9
lab.show(work=work, gflops_small=speeds[0])
lab.predict(
    "Which size makes better use of the processor?",
    "512" if speeds[-1] > speeds[0] else "16",
    choices=["16", "512"],
    id="better-use",
)

# %% [markdown]
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
    "Make one product eight times the work of the default",
    operations == 8 * 2 * 1024**3,
    hint=(
        "The work grows with the third power of the size.",
        "2 · 2 · 2 = 8, so twice the size: 2048.",
    ),
    id="eight-times-the-work",
)
lab.goal(
    "Keep the total work of the defaults with products of half the size",
    size == 512 and operations * repeats == 10 * 2 * 1024**3,
    hint=(
        "Half the size is an eighth of the work for each product.",
        "Size 512 and 80 repeats. Compare GFLOP/s with the default.",
    ),
    id="same-work",
)

# %% [markdown]
# ## What you saw
# A run sees the CPU and the device it was given. A tensor lies on one device, and `tf.device`
# chooses. Measure after a warm-up and wait for the result, or you measure the wrong thing. Only
# large pieces of work keep a processor busy.
