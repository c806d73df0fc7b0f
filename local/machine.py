"""The whole system on this machine: starts every part in order, and stops them all."""

from __future__ import annotations

import json
import os
import secrets
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from local.aws.endpoints import Clients, Credentials, Endpoints
from local.aws.guard import Guard
from local.gateway.application import LARGEST_REQUEST_BYTES, Gateway
from local.gateway.authorizer import JwtVerifier
from local.http_server import WsgiServer
from local.loops.queues import QueueLoop
from local.loops.schedules import ScheduleLoop
from local.mail.faults import Faults
from local.mail.letters import Inbox
from local.mail.postman import Postman
from local.mail.quota import SendQuota, rate_in
from local.mail.service import MailService
from local.pages.application import LocalPages
from local.processes import PYTHON_PATH, ROOT, Processes, start_processes
from local.resources.makers import ResourceMakers
from local.staff import StaffRoom
from local.stripe_api.engine import StripeStandIn
from local.stripe_api.post import DeliveryLoop, deliver
from local.stripe_api.wsgi import application as stripe_application
from local.template.functions import Function, read_authorizers, read_functions
from local.template.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment

DEMO_FIRM_ID = "firm_demo"
STRIPE_PREFIX = "/_local/stripe"
_NOTICE_SUBJECT = "Amazon SES Email Event Notification"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run and where."""

    template: Path = ROOT / "template.yaml"
    port: int = 0
    """0: any free one."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Of the template, beside those that this machine sets itself."""
    python_path: tuple[Path, ...] = PYTHON_PATH
    firm_id: str = DEMO_FIRM_ID
    mail_rate: float = field(default_factory=lambda: rate_in(os.environ))
    """How many recipients a second the mail service allows."""


class Machine:
    """Feenote as deployed, on 127.0.0.1. Use it as a context manager, or call `start` and `stop`."""

    def __init__(
        self,
        plan: Plan | None = None,
        *,
        say: Callable[[str], None] = lambda _: None,
        processes: Processes | None = None,
    ) -> None:
        """Prepare; `say` gets one line for each step of the start, `processes` were started already."""
        self.plan = plan or Plan()
        self._say = say
        self._stops: list[Callable[[], None]] = []
        self._loops: list[QueueLoop] = []
        self._processes = processes or start_processes(self.plan.python_path)
        self._stops.append(self._processes.stop)
        self.folder = self._processes.folder
        self.clock = self._processes.clock
        self.runner = self._processes.runner
        self.inbox = Inbox()
        self.faults = Faults()
        self.links: dict[str, str] = {}
        """Addresses worth a click, by name: the start page shows them."""

    def start(self) -> Self:
        """Start every part; when it returns, requests are served.

        Raises:
            RuntimeError: a part did not start.
            PortTakenError: as its class says.
        """
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop every part and remove what they wrote."""
        while self._stops:
            self._stops.pop()()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    @property
    def base_url(self) -> str:
        """Return the address of the gateway, without a slash at its end."""
        return self._server.url

    def staff_token(self) -> str:
        """Return a fresh ID token of the user who has every role."""
        return self.staff.token()

    def log(self, function: str) -> str:
        """Return what a function has written so far."""
        path = self.folder / f"{function}.log"
        return path.read_text("utf-8", errors="replace") if path.exists() else ""

    def run(self, function: str) -> Any:
        """Run a scheduled function now and return its answer.

        Raises:
            KeyError: there is no such function.
            FunctionFailed: it failed.
        """
        return self.runner.call(function, self.schedules.event_for(function))

    def settle(self, timeout_s: float = 20.0) -> bool:
        """Wait until no mail, notice or queued message is on its way; return False when time ran out.

        What a function left in its queue to try later does not count.
        """
        deadline = time.monotonic() + timeout_s
        quiet = 0
        while quiet < 3:
            if time.monotonic() > deadline:
                return False
            idle = self.postman.wait_until_idle(0.5)
            busy = not idle or any(loop.busy or loop.visible() for loop in self._loops)
            quiet = 0 if busy else quiet + 1
            time.sleep(0.02)
        return True

    def _start(self) -> None:
        plan = self.plan
        self._server = WsgiServer(_not_ready, port=plan.port, max_body_bytes=LARGEST_REQUEST_BYTES)
        self._stops.append(self._server.server_close)
        self.stripe = self._stripe_stand_in()
        credentials = Credentials()
        guard = WsgiServer(_not_ready)
        moto, dynamodb = self._processes.moto.url(), self._processes.dynamodb.url()
        self.endpoints = Endpoints(moto, dynamodb, guard.url, credentials)
        self.clients = Clients(self.endpoints)
        self._say("the table (SQLite); queues, files, secrets and sign-in (moto)")
        makers = ResourceMakers(self.clients)
        self._mail(guard, makers)
        stack = Stack("feenote", plan.template, makers.by_type(), self._parameters())
        stack.make_all()
        functions = self.functions = read_functions(stack)
        self.runner.register(functions, environment=self.endpoints.environment())
        self._say(f"{len(functions)} functions, as {plan.template.name} has them")
        self._fill(stack)
        self._serve(stack, functions)
        self._run_loops(functions, makers)
        self._say(f"ready: {self.base_url}/_local")

    def _parameters(self) -> dict[str, str]:
        return {
            "PublicBaseUrl": self.base_url,
            "MailFrom": "bills@firm.example",
            "AlarmEmail": "alarms@firm.example",
            "StripeApiBase": f"{self.base_url}{STRIPE_PREFIX}",
            **self.plan.parameters,
        }

    def _stripe_stand_in(self) -> StripeStandIn:
        self._stripe_key = f"sk_test_{secrets.token_hex(12)}"
        stripe = StripeStandIn(
            clock=self.clock.now,
            seed=secrets.token_hex(8),
            api_keys=(self._stripe_key,),
            webhook_url=f"{self.base_url}/webhooks/stripe",
            webhook_secrets=(f"whsec_{secrets.token_hex(16)}",),
            deliver=deliver,
            page_base=f"{self.base_url}{STRIPE_PREFIX}",
        )
        loop = DeliveryLoop(stripe)
        loop.start()
        self._stops.append(loop.stop)
        return stripe

    def _mail(self, guard: WsgiServer, makers: ResourceMakers) -> None:
        self.postman = Postman(
            publish=lambda topic, text: self._publish(topic, text),
            configuration_sets=makers.made.configuration_sets,
            now=self.clock.now,
        )
        self.mail_service = MailService(
            inbox=self.inbox,
            faults=self.faults,
            postman=self.postman,
            configuration_sets=makers.made.configuration_sets,
            identities=makers.made.identities,
            now=self.clock.now,
            quota=SendQuota(self.plan.mail_rate),
        )
        guard.application = Guard(
            moto_url=self.endpoints.moto,
            credentials=self.endpoints.credentials,
            now=self.clock.now,
            mail=self.mail_service,
            signature_age_s=makers.made.signature_age_s,
        )
        guard.start("guard")
        self.postman.start()
        self._stops += [guard.stop, self.postman.stop]

    def _publish(self, topic_arn: str, text: str) -> None:
        self.clients.sns.publish(TopicArn=topic_arn, Message=text, Subject=_NOTICE_SUBJECT)

    def _fill(self, stack: Stack) -> None:
        """Put in what a person would put in after the first deployment: keys and users."""
        endpoint = self.stripe.mailbox.endpoints[0]
        self.clients.secrets.put_secret_value(
            SecretId=stack.output("StripeSecretArn"),
            SecretString=json.dumps(
                {
                    "api_key": self._stripe_key,
                    "webhook_secrets": [secret for secret, _ in endpoint.secrets],
                }
            ),
        )
        self.staff = StaffRoom(
            self.clients.cognito,
            pool_id=stack.output("StaffPoolId"),
            client_id=stack.output("StaffClientId"),
        )
        self.staff.open_for(self.plan.firm_id)

    def _serve(self, stack: Stack, functions: list[Function]) -> None:
        verifiers = {
            name: JwtVerifier(authorizer, keys_base=self.endpoints.moto)
            for name, authorizer in read_authorizers(stack).items()
        }
        self._server.application = Gateway(
            functions,
            call=self.runner.call,
            authorizers=verifiers,
            now=self.clock.now,
            mounts={
                "/_local": LocalPages(self),
                STRIPE_PREFIX: stripe_application(self.stripe, f"{self.base_url}{STRIPE_PREFIX}"),
            },
        )
        self._server.start("gateway")
        self._stops.append(self._server.shutdown)

    def _run_loops(self, functions: list[Function], makers: ResourceMakers) -> None:
        queue_urls = makers.made.queue_urls
        by_name = {function.name: function for function in functions}

        def give_up(name: str, event: Any) -> None:
            arn = by_name[name].dead_letter_arn
            if arn is not None:
                self.clients.sqs.send_message(QueueUrl=queue_urls[arn], MessageBody=json.dumps(event))

        self.schedules = ScheduleLoop(
            [(function.name, schedule) for function in functions for schedule in function.schedules],
            call=self.runner.call,
            give_up=give_up,
            now=self.clock.now,
        )
        self._loops = [
            QueueLoop(
                source,
                queue_url=queue_urls[source.queue_arn],
                sqs=self.clients.sqs,
                call=partial(self.runner.call, function.name),
            )
            for function in functions
            for source in function.queues
        ]
        self.schedules.start()
        self._stops.append(self.schedules.stop)
        for loop in self._loops:
            loop.start()
            self._stops.append(loop.stop)


def _not_ready(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("503 Service Unavailable", [("Content-Type", "text/plain"), ("Retry-After", "1")])
    return [b"starting"]
