"""``python -m gantry build``: makes a plugin of a folder with a pyproject.toml."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata, util
from pathlib import Path
from typing import Any

from . import environment

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_PACKAGE = Path(__file__).resolve().parent
_ENTRY = """\
import gantry.guest

gantry.guest.plugin(name={name!r}, version={version!r}, summary={summary!r})

import {module}  # noqa: E402, F401

Plugin = gantry.guest.Plugin
"""


class BuildError(Exception):
    """What is wrong, where, and what would be right."""


def main(arguments: list[str] | None = None) -> int:
    """The command line. The exit code."""
    parser = argparse.ArgumentParser(prog="gantry", description="Makes Gantry plugins of Python.")
    commands = parser.add_subparsers(dest="command", required=True)
    build_parser = commands.add_parser("build", help="makes the component of a project")
    build_parser.add_argument("project", nargs="?", default=".", type=Path, help="its folder (default: here)")
    build_parser.add_argument("-o", "--output", type=Path, help="the component (default: build/<name>.wasm)")
    build_parser.add_argument("-q", "--quiet", action="store_true", help="says nothing unless it fails")
    options = parser.parse_args(sys.argv[1:] if arguments is None else arguments)
    try:
        output = build(options.project, options.output)
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if not options.quiet:
        print(f"{output} ({output.stat().st_size / 1e6:.1f} MB)")
    return 0


def build(project: Path, output: Path | None = None) -> Path:
    """Makes the component of the project in a folder. Its path."""
    project = project.resolve()
    about = _read(project / "pyproject.toml")
    source, module = _module(project, about)
    output = (output or project / "build" / f"{about['name']}.wasm").resolve()
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="gantry-") as folder:
        entry = Path(folder) / "gantry_entry.py"
        entry.write_text(
            _ENTRY.format(
                name=about["name"], version=about["version"], summary=about["description"], module=module
            ),
            encoding="utf-8",
        )
        # The same source does the same after every build: hashes are not random.
        fixed = environment.library({"PYTHONHASHSEED": "0"})
        entry.with_name(f"gantry_environment{environment.SUFFIX}").write_bytes(fixed)
        _componentize(entry, source, output)
    return output


def _read(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BuildError(
            f'there is no {path}; a plugin needs one with\n\n    [project]\n    name = "my-plugin"\n'
            '    version = "0.1.0"\n    description = "What it does."\n'
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BuildError(f"{path}: {error}") from None
    project = table.get("project", {})
    name = project.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise BuildError(
            f"{path}: `project.name` is the plugin's name, in lower-case words joined by `-`, not {name!r}"
        )
    return {
        "name": name,
        "version": str(project.get("version", "0.1.0")),
        "description": str(project.get("description", "")),
        "module": table.get("tool", {}).get("gantry", {}).get("module"),
    }


def _module(project: Path, about: dict[str, Any]) -> tuple[Path, str]:
    """The folder to import from, and the module with the commands."""
    name = about["module"] or about["name"].replace("-", "_")
    for folder in (project / "src", project):
        if (folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file():
            return folder, name
    raise BuildError(
        f"there is no {project / name}.py (or src/{name}.py, or a package of that name); name the module "
        "with the commands in pyproject.toml:\n\n    [tool.gantry]\n    module = \"my_commands\""
    )


def _componentize(entry: Path, source: Path, output: Path) -> None:
    wit = _PACKAGE / "wit"
    if not any(wit.glob("*.wit")):
        raise BuildError(f"the contract is missing in {wit}: install the SDK again")
    command = [
        *_tool(),
        "-d", str(wit),
        "-w", "command-plugin",
        "componentize", entry.stem,
        "-p", str(entry.parent),
        "-p", str(source),
        "-p", str(_PACKAGE.parent),
        *_dependencies(source),
        "-o", str(output),
    ]  # fmt: skip
    # It looks for modules only in the folders that it is given.
    result = subprocess.run(command, cwd=entry.parent, capture_output=True, encoding="utf-8", errors="replace")
    if result.returncode != 0:
        output.unlink(missing_ok=True)
        raise BuildError(_cause(result.stderr + result.stdout))


def _tool() -> list[str]:
    wanted = _wanted()
    install = f"install it with\n\n    {sys.executable} -m pip install {wanted}"
    try:
        found = metadata.version("componentize-py")
    except metadata.PackageNotFoundError:
        raise BuildError(f"componentize-py is missing, which makes components of Python; {install}") from None
    if f"componentize-py=={found}" != wanted:
        raise BuildError(f"componentize-py {found} is installed; this SDK needs {wanted}: {install}")
    beside = Path(sys.executable).parent / "componentize-py"
    tool = shutil.which(beside) or shutil.which("componentize-py")
    if tool:
        return [tool]
    if util.find_spec("componentize_py"):
        return [sys.executable, "-m", "componentize_py"]
    raise BuildError(f"the program componentize-py is not in the PATH; {install}")


def _wanted() -> str:
    return "componentize-py==0.25.1"


def _dependencies(source: Path) -> list[str]:
    """Where `pip install --target vendor` has put pure Python packages that the plugin uses."""
    folders = [source / "vendor", source.parent / "vendor"]
    return [option for folder in folders if folder.is_dir() for option in ("-p", str(folder))]


def _cause(text: str) -> str:
    """The part of what componentize-py says that its user can do something about."""
    lines = text.strip().splitlines()
    start = next((n for n, line in enumerate(lines) if line.startswith("Traceback")), None)
    if start is None:
        return "componentize-py failed:\n" + "\n".join(lines)
    stop = next((n for n, line in enumerate(lines) if n > start and not line.strip()), len(lines))
    trace = [line for line in lines[start:stop] if line.strip()]
    return "the plugin cannot be imported:\n" + "\n".join(trace)
