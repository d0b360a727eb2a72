"""Scripts that Valkey runs, each as one step that nothing comes between.

Numbers are written with all their digits: a time in microseconds has more than Lua shows by itself.
"""

from __future__ import annotations

USE = """
-- KEYS: the buckets, then, if there is a quota, its count, the first period of its key, and what was used by day.
-- ARGV: how many buckets; of each its rate, its burst and how many tokens are wanted; then of the quota its period, its
--       limit (-1: none), what the first period has less, the seconds that a count is kept, and the day.
-- Gives {0, n, microseconds}: bucket n has no token until then; {2}: the quota is spent; {1, tokens of each bucket}.
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local count = tonumber(ARGV[1])
local left = {}
for i = 1, count do
  local rate, burst = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local bucket = redis.call('HMGET', KEYS[i], 'tokens', 'at')
  left[i] = burst
  if bucket[1] then
    left[i] = math.min(burst, tonumber(bucket[1]) + math.max(0, now - tonumber(bucket[2])) * rate)
  end
  if left[i] < 1 or rate == 0 then
    local wait = 1
    if rate > 0 then wait = math.min(1, (1 - left[i]) / rate) end
    return {0, i, math.floor(wait * 1000000)}
  end
end
local given = {1}
for i = 1, count do
  local rate, burst, wanted = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  local granted = math.min(wanted, math.floor(left[i]))
  redis.call('HSET', KEYS[i], 'tokens', string.format('%.17g', left[i] - granted), 'at', string.format('%.6f', now))
  redis.call('EXPIRE', KEYS[i], math.min(86400, math.ceil(burst / rate) + 1))
  given[i + 1] = granted
end
if KEYS[count + 1] then
  local at = 3 * count + 2
  local period, limit = ARGV[at], tonumber(ARGV[at + 1])
  redis.call('SET', KEYS[count + 2], period, 'NX')
  if limit >= 0 and redis.call('GET', KEYS[count + 2]) == period then limit = math.max(0, limit - ARGV[at + 2]) end
  if limit >= 0 and tonumber(redis.call('GET', KEYS[count + 1]) or 0) >= limit then return {2} end
  local used = redis.call('INCR', KEYS[count + 1])
  redis.call('EXPIRE', KEYS[count + 1], ARGV[at + 3])
  redis.call('HINCRBY', KEYS[count + 3], ARGV[at + 4], 1)
  redis.call('HSET', KEYS[count + 3], ARGV[at + 4] .. '+', used)
  redis.call('EXPIRE', KEYS[count + 3], ARGV[at + 3])
end
return given
"""

LOOK = """
-- KEYS: buckets. ARGV: of each its rate and its burst. Gives the tokens in each, as text.
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local found = {}
for i = 1, #KEYS do
  local rate, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local bucket = redis.call('HMGET', KEYS[i], 'tokens', 'at')
  local left = burst
  if bucket[1] then
    left = math.min(burst, tonumber(bucket[1]) + math.max(0, now - tonumber(bucket[2])) * rate)
  end
  found[i] = string.format('%.3f', left)
end
return found
"""
