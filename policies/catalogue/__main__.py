"""Write the OSCAL files of `policies/catalogue/oscal`: `python -m policies.catalogue`."""

import sys

from policies.catalogue.oscal_files import write

if __name__ == "__main__":
    for path in write():
        sys.stdout.write(f"{path}\n")
