"""The text of a table of labels -> which picture each row is of, and which class it says.

People call the same columns differently. What a column is called and what stands in it say
what it means; a sentence tells the reader what was understood, so that a wrong guess is seen.
Opens no file and no picture; ``label_words`` knows the words for the classes.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from galaxy_core.errors import DatasetError
from galaxy_core.label_words import Reading, read_words

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".fits", ".fit"})
_NAMES_PICTURES = (
    "file", "filename", "file_name", "filepath", "file_path", "path", "image", "image_path",
    "image_file", "image_name", "img", "img_path", "picture", "jpg", "png", "fits", "cutout",
)  # fmt: skip
_NAMES_OBJECTS = (
    "objid", "object_id", "obj_id", "dr7objid", "dr8objid", "dr7_objid", "dr8_objid", "specobjid",
    "galaxy_id", "galaxyid", "asset_id", "source_id", "iauname", "name", "id",
)  # fmt: skip
_NAMES_CLASSES = (
    "spiral", "is_spiral", "label", "labels", "class", "class_name", "classname", "type",
    "galaxy_type", "target", "morphology", "category", "hubble_type", "hubble", "morph_type",
    "t_type", "ttype", "t", "y", "gz2_class", "gz2class", "elliptical", "is_elliptical",
)  # fmt: skip
_SAME_AS: Mapping[str, tuple[str, ...]] = {
    "ra_deg": ("ra",),
    "dec_deg": ("dec", "decl", "de"),
    "object_id": tuple(n for n in _NAMES_OBJECTS if n not in ("source_id", "object_id", "name")),
}
_DELIMITERS = ",;\t|"
_ALIKE = 0.5  # of a column's first rows, to be taken for pictures or classes by what it holds
_LOOKED_AT = 200
_MOST_WORDS = 3


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One row of the table.

    Parameters
    ----------
    picture : str
        Name or path of the picture as it stands there, or what its object is called.
    spiral : int or None
        1, 0, or None where it is neither or nothing is said.
    said : str
        What stands in the column of classes, or in the next that may say it.
    columns : mapping of str to str
        Every column by its own name; ``ra_deg``, ``dec_deg`` and ``object_id`` also where the
        table calls them otherwise.
    """

    picture: str
    spiral: int | None
    said: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LabelTable:
    """A table of labels as it was understood.

    Parameters
    ----------
    rows : tuple of LabelRow
        In the table's order.
    picture_column, class_column : str
        Which columns they are from, by the table's own names.
    names_objects : bool
        Whether the pictures are named by their object, without a suffix.
    how : str
        How the classes were read, where that is not plain: the end of a sentence, or empty.
    """

    rows: tuple[LabelRow, ...]
    picture_column: str
    class_column: str
    names_objects: bool
    how: str

    @property
    def understood(self) -> str:
        """A sentence on what was taken for what, and how much of it said nothing."""
        parts = (
            _counted(self.rows, 1, "spiral"),
            _counted(self.rows, 0, "elliptical"),
            _counted(self.rows, None, "neither"),
        )
        how = f" {self.how}" if self.how else ""
        return (
            f"Pictures are named by the column {self.picture_column!r}, classes by "
            f"{self.class_column!r}: {', '.join(parts)}.{how}"
        )


def read_label_table(text: str, *, shown: str, most_rows: int | None = None) -> LabelTable:
    """Return what a table says: comma, semicolon, tab or bar between its columns.

    Parameters
    ----------
    text : str
        The table; its first line names the columns.
    shown : str
        What to call it in sentences.
    most_rows : int, optional
        Read no further.

    Raises
    ------
    DatasetError
        If no column names pictures, or none says spiral or elliptical.
    """
    columns, rows = _parsed(text, shown, most_rows)
    picture = _picture_column(columns, rows)
    if picture is None:
        raise DatasetError(
            f"{shown} needs a column that names the pictures, best called 'file' (or filename, "
            f"path, image, objid); it has {_listed(columns)}."
        )
    reading = _class_reading(columns, rows, picture, shown)
    named = [row for row in rows if row[picture]]
    alike = sum(_is_picture(row[picture]) for row in named[:_LOOKED_AT])
    said = [column for _, column, _ in _class_columns(columns, picture)]
    said.sort(key=lambda column: column != reading.column)
    extra = _known_columns(columns)
    return LabelTable(
        tuple(
            LabelRow(
                row[picture],
                reading.spiral_of(row),
                next((row[column] for column in said if row[column]), ""),
                {**row, **{own: row[column] for own, column in extra.items()}},
            )
            for row in named
        ),
        picture,
        reading.column,
        alike < _ALIKE * len(named[:_LOOKED_AT]),
        reading.how,
    )


def _parsed(
    text: str, shown: str, most_rows: int | None
) -> tuple[list[str], list[dict[str, str]]]:
    header = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
        columns = [name.strip() for name in reader.fieldnames or [] if name and name.strip()]
        rows = [
            {k.strip(): (v or "").strip() for k, v in row.items() if k and k.strip()}
            for row in islice(reader, most_rows)
        ]
    except (csv.Error, AttributeError) as error:
        raise DatasetError(f"{shown} cannot be read as CSV: {error}") from error
    if any(_is_picture(name) for name in columns):
        raise DatasetError(
            f"{shown} begins with {columns[0]!r}; its first line must name the columns, such as "
            "file,label."
        )
    return columns, rows


def _known_columns(columns: Sequence[str]) -> dict[str, str]:
    """Return which column stands for position and object, where it is called otherwise."""
    names = _plain(columns)
    return {
        own: names[other]
        for own, others in _SAME_AS.items()
        if own not in columns
        for other in [next((name for name in others if name in names), None)]
        if other is not None
    }


def _picture_column(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str | None:
    """Return the column that names the pictures: by its name, by its look, or by the object."""
    names = _plain(columns)
    for name in _NAMES_PICTURES:
        if name in names:
            return names[name]
    first = rows[:_LOOKED_AT]
    for column in columns:
        if first and sum(_is_picture(row[column]) for row in first) >= _ALIKE * len(first):
            return column
    return next((names[name] for name in _NAMES_OBJECTS if name in names), None)


def _class_reading(
    columns: Sequence[str], rows: Sequence[Mapping[str, str]], picture: str, shown: str
) -> Reading:
    """Return how the classes are read: from the first column of a known name that says some."""
    readings = [
        read_words(column, name, rows, elliptical=elliptical)
        for name, column, elliptical in _class_columns(columns, picture)
    ]
    if not readings:
        raise DatasetError(
            f"{shown} needs a column that says the class, best called 'spiral' (1 or 0) or "
            f"'label' (spiral, elliptical, S, E, a Hubble type); it has {_listed(columns)}."
        )
    says = (r for r in readings if any(r.spiral_of(row) is not None for row in rows))
    return next(says, readings[0])


def _class_columns(columns: Sequence[str], picture: str) -> list[tuple[str, str, str | None]]:
    """Return (plain name, name, column that flags ellipticals) of what may say the class."""
    names = _plain([column for column in columns if column != picture])
    return [(n, names[n], names.get("elliptical")) for n in _NAMES_CLASSES if n in names]


def _plain(columns: Iterable[str]) -> dict[str, str]:
    """Return columns by their names in small letters; the first of a name counts."""
    plain: dict[str, str] = {}
    for column in columns:
        plain.setdefault(
            "_".join(column.lower().replace("-", " ").replace(".", " ").split()), column
        )
    return plain


def _is_picture(name: str) -> bool:
    return name.lower().endswith(tuple(PICTURE_SUFFIXES))


def _counted(rows: Iterable[LabelRow], spiral: int | None, title: str) -> str:
    said = Counter(row.said for row in rows if row.spiral == spiral)
    words = [repr(word[:20]) if word else "nothing" for word, _ in said.most_common(_MOST_WORDS)]
    more = ", …" if len(said) > _MOST_WORDS else ""
    return f"{said.total():,} {title}" + (f" ({', '.join(words)}{more})" if words else "")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name[:30] or "nothing" for name in names[:12])
    return shown + (", …" if len(names) > 12 else "") if names else "none"
