"""A catalogue: what is wrong with one, and what it suggests to whom."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from stagemark.catalogues.load import demo_catalogue, load_catalogue
from stagemark.domain.catalogue import Bought, Catalogue, Customer, Sister, suggest
from stagemark.errors import InvalidInput, NotFound

WHY = "reasons: [{say: {zh: 因, en: why}}]"


def problems(path: Path, *products: str) -> list[str]:
    """What is wrong, each as `line code`."""
    lines = ["id: own", "label: {zh: 目录, en: Own}", "products:", *(f"  - {product}" for product in products)]
    file = path / "catalogue.yaml"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(InvalidInput) as refused:
        load_catalogue(file)
    assert all(problem.text(language) for problem in refused.value.problems for language in ("en", "zh"))
    return [f"{problem.where.rpartition(':')[2]} {problem.code}" for problem in refused.value.problems]


def product(id_: str, rest: str = "") -> str:
    return f"{{id: {id_}, label: {{zh: {id_}, en: {id_}}}{', ' + rest if rest else ''}}}"


def test_a_product_is_not_related_to_itself(tmp_path: Path) -> None:
    found = problems(tmp_path, product("a", f"goes_with: [{{product: a, {WHY}}}]"))
    assert found == ["4 catalogue_related_to_itself"]


def test_upgrades_do_not_lead_in_a_ring(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        product("x", f"better: [{{product: a, {WHY}}}]"),
        product("a", f"better: [{{product: b, {WHY}}}]"),
        product("b", f"more_of: [{{product: c, {WHY}}}]"),
        product("c", f"better: [{{product: a, {WHY}}}]"),
    )
    assert found == ["5 catalogue_ring"]


def test_what_goes_together_may_go_both_ways(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    goes = [product(a, f"goes_with: [{{product: {b}, {WHY}}}]") for a, b in ("ab", "ba")]
    file.write_text("id: own\nlabel: {zh: 目录, en: Own}\nproducts: [" + ", ".join(goes) + "]\n", "utf-8")
    assert len(load_catalogue(file).products) == 2


def test_names_lead_somewhere_and_stand_once(tmp_path: Path) -> None:
    found = problems(tmp_path, product("a", f"goes_with: [{{product: nowhere, {WHY}}}]"), product("a"))
    assert found == ["4 catalogue_product_unknown", "5 catalogue_product_twice"]


def test_a_label_and_a_reason_are_never_missing(tmp_path: Path) -> None:
    found = problems(tmp_path, "{id: a}", product("b", "goes_with: [{product: a, reasons: []}]"))
    assert found == ["4 catalogue_field_missing", "5 field_invalid"]


def test_what_is_too_long_to_be_said_is_named_with_its_line(tmp_path: Path) -> None:
    long = "{zh: " + "长" * 501 + ", en: short}"
    found = problems(
        tmp_path,
        product("a", f"goes_with: [{{product: b, ask: {long}, reasons: [{{say: {long}}}]}}]"),
        f"{{id: b, label: {{zh: b, en: {'b' * 101}}}}}",
        '{id: c, label: {zh: c, en: "c\\0"}}',
    )
    assert found == ["4 catalogue_text_long", "4 catalogue_text_long", "5 catalogue_text_long", "6 text_control"]


def test_what_cannot_be_said_is_left_out_of_what_is_suggested() -> None:
    said, long = {"zh": "因", "en": "why"}, {"zh": "长" * 501, "en": "long"}
    related = [{"product": id_, "reasons": [{"say": text}]} for id_, text in (("b", long), ("c", said))]
    labels = {id_: {"zh": id_, "en": id_} for id_ in "abc"}
    products = [
        {"id": id_, "label": label, "goes_with": related if id_ == "a" else []} for id_, label in labels.items()
    ]
    own = Catalogue.model_validate({"id": "own", "label": said, "products": products})
    assert [suggestion.product for suggestion in suggest(own, [Bought("a")], Customer(), 10)] == ["c"]


def test_suggestions_of_long_names_have_names_of_their_own() -> None:
    long = "n" * 120
    said = {"zh": "因", "en": "why"}
    related = [{"product": f"{long}{number}", "reasons": [{"say": said}]} for number in "12"]
    products: list[dict[str, object]] = [{"id": f"{long}{number}", "label": said} for number in "12"]
    products.append({"id": "a", "label": said, "goes_with": related})
    own = Catalogue.model_validate({"id": "own", "label": said, "products": products})
    assert len({suggestion.id for suggestion in suggest(own, [Bought("a")], Customer(), 10)}) == 2


def test_each_relation_has_the_parts_of_its_kind(tmp_path: Path) -> None:
    link = "link: {zh: 联, en: link}"
    found = problems(
        tmp_path,
        product("a", f"goes_with: [{{product: b, phrase: fits_better, {WHY}}}]"),
        product("b", f"better: [{{product: c, {link}, {WHY}}}]"),
        product("c"),
    )
    assert found == ["4 catalogue_phrase_only_up", "5 catalogue_link_only_cross"]


def test_a_file_that_is_not_there_or_no_text_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no catalogue"):
        load_catalogue(tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(InvalidInput, match="UTF-8"):
        load_catalogue(tmp_path / "bad.yaml")


def test_only_a_reason_that_fits_this_customer_is_said() -> None:
    def said(quantity: int = 1, customer: Customer | None = None) -> dict[str, str]:
        bought = [Bought("camera", Decimal(quantity))]
        found = suggest(demo_catalogue(), bought, customer or Customer(), 10)
        return {suggestion.product: suggestion.reason.en for suggestion in found}

    assert set(said()) == {"card-4g", "camera-pro"}
    assert set(said(5, Customer(score=4))) == {"card-4g", "service", "camera-pro", "camera-ten"}
    assert "several cameras" in said(5)["card-4g"]
    assert "lasts longer" in said(customer=Customer(orders=2))["camera-pro"]


def test_a_cross_sell_has_three_parts_and_an_up_sell_its_phrase_in_both_languages() -> None:
    customer = Customer(3, 5, (Sister("acme-sh", "Acme Shanghai"),))
    found = suggest(demo_catalogue(), [Bought("camera", Decimal(9))], customer, 10)
    assert [suggestion.relation for suggestion in found] == ["goes_with", "goes_with", "better", "more_of", "same"]
    for suggestion in found:
        assert (suggestion.link is None) == (suggestion.phrase is not None)
        parts = [part for part in (suggestion.link, suggestion.reason, suggestion.ask) if part]
        assert all("{" not in part.zh + part.en for part in parts)
    assert found[-1].account == "acme-sh"
    assert "Acme Shanghai" in found[-1].ask.zh, "said aloud is what she is called"


def test_a_sister_company_is_suggested_only_what_she_does_not_have() -> None:
    bought = [Bought("camera"), Bought("card-4g")]
    sisters = (Sister("bare"), Sister("acme-sh", "x" * 500, frozenset({"camera", "tripod"})))
    found = suggest(demo_catalogue(), bought, Customer(sisters=sisters), 10)
    same = [(one.account, one.product) for one in found if one.relation == "same"]
    assert same == [("bare", "camera"), ("bare", "card-4g"), ("acme-sh", "card-4g")]
    assert "introduce us to bare?" in found[-2].ask.en, "nobody has written down what she is called"


def test_what_the_customer_has_is_not_suggested_and_there_are_at_most_so_many() -> None:
    bought = [Bought("camera"), Bought("card-4g"), Bought("not-in-the-catalogue")]
    assert [s.product for s in suggest(demo_catalogue(), bought, Customer(), 10)] == ["camera-pro"]
    assert suggest(demo_catalogue(), bought, Customer(), 0) == ()
