"""The linear classifier's loop as a bare script: reads a number of steps, prints steps a second."""

import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# As in a run on the CPU.
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import tensorflow as tf

WARM_UP = 200


def make_step() -> Callable[[], object]:
    """Return one full-batch training step on 2,000 points."""
    np.random.seed(0)
    covariance = [[1, 0.5], [0.5, 1]]
    clouds = [np.random.multivariate_normal(m, covariance, 1000) for m in ((0, 3), (3, 0))]
    inputs = tf.constant(np.vstack(clouds), tf.float32)
    targets = tf.constant(np.repeat([[0.0], [1.0]], 1000, axis=0), tf.float32)
    weights = tf.Variable(tf.random.uniform((2, 1)))
    bias = tf.Variable(tf.zeros((1,)))

    def training_step() -> object:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(targets - (tf.matmul(inputs, weights) + bias)))
        grad_weights, grad_bias = tape.gradient(loss, [weights, bias])
        weights.assign_sub(0.1 * grad_weights)
        bias.assign_sub(0.1 * grad_bias)
        return loss

    return training_step


def main() -> None:
    """Read a number of steps, and print the rate at which they were done."""
    steps = int(sys.stdin.readline())
    training_step = make_step()
    for _ in range(WARM_UP):
        training_step()
    start = time.perf_counter()
    for _ in range(steps):
        training_step()
    print(steps / (time.perf_counter() - start))


if __name__ == "__main__":
    main()
