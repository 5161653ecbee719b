namespace RedisML.Algorithms.Language;

/// <summary>What must not be interrupted. All keys of a model lie in one slot.</summary>
static class LanguageScripts
{
    /// <summary>
    /// KEYS: state, contexts. ARGV: names and values of the fields of a new state. Returns 0 where contexts of a removed model are left;
    /// else the id, order, tokenizer and most contexts of the state that there is now.
    /// </summary>
    public const string Create = """
        if redis.call('EXISTS', KEYS[1]) == 0 then
          if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
          redis.call('HSET', KEYS[1], unpack(ARGV))
        end
        return redis.call('HMGET', KEYS[1], 'id', 'order', 'tokenizer', 'maximumContext')
        """;

    /// <summary>
    /// KEYS: state, contexts, writer; then contexts, the longest first, the empty one last. ARGV: id of the state; source, empty for none;
    /// tokens of it learned before this batch, and after it; texts that end in it; seconds that a writer is remembered; bytes before the
    /// name in the key of a context. Then for each context: its level, the place of the shorter one in KEYS (0 for none), how many n-grams;
    /// and each of those: token, times. Returns how many tokens of the source are learned, and how many contexts there are.
    /// </summary>
    /// <remarks>
    /// Where ZINCRBY gives back what was added, the n-gram is new: then it counts once in the shorter context. The member FF has the total
    /// of a context. Its score among the contexts is how often that was doubled and, after the point, the batch that last did so: it is
    /// seldom written, as it takes longer than a count, and some thousand at a time. Commands take and give numbers as text; most come
    /// again, and are turned once.
    /// </remarks>
    public const string Learn = """
        local state, contexts, writer = KEYS[1], KEYS[2], KEYS[3]
        if redis.call('HGET', state, 'id') ~= ARGV[1] then return {-1, 0} end
        local field = 'source:' .. ARGV[2]
        local at
        if ARGV[2] == '' then at = redis.call('GET', writer) else at = redis.call('HGET', state, field) end
        at = tonumber(at or '0')
        if at ~= tonumber(ARGV[3]) then return {at, redis.call('ZCARD', contexts)} end
        local age = (redis.call('HINCRBY', state, 'batches', 1) % 2147483648) / 4294967296
        local function doublings(n)
          local doubled = -1
          while n >= 1 do n, doubled = n / 2, doubled + 1 end
          return doubled
        end
        local call, start = redis.call, tonumber(ARGV[7]) + 1
        local texts, numbers = {}, {}
        local function number(text)
          local n = numbers[text]
          if not n then n = tonumber(text) numbers[text] = n end
          return n
        end
        local function add(key, times, token)
          local text = texts[times]
          if not text then text = string.format('%.0f', times) texts[times] = text end
          return number(call('ZINCRBY', key, text, token))
        end
        local doubled = {}
        local function note()
          if #doubled > 0 then call('ZADD', contexts, unpack(doubled)) end
          doubled = {}
        end
        local ones, twos, pending, i = {}, {}, {}, 8
        local key, once, twice, total, up
        local function count(token, times)
          local now = add(key, times, token)
          local before = now - times
          if before == 0 then up[token] = (up[token] or 0) + 1
          elseif before == 1 then once = once - 1
          elseif before == 2 then twice = twice - 1 end
          if now == 1 then once = once + 1 elseif now == 2 then twice = twice + 1 end
          total = total + times
        end
        for k = 4, #KEYS do
          local level, shorter, last = number(ARGV[i]), number(ARGV[i + 1]), i + 1 + 2 * number(ARGV[i + 2])
          local more = pending[k]
          key, once, twice, total, up = KEYS[k], 0, 0, 0, pending[shorter] or {}
          pending[k] = nil
          for j = i + 3, last, 2 do
            local token, times = ARGV[j], number(ARGV[j + 1])
            if more and more[token] then
              times = times + more[token]
              more[token] = nil
            end
            count(token, times)
          end
          if more then
            for token, times in pairs(more) do count(token, times) end
          end
          i = last + 2
          pending[shorter] = up
          ones[level] = (ones[level] or 0) + once
          twos[level] = (twos[level] or 0) + twice
          if total > 0 then
            local now = add(key, total, '\255')
            local n = doublings(now)
            if n ~= doublings(now - total) then
              doubled[#doubled + 1] = n + age
              doubled[#doubled + 1] = string.sub(key, start)
              if #doubled == 2000 then note() end
            end
          end
        end
        note()
        for level, n in pairs(ones) do
          if n ~= 0 then call('HINCRBY', state, 'ones:' .. level, n) end
          if twos[level] ~= 0 then call('HINCRBY', state, 'twos:' .. level, twos[level]) end
        end
        call('HINCRBY', state, 'tokens', ARGV[4] - ARGV[3])
        call('HINCRBY', state, 'texts', ARGV[5])
        if ARGV[2] == '' then call('SET', writer, ARGV[4], 'EX', ARGV[6]) else call('HSET', state, field, ARGV[4]) end
        return {tonumber(ARGV[4]), call('ZCARD', contexts)}
        """;

    /// <summary>
    /// KEYS: state, contexts; then those that may go, the rarest first. ARGV: id of the state; the most contexts, with the empty one;
    /// then for each its name and its score. Returns how many contexts there are then.
    /// </summary>
    /// <remarks>One that became more frequent in between stays. What shorter contexts know through it stays counted there.</remarks>
    public const string Evict = """
        local state, contexts = KEYS[1], KEYS[2]
        if redis.call('HGET', state, 'id') ~= ARGV[1] then return -1 end
        local excess = redis.call('ZCARD', contexts) - tonumber(ARGV[2])
        local ones, twos = {}, {}
        for k = 3, #KEYS do
          if excess <= 0 then break end
          local key, name = KEYS[k], ARGV[2 * k - 3]
          local score = redis.call('ZSCORE', contexts, name)
          if score and tonumber(score) == tonumber(ARGV[2 * k - 2]) then
            local _, level = string.gsub(name, '\255', '')
            local total = tonumber(redis.call('ZSCORE', key, '\255') or '0')
            ones[level] = (ones[level] or 0) - redis.call('ZCOUNT', key, 1, 1) + (total == 1 and 1 or 0)
            twos[level] = (twos[level] or 0) - redis.call('ZCOUNT', key, 2, 2) + (total == 2 and 1 or 0)
            redis.call('DEL', key)
            redis.call('ZREM', contexts, name)
            excess = excess - 1
          end
        end
        for level, n in pairs(ones) do
          redis.call('HINCRBY', state, 'ones:' .. level, n)
          redis.call('HINCRBY', state, 'twos:' .. level, twos[level])
        end
        return redis.call('ZCARD', contexts)
        """;
}
