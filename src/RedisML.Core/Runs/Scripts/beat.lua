-- A sign of life; returns everything. KEYS ctl beat mem join at | ARGV inc id position
local c=redis.call('HMGET',KEYS[1],'inc','phase')
if not c[1] or c[1]~=ARGV[1] then return {'LOST'} end
redis.call('HINCRBY',KEYS[2],ARGV[2],'1')
-- What is done may be cleared away already: a position that is told late would stay for ever.
if c[2]~='done' then redis.call('HSET',KEYS[5],ARGV[2],ARGV[3]) end
return {'OK',redis.call('HGETALL',KEYS[1]),redis.call('HGETALL',KEYS[2]),redis.call('HGETALL',KEYS[3]),redis.call('HGETALL',KEYS[4]),redis.call('HGETALL',KEYS[5])}
