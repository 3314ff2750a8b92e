"""People who sign in: contributors, moderators, administrators."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Own class from the first migration on, so that fields can be added later."""

    class Meta:
        ordering = ("username",)
