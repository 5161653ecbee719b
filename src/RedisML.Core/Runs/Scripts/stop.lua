-- Asks the members to stop; where nobody is left to, stops. KEYS ctl | ARGV inc reason channel force
local c=redis.call('HMGET',KEYS[1],'inc','phase')
if not c[1] or c[1]~=ARGV[1] then return {'LOST'} end
if c[2]=='done' or c[2]=='failed' or c[2]=='stopped' then return {'PHASE',c[2]} end
redis.call('HSET',KEYS[1],'stop',ARGV[2])
if ARGV[4]=='1' then redis.call('HSET',KEYS[1],'phase','stopped','reason',ARGV[2]) end
redis.call('PUBLISH',ARGV[3],'Q')
return {'OK'}
