# /// script
# requires-python = ">=3.11"
# dependencies = ["pygamma-agreement==0.5.9"]
# ///
"""What pygamma-agreement says of stretches: a line of JSON in, a line of JSON out, in an environment of its own.

Its code runs as Python, not compiled: compiling takes half a minute at every import, these few stretches milliseconds.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings

os.environ["NUMBA_DISABLE_JIT"] = "1"

from pyannote.core import Segment
from pygamma_agreement import CombinedCategoricalDissimilarity, Continuum

logging.disable(logging.WARNING)
warnings.simplefilter("ignore")


def disorder(marks: list[list[tuple[float, float, int]]]) -> float:
    """Return the disorder of the best alignment by a mixed integer program: the sum over its tuples."""
    continuum = Continuum()
    for person, mine in enumerate(marks):
        continuum.add_annotator(str(person))
        for start, end, label in mine:
            continuum.add(str(person), Segment(start, end), str(label))
    alike = CombinedCategoricalDissimilarity(alpha=1, beta=1, delta_empty=1)
    return float(sum(each.disorder for each in continuum.get_best_alignment(alike).unitary_alignments))


def say(reply: object) -> None:
    """Write a line."""
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()


say("ready")
for line in sys.stdin:
    say([disorder(marks) for marks in json.loads(line)])
