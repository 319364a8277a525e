"""One line for all processes that share budgets in a Redis: first come, first served.

Every request draws a number in Redis when it comes. The first of each process's own line stands in
a line there, by its number, and only the one with the lowest is charged; nobody overtakes it while
there is not enough for it, however little they want. All of that is one script, which Redis runs in
one piece, and by its own clock: a look is one round trip, whether or not it lets somebody through.

    line                                requests:60, tokens:60
    drawn       1007                    146973201   12
    3fa…:4711   [1001, until, 1, 900]   146973202    7
    91c…:4712   [1003, until, 1, 20]    ...

Who stands there says so with every look, and is passed over when it has not for the length of a
lease: it was killed or stopped. Numbers are kept by those who drew them, so one that comes back has
its place again; and so has everybody when Redis has forgotten the line.
"""

from __future__ import annotations

import os
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from mirascope.llm.limiting.budgets import SLICES, Later
from mirascope.llm.limiting.tills import LOOK_AGAIN, LOOKS_A_SLICE, Charge, Terms

if TYPE_CHECKING:
    from limits.storage import RedisStorage

__all__ = ["RedisTill"]

_LEASE = 3.0
"""Seconds after which one that has not looked is passed over; all look twelve times in it."""
_TURN = 0.002
"""Seconds that the first is given to take what is there; the next but one waits twice as long."""

_ASK = """
local me, lease, number, known, new = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]),
    tonumber(ARGV[4]), tonumber(ARGV[5])
local ready, more, width, slices, expiry = ARGV[6] == '1', ARGV[7] == '1', tonumber(ARGV[8]),
    tonumber(ARGV[9]), ARGV[10]
local line, time = KEYS[1], redis.call('TIME')
local now = time[1] + time[2] / 1000000

-- A Redis that was restarted hears from those who wait which numbers were drawn.
local drawn = math.max(tonumber(redis.call('HGET', line, 'drawn') or 0), known)
redis.call('HSET', line, 'drawn', string.format('%.0f', drawn + new))
redis.call('EXPIRE', line, expiry)
if not ready then
    redis.call('HDEL', line, me)
    return {drawn + 1, 0, 0, '0', 0, 0}
end

local mine = {number > 0 and number or drawn + 1, now + lease}
for budget = 2, #KEYS do mine[budget + 1] = tonumber(ARGV[7 + 2 * budget]) end
local first, ahead = mine, 0
local all = redis.call('HGETALL', line)
for at = 1, #all, 2 do
    local who = all[at]
    if who ~= me and who ~= 'drawn' then
        local one = cjson.decode(all[at + 1])
        if one[2] <= now then
            redis.call('HDEL', line, who)
        elseif one[1] < mine[1] or one[1] == mine[1] and who < me then
            ahead = ahead + 1
            if one[1] < first[1] or first == mine then first = one end
        end
    end
end

-- How long the first has to wait, whoever that is, and for which budget.
local slice, wait, held = math.floor(now / width), 0, 1
for budget = 2, #KEYS do
    local counts, used = {}, 0
    all = redis.call('HGETALL', KEYS[budget])
    for at = 1, #all, 2 do
        local one = tonumber(all[at])
        if math.abs(one - slice) > slices then
            redis.call('HDEL', KEYS[budget], all[at])
        else
            counts[one] = tonumber(all[at + 1])
            used = used + counts[one]
        end
    end
    local excess = used + first[budget + 1] - tonumber(ARGV[8 + 2 * budget])
    if excess > 0 then
        local gone = slice - slices
        while gone < slice do
            excess = excess - (counts[gone] or 0)
            if excess <= 0 then break end
            gone = gone + 1
        end
        local left = (gone + slices + 1) * width - now
        if left > wait then wait, held = left, budget - 1 end
    end
end

if ahead > 0 or wait > 0 then
    redis.call('HSET', line, me, cjson.encode(mine))
    return {drawn + 1, 0, 0, tostring(wait), held, ahead}
end
for budget = 2, #KEYS do
    redis.call('HINCRBY', KEYS[budget], string.format('%.0f', slice), mine[budget + 1])
    redis.call('EXPIRE', KEYS[budget], expiry)
end
if more then  -- keeps the place for the next of this process, who is about to say its number
    redis.call('HSET', line, me, cjson.encode(mine))
else
    redis.call('HDEL', line, me)
end
return {drawn + 1, 1, slice, '0', 0, 0}
"""

_CORRECT = """
if redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2]) < 0 then  -- what it takes off was forgotten
    redis.call('HDEL', KEYS[1], ARGV[1])
end
redis.call('EXPIRE', KEYS[1], ARGV[3])
"""

_Script = Callable[[Sequence[str], Sequence[str | int | float]], Any]


class RedisTill:
    """Budgets in a Redis, and a line before them that processes share."""

    def __init__(
        self, store: RedisStorage, name: str, terms: Sequence[Terms], window: float
    ) -> None:
        """Say what may be charged.

        Args:
            store: Where the Redis is.
            name: Those who use the same name share budgets, and the line if they have the same.
            terms: How much; of one kind at least.
            window: In how many seconds.
        """
        client = cast("Any", store.get_connection())
        self._ask: _Script = client.register_script(_ASK)
        correct: _Script = client.register_script(_CORRECT)
        self._terms = terms
        self._width = window / SLICES
        self._expiry = int(2 * window + _LEASE) + 2
        # The braces keep them on one node of a cluster.
        line = f"{{{name}}}:{'+'.join(one.what for one in terms)}:{window:g}:line"
        keys = [line, *(f"{{{name}}}:{one.what}:{window:g}" for one in terms)]
        self._keys = [store.prefixed_key(key) for key in keys]
        self._budgets = [_RedisBudget(correct, key, self._expiry) for key in self._keys[1:]]
        self._name = secrets.token_hex(8)
        self._numbers: deque[int] = deque()
        """Of those who wait, from the first on; the last ones may have none yet."""
        self._known = 0
        self._stands = False

    def charge(self, tokens: int, waiting: int) -> list[Charge] | Later:
        """Stand in the line, and charge all budgets when it is its turn and there is enough."""
        costs = [one.cost(tokens) for one in self._terms]
        granted, slice, seconds, held, ahead = self._look(waiting, costs, ready=True)
        self._stands = not granted or waiting > 1
        if granted:
            budgets = zip(self._terms, self._budgets, costs, strict=True)
            return [Charge(terms, budget, slice, cost) for terms, budget, cost in budgets]
        if seconds > 0:  # for all: whoever is first has to wait
            seconds = max(min(seconds, self._width / LOOKS_A_SLICE, LOOK_AGAIN), 0.001)
        else:
            seconds = min(_TURN * ahead, LOOK_AGAIN)
        return Later(seconds, self._terms[held - 1].label)

    def stand_aside(self, waiting: int) -> None:
        """Let others pass, and draw numbers for who has come meanwhile."""
        if self._stands or waiting > len(self._numbers):
            self._stands = False  # or, if this fails, until its lease is over
            self._look(waiting, [0 for _ in self._terms], ready=False)

    def pass_on(self) -> None:
        """Forget the number of the first, if it has one."""
        if self._numbers:
            self._numbers.popleft()

    def _look(
        self, waiting: int, costs: Sequence[int], *, ready: bool
    ) -> tuple[bool, int, float, int, int]:
        new = waiting - len(self._numbers)
        arguments: list[str | int | float] = [
            f"{self._name}:{os.getpid()}",  # a fork is another
            _LEASE,
            self._numbers[0] if self._numbers else 0,
            self._known,
            new,
            int(ready),
            int(waiting > 1),
            self._width,
            SLICES,
            self._expiry,
        ]
        for cost, terms in zip(costs, self._terms, strict=True):
            arguments += (cost, terms.amount)
        drawn, granted, slice, seconds, held, ahead = self._ask(self._keys, arguments)
        if new:
            self._numbers.extend(range(drawn, drawn + new))
            self._known = drawn + new - 1
        return bool(granted), slice, float(seconds), held, ahead


class _RedisBudget:
    """The units that were charged, by slice."""

    def __init__(self, correct: _Script, key: str, expiry: int) -> None:
        self._correct = correct
        self._key = key
        self._expiry = expiry

    def correct(self, slice: int, difference: int) -> None:
        """Add what was used beyond what was charged, or give it back if it is negative."""
        self._correct([self._key], [slice, difference, self._expiry])
