using System.Collections;
using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>A call of the Redis client as a line of the log: the command, its keys and fields, and how much is in its values.</summary>
static class CommandText
{
    /// <summary>Of a value, what tells it from others and yet gives nothing away.</summary>
    const int ShownCharacters = 4;

    /// <summary>Of a field of a hash, which as a rule is a name.</summary>
    const int ShownOfField = 16;

    const int ShownItems = 4;

    static readonly Dictionary<string, string> s_commands = new(StringComparer.Ordinal)
    {
        ["HashGet"] = "HMGET", ["HashSet"] = "HSET", ["HashGetAll"] = "HGETALL", ["HashDelete"] = "HDEL", ["HashKeys"] = "HKEYS",
        ["HashExists"] = "HEXISTS", ["HashValues"] = "HVALS", ["HashIncrement"] = "HINCRBY", ["KeyDelete"] = "DEL",
        ["KeyExists"] = "EXISTS", ["KeyExpire"] = "PEXPIRE", ["KeyTimeToLive"] = "PTTL", ["StringGet"] = "GET", ["StringSet"] = "SET",
        ["StringGetLease"] = "GET", ["StringLength"] = "STRLEN", ["StringGetRange"] = "GETRANGE", ["SetMembers"] = "SMEMBERS",
        ["SetAdd"] = "SADD", ["SetRemove"] = "SREM", ["SortedSetLength"] = "ZCARD", ["SortedSetAdd"] = "ZADD",
        ["SortedSetScore"] = "ZSCORE", ["SortedSetScores"] = "ZMSCORE", ["SortedSetRangeByRank"] = "ZRANGE",
        ["SortedSetRangeByRankWithScores"] = "ZRANGE WITHSCORES", ["ListRange"] = "LRANGE", ["ListLength"] = "LLEN",
        ["ListRightPush"] = "RPUSH", ["ListLeftPush"] = "LPUSH", ["ListTrim"] = "LTRIM", ["StreamRead"] = "XREAD",
        ["StreamRange"] = "XRANGE", ["StreamLength"] = "XLEN", ["StreamInfo"] = "XINFO STREAM", ["StreamDelete"] = "XDEL",
        ["StreamAdd"] = "XADD", ["ScriptEvaluate"] = "EVAL", ["Publish"] = "PUBLISH",
    };

    /// <summary>Commands whose arguments may be passwords, or the server's settings.</summary>
    static readonly string[] s_secret = ["AUTH", "ACL", "HELLO", "CONFIG"];

    /// <param name="method">The method of the client that is called.</param>
    public static string Of(string method, object?[] arguments)
    {
        string name = method.EndsWith("Async", StringComparison.Ordinal) ? method[..^"Async".Length] : method;
        if (name == "Execute" && arguments is [string command, ..])
            return s_secret.Contains(command.Split(' ')[0], StringComparer.OrdinalIgnoreCase) ? $"{command} …"
                : Join(command, arguments.AsSpan(1));
        return Join(s_commands.GetValueOrDefault(name, name), arguments,
            name.StartsWith("Hash", StringComparison.Ordinal) ? ShownOfField : ShownCharacters);
    }

    static string Join(string command, ReadOnlySpan<object?> arguments, int shown = ShownCharacters)
    {
        var text = new StringBuilder(command);
        foreach (var argument in arguments)
            if (Of(argument, shown) is { Length: > 0 } part) text.Append(' ').Append(part);
        return text.ToString();
    }

    static string Of(object? argument, int most) => argument switch
    {
        RedisKey key => $"{key}",
        RedisValue value => Cut(value, most),
        HashEntry entry => $"{Cut(entry.Name, ShownOfField)} {Cut(entry.Value)}",
        NameValueEntry entry => $"{Cut(entry.Name)} {Cut(entry.Value)}",
        SortedSetEntry entry => $"{entry.Score.ToString(CultureInfo.InvariantCulture)} {Cut(entry.Element)}",
        byte[] bytes => Cut(bytes),
        // Of the client's methods only scripts are plain text.
        string script => $"<script of {script.Length:N0} characters>",
        ICollection items => Of(items, most),
        long or int or double => Convert.ToString(argument, CultureInfo.InvariantCulture)!,
        _ => "",
    };

    static string Of(ICollection items, int most)
    {
        var shown = items.Cast<object?>().Take(ShownItems).Select(item => item is string text ? Cut(text) : Of(item, most));
        return string.Join(' ', items.Count > ShownItems ? shown.Append($"… ({items.Count:N0})") : shown);
    }

    static string Cut(RedisValue value, int most = ShownCharacters)
    {
        if (value.IsNull) return "";
        if (value.IsInteger) return value.ToString();
        long length = value.Length();
        byte[] start = [.. ((byte[])value!).Take(most)];
        string shown = start.All(b => b is > 0x20 and < 0x7F) ? Encoding.ASCII.GetString(start) : "";
        return length <= most && shown.Length == length ? shown
            : string.Create(CultureInfo.InvariantCulture, $"{shown}…({length:N0} bytes)");
    }
}
