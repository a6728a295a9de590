"""Gather noise from free games: the effects, ambience and a little music that Debian's packages of them hold, no speech.

games.py OUTPUT PACKAGE.deb...      writes OUTPUT/effects and OUTPUT/music

Any packages will do; README.md names those that the built-in models were trained with.
"""

import argparse
import io
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path

import soundfile

from prepare import KINDS

ARCHIVES = {".zip", ".pk3", ".wz"}

SPEECH = re.compile(
    r"voice|announcer|/coms|tutorial|taunt|codriver|memressp|mk-viii|tcas|speech|countdown|coltive|vtoltalk|/nexus/|multi/"
    r"|proxmess|/power|/player/|civilian|soldiers|sequenceaudio|audio/extra|dialog|fillets-ng|titles|tux_ingame|warcraft|/asl/"
    r"|/status|alphabets|tuxpaint.*symbols|_desc|stklib_",
    re.I,
)
"""Folders and files that speak, by the names that packages give them."""

SPOKEN_STAMP = re.compile(r"tuxpaint.*_[a-z]{2}(_[a-z]{2,})?\.ogg$", re.I)
"""Names of pictures read out in a language, whose code ends the file's name."""

DRUMS = re.compile(r"data/drumkits/(?!Forzee|rumpf)")
"""Drums are rare among noises: two kits stand for all."""

MUSIC = re.compile(r"music|/moh/|/themes/", re.I)
AMBIENCE = re.compile(r"ambi|weather|dayscape|tilesets", re.I)
LONGEST_EFFECT = 60.0
PIECES, SHORTEST, SKIP, LENGTH = 3, 40.0, 10.0, 50.0
"""Pieces of music taken from a package: their number, least duration, and the seconds left out and kept of each."""


def sounds(package):
    """(name, bytes) of every sound in a Debian package, those in archives inside it too."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE) as process:
        with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
            for member in tar:
                suffix = Path(member.name).suffix.lower()
                if not member.isfile() or suffix not in KINDS | ARCHIVES:
                    continue
                data = tar.extractfile(member).read()
                if suffix in KINDS:
                    yield member.name, data
                    continue
                with zipfile.ZipFile(io.BytesIO(data)) as archive:
                    for name in archive.namelist():
                        if Path(name).suffix.lower() in KINDS:
                            yield f"{member.name}/{name}", archive.read(name)


def gather(output, package) -> tuple:
    """Write what a package holds; return how many effects and how many pieces of music that is."""
    effects, music = 0, []
    title = Path(package).name.split("_")[0]
    for name, data in sounds(package):
        name = f"{title}/{name.removeprefix('./')}"
        if any(pattern.search(f"/{name}") for pattern in (SPEECH, SPOKEN_STAMP, DRUMS)):
            continue
        try:
            info = soundfile.info(io.BytesIO(data))
        except soundfile.LibsndfileError:
            continue
        if MUSIC.search(name) or (info.duration > LONGEST_EFFECT and not AMBIENCE.search(name)):
            if info.duration >= SHORTEST:
                music.append((name, data))
            continue
        effects += 1
        path = Path(output) / "effects" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    music = sorted(music)[:PIECES]
    for i, (_, data) in enumerate(music):
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            file.seek(int(SKIP * file.samplerate))
            signal = file.read(int(LENGTH * file.samplerate), always_2d=True)[:, 0]
            path = Path(output) / "music" / f"{title}-{i + 1}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, signal, file.samplerate, subtype="PCM_16")
    return effects, len(music)


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output")
    parser.add_argument("packages", nargs="+")
    arguments = parser.parse_args()
    for package in arguments.packages:
        effects, music = gather(arguments.output, package)
        print(f"{package}: {effects} effects, {music} pieces of music")


if __name__ == "__main__":
    main()
