"""Carries the decisions out: one request after the other, each refusal told, none in the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sen.errors import RefusedError
from sen.gitops import plan
from sen.gitops.approvers import Approvers
from sen.gitops.plan import DOOR, Does, Step, Vote
from sen.gitops.reading import Reading, Wanted
from sen.gitops.server import Server, member
from stacks.models.objects.approval import ApprovalSpec, Role
from stacks.problem import Problem

Object = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """What is on an agency's desk, or why nobody can work at it."""

    requests: dict[str, Object] = field(default_factory=dict)
    approvals: tuple[ApprovalSpec, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class GitDoor:
    """The door: where it applies, and who may agree by a merge.

    Attributes:
        apply: False only says what would be done.
    """

    server: Server
    approvers: Approvers
    apply: bool = False

    def steps(self, found: Reading) -> Iterator[Step]:
        """Give what is done with every request of the files."""
        for refused in found.refused:
            yield Step(Does.REFUSED, refused.file, "", refused.name, problems=refused.problems)
        for over in found.ended:
            why = f"ended {over.request.ends.isoformat()}"
            yield Step(Does.ENDED, over.file, over.namespace, over.name, why)
        desks: dict[str, Desk] = {}
        for wanted in found.wanted:
            if wanted.namespace not in desks:
                desks[wanted.namespace] = self._desk(wanted.namespace)
            yield from self._steps(wanted, desks[wanted.namespace])

    def prune(self, found: Reading, *, yes: bool) -> Iterator[Step]:
        """Give the requests that no file holds any more; with `yes`, delete these objects."""
        try:
            live = self.server.listed("tenantrequests", labels=f"{DOOR}=git")
        except RefusedError as error:
            yield Step(Does.REFUSED, found.under, "", "", problems=error.problems)
            return
        for step in plan.pruned(found, live):
            yield self._pruned(step) if yes and self.apply else step

    def _desk(self, namespace: str) -> Desk:
        try:
            if not self.server.is_open(namespace):
                return Desk(problems=(Problem("gitops-no-desk", namespace),))
            requests = self.server.listed("tenantrequests", namespace)
            approvals = self.server.listed("approvals", namespace)
        except RefusedError as error:
            return Desk(problems=error.problems)
        made = sorted(approvals, key=lambda each: str(each["metadata"]["creationTimestamp"]))
        return Desk(
            {each["metadata"]["name"]: each for each in requests},
            tuple(ApprovalSpec.model_validate(each["spec"]) for each in made),
        )

    def _steps(self, wanted: Wanted, desk: Desk) -> Iterator[Step]:
        if desk.problems:
            values = ("", None, desk.problems)
            yield Step(Does.REFUSED, wanted.file, wanted.namespace, wanted.name, *values)
            return
        step = plan.step_for(wanted, desk.requests.get(wanted.name), self.approvers)
        if self.apply and step.does in {Does.MAKE, Does.CHANGE}:
            step = self._applied(step)
        yield step
        if step.does is not Does.REFUSED and step.body:
            vote = plan.vote_on(wanted, step.body["spec"], desk.approvals, self.approvers)
            if vote:
                yield self._voted(wanted, step, vote)

    def _applied(self, step: Step) -> Step:
        try:
            made = self.server.apply(step.body)
        except RefusedError as error:
            return _refused(step, *error.problems)
        wanted = step.body["spec"] if step.body else {}
        left = tuple(plan.differing(wanted, made["spec"]))
        if left:
            values = {"fields": ", ".join(left)}
            return _refused(step, Problem("gitops-foreign-field", step.file, values))
        return step

    def _voted(self, wanted: Wanted, step: Step, vote: Vote) -> Step:
        base = replace(step, does=Does.NO_APPROVAL, why=f"{vote.user}: {vote.why}", body=None)
        if vote.why:
            return base
        refusals: list[Problem] = []
        for role in vote.roles:
            if self.apply:
                try:
                    self._approve(wanted, step, vote.user, role)
                except RefusedError as error:
                    refusals.extend(error.problems)
                    continue
            return replace(base, does=Does.APPROVE, why=f"{vote.user} as {role}")
        return _refused(base, *refusals)

    def _approve(self, wanted: Wanted, step: Step, user: str, role: Role) -> None:
        spec = step.body["spec"] if step.body else {}
        person = member(user, self.approvers.groups.get(user, ()))
        made = plan.approval(wanted, spec, user, role)
        self.server.decide(step.namespace, made, person)

    def _pruned(self, step: Step) -> Step:
        try:
            self.server.forget(step.namespace, step.name, step.body)
        except RefusedError as error:
            return _refused(step, *error.problems)
        return step


def _refused(step: Step, *problems: Problem) -> Step:
    """Name the request in what the API server said."""
    thing = f"{step.file} ({step.namespace}/{step.name})"
    named = tuple(replace(each, thing=thing) for each in problems)
    return replace(step, does=Does.REFUSED, why="", body=None, problems=named)
