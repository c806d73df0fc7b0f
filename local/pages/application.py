"""The application under `/_local`: start page, inbox, payments, clock, runs, notices."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jinja2
from werkzeug.exceptions import BadRequest, Conflict, Forbidden, HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from local.mail.faults import Fault
from local.mail.letters import attachments_of, html_of, letter_record, text_of
from local.mail.notices import Notice
from local.pages.payments import payment_rows
from local.runtime.functions import FunctionFailed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from local.machine import Machine
    from local.mail.letters import Letter

_TEMPLATES = Path(__file__).parent / "templates"
_ASSETS = Path(__file__).parent / "assets"
_MEDIA_TYPES = {"style.css": "text/css", "page.js": "text/javascript"}
_TONES = {"receipt": " good", "payment_failed": " bad", "link_renewed": " warn", "reminder": " warn"}
"""How the inbox colours a mail's kind."""
_ON_A_PAGE = 200
"""Mails that the inbox shows, the newest; `?latest=` shows more."""
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_NOTICES = {
    "delivery": Notice.DELIVERY,
    "bounce": Notice.BOUNCE,
    "complaint": Notice.COMPLAINT,
    "delay": Notice.DELAY,
    "reject": Notice.REJECT,
    "send": Notice.SEND,
    "rendering_failure": Notice.RENDERING_FAILURE,
}
_YEARS = range(2000, 2200)
"""What files, signatures and tokens can say of time ends somewhere; these years are within it."""
_ROUTES = Map(
    [
        Rule("/", endpoint="start", methods=["GET"]),
        Rule("/sign-in", endpoint="sign_in", methods=["POST"]),
        Rule("/assets/<name>", endpoint="asset", methods=["GET"]),
        Rule("/payments", endpoint="payments", methods=["GET"]),
        Rule("/mails", endpoint="mails", methods=["GET"]),
        Rule("/mails/<mail_id>", endpoint="mail", methods=["GET"]),
        Rule("/mails/<mail_id>/html", endpoint="mail_html", methods=["GET"]),
        Rule("/mails/<mail_id>/raw", endpoint="mail_raw", methods=["GET"]),
        Rule("/mails/<mail_id>/attachments/<int:number>", endpoint="attachment", methods=["GET"]),
        Rule("/clock", endpoint="read_clock", methods=["GET"]),
        Rule("/clock", endpoint="move_clock", methods=["POST"]),
        Rule("/run/<function>", endpoint="run", methods=["POST"]),
        Rule("/settle", endpoint="settle", methods=["POST"]),
        Rule("/mail-notices", endpoint="mail_notice", methods=["POST"]),
        Rule("/mail-faults", endpoint="plan_fault", methods=["POST"]),
        Rule("/mail-faults", endpoint="clear_faults", methods=["DELETE"]),
        Rule("/mail-rate", endpoint="read_rate", methods=["GET"]),
        Rule("/mail-rate", endpoint="set_rate", methods=["POST"]),
        Rule("/logs/<function>", endpoint="log", methods=["GET"]),
    ],
    strict_slashes=False,
)


class LocalPages:
    """A WSGI application over one machine. It answers JSON unless a browser asks for a page."""

    def __init__(self, machine: Machine) -> None:
        """Show this machine."""
        self._machine = machine
        self._pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        try:
            _refuse_strangers(request)
            adapter = _ROUTES.bind_to_environ({**environ, "PATH_INFO": environ["PATH_INFO"] or "/"})
            endpoint, arguments = adapter.match()
            response: Response = getattr(self, f"_{endpoint}")(request, **arguments)
        except HTTPException as error:
            response = _json({"message": error.description}, status=error.code or 500)
        return response(environ, start_response)

    def _start(self, request: Request) -> Response:
        machine = self._machine
        facts = {
            "base_url": machine.base_url,
            "firm_id": machine.plan.firm_id,
            "staff_token": machine.staff_token(),
            "users": [
                {"email": user.email, "password": user.password, "roles": list(user.roles)}
                for user in machine.staff.users
            ],
            "links": {
                "mails": f"{machine.base_url}/_local/mails",
                "clock": f"{machine.base_url}/_local/clock",
                "payments": f"{machine.base_url}/_local/payments",
                "stripe": f"{machine.base_url}/_local/stripe/control",
                **machine.links,
            },
        }
        if _wants_page(request):
            return self._page(
                "start.html",
                **facts,
                shown_links=machine.links,
                now=machine.clock.now(),
                payments=len(payment_rows(machine.stripe.snapshot())),
                functions=machine.functions,
                mails=len(machine.inbox),
            )
        return _json(facts)

    def _sign_in(self, request: Request) -> Response:
        wish = _body(request)
        for user in self._machine.staff.users:
            if (user.email, user.password) == (wish.get("email"), wish.get("password")):
                return _json({"staff_token": self._machine.staff.token(user)})
        raise Forbidden("Nobody of the firm has this address with this password.")

    def _mails(self, request: Request) -> Response:
        inbox = self._machine.inbox
        latest = request.args.get("latest", type=int)
        if _wants_page(request):
            letters = inbox.letters(latest=latest or _ON_A_PAGE)
            newest_first = [letter_record(letter) for letter in reversed(letters)]
            return self._page("mails.html", letters=newest_first, total=len(inbox), tones=_TONES)
        return _json({"items": [letter_record(letter) for letter in inbox.letters(latest=latest)]})

    def _payments(self, request: Request) -> Response:
        rows = payment_rows(self._machine.stripe.snapshot())
        if _wants_page(request):
            return self._page("payments.html", payments=rows)
        return _json({"items": [row.record() for row in rows]})

    def _asset(self, _request: Request, name: str) -> Response:
        if name not in _MEDIA_TYPES:
            raise NotFound("There is no such file.")
        return Response((_ASSETS / name).read_bytes(), mimetype=_MEDIA_TYPES[name])

    def _mail(self, request: Request, mail_id: str) -> Response:
        letter = self._letter(mail_id)
        record = letter_record(letter)
        if _wants_page(request):
            return self._page("mail.html", letter=record, has_html=bool(html_of(letter.message())))
        return _json(record)

    def _mail_html(self, _request: Request, mail_id: str) -> Response:
        message = self._letter(mail_id).message()
        body = html_of(message)
        if body:
            response = Response(_opening_elsewhere(body), mimetype="text/html")
        else:
            response = Response(text_of(message), mimetype="text/plain")
        # What is in a mail runs no script here and sends nothing; its links open in a new tab.
        policy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
        response.headers["Content-Security-Policy"] = policy + "img-src data:; style-src 'unsafe-inline'"
        return response

    def _mail_raw(self, _request: Request, mail_id: str) -> Response:
        return _download(self._letter(mail_id).raw, "message/rfc822", f"{mail_id}.eml")

    def _attachment(self, _request: Request, mail_id: str, number: int) -> Response:
        attachments = attachments_of(self._letter(mail_id).message())
        if number >= len(attachments):
            raise NotFound("The mail has no such attachment.")
        attachment = attachments[number]
        return _download(attachment.content, attachment.content_type, attachment.filename)

    def _read_clock(self, _request: Request) -> Response:
        clock = self._machine.clock
        return _json({"now": _text(clock.now()), "ahead_seconds": clock.offset.total_seconds()})

    def _move_clock(self, request: Request) -> Response:
        wish = _body(request)
        clock = self._machine.clock
        if "now" in wish:
            goal = _instant(wish["now"])
        elif isinstance(wish.get("advance_seconds"), int | float):
            goal = _later(clock.now(), wish["advance_seconds"])
        else:
            raise BadRequest('Say {"now": "2026-11-22T09:00:00Z"} or {"advance_seconds": 60}.')
        if goal.year not in _YEARS:
            raise BadRequest(f"The clock goes from {_YEARS[0]} to {_YEARS[-1]}.")
        clock.set(goal)
        ran = self._machine.schedules.run_due()
        return _json({"now": _text(clock.now()), "ran": ran})

    def _run(self, _request: Request, function: str) -> Response:
        try:
            return _json({"function": function, "answer": self._machine.run(function)})
        except KeyError:
            raise NotFound(f"There is no function {function}.") from None
        except FunctionFailed as error:
            return _json({"function": function, "error": error.report}, status=500)

    def _settle(self, _request: Request) -> Response:
        return _json({"settled": self._machine.settle()})

    def _mail_notice(self, request: Request) -> Response:
        wish = _body(request)
        notice = _NOTICES.get(str(wish.get("type")))
        if notice is None:
            raise BadRequest(f"type is one of: {', '.join(_NOTICES)}.")
        named = {"mail_id", "delivery_id", "to"} & wish.keys()
        if not named or not all(isinstance(wish[name], str) for name in named):
            raise BadRequest("Name the mail by mail_id, delivery_id or to.")
        letter = self._machine.inbox.find(
            mail_id=wish.get("mail_id"), tag_value=wish.get("delivery_id"), recipient=wish.get("to")
        )
        if letter is None:
            raise NotFound("There is no such mail.")
        wanted = wish.get("recipient", wish.get("to"))
        concerned = tuple(one for one in letter.recipients if one.lower() == str(wanted).lower())
        if wanted is not None and not concerned:
            raise BadRequest("recipient is one of the addresses that the mail went to.")
        topics = self._machine.postman.publish(
            letter,
            notice,
            recipients=concerned or None,
            bounce_type=wish.get("bounce_type", "Permanent"),
            bounce_sub_type=wish.get("bounce_sub_type", "General"),
        )
        if not topics:
            raise Conflict("The mail's configuration set publishes no such notice.")
        return _json({"mail_id": letter.id, "type": notice.value}, status=202)

    def _plan_fault(self, request: Request) -> Response:
        wish = _body(request)
        try:
            fault = Fault(wish.get("kind"))
        except ValueError:
            kinds = ", ".join(fault.value for fault in Fault)
            raise BadRequest(f"kind is one of: {kinds}.") from None
        count = wish.get("count", 1)
        if count is not None and (type(count) is not int or count < 1):
            raise BadRequest("count is a whole number from 1, or null: until the faults are cleared.")
        self._machine.faults.plan(fault, count=count)
        return _json({"kind": fault.value, "count": count})

    def _clear_faults(self, _request: Request) -> Response:
        self._machine.faults.clear()
        return Response(status=204)

    def _read_rate(self, _request: Request) -> Response:
        quota = self._machine.mail_service.quota
        return _json(
            {
                "per_second": quota.per_second,
                "taken": quota.taken,
                "refused": quota.refused,
                "busiest_second": quota.busiest_second,
            }
        )

    def _set_rate(self, request: Request) -> Response:
        try:
            self._machine.mail_service.quota.set_rate(float(_body(request).get("per_second", 0)))
        except (TypeError, ValueError):
            raise BadRequest("per_second is a number over 0: recipients a second.") from None
        return self._read_rate(request)

    def _log(self, _request: Request, function: str) -> Response:
        if function not in {known.name for known in self._machine.functions}:
            raise NotFound(f"There is no function {function}.")
        return Response(self._machine.log(function), mimetype="text/plain")

    def _letter(self, mail_id: str) -> Letter:
        letter = self._machine.inbox.find(mail_id=mail_id, tag_value=None, recipient=None)
        if letter is None:
            raise NotFound("There is no such mail.")
        return letter

    def _page(self, template: str, **values: Any) -> Response:
        headers = {
            "Content-Security-Policy": _POLICY,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        page = self._pages.get_template(template).render(**values)
        return Response(page, headers=headers, mimetype="text/html")


def _refuse_strangers(request: Request) -> None:
    """Refuse names that others can point here: a page elsewhere must not read the inbox through a browser."""
    if request.host.partition(":")[0] not in {"127.0.0.1", "localhost"}:
        raise Forbidden("This address answers to 127.0.0.1 and localhost only.")
    origin = request.headers.get("Origin")
    if request.method != "GET" and origin is not None and origin.partition("//")[2] != request.host:
        raise Forbidden("Another origin may not do this.")


def _opening_elsewhere(html: str) -> str:
    """Return a mail's body whose links leave the frame that it is shown in."""
    base = '<base target="_blank">'
    return html.replace("<head>", f"<head>{base}", 1) if "<head>" in html else base + html


def _wants_page(request: Request) -> bool:
    best = request.accept_mimetypes.best_match(["application/json", "text/html"], "application/json")
    return best == "text/html" and "text/html" in request.headers.get("Accept", "")


def _body(request: Request) -> dict[str, Any]:
    try:
        wish = json.loads(request.get_data() or b"{}")
    except ValueError:
        raise BadRequest("The body is not JSON.") from None
    if not isinstance(wish, dict):
        raise BadRequest("The body is a JSON object.")
    return wish


def _instant(text: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        raise BadRequest("now is an instant such as 2026-11-22T09:00:00Z.") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _later(now: datetime, seconds: float) -> datetime:
    try:
        return now + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        raise BadRequest("advance_seconds is a number of seconds that a clock can take.") from None


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(value: Any, *, status: int = 200) -> Response:
    return Response(json.dumps(value), status=status, mimetype="application/json")


def _download(content: bytes, content_type: str, filename: str) -> Response:
    response = Response(io.BytesIO(content), mimetype=content_type, direct_passthrough=True)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.content_length = len(content)
    return response
