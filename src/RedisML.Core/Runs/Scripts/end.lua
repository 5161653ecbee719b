-- A terminal phase, once. KEYS ctl mem | ARGV inc gen id phase(done|failed|stopped) reason result channel
local c=redis.call('HMGET',KEYS[1],'inc','gen','phase')
if not c[1] or c[1]~=ARGV[1] then return {'LOST'} end
if c[3]=='done' or c[3]=='failed' or c[3]=='stopped' then return {'PHASE',c[3]} end
if c[2]~=ARGV[2] then return {'GEN',c[2]} end
if redis.call('HEXISTS',KEYS[2],ARGV[3])==0 then return {'FENCED'} end
redis.call('HSET',KEYS[1],'phase',ARGV[4],'reason',ARGV[5],'result',ARGV[6])
redis.call('PUBLISH',ARGV[7],'E '..ARGV[4])
return {'OK'}
