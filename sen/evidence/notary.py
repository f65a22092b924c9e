"""Seals the chain: signs how far it has come and puts that where nobody can take it back."""

from __future__ import annotations

from dataclasses import dataclass

from sen.evidence.archive import Archive
from sen.evidence.chain import Chain, Clock, now
from sen.evidence.checkpoint import Checkpoint
from sen.evidence.record import Record
from sen.evidence.signing import Signer, key_id
from sen.evidence.verification import verify
from stacks.problem import Problem, ProblemError


@dataclass(frozen=True)
class Notary:
    """Signs for one chain."""

    chain: Chain
    archive: Archive
    signer: Signer
    clock: Clock = now

    def seal(self) -> Checkpoint | None:
        """Keep all records that have no checkpoint yet, then a checkpoint over them.

        Gives None when there is nothing new. Records come first: a checkpoint vouches for nothing
        that is not kept. Safe to call again after it was killed.

        Raises:
            ProblemError: The chain is broken, or another writer has sealed another one.
            MissingPartError: The bucket does not answer.
        """
        sealed = self.archive.sealed()
        lines = list(self.chain.lines())
        verdict = verify(lines, self._signed(sealed))
        if verdict.broken:
            values = {"number": verdict.broken.number, "fault": verdict.broken.fault}
            raise ProblemError(Problem("evidence-not-sealed", self.chain.path.name, values))
        if len(lines) <= sealed:
            return None
        checkpoint = Checkpoint.of(self.archive.chain, Record.read(lines[-1]))
        at = self.clock()
        self.archive.put_segment(sealed + 1, len(lines), b"".join(lines[sealed:]), at)
        self.archive.put_checkpoint(checkpoint.sequence, checkpoint.signed(self.signer), at)
        return checkpoint

    def _signed(self, sealed: int) -> tuple[Checkpoint, ...]:
        """Give the last checkpoint: what is signed next must follow from it."""
        if sealed == 0:
            return ()
        known = {key_id(self.signer.public): self.signer.public}
        try:
            return (Checkpoint.opened(self.archive.checkpoint(sealed), known),)
        except ValueError as error:
            name = f"{self.archive.chain} {sealed}"
            raise ProblemError(Problem("evidence-bad-checkpoint", name)) from error
