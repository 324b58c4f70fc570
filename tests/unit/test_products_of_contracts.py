"""What a contract names as a product of the catalogue is looked up there by whoever sends."""

from __future__ import annotations

from typing import Any

from stagemark.catalogues.load import demo_catalogue
from stagemark.domain.catalogue import Catalogue, unlisted
from stagemark.domain.commands import Record
from stagemark.domain.opportunity import Accepted, Rejected, decide
from stagemark.domain.vouching import PRODUCTS, vouched
from tests.playing import codes
from tests.unit.test_signing import PLAN, Seller, terms


def goods(*products: str) -> Record:
    listed = [{"id": product, "product": product} for product in products]
    plain: list[dict[str, Any]] = [{"id": "hall", "text": "a hall"}]
    given = terms(PLAN)
    assert isinstance(given.value, dict)
    return Record(evidence=(given.model_copy(update={"value": {**given.value, "deliverables": listed + plain}}),))


def test_products_of_a_contract_are_to_be_asked_for_once_and_only_new_ones() -> None:
    sale = Seller()
    refused = decide(sale.state, sale.envelope(goods("camera", "bag")), sale.now)
    assert isinstance(refused, Rejected)
    assert [(one.code, one.params["products"]) for one in refused.problems] == [(PRODUCTS, ["bag", "camera"])]
    sale.tell(goods("camera", "bag"))
    assert codes(decide(sale.state, sale.envelope(goods("camera")), sale.now)) == []
    refused = decide(sale.state, sale.envelope(goods("camera", "lens")), sale.now)
    assert isinstance(refused, Rejected)
    assert refused.problems[0].params["products"] == ["lens"]
    right = sale.envelope(goods("camera", "lens")).model_copy(update={"vouched": (vouched(refused.problems[0]),)})
    assert isinstance(decide(sale.state, right, sale.now), Accepted)


def test_what_is_delivered_under_a_text_or_told_by_an_import_or_the_demo_asks_no_catalogue() -> None:
    sale = Seller()
    assert codes(decide(sale.state, sale.envelope(goods()), sale.now)) == []
    for source in ("import", "demo"):
        envelope = sale.envelope(goods("lens")).model_copy(update={"source": source})
        assert codes(decide(sale.state, envelope, sale.now)) == []


def test_an_unknown_product_is_named_with_the_nearest_and_without_a_catalogue_nothing_is_wrong() -> None:
    (wrong,) = unlisted(demo_catalogue(), ["camera", "camera-pr"])
    assert (wrong.code, wrong.params["product"]) == ("contract_product_unknown", "camera-pr")
    assert "(camera-pro)" in wrong.text("en")
    assert "（camera-pro）" in wrong.text("zh")
    assert list(unlisted(Catalogue(id="none"), ["lens"])) == []


def test_of_many_products_only_the_nearest_are_offered_and_not_said_to_be_all() -> None:
    (product, *_) = demo_catalogue().products
    many = [product.model_copy(update={"id": f"part-{number}"}) for number in range(30)]
    (wrong,) = unlisted(Catalogue(id="parts", products=tuple(many)), ["part-7x"])
    offered = [named["params"]["id"] for named in wrong.params["known"]]
    assert offered[0] == "part-7"
    assert len(offered) <= 6
    assert "did you mean" in wrong.text("en")
    assert "您是否想写" in wrong.text("zh")
