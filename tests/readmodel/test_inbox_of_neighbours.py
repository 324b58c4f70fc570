"""Tasks of a sale's neighbours in the inbox: in words, with the command that answers, and what became of them."""

from datetime import UTC, datetime, timedelta

from stagemark.adapters.inbox import Inbox, SqlInbox
from stagemark.cli.inbox import lines
from stagemark.domain.entries import Stream
from stagemark.domain.reactions import Message
from stagemark.ports import Person
from stagemark.readmodel import books
from stagemark.readmodel.store import Store
from stagemark.texts.language import Language
from tests.scenarios.complaint.playing import OWNER, Complaint, opened

WANG, LI = Person(id=OWNER, name="Wang"), Person(id="li", name="Li")


async def posted(store: Store, life: Complaint) -> SqlInbox:
    inbox = SqlInbox(store)
    stream = Stream(stream="complaint", id=life.state.id)
    await store.write(lambda connection: books.write(connection, "test", stream, life.entries))
    for message in life.messages:
        await inbox.post(message, LI if message.params.get("missed") else WANG)
    return inbox


async def read(inbox: SqlInbox, person: Person, at: datetime, language: Language = "en") -> Inbox:
    return await inbox.inbox_for(person, at, everything=True, language=language)


async def test_a_task_is_said_in_words_with_the_command_that_answers_it(store: Store) -> None:
    life = opened(title="Dead cameras").steps("listen")
    found = await read(await posted(store, life), WANG, life.now)
    assert [(note.stream, note.subject, note.status) for note in found.urgent] == [
        ("complaint:C-1", "listen", "withdrawn"),
        ("complaint:C-1", "apologise", "open"),
    ]
    said = lines(found)
    assert said[0] == "[bold]Urgent[/bold]"
    assert said[3:] == [
        "  • S-1 · Dead cameras · acme · due 2026-03-02: Complaint C-1: “Two cameras are dead.” "
        "Step 2 of 6: apologise, and show that you have understood.",
        "    [dim]Take the step: stagemark complaint step C-1 apologise --text WORDS --as wang[/dim]",
    ]


async def test_it_is_said_in_chinese_and_a_superior_hears_that_nobody_did_it(store: Store) -> None:
    life = opened().until("2026-03-02 13:30")
    inbox = await posted(store, life)
    (late,) = (await read(inbox, LI, life.now, "zh")).urgent
    assert late.trigger.startswith("逾期无人处理：投诉 C-1：“Two cameras are dead.”。第一步")
    assert late.status == "missed"
    (own,) = (await read(inbox, WANG, life.now)).urgent
    assert own.status == "missed"


async def test_a_trigger_of_the_sale_under_the_same_number_is_another_matter(store: Store) -> None:
    inbox, at = SqlInbox(store), datetime(2026, 3, 2, 3, tzinfo=UTC)
    params = {"instalment": "1", "amount": "5", "currency": "CNY", "due": "2026-03-05"}
    message = Message(
        key="collection:S-1:3:remind", stream="collection:S-1", opportunity="S-1", event=3, kind="remind",
        params=params, to=("owner",), owner=OWNER, at=at,
    )  # fmt: skip
    await inbox.post(message, WANG)
    found = await read(inbox, WANG, at + timedelta(days=2))
    (note,) = found.digests[0].notes
    assert (note.trigger, note.status) == (
        "Instalment 1 falls due on 2026-03-05: 5.00 CNY. Remind the customer, gently.",
        "open",
    )
    assert "stagemark answer collection:S-1 3 done" in lines(found)[-1]


async def test_a_table_stands_on_lines_of_its_own_and_asks_for_no_answer(store: Store) -> None:
    inbox, at = SqlInbox(store), datetime(2026, 3, 8, 23, 30, tzinfo=UTC)
    params = {"on": "2026-03-09", "count": 1, "overdue": 1, "table": "Customer | Amount\nacme | 5.00 CNY"}
    message = Message(
        key="receivables:2026-03-09:li", opportunity="", kind="receivables", params=params, to=("owner",), owner="li",
        at=at,
    )  # fmt: skip
    await inbox.post(message, LI)
    assert lines(await read(inbox, LI, at + timedelta(days=1)))[1:] == [
        "  • due 2026-03-09: The receivables of your people on 2026-03-09: 1, of which 1 is overdue.",
        "    Customer | Amount",
        "    acme | 5.00 CNY",
    ]


async def test_a_proposal_of_a_collection_says_by_which_command_it_is_decided(store: Store) -> None:
    inbox, at = SqlInbox(store), datetime(2026, 3, 2, 3, tzinfo=UTC)
    for event, kind in ((3, "legal_proposed"), (4, "supply_stop"), (5, "supply_resume")):
        params = {"instalment": "1"} if kind == "legal_proposed" else {}
        message = Message(
            key=f"collection:S-1:{event}:{kind}", stream="collection:S-1", opportunity="S-1", event=event, kind=kind,
            params=params, to=("supervisor",), owner=OWNER, at=at,
        )  # fmt: skip
        await inbox.post(message, LI)
    said = "\n".join(lines(await read(inbox, LI, at + timedelta(days=2))))
    assert "stagemark instalment legal S-1 1 --approved-by li --reason WHY --as li" in said
    assert "stagemark delivery stop S-1 --approved-by li" in said
    assert "stagemark delivery resume S-1 --approved-by li" in said
    assert "(or answer collection:S-1 3 dismissed --text WHY)" in said
