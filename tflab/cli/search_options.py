"""The options of a search in a sweep, and what they ask for together."""

from __future__ import annotations

import argparse

from tflab.cli.command import UsageProblem
from tflab.cli.options import count, plain_text, seed
from tflab.sweeps.search import METHODS, PRUNERS, TRIALS, Pruner, Wish


def add_search(parser: argparse.ArgumentParser) -> None:
    """Add how values are chosen, what ranks the runs, and whether poor ones stop early."""
    parser.add_argument(
        "--search",
        choices=METHODS,
        default="grid",
        help="every combination, or some at random, or each from what those before gave",
    )
    parser.add_argument(
        "--trials", metavar="N", type=count, help=f"runs of a search; default: {TRIALS}"
    )
    parser.add_argument(
        "--search-seed", metavar="N", type=seed, default=0, help="decides its values; default: 0"
    )
    parser.add_argument(
        "--stop-early",
        action="store_true",
        help="stop runs worse than 75 %% of the others",
    )
    parser.add_argument(
        "--pruner", choices=PRUNERS, help="stop runs early by another rule; default: percentile"
    )
    ranks = parser.add_mutually_exclusive_group()
    ranks.add_argument(
        "--metric",
        metavar="NAME",
        type=plain_text,
        default="loss",
        help="what ranks the runs, the smallest first or as :max or :min says; default: loss",
    )
    for better, order in (("--minimise", "smallest"), ("--maximise", "largest")):
        ranks.add_argument(
            better,
            better.replace("ise", "ize"),
            metavar="NAME",
            type=plain_text,
            help=f"rank by this, the {order} first",
        )


def chosen_search(arguments: argparse.Namespace) -> Wish:
    """Return the search that is asked for.

    Raises:
        UsageProblem: When a seed is given to a grid.
    """
    pruner: Pruner | None = arguments.pruner
    if pruner is None and arguments.stop_early:
        pruner = "percentile"
    if arguments.search == "grid" and arguments.search_seed:
        text = "A grid draws nothing, so it takes no --search-seed."
        raise UsageProblem("Wrong usage", text, "Add --search random or --search tpe.")
    return Wish(arguments.search, arguments.trials, arguments.search_seed, pruner)


def chosen_metric(arguments: argparse.Namespace) -> str:
    """Return what ranks the runs, and which way."""
    if arguments.minimise:
        return f"{arguments.minimise}:min"
    return f"{arguments.maximise}:max" if arguments.maximise else str(arguments.metric)
