"""A program of booleans for CP-SAT, as its own data: its Python model takes seconds to load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_LEAST = -(1 << 62)


@dataclass(frozen=True, slots=True)
class Limits:
    """When the solver stops: work in about seconds of a free core, and seconds on the clock."""

    work: float
    wall: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the solver found; no values when it found nothing."""

    values: Sequence[int]
    bound: float
    optimal: bool


class Booleans:
    """Variables are numbers from 0 on; `~variable` is its contrary, as CP-SAT writes it."""

    def __init__(self) -> None:
        from ortools.sat import cp_model_pb2  # noqa: PLC0415 - only where it is used

        self._words: Any = cp_model_pb2
        self._model: Any = cp_model_pb2.CpModelProto()
        self._count = 0

    def new(self) -> int:
        self._model.variables.add().domain.extend((0, 1))
        self._count += 1
        return self._count - 1

    def exactly_one(self, literals: Iterable[int]) -> None:
        self._model.constraints.add().exactly_one.literals.extend(literals)

    def at_most_one(self, literals: Iterable[int]) -> None:
        self._model.constraints.add().at_most_one.literals.extend(literals)

    def any_of(self, literals: Iterable[int]) -> None:
        self._model.constraints.add().bool_or.literals.extend(literals)

    def at_most(self, terms: Iterable[tuple[int, int]], most: int) -> None:
        """Let the sum of variables, each with its factor, be at most so much."""
        linear = self._model.constraints.add().linear
        for variable, factor in terms:
            linear.vars.append(variable)
            linear.coeffs.append(factor)
        linear.domain.extend((_LEAST, most))

    def minimize(self, terms: Iterable[tuple[int, int]]) -> None:
        for variable, factor in terms:
            self._model.objective.vars.append(variable)
            self._model.objective.coeffs.append(factor)

    def hint(self, values: Mapping[int, bool]) -> None:
        self._model.solution_hint.vars.extend(values)
        self._model.solution_hint.values.extend(map(int, values.values()))

    def solve(self, limits: Limits) -> Outcome:
        """Solve; the same program gives the same answer, however fast the machine is."""
        from ortools.sat import sat_parameters_pb2  # noqa: PLC0415 - only where it is used
        from ortools.sat.python import cp_model_helper  # noqa: PLC0415 - likewise

        parameters: Any = sat_parameters_pb2.SatParameters()
        parameters.num_workers = 2
        parameters.interleave_search = True
        parameters.random_seed = 1
        parameters.max_deterministic_time = limits.work
        parameters.max_time_in_seconds = limits.wall
        # Else Ctrl-C would end this process without a word from the first solution on.
        parameters.catch_sigint_signal = False
        solver: Any = cp_model_helper.SolveWrapper()
        solver.set_parameters(parameters)
        found = solver.solve(self._model)
        optimal = found.status == self._words.OPTIMAL
        if not optimal and found.status != self._words.FEASIBLE:
            return Outcome((), 0.0, optimal=False)
        return Outcome(tuple(found.solution), float(found.best_objective_bound), optimal)
