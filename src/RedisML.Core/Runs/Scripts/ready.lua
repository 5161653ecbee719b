-- Takes part in a generation. KEYS ctl mem | ARGV inc gen id lin step digest channel
local c=redis.call('HMGET',KEYS[1],'inc','gen','phase','step','k','cnt','dig','lin')
if not c[1] or c[1]~=ARGV[1] then return {'LOST'} end
if c[2]~=ARGV[2] then return {'GEN',c[2]} end
local was=redis.call('HGET',KEYS[2],ARGV[3])
if not was then return {'FENCED'} end
if c[3]~='form' then return {'PHASE',c[3]} end
if ARGV[4]~=c[8] or ARGV[5]~=c[4] then return {'STEP',c[8],c[4]} end
if was=='r' then return {'WAIT'} end
local cnt=tonumber(c[6])
if cnt>0 and c[7]~=ARGV[6] then redis.call('HSET',KEYS[1],'phase','failed','reason','the nodes differ: '..ARGV[3]..' before step '..(tonumber(ARGV[5])+1),'result','ReplicasDiffer') redis.call('PUBLISH',ARGV[7],'F') return {'DIVERGED'} end
redis.call('HSET',KEYS[2],ARGV[3],'r')
if cnt+1<tonumber(c[5]) then redis.call('HSET',KEYS[1],'cnt',tostring(cnt+1),'dig',ARGV[6]) return {'WAIT'} end
redis.call('HSET',KEYS[1],'cnt','0','dig','','phase','run','started','1')
redis.call('PUBLISH',ARGV[7],'R '..ARGV[2])
return {'RUN'}
