-- Reads everything, and writes nothing. KEYS ctl beat mem join at | ARGV inc
local inc=redis.call('HGET',KEYS[1],'inc')
if not inc or inc~=ARGV[1] then return {'LOST'} end
return {'OK',redis.call('HGETALL',KEYS[1]),redis.call('HGETALL',KEYS[2]),redis.call('HGETALL',KEYS[3]),redis.call('HGETALL',KEYS[4]),redis.call('HGETALL',KEYS[5])}
