"""Lines of a crontab as systemd timers or CronJobs; what cannot be said is named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stacks.problem import Problem, ProblemError

ZONE = "Asia/Ho_Chi_Minh"
NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FIELD = re.compile(r"(\*|\d+(-\d+)?)(/\d+)?(,(\*|\d+(-\d+)?)(/\d+)?)*")
SETTING = re.compile(r"([A-Za-z_]\w*)\s*=\s*(.*)")
FIELDS = 5


@dataclass(frozen=True)
class Job:
    """Something that runs by the clock.

    Attributes:
        schedule: Five fields, in numbers.
        user: Who runs it; empty in the crontab of one user.
    """

    schedule: str
    user: str
    command: str
    environment: Mapping[str, str]

    def calendar(self) -> tuple[str, ...]:
        """Give systemd's OnCalendar; two where cron means days of the month or of the week."""
        minute, hour, day, month, week = self.schedule.split()
        clock = f"{_part(hour)}:{_part(minute)}:00 {ZONE}"
        date = f"*-{_part(month)}-"
        if week == "*":
            return (f"{date}{_part(day)} {clock}",)
        on = f"{_week(week)} {date}* {clock}"
        return (on,) if day == "*" else (f"{date}{_part(day)} {clock}", on)

    def units(self, name: str) -> dict[str, str]:
        """Give a service and a timer of systemd, by file name."""
        lines = [f'Environment="{k}={_quoted(v)}"' for k, v in self.environment.items()]
        user = [f"User={self.user}"] if self.user else []
        script = f'ExecStart=/bin/sh -c "{_quoted(self.command)}"'
        service = ["[Service]", "Type=oneshot", *user, *lines, script, ""]
        times = [f"OnCalendar={each}" for each in self.calendar()]
        timer = ["[Timer]", *times, "[Install]", "WantedBy=timers.target", ""]
        return {f"{name}.service": "\n".join(service), f"{name}.timer": "\n".join(timer)}

    def manifest(self, name: str, namespace: str, image: str) -> dict[str, object]:
        """Give a CronJob that the platform's rules let in."""
        container = {
            "name": "job",
            "image": image,
            "command": ["/bin/sh", "-c", self.command],
            "env": [{"name": k, "value": v} for k, v in self.environment.items()],
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "runAsNonRoot": True,
                "capabilities": {"drop": ["ALL"]},
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "resources": {
                "requests": {"cpu": "50m", "memory": "64Mi"},
                "limits": {"cpu": "500m", "memory": "256Mi"},
            },
        }
        pod = {
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "containers": [container],
        }
        return {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {
                "schedule": self.schedule,
                "timeZone": ZONE,
                "concurrencyPolicy": "Forbid",
                "startingDeadlineSeconds": 300,
                "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 3,
                "jobTemplate": {"spec": {"backoffLimit": 1, "template": {"spec": pod}}},
            },
        }


def jobs(text: str, *, system: bool) -> list[Job]:
    """Read a crontab; a system's has the user after the times.

    Raises:
        ProblemError: Lines that this cannot say in another form; every one is named by number.
    """
    found: list[Job] = []
    problems: list[Problem] = []
    settings: dict[str, str] = {}
    for number, line in _lines(text):
        setting = SETTING.fullmatch(line)
        job = None if setting else _job(line, dict(settings), system=system)
        if setting:
            settings[setting[1]] = setting[2].strip("\"'")
        elif job is None:
            problems.append(Problem("web-cron-line", f"crontab:{number}"))
        else:
            found.append(job)
    if problems:
        raise ProblemError(*problems)
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line.strip()


def _job(line: str, settings: Mapping[str, str], *, system: bool) -> Job | None:
    nickname, _, rest = line.partition(" ")
    words = (f"{NICKNAMES[nickname]} {rest}" if nickname in NICKNAMES else line).split(None, 5)
    user, command = "", words[FIELDS] if len(words) > FIELDS else ""
    if system:
        user, _, command = command.partition(" ")
    if not all(FIELD.fullmatch(each) for each in words[:FIELDS]) or not command.strip():
        return None
    if re.search(r"(?<!\\)%", command):  # cron would give what follows as input
        return None
    return Job(" ".join(words[:FIELDS]), user, command.strip().replace("\\%", "%"), settings)


def _part(field: str) -> str:
    """Write a field of cron as systemd has it: `1-5` is `1..5`, `*/5` is `0/5`."""
    parts = (re.sub(r"^\*/", "0/", each).replace("-", "..") for each in field.split(","))
    return ",".join(parts)


def _week(field: str) -> str:
    return re.sub(r"\d", lambda found: DAYS[int(found[0])], field).replace("-", "..")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return escaped.replace("%", "%%").replace("$", "$$")
