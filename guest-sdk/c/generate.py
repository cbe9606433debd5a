#!/usr/bin/env python3
"""Makes the C bindings of the contract, or checks that they are those of the contract as it is.

    python3 guest-sdk/c/generate.py            needs wit-bindgen; installs it if cargo is there
    python3 guest-sdk/c/generate.py --check    needs nothing; with wit-bindgen, compares every byte
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

VERSION = "0.61.1"
SDK = Path(__file__).resolve().parent
ROOT = SDK.parents[1]
WIT = ROOT / "wit" / "command" / "0.1"
BINDINGS = SDK / "bindings"
MADE_FROM = BINDINGS / "made-from.sha256"


def digest():
    """Of the generator's version and everything that it reads and makes."""
    whole = hashlib.sha256(VERSION.encode())
    for file in [*sorted(WIT.glob("*.wit")), *sorted(BINDINGS.glob("command_plugin*"))]:
        whole.update(file.name.encode() + file.read_bytes().replace(b"\r\n", b"\n"))
    return whole.hexdigest() + "\n"


def generator():
    """wit-bindgen of the right version, if there is one."""
    here = ROOT / "target" / "wit-bindgen" / "bin"
    for found in (shutil.which("wit-bindgen"), shutil.which("wit-bindgen", path=str(here))):
        if found and VERSION in subprocess.run([found, "--version"], text=True, capture_output=True).stdout:
            return found
    return None


def run(tool, *options):
    return subprocess.run(
        [tool, "c", "--world", "command-plugin", "--out-dir", BINDINGS, *options, WIT], capture_output=True, text=True
    )


def check():
    if not MADE_FROM.exists() or MADE_FROM.read_text() != digest():
        return "the bindings are not those of the contract"
    tool = generator()
    if tool and run(tool, "--check").returncode != 0:
        return f"the bindings are not what wit-bindgen {VERSION} makes"
    return None


def main():
    if sys.argv[1:] == ["--check"]:
        problem = check()
        if problem:
            sys.exit(f"error: {problem}: run python3 {Path(__file__).relative_to(ROOT)}")
        return
    if sys.argv[1:]:
        sys.exit(__doc__)
    if not generator():
        subprocess.run(
            ["cargo", "install", "wit-bindgen-cli", "--version", VERSION, "--locked", "--no-default-features",
             "--features", "c", "--root", ROOT / "target" / "wit-bindgen"],
            check=True,
        )
    done = run(generator())
    if done.returncode != 0:
        sys.exit(f"error: {done.stderr}")
    MADE_FROM.write_text(digest())


if __name__ == "__main__":
    main()
