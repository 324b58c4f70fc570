"""Open a sale, record its first markers, and ask how it stands. Needs a running worker (`stagemark up`)."""

import asyncio

from stagemark import bootstrap
from stagemark.domain.commands import Given, Mark
from stagemark.errors import Refused
from stagemark.playbooks.load import shipped_playbook


async def main() -> None:
    async with bootstrap.connected() as sales:
        playbook = shipped_playbook("key-account-six")
        await sales.open(
            "S-2026-017", playbook, account="acme", owner="wang", actor="wang", observed_at="2026-03-02"
        )  # with the same content again, it is the same sale

        # What was observed, when, and by whom it is told.
        await sales.mark("S-2026-017", "analysis", "start", actor="wang", observed_at="2026-03-03")

        # Ask before trying: everything that is missing, not the first thing.
        for problem in await sales.why_not("S-2026-017", Mark(stage="analysis", edge="end"), actor="wang"):
            print("missing:", problem.text("en"))

        try:
            await sales.mark("S-2026-017", "analysis", "end", actor="wang", language="zh")
        except Refused as refused:
            print("refused:", refused.text("zh"))

        # One envelope, all or nothing: the end of one stage is often the start of the next.
        questions = playbook.evidence_of["qualification"].option_ids
        receipt = await sales.record(
            "S-2026-017",
            Mark(stage="analysis", edge="end", evidence=(Given(evidence="qualification", value=list(questions)),)),
            Mark(stage="trust", edge="start"),
            actor="wang",
            observed_at="2026-03-20",
            key="crm-event-4711",  # safe to repeat for ever
        )
        print("recorded:", receipt.sequences, "now open:", ", ".join(receipt.open_stages))

        view = await sales.view("S-2026-017")
        print("next due:", view.next_due)


asyncio.run(main())
