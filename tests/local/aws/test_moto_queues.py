"""moto's queues hand out few of many messages at the price of few."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

# In a process of its own: what it changes in moto would stay.
_SCRIPT = """
import json, sys, tempfile
from local.aws.moto_queues import mend_queues
from local.clock import MovableClock

class Counting(MovableClock):
    asked = 0
    def epoch(self):
        Counting.asked += 1
        return super().epoch()

mend_queues(Counting(tempfile.mkdtemp() + "/clock"))
from moto.sqs.models import SQSBackend

def cost(messages):
    backend = SQSBackend("eu-central-1", "123456789012")
    queue = backend.create_queue("bulk", {"VisibilityTimeout": "30"})
    for number in range(messages):
        backend.send_message("bulk", str(number))
    before = Counting.asked
    seen = []
    for _ in range(10):
        taken = backend.receive_message("bulk", 10, 0, 30)
        seen += [message.body for message in taken]
        for message in taken:
            backend.delete_message("bulk", message.receipt_handle)
        backend.send_message("bulk", "more")
    left = queue.attributes
    return {
        "asked": Counting.asked - before,
        "seen": len(set(seen)),
        "left": left["ApproximateNumberOfMessages"],
        "hidden": left["ApproximateNumberOfMessagesNotVisible"],
        "all": sorted(dict(left)),
    }

print(json.dumps([cost(200), cost(2000)]))
"""


def costs() -> list[dict[str, Any]]:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


class TestQueuesOfMoto:
    def test_ask_for_the_time_as_often_with_few_messages_as_with_many(self) -> None:
        few, many = costs()

        assert (few["seen"], many["seen"]) == (100, 100)
        assert many["asked"] == few["asked"]

    def test_say_what_is_left_and_all_of_their_attributes(self) -> None:
        few, many = costs()

        assert (few["left"], few["hidden"]) == (110, 0)
        assert (many["left"], many["hidden"]) == (1910, 0)
        assert {"QueueArn", "VisibilityTimeout"} <= set(few["all"])
