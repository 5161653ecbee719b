-- A sign of life; returns everything. KEYS ctl beat mem join at | ARGV inc id position
local inc=redis.call('HGET',KEYS[1],'inc')
if not inc or inc~=ARGV[1] then return {'LOST'} end
redis.call('HINCRBY',KEYS[2],ARGV[2],'1')
redis.call('HSET',KEYS[5],ARGV[2],ARGV[3])
return {'OK',redis.call('HGETALL',KEYS[1]),redis.call('HGETALL',KEYS[2]),redis.call('HGETALL',KEYS[3]),redis.call('HGETALL',KEYS[4]),redis.call('HGETALL',KEYS[5])}
