"""The semidefinite relaxation of a plan, by the alternating direction method of multipliers.

A plan is a matrix X: 1 where two systems share a window. X - J/k is positive semidefinite, X is
between 0 and 1, its rows keep the rooms, and who is with two others brings these together. Any
multipliers give a bound (weak duality), so what is given holds however far the method has come.
Zhao, Karisch, Rendl and Wolkowicz (1998); Wen, Goldfarb and Yin (2010).
"""

from __future__ import annotations

import numpy as np

from playbooks.migration.waves.pairs import Matrix, Pairs, Room, Vector
from playbooks.migration.waves.triangles import Triangles


class Relaxation:
    """One run of the method; each step costs one decomposition into eigenvectors."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs, size = pairs, len(pairs.joined)
        self.whole = float(pairs.joined.sum()) / 2
        self.costs = -pairs.joined / 2
        self.most = np.where(pairs.never, 0.0, 1.0)
        self.least = np.eye(size)
        self.rho = float(np.linalg.norm(self.costs)) / max(size, 1)
        self.copies = [np.eye(size) for _ in range(2 + 2 * len(pairs.rooms))]
        self.duals = [np.zeros((size, size)) for _ in self.copies]
        self.root = np.zeros((size, 0))
        self.rows = [np.zeros(size) for _ in pairs.rooms]
        self.squares = [0.0 for _ in pairs.rooms]
        self.triangles = Triangles(self.rho)

    def step(self) -> None:
        """Bring the copies that keep one rule each nearer to one matrix that keeps them all."""
        number = len(self.copies)
        middle = sum(self.copies) + sum(self.duals) - self._priced() / self.rho
        middle = (middle + middle.T) / (2 * number)
        wanted = [middle - dual for dual in self.duals]
        self.copies[0] = self._curved(wanted[0])
        self.copies[1] = np.clip(wanted[1], self.least, self.most)
        for index, room in enumerate(self.pairs.rooms):
            self.copies[2 + 2 * index] = self._in_rows(index, room, wanted[2 + 2 * index])
            self.copies[3 + 2 * index] = self._in_squares(index, room, wanted[3 + 2 * index])
        for index, copy in enumerate(self.copies):
            self.duals[index] += copy - middle

    def cut(self, *, search: bool) -> None:
        """Raise the price of triangles that do not hold, and search for more of them."""
        if search:
            self.triangles.search(self.copies[0])
        self.triangles.climb(self.copies[0])

    def bound(self) -> float:
        """Give what every plan costs at least."""
        dual = self.root @ self.root.T
        reduced = self._priced() - dual
        value = self.whole + float(dual.sum()) / self.pairs.windows - self.triangles.total
        for room, rows, squares in zip(self.pairs.rooms, self.rows, self.squares, strict=True):
            reduced += np.outer(rows, room.sizes) + squares * np.outer(room.sizes, room.sizes)
            value -= float(rows @ room.company) + squares * room.squares
        reduced = (reduced + reduced.T) / 2
        diagonal = float(np.trace(reduced))
        np.fill_diagonal(reduced, 0)
        return value + diagonal + float((np.minimum(reduced, 0) * self.most).sum())

    def _priced(self) -> Matrix:
        return self.costs + self.triangles.prices(len(self.costs))

    def _curved(self, wanted: Matrix) -> Matrix:
        """Give the nearest matrix that is J/k and something positive semidefinite."""
        flat = 1 / self.pairs.windows
        values, vectors = np.linalg.eigh((wanted + wanted.T) / 2 - flat)
        below = values < 0
        self.root = vectors[:, below] * np.sqrt(-values[below] * self.rho)
        above = vectors[:, ~below]
        return np.asarray((above * values[~below]) @ above.T + flat)

    def _in_rows(self, index: int, room: Room, wanted: Matrix) -> Matrix:
        over: Vector = np.maximum(wanted @ room.sizes - room.company, 0)
        over /= room.sizes @ room.sizes
        self.rows[index] = over * self.rho
        return wanted - np.outer(over, room.sizes)

    def _in_squares(self, index: int, room: Room, wanted: Matrix) -> Matrix:
        over = max(float(room.sizes @ wanted @ room.sizes) - room.squares, 0.0)
        over /= float(room.sizes @ room.sizes) ** 2
        self.squares[index] = over * self.rho
        return wanted - over * np.outer(room.sizes, room.sizes)
