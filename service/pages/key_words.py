"""What scopes and deeds of the audit are called on pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.security.principals import Scope

if TYPE_CHECKING:
    from service.store.audit import AuditEntry

SCOPES: dict[Scope, tuple[str, str]] = {
    Scope.TAG: ("Tag comments", "Send comments and get their themes. Nothing is stored."),
    Scope.SURVEYS_READ: (
        "See surveys and their figures",
        "Small numbers stay hidden. No comments are shown.",
    ),
    Scope.SURVEYS_WRITE: (
        "Bring, change and erase surveys",
        "Upload responses, choose what tags them, and erase whole surveys.",
    ),
    Scope.COMMENTS_READ: (
        "Read comments",
        "What people wrote, which may tell who they are. Each reading is noted in the audit.",
    ),
    Scope.REVIEW: (
        "Read and correct",
        "Draw samples, read their comments, and say which themes they carry.",
    ),
    Scope.COUNTS_EXACT: (
        "See exact counts",
        "Numbers so small that they may tell of one person. Never publish them.",
    ),
    Scope.ADMIN: ("Everything", "All of the above; also make and revoke keys, and read the audit."),
}
"""What each scope is called, and what it lets its holder do."""

ACTIONS = {
    "session.sign_in": "signed in",
    "session.sign_out": "signed out",
    "key.create": "made a key",
    "key.revoke": "revoked a key",
    "survey.create": "made a survey",
    "survey.erase": "erased a survey",
    "survey.model": "chose what tags a survey",
    "responses.upload": "began to upload responses",
    "responses.uploaded": "uploaded responses",
    "comments.read": "read comments",
    "counts.read": "saw counts",
    "trends.read": "saw counts over time",
    "report.read": "opened the report",
    "review.sample": "drew a sample to read",
    "review.read": "read a comment of a sample",
    "review.put": "said which themes a comment carries",
    "review.export": "downloaded what readers said",
    "review.plan": "planned how many comments to read",
    "pxtextmining.start": "sent comments as to pxtextmining",
    "pxtextmining.fetch": "fetched what was sent as to pxtextmining",
    "pxtextmining.erase": "erased what was sent as to pxtextmining",
}
"""What somebody did, by the name the audit has for it."""


def deed(entry: AuditEntry) -> str:
    """Say what somebody did; by its bare name where there are no words for it."""
    return ACTIONS.get(entry.action, entry.action)
