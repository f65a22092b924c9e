"""Bring uv when it is missing, into a folder of the cache; print where uv stands.

Standard library only, and readable by old Pythons so that they can say that they are too old.
"""

# ruff: noqa: INP001 - a folder of scripts and Go modules, not a package

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent / "uv" / "requirements.txt"
OLDEST_PYTHON = (3, 11)
OLDEST_UV = (0, 9)

MESSAGES = {
    "old-python": {
        "en": "Python {found}: Sen needs Python 3.11 or newer; install it, then run "
        "`make PYTHON=python3.11 up`",
        "vi": "Python {found}: Sen cần Python 3.11 trở lên; hãy cài đặt rồi chạy "
        "`make PYTHON=python3.11 up`",
    },
    "no-venv": {
        "en": "Python {found}: it cannot make virtual environments (ensurepip is missing); "
        "on Debian and Ubuntu run `apt-get install python3-venv`, then `make up` again",
        "vi": "Python {found}: không tạo được môi trường ảo (thiếu ensurepip); "
        "trên Debian và Ubuntu hãy chạy `apt-get install python3-venv`, rồi chạy lại `make up`",
    },
    "no-uv": {
        "en": "uv: it could not be installed from the Python package index ({why}); "
        "check the network, or install uv 0.9 or newer and put it on PATH",
        "vi": "uv: không cài được từ kho gói Python ({why}); "
        "hãy kiểm tra mạng, hoặc tự cài uv 0.9 trở lên và đưa vào PATH",
    },
    "bringing": {
        "en": "uv is not on PATH: bringing it into {home}",
        "vi": "PATH chưa có uv: đang đưa uv vào {home}",
    },
}


class MissingPartError(Exception):
    """A part of this machine is missing; the text says which and what to do."""


def message(key: str, **values: object) -> str:
    wanted = [os.environ.get(name) for name in ("SEN_LANG", "LC_ALL", "LC_MESSAGES", "LANG")]
    lang = next((value for value in wanted if value), "")
    return MESSAGES[key]["vi" if lang.lower().startswith("vi") else "en"].format(**values)


def home() -> Path:
    """Give `$XDG_CACHE_HOME/sen/bootstrap`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sen" / "bootstrap"


def serves(uv: str) -> bool:
    """Say whether this uv runs and is new enough to read uv.lock."""
    try:
        done = subprocess.run(  # noqa: S603 - uv itself
            [uv, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    found = re.search(r"uv (\d+)\.(\d+)", done.stdout)
    return found is not None and (int(found.group(1)), int(found.group(2))) >= OLDEST_UV


def check_python(version: "tuple[int, ...]", *, has_ensurepip: bool) -> None:
    """Refuse a Python that is too old or cannot make environments."""
    found = ".".join(str(part) for part in version[:3])
    if tuple(version[:2]) < OLDEST_PYTHON:
        raise MissingPartError(message("old-python", found=found))
    if not has_ensurepip:
        raise MissingPartError(message("no-venv", found=found))


def bring(place: Path) -> None:
    """Install uv into an environment beside the place, keep its programs only, then rename."""
    partial = place.with_name(f"{place.name}.partial-{os.getpid()}")
    try:
        install(partial / "venv")
        (partial / "out" / "bin").mkdir(parents=True)
        for name in ("uv", "uvx"):
            shutil.copy2(partial / "venv" / "bin" / name, partial / "out" / "bin" / name)
        shutil.rmtree(place, ignore_errors=True)
        (partial / "out").rename(place)
    except subprocess.CalledProcessError as error:
        said = (error.stderr or b"").decode("utf-8", "replace").strip().splitlines()
        raise MissingPartError(message("no-uv", why=said[-1] if said else error)) from error
    except OSError as error:
        if not serves(str(place / "bin" / "uv")):  # else another run was faster
            raise MissingPartError(message("no-uv", why=error)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def install(environment: Path) -> None:
    """Make the environment and install uv into it by the sums of the requirements."""
    make = [sys.executable, "-m", "venv", str(environment)]
    subprocess.run(make, check=True, stdin=subprocess.DEVNULL, capture_output=True)  # noqa: S603
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps"]
    pip += ["--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
    pip += ["--requirement", str(REQUIREMENTS)]
    subprocess.run(pip, check=True, stdin=subprocess.DEVNULL, capture_output=True)  # noqa: S603


def uv_path() -> str:
    """Give a uv that serves: from PATH, from an earlier run, or brought now."""
    check_python(sys.version_info[:3], has_ensurepip=True)
    brought = str(home() / "bin" / "uv")
    for uv in (shutil.which("uv"), brought):
        if uv and serves(uv):
            return uv
    ensurepip = importlib.util.find_spec("ensurepip")
    check_python(sys.version_info[:3], has_ensurepip=ensurepip is not None)
    sys.stderr.write(message("bringing", home=home()) + "\n")
    home().parent.mkdir(parents=True, exist_ok=True)
    bring(home())
    return brought


def main() -> int:
    try:
        sys.stdout.write(uv_path() + "\n")
    except MissingPartError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
