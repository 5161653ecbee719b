-- Counts the members whose slices of a step lie there; only arrive decides the step. KEYS ctl mem | ARGV inc gen id step channel
local c=redis.call('HMGET',KEYS[1],'inc','gen','phase','step','k','half','hstep')
if not c[1] or c[1]~=ARGV[1] then return {'LOST'} end
if c[2]~=ARGV[2] then return {'GEN',c[2]} end
local was=redis.call('HGET',KEYS[2],ARGV[3])
if not was then return {'FENCED'} end
if c[3]~='run' then return {'PHASE',c[3]} end
local n=tonumber(ARGV[4]) local s=tonumber(c[4])
if s>=n then return {'DONE',c[4]} end
if s~=n-1 then return {'GAP',c[4]} end
local half=0
if c[7]==ARGV[4] then half=tonumber(c[6]) end
if was~=ARGV[4] and was~='h'..ARGV[4] then
  redis.call('HSET',KEYS[2],ARGV[3],'h'..ARGV[4])
  half=half+1
  redis.call('HSET',KEYS[1],'half',tostring(half),'hstep',ARGV[4])
  if half==tonumber(c[5]) then redis.call('PUBLISH',ARGV[5],'H '..ARGV[2]..' '..ARGV[4]) end
end
if half<tonumber(c[5]) then return {'WAIT'} end
return {'DONE',ARGV[4]}
