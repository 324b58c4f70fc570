"""One text to one address: each kind of channel, and what an answer means."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

import pytest

from stagemark.adapters.carriers import Outcome, Unreadable, carry, read_address
from stagemark.testing import free_port
from tests.messages.receivers import PASSWORD, Post, Web

SERVICES = {
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=geheim-4711",
    "wecombot": "wecombot://geheim-4711",
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=geheim4711",
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/geheim-4711",
    "slack": "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "teams": "https://prod-02.westus.logic.azure.com:443/workflows/643e69f83c8944438d68119179a10a64/triggers/manual/"
    "paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=geheim4711",
    "hook": "https://hooks.acme.example/into/geheim-4711?tenant=7",
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_text_arrives_at_each_service_with_its_message_id(service: str, web: Web) -> None:
    address = read_address(SERVICES[service])
    assert carry(address, "回款提醒", "第一行\n第二行", "id-1", web.url).status == "sent"
    (call,) = web.came
    assert call.id == "id-1"
    assert "回款提醒" in str(call.content)
    assert "第二行" in str(call.content)
    assert ("4711" in call.path) == (service != "slack")


def test_a_generic_hook_has_the_id_as_a_field_and_keeps_its_own_query(web: Web) -> None:
    carry(read_address(SERVICES["hook"]), "subject", "body", "id-1", web.url)
    (call,) = web.came
    assert call.path == "/into/geheim-4711?tenant=7"
    assert (call.content["message_id"], call.content["title"], call.content["message"]) == ("id-1", "subject", "body")


def test_a_signed_robot_of_dingtalk_gets_a_signature_that_is_right(web: Web) -> None:
    carry(read_address("dingtalk://SECsecret@geheim4711"), "subject", "body", "id-1", web.url)
    asked = parse_qs(urlsplit(web.came[0].path).query)
    signed = hmac.new(b"SECsecret", f"{asked['timestamp'][0]}\nSECsecret".encode(), hashlib.sha256).digest()
    assert base64.b64decode(asked["sign"][0]) == signed


def test_a_mail_has_the_message_id_at_every_try_and_the_persons_own_address(post: Post) -> None:
    address = read_address(post.address, "li@acme.example")
    for _ in range(2):
        assert carry(address, "回款提醒", "第一行\n第二行\n", "id-1") == Outcome("sent")
    assert [mail.id for mail in post.came] == ["<id-1@stagemark>"] * 2
    mail = post.came[0]
    assert (mail.to, mail.subject) == ("li@acme.example", "回款提醒")
    assert mail.text.splitlines() == ["第一行", "第二行"]


def test_a_text_that_is_too_long_goes_in_parts_each_with_an_id_of_its_own(web: Web) -> None:
    carry(read_address(SERVICES["wecom"]), "subject", "很长的文字。" * 200, "id-1", web.url)
    assert [call.id for call in web.came[:2]] == ["id-1", "id-1.2"]
    assert "".join(call.content["text"]["content"] for call in web.came).count("很长的文字。") == 200
    assert all(len(call.content["text"]["content"].encode()) <= 2048 for call in web.came)


@pytest.mark.parametrize(
    ("answer", "status"), [("550 5.1.1", "refused"), ("553", "refused"), ("451 4.7.1", "failed"), ("421", "failed")]
)
def test_a_mail_server_refuses_for_good_or_for_now(answer: str, status: str, post: Post) -> None:
    post.refuses["li"] = answer
    outcome = carry(read_address(post.address, "li@acme.example"), "subject", "body", "id-1")
    assert (outcome.status, outcome.params) == (status, {"answer": answer[:3]})


def test_a_wrong_password_is_a_refusal(post: Post) -> None:
    address = read_address(post.address.replace(PASSWORD, "wrong"), "li@acme.example")
    assert carry(address, "subject", "body", "id-1") == Outcome("refused", "delivery_refused", {"answer": "535"})


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_a_web_server_that_can_not_now_may_be_asked_again(status: int, web: Web) -> None:
    web.answers["/"] = (status, b"busy")
    outcome = carry(read_address(SERVICES["hook"]), "subject", "body", "id-1", web.url)
    assert outcome == Outcome("failed", "delivery_failed_for_now", {"answer": str(status)})


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 422])
def test_what_a_web_server_refuses_is_refused_for_good(status: int, web: Web) -> None:
    web.answers["/"] = (status, b"no")
    for service in ("hook", "wecom", "slack", "teams"):
        outcome = carry(read_address(SERVICES[service]), "subject", "body", "id-1", web.url)
        assert outcome == Outcome("refused", "delivery_refused", {"answer": str(status)})


@pytest.mark.parametrize(
    ("service", "body", "status"),
    [
        ("wecom", b'{"errcode": 93000, "errmsg": "invalid webhook url"}', "refused"),
        ("wecom", b'{"errcode": 45009, "errmsg": "api freq out of limit"}', "failed"),
        ("dingtalk", b'{"errcode": 300001, "errmsg": "token is not exist"}', "refused"),
        ("dingtalk", b'{"errcode": 130101, "errmsg": "send too fast"}', "failed"),
        ("feishu", b'{"code": 19001, "msg": "incoming webhook access token invalid"}', "refused"),
        ("feishu", b'{"code": 11232, "msg": "frequency limited"}', "failed"),
    ],
)
def test_a_chat_that_says_no_within_a_yes_is_understood(service: str, body: bytes, status: str, web: Web) -> None:
    web.answers["/"] = (200, body)
    outcome = carry(read_address(SERVICES[service]), "subject", "body", "id-1", web.url)
    assert outcome.status == status
    assert outcome.params["answer"].startswith("200/")


def test_who_does_not_answer_may_be_there_later() -> None:
    nobody = free_port()
    for address in (f"mailto://bot@127.0.0.1:{nobody}/?from=bot@acme.example", f"json://127.0.0.1:{nobody}/"):
        assert carry(read_address(address), "subject", "body", "id-1") == Outcome("failed", "delivery_unreachable")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nonsense",
        "nonsense://geheim",
        "mailto://",
        "wecombot://",
        "feishu://§§",
        "tgram://1:2/3",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_can_not_be_read_is_not_repeated(address: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        read_address(address)
    assert unreadable.value.code == "channel_address"
    assert str(unreadable.value) == "channel_address"


@pytest.mark.parametrize(
    ("address", "target"),
    [("mailto://127.0.0.1/?from=a@b.example", "no address"), ("wecombot://geheim", "li"), ("json://127.0.0.1", "li")],
)
def test_a_target_that_does_not_fit_its_channel_is_said(address: str, target: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        read_address(address, target)
    assert unreadable.value.code == "channel_target"
