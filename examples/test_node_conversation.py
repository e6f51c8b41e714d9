"""python3 -m unittest examples/test_node_conversation.py: the robot's side of the conversation, case by case."""

import json
import os
import sys
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "ros1", "gaitsmith_robot", "src"))

from gaitsmith_robot.node_conversation import NodeConversation  # noqa: E402
from gaitsmith_robot.sample_robot import JOINTS, PERIOD, SampleHardware, SampleRobot, parameter_hash  # noqa: E402
from gaitsmith_robot.watchdog import WatchdogBody, parse_operation  # noqa: E402


class RecordingBody:
    """Notes what it is told, and fails when the case says so."""

    def __init__(self):
        self.did = []
        self.fails = None

    def state(self):
        return "off"

    def arm(self):
        pass

    def disarm(self):
        self.did.append("disarm")

    def stop(self, level, done):
        self.did.append(level)
        done(self.fails or "")


def contains(actual, expected):
    return all(name in actual and actual[name] == value for name, value in expected.items())


def order(talk, number, at, kind, epoch=0, **fields):
    command = dict(fields, v=1, owner="ann", epoch=epoch, number=number, sent=at, valid=0.5, kind=kind)
    talk.receive("command", json.dumps(command), at)


class Vectors(unittest.TestCase):
    maxDiff = None

    def run_case(self, case):
        settings = case["settings"]
        body = RecordingBody()
        published = []
        conversation = NodeConversation(
            body,
            lambda topic, text: published.append((topic, json.loads(text))),
            boot=settings["boot"],
            robot=settings["robot"],
            settle_after=settings["settleAfter"],
            cut_after=settings["cutAfter"],
            lease_after=settings["leaseAfter"],
            first_stop=settings["firstStop"],
            lockstep=settings["lockstep"],
        )
        seen_events = set()
        for index, step in enumerate(case["steps"]):
            with self.subTest(case=case["name"], step=index):
                del published[:], body.did[:]
                body.fails = step.get("robot", {}).get("fails")
                clock = step.get("clock", step["at"])
                if "receive" in step:
                    received = step["receive"]
                    text = received["text"] if "text" in received else json.dumps(received["message"])
                    conversation.receive(received["topic"], text, clock, step["at"])
                else:
                    conversation.tick(clock, step["at"])
                self.check(step["expect"], conversation, body, published, seen_events)

    def check(self, expect, conversation, body, published, seen_events):
        answers = [message for topic, message in published if topic == "answer"]
        self.assertEqual(len(answers), 1 if "answer" in expect else 0, answers)
        if "answer" in expect:
            self.assertTrue(contains(answers[0], expect["answer"]), "%s\n%s" % (answers[0], expect["answer"]))
            self.assertIn(expect.get("mentions", ""), answers[0]["reason"])
        self.assertEqual(body.did, expect.get("did", []))
        events = []
        for topic, message in published:
            if topic == "event" and message["number"] not in seen_events:
                seen_events.add(message["number"])
                events.append(message)
        self.assertEqual(len(events), len(expect.get("events", [])), events)
        for event, expected in zip(events, expect.get("events", [])):
            self.assertTrue(contains(event, expected), "%s\n%s" % (event, expected))
        state = conversation.state()
        self.assertTrue(contains(state, expect.get("state", {})), "%s\n%s" % (state, expect.get("state")))


with open(os.path.join(HERE, "watchdog-vectors.json"), encoding="utf-8") as file:
    for number, case in enumerate(json.load(file)["cases"]):
        setattr(Vectors, "test_%02d" % number, lambda self, case=case: self.run_case(case))


class FailingStops(unittest.TestCase):
    """What the vectors leave open: a dead-man whose stop is not confirmed goes on until one is."""

    def test_goes_to_the_cut_at_once_and_tries_it_again(self):
        body, published = RecordingBody(), []
        talk = NodeConversation(body, lambda topic, text: published.append((topic, json.loads(text))), "b", "r")
        order(talk, 1, 0.0, "acquire-lease")
        order(talk, 2, 0.0, "arm", epoch=1)
        body.fails = "no such service"
        for at in (0.5, 0.51, 0.52, 1.02):
            talk.tick(at)
        self.assertEqual(body.did, ["settle", "cut", "cut"])
        self.assertTrue(talk.state()["armed"])
        body.fails = None
        talk.tick(1.6)
        self.assertEqual(body.did[3:], ["cut"])
        self.assertFalse(talk.state()["armed"])
        codes = {message["number"]: message["code"] for topic, message in published if topic == "event"}
        self.assertEqual(list(codes.values()).count("STOP_FAILED"), 3)

    def test_obeys_a_stop_that_nobody_signed(self):
        body = RecordingBody()
        talk = NodeConversation(body, lambda topic, text: None, "b", "r")
        talk.receive("command", '{"v":1,"kind":"stop","level":"cut"}', 1.0)
        self.assertEqual(body.did, ["cut"])

    def test_sends_an_event_three_times(self):
        events = []
        talk = NodeConversation(RecordingBody(), lambda topic, text: topic == "event" and events.append(text), "b", "r")
        talk.tell("fault", "X", "why")
        for at in (0.01, 0.021, 0.03, 0.041, 0.06):
            talk.tick(at)
        self.assertEqual(len(events), 3)
        self.assertEqual(len(set(events)), 1)


class Sample(unittest.TestCase):
    """The sample robot behind the conversation."""

    VALUES = [["step_length", 0.05], ["step_frequency", 2.0], ["ground_clearance", 0.03]]

    def setUp(self):
        self.hardware = SampleHardware()
        self.robot = SampleRobot(self.hardware, lost_power=lambda: self.talk.lost_power())
        self.answers = []
        self.talk = NodeConversation(
            self.robot,
            lambda topic, text: topic == "answer" and self.answers.append(json.loads(text)),
            "b",
            "r",
            joints=JOINTS,
            runs_gait=True,
        )
        self.at = 0.0
        self.number = 0

    def order(self, kind, **fields):
        self.number += 1
        order(self.talk, self.number, self.at, kind, **dict({"epoch": 1}, **fields))
        return self.answers[-1]

    def run_for(self, seconds, fed=True):
        for tick in range(round(seconds / PERIOD)):
            self.at += PERIOD
            self.robot.step()
            self.talk.tick(self.at)
            if fed and tick % 5 == 0:
                keepalive = {"v": 1, "owner": "ann", "epoch": 1, "number": int(self.at * 1000)}
                keepalive.update(sent=self.at, valid=0.5, seen=self.at)
                self.talk.receive("keepalive", json.dumps(keepalive), self.at)

    def walk(self):
        self.order("acquire-lease", epoch=0)
        self.assertTrue(self.order("arm")["accepted"])
        self.run_for(1.1)
        staged = self.order("stage", gait="own", values=self.VALUES, rampIn=0.5, rampOut=0.5)
        # The same hash as in src/robot/parameters.ts.
        self.assertEqual(staged["hash"], "f15ed999")
        self.assertTrue(self.order("commit", hash=staged["hash"])["accepted"])
        self.assertTrue(self.order("start")["accepted"])
        self.run_for(3)
        self.assertEqual(self.robot.state(), "walking")

    def test_walks_forward_and_ramps_out(self):
        self.walk()
        self.assertGreater(self.hardware.x, 0.3)
        self.order("stop", level="neutral")
        self.assertEqual(self.robot.state(), "ramping-out")
        self.run_for(0.6)
        self.assertEqual(self.robot.state(), "standing")
        self.assertTrue(self.order("disarm")["accepted"])
        self.assertEqual(self.robot.state(), "off")

    def test_settles_in_silence(self):
        self.walk()
        self.run_for(0.6, fed=False)
        self.assertEqual(self.robot.state(), "settling")
        self.run_for(0.6, fed=False)
        self.assertEqual((self.robot.state(), self.talk.state()["armed"]), ("off", False))
        self.assertEqual(self.talk.state()["dead"], "settle")

    def test_starts_nothing_that_was_committed_under_another_lease(self):
        self.walk()
        self.order("stop", level="cut")
        self.order("acquire-lease", epoch=0)
        self.order("arm", epoch=2)
        for _ in range(110):
            self.robot.step()
        refused = self.order("start", epoch=2)
        self.assertEqual(refused["code"], "order", refused)

    def test_refuses_with_the_codes_of_the_conversation(self):
        self.order("acquire-lease", epoch=0)
        self.assertEqual(self.order("start")["code"], "order")
        stage = {"gait": "own", "rampIn": 0.5, "rampOut": 0.5}
        too_far = [["step_length", 9.0]] + self.VALUES[1:]
        for values in (too_far, self.VALUES[1:], self.VALUES + self.VALUES[:1], [["step_length", None]], "x"):
            self.assertEqual(self.order("stage", **dict(stage, values=values))["code"], "range")
        self.assertEqual(self.order("stage", **dict(stage, values=self.VALUES, gait="other"))["code"], "range")
        self.assertEqual(self.order("commit", hash="0")["code"], "order")
        self.order("stage", **dict(stage, values=self.VALUES))
        self.assertEqual(self.order("commit", hash="0")["code"], "hash")


class Watchdog(unittest.TestCase):
    def test_reads_how_a_robot_is_stopped(self):
        self.assertEqual(parse_operation("trigger  /stand "), ("trigger", "/stand", []))
        self.assertEqual(parse_operation("nothing it lies down"), ("nothing", "it lies down", []))
        by_name = parse_operation("joint-trajectory /cmd hip=0.5 knee=-1")
        self.assertEqual(by_name, ("joint-trajectory", "/cmd", [("hip", 0.5), ("knee", -1.0)]))
        self.assertEqual(parse_operation("joint-trajectory /cmd 0 1.35")[2], [("", 0.0), ("", 1.35)])
        for text in ("", "trigger", "nothing", "call /stand", "joint-trajectory /cmd", "trigger /a 1", "joint-trajectory /c x"):
            with self.assertRaises(ValueError):
                parse_operation(text)

    def test_says_why_a_stop_failed_and_does_not_wait_for_one_that_hangs(self):
        hanging, ended = threading.Event(), threading.Semaphore(0)
        reasons, calls = {}, []

        def hangs():
            calls.append("neutral")
            hanging.wait(5)
            return ""

        def fails():
            raise OSError("no such service")

        body = WatchdogBody({"neutral": hangs, "settle": fails, "cut": lambda: ""}, within=0.3)

        def stop(level):
            def done(reason):
                reasons.setdefault(level, []).append((reason, "cut" in reasons))
                ended.release()

            body.stop(level, done)

        body.arm()
        for level in ("neutral", "neutral", "settle", "cut"):
            stop(level)
        for _ in range(4):
            self.assertTrue(ended.acquire(timeout=5))
        # Asked twice it is done once; the cut did not wait for it.
        self.assertEqual(calls, ["neutral"])
        self.assertEqual(reasons["neutral"], [("nothing came of it within 0.3 s", True)] * 2)
        self.assertEqual(reasons["settle"][0][0], "no such service")
        self.assertEqual((reasons["cut"][0][0], body.state()), ("", "off"))
        hanging.set()


if __name__ == "__main__":
    unittest.main()
