"""Replays sequences of what a conversation receives: JSON on stdin, what it did at each step on stdout."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples"))

from test_node_conversation import RecordingBody  # noqa: E402

from gaitsmith_robot.node_conversation import NodeConversation  # noqa: E402


class KeepingBody(RecordingBody):
    """Has what a body may have beyond the necessary."""

    def parameters(self):
        return ("own", [("step_length", 0.05)])

    def store(self):
        self.did.append("store")


def replay(sequence):
    body, published = KeepingBody(), []
    conversation = NodeConversation(
        body,
        lambda topic, text: published.append((topic, json.loads(text))),
        boot="boot",
        robot="robot",
        first_stop=sequence["firstStop"],
    )
    for step in sequence["steps"]:
        del published[:], body.did[:]
        body.fails = step["fails"]
        if step["topic"] == "tick":
            conversation.tick(step["clock"], step["at"])
        else:
            conversation.receive(step["topic"], step["text"], step["clock"], step["at"])
        state = conversation.state()
        yield {
            "answers": [without(message, "reason") for topic, message in published if topic == "answer"],
            "did": list(body.did),
            "state": without(without(state, "state"), "hash"),
        }


def without(message, name):
    return {key: value for key, value in message.items() if key != name}


json.dump([list(replay(sequence)) for sequence in json.load(sys.stdin)], sys.stdout)
