"""What a form changed: the body of an entry says exactly what its author asserts, never untouched fields."""

from __future__ import annotations

from collections.abc import Mapping

from .canonical import Json
from .fold import View
from .kind import DOC, Kind

Values = dict[str, Json]
"""The values of a form: field to value; a list field to `{item id: {field: value}}`."""


def values_of(kind: Kind, view: View | None) -> Values:
    """Return the values that a form for a record starts from, as the view shows them."""
    if view is None:
        return {}
    if kind.is_document:
        return dict(view.doc)
    values: Values = {name: known.value for name, known in view.fields.items()}
    for name, rows in view.lists.items():
        values[name] = {item_id: item.to_data() for item_id, item in rows.items()}
    return values


def body_of(kind: Kind, base: Mapping[str, Json], values: Mapping[str, Json]) -> dict[str, Json]:
    """Return the body that turns `base` into `values`; `{}` when nothing changed.

    For a document it is the whole body. For a working record only differing fields are set, only
    differing item fields are written, and items that are gone are dropped.
    """
    if kind.is_document:
        return {DOC: dict(values)} if dict(base) != dict(values) else {}
    lists = set(kind.lists)
    body: dict[str, Json] = {}
    changed = {
        name: value
        for name, value in values.items()
        if name not in lists and (name not in base or base[name] != value)
    }
    if changed.keys() & set(kind.together):
        changed |= {name: values[name] for name in kind.together if name in values}
    if changed:
        body["set"] = changed
    for name in sorted(lists):
        before: Mapping[str, Json] = base.get(name) or {}
        after: Mapping[str, Json] = values.get(name) or {}
        written = {}
        for item_id, row in after.items():
            old = before.get(item_id)
            new = row if old is None else {f: v for f, v in row.items() if f not in old or old[f] != v}
            if new or old is None:
                written[item_id] = dict(new)
        gone = sorted(set(before) - set(after)) if name in values else []
        if written:
            body.setdefault("items", {})[name] = written
        if gone:
            body.setdefault("drop", {})[name] = gone
    return body
