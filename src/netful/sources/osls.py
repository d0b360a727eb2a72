"""Packages of the Serverless Framework and osls: the state beside their template has the region that they are deployed to."""

import json
from pathlib import Path

from netful.model.core import SourceError, mapping
from netful.model.json_texts import from_json
from netful.sources.files import project_folder
from netful.sources.files.unreadable import text_of

_STATE = "serverless-state.json"


def region_of(file: Path) -> str:
    """Return the region of a package, by its template; "" for other templates, and for a state that cannot be read."""
    state = file.with_name(_STATE)
    if file.name != project_folder.PACKAGED or not state.is_file():
        return ""
    project_folder.check_link(state)
    try:
        service = mapping(mapping(from_json(text_of(state))).get("service"))
    except (SourceError, json.JSONDecodeError):
        return ""
    region = mapping(service.get("provider")).get("region")
    return region if isinstance(region, str) else ""
