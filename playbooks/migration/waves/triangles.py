"""Who shares a window with two others brings these together: prices on triangles where it fails."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playbooks.migration.waves.pairs import Matrix

_WRONG = 0.02  # by how much a triangle must fail to be priced
_MOST_AT_ONCE, _MOST_EACH = 2_000, 60
_PACE = 0.3
Places = npt.NDArray[np.int64]


class Triangles:
    """Prices of the rules x[i,j] + x[i,l] - x[j,l] <= 1 that were seen to fail."""

    def __init__(self, rho: float) -> None:
        self.rho = rho
        self.places: Places = np.zeros((0, 3), dtype=np.int64)
        self.price = np.zeros(0)

    @property
    def total(self) -> float:
        return float(self.price.sum())

    def search(self, found: Matrix) -> None:
        """Add those that fail most, and forget those without a price."""
        kept = self.price > 0
        self.places, self.price = self.places[kept], self.price[kept]
        size = len(found)
        codes, wrong = self._failing(found)
        known = (self.places @ np.array([size * size, size, 1])) if len(self.places) else []
        new = ~np.isin(codes, known)
        codes, wrong = codes[new], wrong[new]
        codes = codes[np.argsort(-wrong, kind="stable")[:_MOST_AT_ONCE]]
        more = np.stack([codes // (size * size), codes // size % size, codes % size], axis=1)
        self.places = np.concatenate([self.places, more])
        self.price = np.concatenate([self.price, np.zeros(len(more))])

    @staticmethod
    def _failing(found: Matrix) -> tuple[Places, npt.NDArray[np.float64]]:
        size = len(found)
        ends = np.triu_indices(size, 1)
        codes, wrong = [], []
        for middle in range(size):
            row = found[middle]
            by = row[ends[0]] + row[ends[1]] - found[ends] - 1
            by[(ends[0] == middle) | (ends[1] == middle)] = -1
            places = np.flatnonzero(by > _WRONG)
            places = places[np.argsort(-by[places], kind="stable")[:_MOST_EACH]]
            codes.append((middle * size + ends[0][places]) * size + ends[1][places])
            wrong.append(by[places])
        return np.concatenate(codes), np.concatenate(wrong)

    def climb(self, found: Matrix) -> None:
        """Raise the price of what fails, lower that of what holds with room to spare."""
        one, two, three = self.places.T
        by = found[one, two] + found[one, three] - found[two, three] - 1
        self.price = np.maximum(0, self.price + _PACE * self.rho * by)

    def prices(self, size: int) -> Matrix:
        """Give what the prices add to the cost of each pair."""
        added = np.zeros(size * size)
        one, two, three = self.places.T
        for here, there, sign in ((one, two, 0.5), (one, three, 0.5), (two, three, -0.5)):
            added += np.bincount(here * size + there, sign * self.price, size * size)
        both = added.reshape(size, size)
        return np.asarray(both + both.T)
