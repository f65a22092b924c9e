"""Changes of the system's files are found regularly."""

from policies.gates.hosts import unit
from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    tools = sorted(host.packages & set(names(parameters, "tools")))
    wanted = names(parameters, "schedules")
    on = sorted({*unit.enabled(host, wanted), *unit.running(host, wanted)})
    daily = "aide-common" in tools and not any(
        name.startswith("dailyaidecheck") for name in unit.starts(host)
    )
    seen = [*tools, *on, *(["cron.daily"] if daily else [])]
    return verdict(good=bool(on) or daily, evidence=", ".join(seen) or "no known tool")
