-- Starts a generation. KEYS ctl mem | ARGV inc gen newgen phase reason channel proposer restart members...
local c=redis.call('HMGET',KEYS[1],'inc','gen','phase','members','dgen','ckstep','lin')
if not c[1] or c[1]~=ARGV[1] then return {'LOST'} end
if c[2]~=ARGV[2] then return {'GEN',c[2]} end
if c[3]=='done' and redis.call('HEXISTS',KEYS[1],'published')==1 or (c[3]=='done' or c[3]=='failed' or c[3]=='stopped') and ARGV[8]~='1' then return {'PHASE',c[3]} end
if ARGV[8]~='1' and redis.call('HEXISTS',KEYS[2],ARGV[7])==0 then return {'FENCED'} end
local k=#ARGV-8
redis.call('DEL',KEYS[2])
for i=9,#ARGV do redis.call('HSET',KEYS[2],ARGV[i],'-') end
if c[5]==c[2] then redis.call('HSET',KEYS[1],'dmembers',c[4]) end
if ARGV[8]=='1' then redis.call('HSET',KEYS[1],'step',c[6] or '0','lin',tostring(tonumber(c[7])+1),'dgen','','stop','') end
redis.call('HSET',KEYS[1],'gen',ARGV[3],'phase',ARGV[4],'k',tostring(k),'cnt','0','dig','','half','0','hstep','','members',table.concat(ARGV,',',9),'reason',ARGV[5])
redis.call('PUBLISH',ARGV[6],'G '..ARGV[3])
return {'OK',tostring(k)}
