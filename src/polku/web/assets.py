"""Static files: built once per version into the data folder, with hashed names and compressed, cached for ever."""

import hashlib
import os
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

PACKAGES = ("polku", "django_htmx")


class HashedAssets(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped
    """Names carry a hash of the content; references to source maps, which are not shipped, stay as they are."""

    support_js_module_import_aggregation = True
    patterns: ClassVar = tuple(
        (glob, tuple(rule for rule in rules if "sourceMappingURL" not in str(rule)))
        for glob, rules in CompressedManifestStaticFilesStorage.patterns
    )


def folder_for(data: Path) -> Path:
    """Where the assets of exactly these packages stand: the name changes with any of their files."""
    digest = hashlib.sha256(f"{version('django')} {version('whitenoise')}".encode())
    for file in sorted(_asset_files()):
        seen = file.stat()
        digest.update(f"{file}|{seen.st_size}|{seen.st_mtime_ns}".encode())
    return data / "static" / digest.hexdigest()[:16]


def build(folder: Path) -> bool:
    """Collect, hash and compress into the folder; False when that has been done before. Needs Django set up with it."""
    complete = folder / ".complete"
    if complete.exists():
        return False
    shutil.rmtree(folder, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    complete.touch()
    _forget_older(folder)
    return True


def _asset_files() -> list[Path]:
    found: list[Path] = []
    for package in PACKAGES:
        spec = find_spec(package)
        for root in spec.submodule_search_locations or () if spec else ():
            folders = [Path(root) / "static", *Path(root).glob("*/static")]
            found += [Path(at) / name for folder in folders for at, _, names in os.walk(folder) for name in names]
    return found


def _forget_older(folder: Path) -> None:
    """Keep the version before, which another process may still be serving."""
    others = [entry for entry in folder.parent.iterdir() if entry.is_dir() and entry != folder]
    for old in sorted(others, key=lambda entry: entry.stat().st_mtime)[:-1]:
        shutil.rmtree(old, ignore_errors=True)
