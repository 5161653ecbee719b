-- Moves a pointer to a blob already written. KEYS ctl mem blob | ARGV inc gen id field(ck|snap) step header length
local c=redis.call('HMGET',KEYS[1],'inc','gen',ARGV[4]..'step')
if not c[1] or c[1]~=ARGV[1] then return {'LOST'} end
if c[2]~=ARGV[2] then return {'GEN',c[2]} end
if redis.call('HEXISTS',KEYS[2],ARGV[3])==0 then return {'FENCED'} end
if ARGV[4]=='ck' and tonumber(c[3] or '-1')>=tonumber(ARGV[5]) then return {'OLD',c[3]} end
if redis.call('STRLEN',KEYS[3])~=tonumber(ARGV[7]) or redis.call('GETRANGE',KEYS[3],'0',tostring(#ARGV[6]-1))~=ARGV[6] then return {'NOPAYLOAD'} end
redis.call('HSET',KEYS[1],ARGV[4]=='ck' and 'ckpt' or 'snap',KEYS[3],ARGV[4]..'step',ARGV[5])
if ARGV[4]=='snap' then redis.call('HSET',KEYS[1],'snapgen',ARGV[2]) end
return {'OK'}
