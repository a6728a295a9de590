"""Let PyTorch run where CUDA is not installed.

without_cuda.py      once, after `pip install --no-deps -r requirements.txt`, on Linux on x86-64

PyTorch's wheels for Linux on x86-64 are linked with CUDA's libraries, gigabytes that a recipe for one CPU core has no
use for. This compiles libraries with their names, whose every function says that there is no device, and puts them
where PyTorch looks. It needs a C compiler and binutils. Where the libraries are there already, or PyTorch does not ask
for them, it does nothing.
"""

import importlib.util
import re
import subprocess
import sys
import tempfile
from pathlib import Path

LOADED = [f"lib{name}.so" for name in ("c10", "c10_cuda", "torch_cpu", "torch_cuda", "torch_nvshmem", "torch_python")]
"""What `import torch` loads, of PyTorch's own libraries."""
VENDOR = r"lib(cu|nv|nccl)\w*\.so\.\d+"
FUNCTION = r"(__cuda|cu|nccl|nv)\w+"
NO_DEVICE = 100
"""`cudaErrorNoDevice`."""


def readelf(option: str, library: Path) -> str:
    """What `readelf` says of a library."""
    return subprocess.run(["readelf", "-W", option, library], check=True, capture_output=True, text=True).stdout


def needed(folder: Path) -> list:
    """File names of CUDA's libraries that PyTorch's ask for."""
    texts = (readelf("-d", folder / name) for name in LOADED if (folder / name).exists())
    return sorted({match[0] for text in texts for match in re.finditer(rf"(?<=\[){VENDOR}(?=\])", text)})


def functions(folder: Path) -> dict:
    """Names of CUDA's functions that PyTorch's libraries ask for, by the file and version that they ask for them in."""
    found = {}
    for library in (folder / name for name in LOADED if (folder / name).exists()):
        homes, home = {}, None
        for line in readelf("-V", library).splitlines():
            if match := re.search(r"File: (\S+)", line):
                home = match[1]
            elif match := re.search(r"Name: (\S+)", line):
                homes.setdefault(match[1], home)
        for line in readelf("--dyn-syms", library).splitlines():
            fields = line.split()
            if len(fields) > 7 and fields[6] == "UND":
                name, _, version = fields[7].partition("@")
                if re.fullmatch(FUNCTION, name):
                    found.setdefault((homes.get(version), version), set()).add(name)
    return found


def compile_library(output: Path, versions: dict):
    """A library of functions of these names, by version."""
    with tempfile.TemporaryDirectory() as scratch:
        source, script = Path(scratch) / "without.c", Path(scratch) / "versions"
        names = sorted(set().union(*versions.values()))
        source.write_text("".join(f"long {name}(void) {{ return {NO_DEVICE}; }}\n" for name in names) + "\n")
        lists = {version: "; ".join(sorted(found)) for version, found in versions.items() if version}
        script.write_text("".join(f"{version} {{ global: {found}; }};\n" for version, found in lists.items()))
        options = ["-w", "-fno-builtin", "-shared", "-fPIC", f"-Wl,-soname,{output.name}"]
        if lists:
            options.append(f"-Wl,--version-script={script}")
        subprocess.run(["cc", *options, "-o", output, source], check=True)


def loads() -> bool:
    """Whether PyTorch can be imported, in a process of its own."""
    return subprocess.run([sys.executable, "-c", "import torch"], capture_output=True).returncode == 0


def main():
    """Command line."""
    spec = importlib.util.find_spec("torch")
    if spec is None:
        sys.exit("without_cuda.py: PyTorch is not installed: pip install --no-deps -r requirements.txt")
    if loads():
        print("PyTorch has all that it needs")
        return
    folder = Path(spec.origin).parent / "lib"
    libraries, names = needed(folder), functions(folder)
    if not libraries:
        sys.exit("without_cuda.py: PyTorch cannot be imported, and CUDA is not the reason: python -c 'import torch'")
    # Functions asked for in no library by name may stand in any of those without versions.
    plain = [library for library in libraries if all(home != library for home, _ in names)]
    for library in libraries:
        versions = {version: found for (home, version), found in names.items() if home == library}
        if plain and library == plain[0]:
            versions |= {"": found for (home, _), found in names.items() if home is None}
        compile_library(folder / library, versions or {"": set()})
    if not loads():
        sys.exit("without_cuda.py: PyTorch still cannot be imported: python -c 'import torch'")
    print(f"{sum(map(len, names.values()))} functions of {len(libraries)} libraries say that there is no device")


if __name__ == "__main__":
    main()
