"""The robot's side of gaitsmith's node conversation, version 1 (docs/rosbridge.md). No ROS in here.

`receive` takes what comes on the topics `command` and `keepalive`, `tick` is to be called a hundred times a second, `publish`
is called with what is to go out on `answer`, `state` and `event`. Two clocks: `clock` is the robot's own (ROS time, s), on which
stamps are made and ages are judged; `steady` is never set (time.monotonic), and silence is measured on it.
"""

import json
import math
import threading
from collections import OrderedDict

VERSION = 1
BASIC_KINDS = ("hello", "time", "acquire-lease", "release-lease", "arm", "disarm", "stop")
GAIT_KINDS = ("stage", "commit", "start")
# Those that the body has methods for.
OPTIONAL_KINDS = ("parameters", "store")
# A command of these kinds is taken however old it is.
AGELESS = ("hello", "time", "acquire-lease", "stop", "parameters")
# These need no lease.
FREE = ("hello", "time", "acquire-lease", "stop", "parameters")
# Mildest first.
STOP_LEVELS = ("neutral", "settle", "cut")

ANSWERS_KEPT = 32
OWNERS_KEPT = 16
# A stamp may lie in the future by so much: clocks are synchronised only so well, s.
AHEAD = 0.25
LONGEST_VALID_KEEPALIVE = 1.0
OLDEST_SEEN = 0.5
STATE_PERIOD = 0.1
EVENT_COPIES = 3
EVENT_SPACING = 0.02
# A cut that failed is tried again after so long, s.
RETRY = 0.5


class Refused(Exception):
    """A command that the robot does not carry out. code: lease, old, late, order, unknown, range, busy, hash or failed."""

    def __init__(self, code, reason):
        super().__init__(reason)
        self.code = code
        self.reason = reason


class NodeConversation:
    """Lease, numbers, ages and dead-man in front of a `body`, which is what moves.

    body has, and each returns at once or raises Refused:
      state()   off, rising, standing, walking, ramping-out or settling
      arm(), disarm()
      stop(level, done)   calls done("") when the robot has stopped driving, done(reason) when it has not; from any thread,
                          exactly once, soon
    and where it runs a gait:
      stage(gait, values, ramp_in, ramp_out)   returns the set's hash; values is a list of (name, number)
      commit(hash), start()
      hash()    of the committed set, or None
      forget()  what is staged and committed: there is a new lease, and whoever has it sends sets of its own
    and, if it can:
      parameters()  the committed set: (gait, [(name, number), ...]), or None
      store()   makes the committed set outlive the power, so that it is committed again after the next start
    publish(topic, text): topic is "answer", "state" or "event".
    lock is held during every call of body and publish; hold it as well when you step the body.
    """

    def __init__(
        self,
        body,
        publish,
        boot,
        robot,
        firmware="",
        joints=(),
        runs_gait=False,
        returns_by_itself=False,
        rate=0.0,
        lockstep=False,
        first_stop="settle",
        settle_after=0.5,
        cut_after=1.5,
        lease_after=2.0,
    ):
        self._body = body
        self._publish = publish
        self._boot = boot
        self._runs_gait = runs_gait
        self._first_stop = first_stop
        self._settle_after = settle_after
        self._cut_after = cut_after
        self._lease_after = lease_after
        self._lockstep = lockstep
        optional = tuple(kind for kind in OPTIONAL_KINDS if hasattr(body, kind))
        self._kinds = BASIC_KINDS + (GAIT_KINDS if runs_gait else ()) + optional
        self._introduction = {
            "robot": robot,
            "firmware": firmware,
            "boot": boot,
            "joints": list(joints),
            "runsGait": runs_gait,
            "returnsByItself": returns_by_itself,
            "clock": "lockstep" if lockstep else "realtime",
            "rate": rate,
            "commands": list(self._kinds),
            "settleAfter": 0 if lockstep else settle_after,
            "cutAfter": 0 if lockstep else cut_after,
        }
        # A stop may be confirmed by another thread than the one that asked for it.
        self.lock = threading.RLock()
        self._clock = 0.0
        self._steady = 0.0
        # owner -> _Numbers, the one that was heard last at the end
        self._owners = OrderedDict()
        self._holder = None
        self._epoch = 0
        self._leases = 0
        self._holder_heard = 0.0
        self._keepalive_number = None
        self._armed = False
        self._fed_at = 0.0
        self._fed = 0
        self._ignored = 0
        # What the dead-man has done since it was armed, in the present silence, and when it may go on.
        self._dead = None
        self._done_in_silence = None
        self._retry_at = -math.inf
        self._cut_at_once = False
        # The hardest stop asked for and the hardest confirmed since the robot was armed; how many are under way.
        self._asked = None
        self._confirmed = None
        self._stops_under_way = 0
        self._events = 0
        # (when on the steady clock, text)
        self._copies = []
        self._published = None
        self._next_state = -math.inf

    @property
    def armed(self):
        return self._armed

    def receive(self, topic, text, clock, steady=None):
        """A message's text. topic: "command" or "keepalive"."""
        with self.lock:
            self._set_clocks(clock, steady)
            message = _read(text)
            if message is None:
                self._ignored += 1
            elif topic == "keepalive":
                self._on_keepalive(message)
            else:
                self._on_command(message)
            self._publish_state()

    def tick(self, clock, steady=None):
        """Time has passed: watches the silence, and publishes what is due."""
        with self.lock:
            self._set_clocks(clock, steady)
            self._watch_silence()
            due = [text for when, text in self._copies if when <= self._steady]
            self._copies = [copy for copy in self._copies if copy[0] > self._steady]
            for text in due:
                self._publish("event", text)
            self._publish_state()

    def tell(self, event, code, reason):
        """Sends an event, thrice, since the first messages of a publisher may get lost. event: "fault" or "rebooted"."""
        with self.lock:
            self._events += 1
            message = {"v": VERSION, "number": self._events, "event": event, "code": code, "reason": reason}
            message["time"] = self._clock
            text = json.dumps(message)
            self._publish("event", text)
            for copy in range(1, 1 if self._lockstep else EVENT_COPIES):
                self._copies.append((self._steady + copy * EVENT_SPACING, text))

    def lost_power(self):
        """The body has gone to `off` by itself: keepalives are no longer demanded."""
        with self.lock:
            self._armed = False

    def state(self):
        with self.lock:
            return {
                "v": VERSION,
                "boot": self._boot,
                "time": self._clock,
                "state": self._body.state(),
                "holder": self._holder,
                "epoch": self._epoch,
                "armed": self._armed,
                "hash": self._body.hash() if self._runs_gait else None,
                "dead": self._dead,
                "fed": self._fed,
                "ignored": self._ignored,
            }

    # --- internal ---

    def _set_clocks(self, clock, steady):
        self._clock = clock
        self._steady = clock if steady is None else steady

    def _publish_state(self):
        state = self.state()
        # Counts and the time change all the while; the rest is told at once.
        matters = [state[name] for name in ("state", "holder", "epoch", "armed", "hash", "dead")]
        if matters == self._published and self._steady < self._next_state:
            return
        self._published = matters
        self._next_state = self._steady + STATE_PERIOD
        self._publish("state", json.dumps(state))

    def _on_command(self, command):
        kind = command.get("kind")
        owner, number = command.get("owner"), command.get("number")
        signed = isinstance(owner, str) and _is_whole(number)
        if not isinstance(kind, str) or not (signed or kind == "stop"):
            self._ignored += 1
            return
        numbers = self._numbers_of(owner) if signed else None
        if kind == "hello":
            # A program that starts again under its name counts from 1 again.
            numbers.forget()
        if kind == "stop":
            self._on_stop(command, numbers)
            return
        text = numbers.answers.get(number)
        if text is None:
            if number <= numbers.highest:
                self._publish("answer", _answer(command, {}, "old", "a command with a higher number was here before it"))
                return
            text = self._carry_out(kind, command)
            numbers.highest = number
            numbers.keep(number, text)
        self._publish("answer", text)

    def _carry_out(self, kind, command):
        try:
            self._check(kind, command)
            fields = getattr(self, "_do_" + kind.replace("-", "_"))(command)
            return _answer(command, fields or {}, "", "")
        except Refused as refusal:
            return _answer(command, {}, refusal.code, refusal.reason)

    def _check(self, kind, command):
        if kind not in self._kinds:
            raise Refused("unknown", "this robot does not take %s" % kind)
        if kind not in AGELESS and not self._lockstep and not self._is_fresh(command):
            raise Refused("late", "sent %s s before it came, or without a time" % self._age_of(command))
        if self._has_lease(command):
            self._holder_heard = self._steady
        elif kind not in FREE:
            holder = "nobody has" if self._holder is None else '"%s" has' % self._holder
            raise Refused("lease", "epoch %s is not that of the lease, which %s" % (command.get("epoch"), holder))

    def _age_of(self, message):
        sent = message.get("sent")
        return "%.3f" % (self._clock - sent) if _is_number(sent) else "an unknown time"

    def _is_fresh(self, message):
        sent, valid = message.get("sent"), message.get("valid")
        if not _is_number(sent) or not _is_number(valid):
            return False
        age = self._clock - sent
        return -AHEAD <= age <= valid

    def _has_lease(self, message):
        # The holder's epoch is never 0, so that 0 is no lease.
        return (
            self._holder is not None
            and message.get("owner") == self._holder
            and _is_whole(message.get("epoch"))
            and message.get("epoch") == self._epoch
        )

    def _do_hello(self, _command):
        return self._introduction

    def _do_time(self, _command):
        return {"received": self._clock, "replied": self._clock}

    def _do_acquire_lease(self, command):
        owner = command["owner"]
        if self._holder is not None and self._holder != owner:
            silence = self._steady - self._holder_heard
            if silence < self._lease_after:
                raise Refused("busy", '"%s" has the lease, and was heard %.1f s ago' % (self._holder, silence))
            self._stop_what_is_armed()
        self._leases += 1
        self._holder = owner
        self._epoch = self._leases
        self._holder_heard = self._steady
        self._keepalive_number = None
        if self._runs_gait:
            self._body.forget()
        return {"epoch": self._epoch}

    def _do_release_lease(self, _command):
        self._stop_what_is_armed()
        self._holder = None
        self._epoch = 0

    def _do_arm(self, _command):
        if self._stops_under_way > 0:
            raise Refused("order", "a stop is under way")
        self._body.arm()
        self._armed = True
        self._fed_at = self._steady
        self._dead = self._done_in_silence = None
        self._retry_at = -math.inf
        self._cut_at_once = False
        self._asked = self._confirmed = None

    def _do_disarm(self, _command):
        self._body.disarm()
        self._armed = False

    def _do_stage(self, command):
        gait, values = command.get("gait"), command.get("values")
        ramps = [command.get(name) for name in ("rampIn", "rampOut")]
        if not isinstance(gait, str) or not isinstance(values, list):
            raise Refused("range", "stage needs gait (text) and values (a list of name and number)")
        for value in values:
            if not (isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and _is_number(value[1])):
                raise Refused("range", "%s is not a name and a finite number" % json.dumps(value))
        if not all(_is_number(ramp) and ramp >= 0 for ramp in ramps):
            raise Refused("range", "rampIn and rampOut must last 0 s or longer")
        return {"hash": self._body.stage(gait, [(name, float(number)) for name, number in values], *ramps)}

    def _do_commit(self, command):
        self._body.commit(command.get("hash"))

    def _do_start(self, _command):
        self._body.start()

    def _do_parameters(self, _command):
        held = self._body.parameters()
        if held is None:
            return {"parameters": None}
        gait, values = held
        return {"parameters": {"gait": gait, "values": [[name, number] for name, number in values]}}

    def _do_store(self, _command):
        if self._armed:
            raise Refused("order", "cannot store while it has power")
        self._body.store()

    def _on_stop(self, command, numbers):
        level = command.get("level")

        def finished(reason):
            fields = {} if reason else {"level": self._asked, "time": self._clock}
            text = _answer(command, fields, "failed" if reason else "", reason)
            if numbers is not None:
                numbers.keep(command["number"], text)
            self._publish("answer", text)

        if numbers is not None:
            numbers.highest = max(numbers.highest, command["number"])
        # Whoever cannot say how to stop wants it stopped.
        self._stop(level if level in STOP_LEVELS else "cut", finished)

    def _stop(self, level, finished, disarms=True):
        """Has the body stop. finished(reason) is called once, with the lock held; reason "": confirmed."""
        if _rank(level) < _rank(self._asked):
            finished("")
            return
        self._asked = level
        self._stops_under_way += 1

        def done(reason):
            with self.lock:
                self._stops_under_way -= 1
                if reason:
                    if self._asked == level:
                        self._asked = self._confirmed
                else:
                    self._confirmed = max(self._confirmed, level, key=_rank)
                    if level == "cut" or (level == "settle" and disarms):
                        self._armed = False
                finished(reason)

        self._body.stop(level, done)

    def _stop_what_is_armed(self):
        """The lease goes: whoever armed the robot no longer drives it."""
        if self._armed:
            self._stop("settle", self._on_own_stop)

    def _on_own_stop(self, reason):
        if reason:
            self.tell("fault", "STOP_FAILED", reason)
            self._cut_at_once = True

    def _on_keepalive(self, keepalive):
        number, seen, valid = keepalive.get("number"), keepalive.get("seen"), keepalive.get("valid")
        if not self._has_lease(keepalive) or not _is_whole(number):
            self._ignored += 1
            return
        # Late as it may be: the holder is there, and keeps its lease. That alone does not keep the robot going.
        self._holder_heard = self._steady
        feeds = (
            (self._keepalive_number is None or number > self._keepalive_number)
            and self._is_fresh(keepalive)
            and valid <= LONGEST_VALID_KEEPALIVE
            and _is_number(seen)
            and -AHEAD <= self._clock - seen <= OLDEST_SEEN
        )
        if not feeds:
            self._ignored += 1
            return
        self._keepalive_number = number
        self._fed += 1
        self._fed_at = self._steady
        self._done_in_silence = None

    def _watch_silence(self):
        if not self._armed or self._lockstep or self._steady < self._retry_at:
            return
        silence = self._steady - self._fed_at
        if silence >= self._cut_after or self._cut_at_once:
            level = "cut"
        elif silence >= self._settle_after:
            level = self._first_stop
        else:
            return
        if level == self._done_in_silence:
            return
        self._done_in_silence = self._dead = level
        self._cut_at_once = False
        self.tell("fault", "DEAD_MAN", "no keepalive that counts for %.2f s: %s" % (silence, level))

        def finished(reason):
            self._on_own_stop(reason)
            if reason:
                self._done_in_silence = None
                if level == "cut":
                    self._retry_at = self._steady + RETRY

        self._stop(level, finished, disarms=False)

    def _numbers_of(self, owner):
        numbers = self._owners.pop(owner, None) or _Numbers()
        self._owners[owner] = numbers
        if len(self._owners) > OWNERS_KEPT:
            self._owners.popitem(last=False)
        return numbers


class _Numbers:
    """The commands of one owner that were answered."""

    def __init__(self):
        self.forget()

    def forget(self):
        self.highest = -math.inf
        self.answers = OrderedDict()

    def keep(self, number, text):
        self.answers.pop(number, None)
        self.answers[number] = text
        if len(self.answers) > ANSWERS_KEPT:
            self.answers.popitem(last=False)


def _answer(command, fields, code, reason):
    answer = dict(fields, v=VERSION, owner=command.get("owner"), number=command.get("number"))
    answer.update(accepted=code == "", code=code, reason=reason)
    return json.dumps(answer)


def _read(text):
    """The message, or None when it is none of ours."""
    try:
        message = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or not _is_number(message.get("v")) or message["v"] != VERSION:
        return None
    return message


def _refuse_constant(name):
    raise ValueError("%s is not JSON" % name)


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value):
    return _is_number(value) and value == math.floor(value)


def _rank(level):
    return STOP_LEVELS.index(level) if level in STOP_LEVELS else -1
