"""Compile the environment and the source once: where nothing can be written, each start would."""

import compileall
import py_compile
import shutil
import sys
from pathlib import Path

NEEDLESS = ("tests", "test")
KEPT = {"pulumi", "numpy", "kubernetes"}


def main(folder: str) -> int:
    """Exit 1 when nothing was compiled: then the folder is not what it should be."""
    packages = next(Path(folder, ".venv", "lib").glob("python3*/site-packages"))
    for each in packages.glob("*/"):
        for name in NEEDLESS:
            if each.name not in KEPT and (each / name).is_dir():
                shutil.rmtree(each / name)
    compileall.compile_dir(
        folder, quiet=2, workers=0, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
    )
    return 0 if any(packages.glob("pulumi/__pycache__/*.pyc")) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
