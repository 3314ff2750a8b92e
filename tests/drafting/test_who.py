"""Actors are known by name, and by what they are known for."""

import pytest
import yaml

from events.drafting.actors import SIGNS, candidate_signs
from events.drafting.lore import Lore
from events.drafting.models import TAKES_PART, load_drafting_model
from events.drafting.texts import SourceText
from events.drafting.who import KNOWN_FOR_FILE, ActorNames, Who
from events.record.reading import INITIAL

ANTHROPIC, OPENAI, SOFTBANK, BIS, ALTMAN, NEWCOMER = range(6)
WHO = Who.of(
    [
        ActorNames(ANTHROPIC, "Anthropic", [], "lab"),
        ActorNames(OPENAI, "OpenAI", [], "lab"),
        ActorNames(SOFTBANK, "SoftBank", [], "company"),
        ActorNames(
            BIS, "Commerce export office", ["Bureau of Industry and Security"], "government"
        ),
        ActorNames(ALTMAN, "Sam Altman", [], "person"),
        ActorNames(NEWCOMER, "Newcomer Lab", [], "lab"),
    ]
)


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        pytest.param("Claude learns to use a computer", {ANTHROPIC}, id="a product"),
        pytest.param("Claudette sings", set(), id="no part of a word"),
        pytest.param("Stargate site picked in Texas", {OPENAI, SOFTBANK}, id="of several"),
        pytest.param("28 firms on the Entity List", {BIS}, id="an instrument; known by an alias"),
        pytest.param("Altman testifies", {OPENAI}, id="a person for the firm"),
        pytest.param("Llama 4 is here", set(), id="an actor the record does not have"),
        pytest.param("", set(), id="empty"),
    ],
)
def test_a_phrase_stands_for_whoever_is_known_for_it(title: str, keys: set[int]) -> None:
    assert WHO.known_for.keys(title) == keys


def test_who_is_meant_by_a_product_is_proposed_though_no_title_names_it() -> None:
    signs = candidate_signs([SourceText("Claude now writes its own tools")], WHO, Lore([]))
    row = dict(zip(SIGNS, signs[ANTHROPIC], strict=True))
    assert (row["named"], row["known"], row["known_only"]) == (0, 1, 1)
    assert load_drafting_model().takes_part(signs[ANTHROPIC]) >= TAKES_PART


def test_a_person_is_also_called_by_the_last_name() -> None:
    assert WHO.gazetteer.keys("Altman returns") == [ALTMAN]


def test_the_file_speaks_of_actors_by_the_names_of_the_initial_record() -> None:
    known_for = yaml.safe_load(KNOWN_FOR_FILE.read_text("utf-8"))
    actors = yaml.safe_load((INITIAL / "actors.yaml").read_text("utf-8"))
    assert set(known_for) <= {actor["name"] for actor in actors}
    phrases = [phrase for phrases in known_for.values() for phrase in phrases]
    assert all(isinstance(phrase, str) and len(phrase) > 1 for phrase in phrases)
