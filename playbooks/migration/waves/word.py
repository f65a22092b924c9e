"""The sentences of a plan, in the reader's language."""

from __future__ import annotations

import functools

from stacks import wording

say = functools.partial(wording.say, __package__)
