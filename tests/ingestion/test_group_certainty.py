"""How sure each text of a story is: a doubtful one makes the others no less so."""

import numpy as np
import pytest

from events.ingestion.group_certainty import SURE, certainty

HIGH, LOW = 0.9, 0.1


def certain(groups: list[list[int]], likely: dict[tuple[int, int], float]) -> list[float]:
    pairs = np.array(list(likely), np.int64).reshape(len(likely), 2)
    size = sum(map(len, groups))
    found = certainty(groups, pairs, np.array(list(likely.values()), np.float32), size)
    return [round(float(value), 3) for value in found]


def test_a_text_alone_is_sure() -> None:
    assert certain([[0], [1]], {(0, 1): HIGH}) == [1, 1]


def test_two_texts_are_as_sure_as_their_pair() -> None:
    assert certain([[0, 1]], {(0, 1): LOW}) == [LOW, LOW]


def test_a_doubtful_text_makes_the_others_no_less_sure() -> None:
    likely = {(0, 1): HIGH, (0, 2): HIGH, (1, 2): HIGH, (0, 3): LOW, (1, 3): LOW, (2, 3): LOW}
    assert certain([[0, 1, 2, 3]], likely) == [HIGH, HIGH, HIGH, LOW]


def test_where_no_two_are_sure_of_one_another_each_has_its_mean_with_all() -> None:
    assert certain([[0, 1, 2]], {(0, 1): 0.6, (0, 2): 0.3}) == [0.45, 0.3, 0.15]


def test_two_sure_halves_do_not_both_count() -> None:
    found = certain([[0, 1, 2, 3]], {(0, 1): HIGH, (2, 3): HIGH, (0, 2): LOW, (1, 3): LOW})
    assert sum(value >= SURE for value in found) == 2


def test_stories_do_not_mix() -> None:
    likely = {(0, 2): HIGH, (1, 3): LOW, (0, 1): 0.5, (2, 3): 0.5}
    assert certain([[0, 2], [1, 3]], likely) == [HIGH, LOW, HIGH, LOW]


@pytest.mark.parametrize("size", [40, 600])
def test_a_large_story_is_weighed_too(size: int) -> None:
    likely = {(0, other): HIGH for other in range(1, size)}
    found = certain([list(range(size))], likely)
    assert found[0] == HIGH
    assert len(found) == size
