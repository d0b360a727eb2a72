"""Scripts that Valkey runs, each as one atomic step.

Numbers are formatted with all their digits: a time in microseconds has more digits than Lua prints by default.

A key may have what no gateway has written, of another type or no number: it then counts as missing, and is written again. If
the server's clock was set back, a bucket goes on from the time that it shows now.
"""

_LEFT = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local function left_in(key, rate, burst, mend)
  local bucket = redis.pcall('HMGET', key, 'tokens', 'at')
  local tokens, at = tonumber(bucket[1] or ''), tonumber(bucket[2] or '')
  if bucket.err and mend then redis.call('DEL', key) end
  if not tokens or not at or tokens ~= tokens or at ~= at then return burst end
  if at > now and mend then redis.call('HSET', key, 'at', string.format('%.6f', now)) end
  return math.min(burst, math.max(0, tokens) + math.max(0, now - at) * rate)
end
"""

USE = (
    _LEFT
    + """
local function count_in(key)
  local found = redis.pcall('GET', key)
  if type(found) == 'string' and #found <= 15 and string.match(found, '^%d+$') then return tonumber(found) end
  if found then redis.call('DEL', key) end
  return 0
end
-- KEYS: the buckets, then, if there is a quota, its count, the first period of its key, and what was used by day.
-- ARGV: how many buckets; of each its rate, its burst and how many tokens are wanted; then of the quota its period, its
--       limit (-1: none), what the first period has less, the seconds that a count is kept, and the day.
-- Gives {0, n, microseconds}: bucket n has no token until then; {2}: the quota is spent; {1, tokens of each bucket}.
local count = tonumber(ARGV[1])
local left = {}
for i = 1, count do
  local rate, burst = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  left[i] = left_in(KEYS[i], rate, burst, true)
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
  local used_before = count_in(KEYS[count + 1])
  redis.call('SET', KEYS[count + 2], period, 'NX')
  if limit >= 0 and redis.pcall('GET', KEYS[count + 2]) == period then limit = math.max(0, limit - ARGV[at + 2]) end
  if limit >= 0 and used_before >= limit then return {2} end
  local used = redis.call('INCR', KEYS[count + 1])
  redis.call('EXPIRE', KEYS[count + 1], ARGV[at + 3])
  local counted = redis.pcall('HINCRBY', KEYS[count + 3], ARGV[at + 4], 1)
  if type(counted) == 'table' then
    redis.call('DEL', KEYS[count + 3])
    redis.call('HINCRBY', KEYS[count + 3], ARGV[at + 4], 1)
  end
  redis.call('HSET', KEYS[count + 3], ARGV[at + 4] .. '+', used)
  redis.call('EXPIRE', KEYS[count + 3], ARGV[at + 3])
end
return given
"""
)

LOOK = (
    _LEFT
    + """
-- KEYS: buckets. ARGV: of each its rate and its burst. Gives the tokens in each, as text.
local found = {}
for i = 1, #KEYS do
  local rate, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  found[i] = string.format('%.3f', left_in(KEYS[i], rate, burst, false))
end
return found
"""
)
