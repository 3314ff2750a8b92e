"""The schema of the record. Django ORM only; what a change means is decided in moderation."""

from events.models.actor import Actor, Participation
from events.models.claim import Claim
from events.models.correction import Correction
from events.models.decision import Decision, Edition, Revision
from events.models.event import Event, EventDate, EventSlug, Relation
from events.models.feed import Entry, Feed, FeedRun
from events.models.fingerprint import (
    CopyKey,
    Fingerprint,
    StoredReading,
    TermFrequency,
    TermKey,
)
from events.models.relevance import RelevanceRule
from events.models.search import EventSearch
from events.models.sign_in import SignIn
from events.models.source import Citation, Publisher, Source
from events.models.story import Story, StoryMembership
from events.models.suggestion import Suggestion
from events.models.topic import TopicRule
from events.models.user import May, User

__all__ = [
    "Actor",
    "Citation",
    "Claim",
    "CopyKey",
    "Correction",
    "Decision",
    "Edition",
    "Entry",
    "Event",
    "EventDate",
    "EventSearch",
    "EventSlug",
    "Feed",
    "FeedRun",
    "Fingerprint",
    "May",
    "Participation",
    "Publisher",
    "Relation",
    "RelevanceRule",
    "Revision",
    "SignIn",
    "Source",
    "StoredReading",
    "Story",
    "StoryMembership",
    "Suggestion",
    "TermFrequency",
    "TermKey",
    "TopicRule",
    "User",
]
