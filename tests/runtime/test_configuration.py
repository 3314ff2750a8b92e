"""Every setting that the environment gives is named, and explained, where people look."""

import re
import tomllib

import pytest

from config.local import BASE_DIR

# Read by the programs that `make run` and the containers start, or by make run itself.
OF_PROGRAMS = {
    "GRANIAN_WORKERS",
    "GRANIAN_BLOCKING_THREADS",
    "HOST",
    "PORT",
    "LOCAL_STATE",
    "ENV_FILE",
    "POSTGRES_PASSWORD",
}
# Set by us for the processes we start; nobody else should.
INTERNAL = {"DJANGO_SETTINGS_MODULE", "GRANIAN_HOST", "GRANIAN_PORT", "REMAP_SIGTERM"}


def read_by_settings() -> set[str]:
    code = (BASE_DIR / "config" / "settings.py").read_text()
    return set(re.findall(r'env\.\w+\(\s*"([A-Z][A-Z0-9_]*)"', code))


def test_the_example_file_lists_every_variable_and_no_other() -> None:
    example = (BASE_DIR / ".env.example").read_text()
    listed = re.findall(r"^#? ?([A-Z][A-Z0-9_]*)=", example, re.M)
    # The file cannot say where it is.
    assert sorted(listed) == sorted((read_by_settings() | OF_PROGRAMS) - {"ENV_FILE"})


def test_the_documentation_explains_every_variable_and_no_other() -> None:
    page = (BASE_DIR / "docs" / "configuration.md").read_text()
    explained = re.findall(r"^\| `([A-Z][A-Z0-9_]*)` \|", page, re.M)
    assert sorted(explained) == sorted(read_by_settings() | OF_PROGRAMS)


@pytest.mark.parametrize("file", ["docker-compose.yml", "Dockerfile"])
def test_the_containers_set_only_variables_that_exist(file: str) -> None:
    named = set(re.findall(r"\$\{([A-Z][A-Z0-9_]*)", (BASE_DIR / file).read_text()))
    assert named <= read_by_settings() | OF_PROGRAMS | INTERNAL


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())
    declared = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {re.split(r"[\[<>=~]", dependency)[0] for dependency in declared}
    page = (BASE_DIR / "docs" / "decisions" / "dependencies.md").read_text()
    explained = set(re.findall(r"`([A-Za-z0-9-]+)`", page))
    assert names - explained == set()
