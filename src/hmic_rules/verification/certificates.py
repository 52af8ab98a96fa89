"""Certificates: a proof as a file beside its rule set, and whether it still is about these files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from hmic_rules.errors import Diagnostic, quoted

__all__ = ["CERTIFICATE", "FORMAT", "certificate_text", "stale"]

CERTIFICATE: Final = "certificate.json"
FORMAT: Final = 1
STALE: Final = "stale-certificate"


def certificate_text(data: Mapping[str, Any]) -> str:
    """The text of a certificate: one obligation, or one count, to a line, so that a change of a verdict is a change of a line."""
    head = {key: value for key, value in data.items() if key not in ("obligations", "counts")}
    lines = [f"{json.dumps(key)}: {_compact(value)}," for key, value in head.items()]
    for key in ("obligations", "counts"):
        rows = ",\n".join(f"  {_compact(one)}" for one in data[key])
        lines.append(f'"{key}": [\n{rows}\n]' + ("," if key == "obligations" else ""))
    return "{\n" + "\n".join(lines) + "\n}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def stale(text: bytes, shown_as: str, fingerprint: str) -> Diagnostic | None:
    """Why a certificate says nothing of a rule set with this fingerprint; ``None`` where it is about exactly these files."""
    help = "prove the rule set again: hmic-rules prove RULESET --certificate " + CERTIFICATE
    try:
        found = json.loads(text)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        return Diagnostic(shown_as, "the certificate is not JSON", help, STALE)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        return Diagnostic(shown_as, f"the certificate is not of the format {quoted(FORMAT)}", help, STALE)
    if found.get("fingerprint") != fingerprint:
        problem = "the certificate is about other files: the rule set, a framework or a case has changed since"
        return Diagnostic(shown_as, problem, help, STALE)
    return None
