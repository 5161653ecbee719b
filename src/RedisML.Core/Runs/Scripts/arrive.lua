-- Counts a member's arrival at a step; the last decides it. KEYS ctl mem x | ARGV inc gen id step header digest channel
local c=redis.call('HMGET',KEYS[1],'inc','gen','phase','step','k','cnt','dig')
if not c[1] or c[1]~=ARGV[1] then return {'LOST'} end
if c[2]~=ARGV[2] then return {'GEN',c[2]} end
local was=redis.call('HGET',KEYS[2],ARGV[3])
if not was then return {'FENCED'} end
if c[3]~='run' then return {'PHASE',c[3]} end
local n=tonumber(ARGV[4]) local s=tonumber(c[4])
if s>=n then return {'DONE',c[4]} end
if s~=n-1 then return {'GAP',c[4]} end
if was==ARGV[4] then return {'WAIT'} end
if redis.call('GETRANGE',KEYS[3],'0',tostring(#ARGV[5]-1))~=ARGV[5] then return {'NOPAYLOAD'} end
local cnt=tonumber(c[6])
if cnt>0 and c[7]~=ARGV[6] then redis.call('HSET',KEYS[1],'phase','failed','reason','the nodes differ: '..ARGV[3]..' at step '..ARGV[4],'result','ReplicasDiffer') redis.call('PUBLISH',ARGV[7],'F') return {'DIVERGED'} end
redis.call('HSET',KEYS[2],ARGV[3],ARGV[4])
if cnt+1<tonumber(c[5]) then redis.call('HSET',KEYS[1],'cnt',tostring(cnt+1),'dig',ARGV[6]) return {'WAIT'} end
redis.call('HSET',KEYS[1],'cnt','0','step',ARGV[4],'dgen',ARGV[2])
redis.call('PUBLISH',ARGV[7],'S '..ARGV[2]..' '..ARGV[4])
return {'DONE',ARGV[4]}
