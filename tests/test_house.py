"""The house holds: which folder may import which, and the one door of each heavy library."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# A module may import from its own layer's listed layers, and from itself.
LAYERS = {
    "errors": set(),
    "settings": {"errors"},
    "cutout": {"errors"},
    "overlap": set(),
    "limited_process": set(),
    "segmentation": {"cutout"},
    "label_words": set(),
    "label_table": {"errors", "label_words"},
}
BASE = {"errors", "settings", "cutout", "overlap", "limited_process", "segmentation"}
LAYERS["framing"] = BASE
LAYERS["intake"] = BASE | {"framing"}
LAYERS["simulate"] = BASE | {"framing"}
LAYERS["morphology"] = BASE | {"framing"}
LAYERS["archives"] = BASE | {"framing", "intake"}
LAYERS["fields"] = BASE | {"framing", "intake"}
LAYERS["field_framing"] = BASE | {"framing"}
LAYERS["strangers"] = BASE | {"framing", "simulate"}
LAYERS["samples"] = BASE | {"framing", "intake", "simulate", "label_table"}
LAYERS["cnn"] = BASE | {"framing", "intake", "archives", "simulate", "morphology", "samples"}
LAYERS["explain"] = LAYERS["cnn"] | {"cnn"}
LAYERS["training"] = LAYERS["cnn"] | {"cnn", "explain", "strangers", "what_if", "label_table"}
LAYERS["training"] |= {"label_words"}
LAYERS["adoption"] = LAYERS["cnn"] | {"cnn", "explain"}
LAYERS["review"] = BASE
LAYERS["catalogue"] = LAYERS["cnn"] | {"cnn"}
LAYERS["what_if"] = BASE | {"framing", "simulate", "morphology", "intake"}
LAYERS["cli"] = set(LAYERS)
LAYERS["__main__"] = {"cli"}
LAYERS["__init__"] = set()

# library -> the parts of galaxy_core that may import it.
DOORS = {
    "streamlit": set(),
    "tensorflow": {"cnn", "explain", "training"},
    "keras": {"cnn", "explain", "training"},
    "tf_keras_vis": {"explain"},
    "sqlalchemy": {"review"},
    "dask": {"catalogue"},
    "astropy.io.fits": {"intake"},
}
# library -> how many files of that part may import it.
ONE_FILE = {"tf_keras_vis", "sqlalchemy", "dask", "astropy.io.fits"}


def imported_names(path: Path) -> set[str]:
    """Return every dotted name that the file imports, wherever in the file it does so."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return names


def core_files() -> list[Path]:
    return sorted((ROOT / "galaxy_core").rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(ROOT / "galaxy_core").parts[0].removesuffix(".py")


def uses(names: set[str], library: str) -> bool:
    return any(name == library or name.startswith(library + ".") for name in names)


@pytest.mark.parametrize("path", core_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_core_module_imports_only_what_lies_below_it(path):
    part = part_of(path)
    allowed = LAYERS[part] | {part}
    found = {
        name.split(".")[1]
        for name in imported_names(path)
        if name.startswith("galaxy_core.") and name.split(".")[1] != "__version__"
    }
    assert found <= allowed


@pytest.mark.parametrize("library", DOORS)
def test_heavy_library_has_its_door(library):
    users = [path for path in core_files() if uses(imported_names(path), library)]
    assert {part_of(path) for path in users} <= DOORS[library]
    if library in ONE_FILE:
        assert len(users) <= 1, users


def test_figures_never_call_streamlit():
    figures = ROOT / "pages" / "shared" / "figures.py"
    if figures.exists():
        assert not uses(imported_names(figures), "streamlit")


@pytest.mark.parametrize(
    "path", sorted((ROOT / "pages").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT))
)
def test_session_state_and_caches_have_one_owner(path):
    text = path.read_text()
    if path.name != "state.py":
        assert "session_state" not in text
    if path.name != "caches.py":
        assert "st.cache_" not in text


@pytest.mark.parametrize(
    ("path", "most"),
    [(ROOT / "app.py", 60)] + [(p, 150) for p in sorted((ROOT / "pages").glob("*.py"))],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_pages_stay_short(path, most):
    assert len(path.read_text().splitlines()) <= most


def test_title_is_on_the_screen_before_science_is_imported():
    program = (
        "import sys\n"
        "import streamlit as st\n"
        "st.title = lambda *a, **k: (print(*(set(sys.modules) & {'numpy', 'scipy', 'astropy'})),"
        " sys.exit())\n"
        "import pages.shared.frame, pages.shared.serving, pages.classify\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def test_plotly_is_imported_where_pandas_is_whole_and_nowhere_else():
    users = [
        path.name
        for path in (ROOT / "pages").rglob("*.py")
        if uses(imported_names(path), "plotly")
    ]
    assert users == ["plots.py"]
