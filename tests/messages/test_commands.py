"""The commands, as people type them."""

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest

from stagemark.cli import main
from tests.messages.installing import deliver, installed, message
from tests.messages.receivers import PASSWORD, Post

PEOPLE = """id,name,supervisor,team,language,roles,channels
li,李,,East,zh,manager|finance,mail=li@acme.example
wang,Wang,li,East,en,legal@East,mail=wang@acme.example
"""


class Shell:
    """Runs `stagemark …` in this process."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.capsys, self.monkeypatch = folder, capsys, monkeypatch
        monkeypatch.setenv("STAGEMARK_DATABASE_URL", f"sqlite:///{folder}/stagemark.db")

    def __call__(self, *words: str) -> tuple[int, str, str]:
        """The exit status, what was said, and what was complained of."""
        self.monkeypatch.setattr("sys.argv", ["stagemark", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = self.capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err


@pytest.fixture
def shell(tmp_path: Path, post: Post, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("STAGEMARK_CHANNEL_MAIL", post.address)
    (tmp_path / "people.csv").write_text(PEOPLE)
    shell = Shell(tmp_path, capsys, monkeypatch)
    assert shell("directory", "import", str(tmp_path / "people.csv"))[0] == 0
    return shell


def test_contacts_of_customers_are_brought_in_listed_and_forgotten(shell: Shell) -> None:
    (shell.folder / "contacts.csv").write_text("id,name,account,style\nliu,刘总,acme,tiger\nhe,何总,beta,\n")
    assert shell("directory", "import", str(shell.folder / "contacts.csv"))[1] == "2 added, 0 changed, 0 unchanged\n"
    assert "老虎型（支配型）" in shell("directory", "contacts", "acme", "--language", "zh")[1]
    assert "何总" not in shell("directory", "contacts", "acme")[1]
    assert shell("directory", "forget", "liu") == (0, "liu is forgotten\n", "")
    status, _, error = shell("directory", "forget", "liu")
    assert status != 0
    assert "unknown_contact" in error
    assert shell("directory", "contacts", "acme")[1] == "Nothing to list.\n"


def test_a_directory_in_order_says_so(shell: Shell) -> None:
    assert shell("directory", "check") == (0, "2 people; nothing is missing\n", "")
    assert shell("messages", "check", "--language", "zh") == (0, "渠道和模板均正常\n", "")
    assert json.loads(shell("directory", "check", "--output", "json")[1]) == {"problems": []}


def test_what_is_missing_is_said_at_once_with_its_codes(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    (shell.folder / "more.csv").write_text("id,name,roles\nli,李,\nan,An,legal@North\n")
    shell("directory", "import", str(shell.folder / "more.csv"))
    monkeypatch.delenv("STAGEMARK_CHANNEL_MAIL")
    status, out, err = shell("directory", "check")
    assert (status, out) == (2, "")
    codes = [line.partition(":")[0] for line in err.splitlines()]
    assert codes == [
        "role_unheld",
        "role_unheld",
        "role_team_unknown",
        "person_without_channel",
        "person_without_channel",
        "channel_variable_unset",
    ]
    for check in ("directory", "messages"):
        status, out, err = shell(check, "check", "--output", "csv")
        listed = [row["code"] for row in csv.DictReader(io.StringIO(out))]
        assert (status, err) == (2, "")
        assert listed == (codes if check == "directory" else codes[-1:])


def test_one_person_is_shown_with_who_reports_to_them(shell: Shell) -> None:
    found = json.loads(shell("directory", "show", "李", "--output", "json")[1])
    assert (found["roles"], found["reports"]) == (["manager", "finance"], ["wang"])
    assert "manager, finance" in shell("directory", "show", "li")[1]
    assert shell("directory", "list", "--output", "csv")[1].splitlines()[1].startswith("li,李,,East,")


def test_a_test_reaches_the_person_and_what_hinders_it_is_said(shell: Shell, post: Post) -> None:
    assert shell("messages", "test", "wang") == (0, "Wang: sent by mail\n", "")
    assert post.came[0].text.startswith("Dear Wang,")
    post.refuses["wang"] = "550 5.1.1"
    status, _, err = shell("messages", "test", "wang")
    assert (status, err) == (
        1,
        "delivery_refused: Wang: mail refused the message for good (550); correct the address\n",
    )
    assert shell("messages", "test", "wang", "--channel", "chat")[2].startswith("person_lacks_channel: ")
    (shell.folder / "none.csv").write_text("id,name\nan,An\n")
    shell("directory", "import", str(shell.folder / "none.csv"))
    assert shell("messages", "test", "An")[2].startswith("person_without_channel: An (an) ")


def test_the_outbox_tells_what_became_of_what_and_it_can_be_sent_again(shell: Shell, post: Post) -> None:
    async def refused() -> None:
        async with installed(shell.folder, PEOPLE) as engine:
            await deliver(engine, message(), "li")

    post.refuses["li"] = f"550 {PASSWORD}"
    asyncio.run(refused())
    (row,) = json.loads(shell("messages", "outbox", "--output", "json")[1])
    assert (row["recipient"], row["channel"], row["status"], row["tries"]) == ("li", "mail", "refused", 1)
    assert shell("messages", "outbox", "--status", "sent", "--output", "json")[1] == "[]\n"
    assert "被拒收" in shell("messages", "outbox", "--for", "李", "--language", "zh")[1]
    assert "未能通过 mail 送达" in shell("inbox", "--for", "li")[1]
    assert shell("messages", "again")[0] == 1
    post.refuses.clear()
    assert shell("messages", "again") == (0, "li: sent by mail\n", "")
    assert shell("messages", "again") == (0, "nothing is undelivered\n", "")
    assert len(post.came) == 1
