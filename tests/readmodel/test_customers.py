"""Whom we have, in SQL: found however they are written, and what their group has bought."""

from sqlalchemy import insert

from stagemark.domain.account import commands as c
from stagemark.domain.aftercare.commands import Rate, RecordOrder
from stagemark.domain.catalogue import Customer, Sister
from stagemark.domain.commands import Model
from stagemark.domain.entries import Stream
from stagemark.domain.told import Unsigned
from stagemark.readmodel import books
from stagemark.readmodel.growth import customer, customer_named
from stagemark.readmodel.schema import opportunities
from stagemark.readmodel.store import Store
from tests.readmodel.test_account import keep
from tests.readmodel.test_aftercare import sale
from tests.scenarios.account.playing import Account
from tests.scenarios.aftercare.playing import Aftercare, amount, contract, day, signed


async def described(store: Store, id_: str, **rest: str) -> None:
    account = Account()
    account.state = account.state.but(id=id_)
    account.tell(c.Describe.model_validate({"owner": "li", **rest}))
    await keep(store, account, id_)


async def test_a_customer_is_known_by_id_and_title_however_they_are_written(store: Store) -> None:
    for id_, title in (("gacc", "Gross Handels GmbH"), ("Gross Ltd", "Gross Ltd."), ("天地", ""), ("other", "gacc")):
        await described(store, id_, title=title)
    await store.write(lambda connection: connection.execute(insert(opportunities), [sale("S-1", "Sold Co")]))

    async def named(name: str) -> str | None:
        return await store.read(lambda connection: customer_named(connection, "test", name))

    for written in ("Gross Ltd", "gross ltd", "Gross  Ltd", "Ｇｒｏｓｓ Ltd", "Gross\u3000Ltd", "GROSS LTD."):
        assert await named(written) == "Gross Ltd"
    assert await named("gross handels gmbh") == "gacc"
    assert await named("gacc") == "gacc", "an id goes before a title"
    assert (await named("天地"), await named("ＳＯＬＤ co")) == ("天地", "Sold Co")
    assert [await named(written) for written in ("nobody", "Gross", " ")] == [None, None, None]


async def cared_for(store: Store, sale: str, account: str, product: str, *more: Model) -> None:
    care = Aftercare()
    care.state = care.state.but(id=sale)
    care.tell("2026-03-02", signed(opportunity=sale, account=account, contract=contract((product,))), *more)
    stream = Stream(stream="aftercare", id=sale)
    await store.write(lambda connection: books.write(connection, "test", stream, care.entries))


async def test_accounts_of_one_group_are_sisters_and_what_each_has_bought_is_known(store: Store) -> None:
    groups = {"acme": "天地集团", "beta": "天地集团", "gamma": "天地", "delta": "", "none": "天地集团"}
    for id_, group in groups.items():
        await described(store, id_, group=group, title=f"{id_} Ltd")
    order = RecordOrder(order="PO-1", on=day("2026-03-02"), amount=amount(5), product="tripod")
    await cared_for(store, "S-1", "beta", "camera", order)
    await cared_for(store, "S-2", "beta", "bag", Unsigned(opportunity="S-2"))
    await cared_for(store, "S-3", "acme", "card")

    async def of(account: str) -> list[Sister]:
        return list((await store.read(lambda connection: customer(connection, "test", account))).sisters)

    none = Sister("none", "none Ltd")
    assert await of("acme") == [Sister("beta", "beta Ltd", frozenset({"camera", "tripod"})), none]
    assert await of("beta") == [Sister("acme", "acme Ltd", frozenset({"card"})), none]
    assert [await of(id_) for id_ in ("gamma", "delta", "nobody")] == [[], [], []]


async def test_a_customer_is_known_by_the_orders_of_all_sales_and_the_last_score(store: Store) -> None:
    order = RecordOrder(order="PO-1", on=day("2026-03-02"), amount=amount(5))
    await cared_for(store, "S-1", "beta", "camera", order, Rate(score=5, text="all well"), Rate(score=3, text="so so"))
    await cared_for(store, "S-2", "beta", "bag")
    await cared_for(store, "S-3", "acme", "card", Rate(score=1, text="bad"))
    await cared_for(store, "S-4", "beta", "bag", Rate(score=1, text="bad"), Unsigned(opportunity="S-4"))
    known = [await store.read(lambda one, id_=id_: customer(one, "test", id_)) for id_ in ("beta", "nobody")]  # type: ignore[misc]  # bound now
    assert known == [Customer(orders=3, score=3), Customer(orders=0)]
