"""What goes with an order, from the command line: by a catalogue, which has to be named."""

from pathlib import Path

import stagemark.catalogues
from tests.cli.conftest import CommandLine

DEMO = str(Path(stagemark.catalogues.__file__).with_name("demo.yaml"))


def test_without_a_catalogue_it_is_said_how_one_is_set(in_process: CommandLine) -> None:
    answer = in_process("prompt", "suggest", "camera", "--language", "en")
    assert (answer.status, answer.codes) == (2, ["catalogue_missing"])
    assert "STAGEMARK_CATALOGUE" in answer.err
    assert "STAGEMARK_CATALOGUE" in in_process("prompt", "suggest", "camera", "--language", "zh").err


def test_products_of_the_catalogue_are_named_by_their_labels(in_process: CommandLine) -> None:
    answer = in_process("prompt", "suggest", "lens", "--language", "en", STAGEMARK_CATALOGUE=DEMO)
    assert answer.codes == ["product_unknown"]
    assert "Digital camera (camera), Professional camera (camera-pro)" in answer.err
    zh = in_process("prompt", "suggest", "lens", "--language", "zh", STAGEMARK_CATALOGUE=DEMO)
    assert "数码相机（camera）、专业相机（camera-pro）" in zh.err


def test_an_option_that_does_not_go_with_the_answer_is_refused_and_not_passed_over(in_process: CommandLine) -> None:
    def answered(answer: str, *words: str) -> list[str]:
        return in_process("prompt", "answer", "S-1", "p1", answer, "--text", "so", *words, "--language", "en").codes

    for words in (("declined", "--open", "S-2"), ("later", "--open", "S-2"), ("accepted",)):
        assert answered(*words) == ["prompt_opens_sale"]
    assert answered("accepted", "--open", "S-2", "--until", "2031-01-01") == ["prompt_accepted_until"]


def test_a_prompt_or_referral_of_a_sale_that_is_not_there_says_so(in_process: CommandLine) -> None:
    for words in (
        ("prompt", "make", "NOSALE", "card-4g"),
        ("prompt", "suggest", "camera", "--sale", "NOSALE"),
        ("prompt", "why-not", "NOSALE", "card-4g"),
        ("prompt", "why-not", "NOSALE"),
        ("referral", "why-not", "NOSALE"),
        ("delivery", "reach", "NOSALE", "delivery", "--on", "2026-03-02"),
    ):
        answer = in_process(*words, "--language", "en", STAGEMARK_CATALOGUE=DEMO)
        assert (answer.status, answer.codes) == (2, ["unknown_opportunity"])
