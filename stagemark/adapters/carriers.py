"""Carries one text to one address through Apprise, and tells what became of it.

Apprise answers yes or no; why, and whether a later try could help, it only writes to its log, with addresses in it. So
its plugins run here as copies of our own that log nothing, whose requests and mails pass through our hands: there they
get their message id, and there the answer is read (docs/decisions/0042-messages.md).
"""

from __future__ import annotations

import json
import logging
import re
import smtplib
import warnings
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from email import message_from_string
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

import requests

__all__ = ["KINDS", "Address", "Outcome", "Unreadable", "carry", "read_address"]

Kind = Literal["mail", "wecom", "dingtalk", "feishu", "slack", "teams", "hook"]
KINDS: Final[dict[str, Kind]] = {
    "mailto": "mail",
    "mailtos": "mail",
    "wecombot": "wecom",
    "dingtalk": "dingtalk",
    "feishu": "feishu",
    "slack": "slack",
    "workflow": "teams",
    "workflows": "teams",
    "json": "hook",
    "jsons": "hook",
}
"""What an address begins with, and which kind of channel that is."""
_PLUGINS: Final[dict[Kind, tuple[str, str]]] = {
    "mail": ("email.base", "NotifyEmail"),
    "wecom": ("wecombot", "NotifyWeComBot"),
    "dingtalk": ("dingtalk", "NotifyDingTalk"),
    "feishu": ("feishu", "NotifyFeishu"),
    "slack": ("slack", "NotifySlack"),
    "teams": ("workflows", "NotifyWorkflows"),
    "hook": ("custom_json", "NotifyJSON"),
}
_TARGETED: Final = frozenset({"mail", "slack", "dingtalk"})
_MOST: Final[Mapping[str, int]] = {"wecom": 680, "dingtalk": 6_000, "feishu": 6_000}
"""Characters of one message, where the service counts bytes: a Chinese one has three."""
_SHOWN: Final = (
    (re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?"), "feishu"),
    (re.compile(r"https://oapi\.dingtalk\.com/robot/send/?\?access_token=(\w+)"), "dingtalk"),
)
"""Hooks as their applications show them, where Apprise does not know them by itself."""
_SECONDS: Final = 6
"""For which a server is waited for, to connect and to answer: both have to fit into one try of the activity."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a text.

    Attributes:
        status: `sent`; `refused` for good; or `failed`, for now.
        code: The code of the problem.
        params: Its params: never anything of the address.
    """

    status: Literal["sent", "refused", "failed"]
    code: str = ""
    params: dict[str, Any] = field(default_factory=dict)


class Unreadable(Exception):
    """An address can't be read, or its kind takes no address of a person's own: `code` says which."""

    def __init__(self, code: str) -> None:
        """Carry the code."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Address:
    """An address that was read. It has no text form, so that no log can have it.

    Attributes:
        kind: Which kind of channel it is.
    """

    kind: Kind
    plugin: Any = field(repr=False)


def read_address(address: str, target: str | None = None) -> Address:
    """Read an address.

    Args:
        address: Of Apprise's form, or a hook's own as the application shows it.
        target: A person's own address on this channel; instead of those that the address has.

    Raises:
        Unreadable: `channel_address`, or `channel_target`.
    """
    address = address.strip()
    for form, scheme in _SHOWN:
        if found := form.fullmatch(address):
            address = f"{scheme}://{found[1]}"
    if address.startswith(("http://", "https://")):
        results = _native(address)
    else:
        kind = KINDS.get(address.partition("://")[0].lower())
        if kind is None or "://" not in address:
            raise Unreadable("channel_address")
        results = (kind, _plugin(kind).parse_url(address))
    kind, told = results
    if not told:
        raise Unreadable("channel_address")
    if target is not None:
        if kind not in _TARGETED:
            raise Unreadable("channel_target")
        told["targets"] = [target]
    told |= {"overflow": "split", "include_image": False, "asset": _asset()}
    if kind != "teams":
        told["format"] = "text"
    if kind == "slack":
        told["include_footer"] = False
    try:
        plugin = _plugin(kind)(**told)
    except Exception:  # Apprise's own kinds of error: their words repeat what they could not read
        raise Unreadable("channel_address") from None
    if target is not None and not getattr(plugin, "targets", None) and not getattr(plugin, "channels", None):
        raise Unreadable("channel_target")
    return Address(kind, plugin)


def _native(address: str) -> tuple[Kind, dict[str, Any] | None]:
    """A hook's own address: of one of the known applications, or anybody's."""
    for kind in ("wecom", "dingtalk", "slack", "teams"):
        if told := getattr(_plugin(kind), "parse_native_url", lambda _: None)(address):
            return kind, told
    whole = urlsplit(address)
    told = _plugin("hook").parse_url(urlunsplit(whole._replace(query="", fragment="")).replace("http", "json", 1))
    return "hook", {**told, "params": dict(parse_qsl(whole.query))} if told else None


def carry(address: Address, subject: str, body: str, message_id: str, relay: str | None = None) -> Outcome:
    """Carry a text. It blocks, for some seconds at most.

    Args:
        address: Where to.
        subject: One line.
        body: Plain text.
        message_id: Of this message to this person, the same at every try: mails have it as their Message-ID,
            requests as the header Idempotency-Key, generic hooks also as the field `message_id`.
        relay: Where requests go instead of the service's own host.
    """
    trip = _Trip(address.kind, message_id, relay)
    held = _TRIP.set(trip)
    try:
        done = address.plugin.notify(body=body, title=subject)
    except Exception as error:  # whatever a plugin trips over: its words may hold the address
        return Outcome("refused", "delivery_failed", {"error": type(error).__name__})
    finally:
        _TRIP.reset(held)
    if trip.outcome is not None:
        return trip.outcome
    return Outcome("sent") if done else Outcome("refused", "delivery_failed", {"error": address.kind})


# -- what passes through our hands


class _Trip:
    """One text under way: what its requests and mails carry, and the first answer that was no yes."""

    def __init__(self, kind: Kind, message_id: str, relay: str | None) -> None:
        self.kind, self.message_id, self.relay = kind, message_id, relay
        self.outcome: Outcome | None = None
        self.parts = 0

    def next_id(self) -> str:
        """The id of the next part: a text that is too long goes in several."""
        self.parts += 1
        return self.message_id if self.parts == 1 else f"{self.message_id}.{self.parts}"

    def came(self, outcome: Outcome) -> None:
        """Keep what went wrong; what could still arrive is tried again, also where another part was refused."""
        if outcome.status == "failed" or (outcome.status == "refused" and self.outcome is None):
            self.outcome = outcome


_TRIP: ContextVar[_Trip | None] = ContextVar("stagemark_trip", default=None)


class _Unlogged(logging.Filter):
    """Keeps the words of libraries about our requests out of their logs: addresses are secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        return _TRIP.get() is None


for _name in ("connection", "connectionpool", "poolmanager", "util.retry"):  # a filter holds for one logger alone
    logging.getLogger(f"urllib3.{_name}").addFilter(_Unlogged())


class _Requests:
    """Stands where a plugin has `requests`."""

    def __getattr__(self, name: str) -> Any:
        return getattr(requests, name)

    def get(self, url: str, **options: Any) -> requests.Response:
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Any) -> requests.Response:
        return self.request("POST", url, **options)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        trip = _TRIP.get()
        assert trip is not None
        if trip.relay:
            there, via = urlsplit(url), urlsplit(trip.relay)
            path = via.path.rstrip("/") + there.path
            url = urlunsplit((via.scheme, via.netloc, path, there.query, ""))
        if method != "GET":
            part = trip.next_id()
            options["headers"] = {**options.get("headers", {}), "Idempotency-Key": part}
            if trip.kind == "dingtalk" and options.get("params"):  # quoted already, and would be once more
                options["params"] = {**options["params"], "sign": unquote(options["params"]["sign"])}
            if trip.kind == "hook":
                content = json.loads(options["data"]) | {"message_id": part}
                options |= {"data": json.dumps(content, ensure_ascii=False).encode()}
        try:
            answer = requests.request(method, url, **options | {"timeout": _SECONDS, "allow_redirects": False})
        except requests.RequestException as error:
            hopeless = isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema)
            trip.came(Outcome("refused" if hopeless else "failed", "delivery_unreachable"))
            raise
        trip.came(_judged(trip.kind, answer))
        return answer


def _judged(kind: Kind, answer: requests.Response) -> Outcome:
    """What an answer means. Chats say no within a yes: their own code stands in the body."""
    status = answer.status_code
    if not 200 <= status < 300:
        again = status in (408, 429) or status >= 500
        return _said("failed" if again else "refused", str(status))
    try:
        body = answer.json()
    except ValueError:
        return Outcome("sent")
    if not isinstance(body, dict):
        return Outcome("sent")
    own = body.get("errcode", body.get("code", body.get("StatusCode", 0)))
    if kind in _BUSY and own not in (0, "0", None):
        return _said("failed" if own in _BUSY[kind] else "refused", f"{status}/{own}")
    if kind == "slack" and body.get("ok") is False:
        error = str(body.get("error", ""))[:40]
        return _said("failed" if error in _SLACK_BUSY else "refused", f"{status}/{error}")
    return Outcome("sent")


_BUSY: Final[Mapping[str, frozenset[int]]] = {
    "wecom": frozenset({-1, 45009, 45033}),
    "dingtalk": frozenset({-1, 130101, 410100, 430101}),
    "feishu": frozenset({11232, 11233, 230020, 9500}),
}
"""What a chat answers when it is only too busy."""
_SLACK_BUSY: Final = frozenset(
    {"ratelimited", "rate_limited", "service_unavailable", "internal_error", "fatal_error", "request_timeout"}
)


def _said(status: Literal["refused", "failed"], answer: str) -> Outcome:
    return Outcome(status, "delivery_refused" if status == "refused" else "delivery_failed_for_now", {"answer": answer})


# -- the plugins


@cache
def _asset() -> Any:
    """By which name a plugin introduces itself."""
    from apprise.asset import AppriseAsset

    return AppriseAsset(app_id="stagemark", app_desc="stagemark", app_url="")


class _Silent:
    """Stands where a plugin has its logger."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802  # logging's own name
        return False

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **options: None


@cache
def _plugin(kind: Kind) -> Any:
    """Our copy of a plugin's class."""
    module, name = _PLUGINS[kind]
    loaded = _copied(module)
    base = getattr(loaded, name)
    # No pauses between parts: the sending queue has its rate, and a try of the activity its end.
    own: dict[str, Any] = {"logger": _Silent(), "request_rate_per_sec": 0}
    if kind in _MOST:
        own["body_maxlen"] = _MOST[kind]
    if kind == "mail":
        own |= {"send": _send_mail(loaded), "socket_connect_timeout": _SECONDS}
    return type(name, (base,), own)


def _copied(module: str) -> ModuleType:
    """A module of Apprise, loaded once more, that nobody else has: with our requests, and no log."""
    parent, _, last = f"apprise.plugins.{module}".rpartition(".")
    with warnings.catch_warnings():  # what it uses that is out of date is not our reader's matter
        warnings.simplefilter("ignore", DeprecationWarning)
        found = find_spec(f"{parent}.{last}")
        assert found is not None
        assert found.origin is not None
        spec = spec_from_file_location(f"{parent}.stagemark_{last}", found.origin)
        assert isinstance(spec, ModuleSpec)
        assert spec.loader is not None
        loaded = module_from_spec(spec)
        spec.loader.exec_module(loaded)
    for name, ours in (("requests", _Requests()), ("logger", _Silent())):
        if hasattr(loaded, name):
            setattr(loaded, name, ours)
    return loaded


def _send_mail(loaded: Any) -> Callable[..., bool]:
    """How a mail goes: composed by Apprise, with our Message-ID, and with the server's answer read."""
    controller = _copied("email.smtp").AppriseSMTPController

    def send(self: Any, body: str, title: str = "", **options: Any) -> bool:
        trip = _TRIP.get()
        assert trip is not None
        try:
            with controller(
                host=self.smtp_host,
                port=self.port,
                secure_mode=self.secure_mode,
                user=self.user,
                password=self.password,
                verify_certificate=self.verify_certificate,
                socket_connect_timeout=self.socket_connect_timeout,
            ) as smtp:
                composed = loaded.NotifyEmail.prepare_emails(
                    subject=title,
                    body=body,
                    notify_format=loaded.NotifyFormat.TEXT,
                    from_addr=self.from_addr,
                    to=self.targets,
                    cc=self.cc,
                    bcc=self.bcc,
                    reply_to=self.reply_to,
                    smtp_host=self.smtp_host,
                    headers={**self.headers, "Auto-Submitted": "auto-generated"},
                    names=self.names,
                )
                for mail in composed:
                    letter = message_from_string(mail.body)
                    del letter["Message-ID"]
                    letter["Message-ID"] = f"<{trip.next_id()}@stagemark>"
                    refused = smtp._socket.sendmail(self.from_addr[1], mail.to_addrs, letter.as_string())
                    for code, _ in refused.values():
                        trip.came(_of_smtp(code))
        except smtplib.SMTPRecipientsRefused as error:
            for code, _ in error.recipients.values():
                trip.came(_of_smtp(code))
        except smtplib.SMTPResponseException as error:
            trip.came(_of_smtp(error.smtp_code))
        except smtplib.SMTPNotSupportedError:
            trip.came(_said("refused", "SMTPUTF8"))
        except (OSError, smtplib.SMTPException, RuntimeError, loaded.AppriseImproperlyConfigured):
            trip.came(Outcome("failed", "delivery_unreachable"))
        except loaded.AppriseEmailException:
            return False
        return trip.outcome is None

    return send


def _of_smtp(code: int) -> Outcome:
    return _said("refused" if 500 <= code < 600 else "failed", str(code))
