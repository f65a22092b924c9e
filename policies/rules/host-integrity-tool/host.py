"""Changes of the system's files are found regularly."""

from policies.gates.hosts import unit
from policies.gates.hosts.answer import Answer, fails, verdict
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    tools = sorted(host.packages & set(names(parameters, "tools")))
    if not tools:
        return fails("none of the known tools is installed")
    wanted = names(parameters, "schedules")
    on = sorted({*unit.enabled(host, wanted), *unit.running(host, wanted)})
    daily = "aide-common" in tools and not any(
        name.startswith("dailyaidecheck") for name in unit.starts(host)
    )
    said = f"{', '.join(tools)}: {', '.join(on) or ('cron.daily' if daily else 'no schedule')}"
    return verdict(good=bool(on) or daily, evidence=said)
