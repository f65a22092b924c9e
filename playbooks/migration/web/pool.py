"""What a site's PHP is told on the new host, and how its mail leaves."""

from __future__ import annotations

from playbooks.migration.web.plan import Mail, Php, WebPlan

MSMTP = "/usr/bin/msmtp"
HOME = "/etc/sen/web"


def socket(site: str) -> str:
    """Give the socket at which nginx finds the site's PHP."""
    return f"/run/php/sen-{site}.sock"


def home(site: str) -> str:
    """Give the folder on the new host for what a site needs beside its application."""
    return f"{HOME}/{site}"


def mail_file(site: str) -> str:
    return f"{home(site)}/mail"


def pool(plan: WebPlan, php: Php) -> str:
    """Give the pool's file: processes of this site alone, with its own settings."""
    values = {
        "memory_limit": f"{php.memory_mib}M",
        "upload_max_filesize": f"{plan.upload_mib}M",
        "post_max_size": f"{plan.upload_mib}M",
        "date.timezone": php.zone,
        "session.save_path": plan.session_folder,
        "session.cookie_httponly": "1",
        **({"session.cookie_secure": "1"} if plan.certificate else {}),
        **({"sendmail_path": f"{MSMTP} -C {mail_file(plan.site)} -t"} if plan.mail else {}),
        "expose_php": "0",
        **php.values,
    }
    lines = [
        f"[{plan.site}]",
        f"user = {php.user}",
        f"group = {php.user}",
        f"listen = {socket(plan.site)}",
        "listen.owner = www-data",
        "listen.group = www-data",
        "listen.mode = 0660",
        "pm = ondemand",
        f"pm.max_children = {php.children}",
        "pm.process_idle_timeout = 30s",
        *(f'php_admin_value[{key}] = "{_quoted(value)}"' for key, value in values.items()),
    ]
    return "\n".join(lines) + "\n"


def mail(plan: Mail) -> str:
    """Give msmtp's file."""
    lines = [
        "defaults",
        f"tls {'on' if plan.tls else 'off'}",
        f"tls_starttls {'on' if plan.tls else 'off'}",
        "tls_trust_file system",
        "syslog LOG_MAIL",
        "account default",
        f"host {plan.relay}",
        f"port {plan.port}",
        f"from {plan.sender}",
    ]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
