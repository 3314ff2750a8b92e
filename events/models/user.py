"""People who sign in: contributors, moderators, administrators."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q


class May(StrEnum):
    """What a person may do at the desk; each step of moderation asks for one of these."""

    DRAFT = "draft"  # prepare: drafts, sources, claims on stories
    DECIDE = "decide"  # publish, edit what is public, reject, merge, split, retract, answer
    ADMINISTER = "administer"  # people, feeds, settings


class User(AbstractUser):
    """Own class from the first migration on, so that fields can be added later."""

    class Role(models.TextChoices):
        READER = "", "none"
        CONTRIBUTOR = "contributor", "Contributor"
        MODERATOR = "moderator", "Moderator"
        ADMINISTRATOR = "administrator", "Administrator"

    role = models.CharField(
        max_length=13,
        choices=Role.choices,
        default=Role.READER,
        blank=True,
        help_text="Contributors draft, moderators publish, administrators manage people and feeds.",
    )

    class Meta:
        ordering = ("username",)
        constraints = (
            models.CheckConstraint(
                name="user_role_known",
                condition=Q(role__in=("", "contributor", "moderator", "administrator")),
            ),
        )

    def may(self, what: May) -> bool:
        if not self.is_active:
            return False
        return self.is_superuser or what in GRANTS[User.Role(self.role)]


GRANTS: dict[User.Role, frozenset[May]] = {
    User.Role.READER: frozenset(),
    User.Role.CONTRIBUTOR: frozenset({May.DRAFT}),
    User.Role.MODERATOR: frozenset({May.DRAFT, May.DECIDE}),
    User.Role.ADMINISTRATOR: frozenset({May.DRAFT, May.DECIDE, May.ADMINISTER}),
}
