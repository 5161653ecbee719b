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
        return Join(s_commands.GetValueOrDefault(name, name), arguments);
    }

    static string Join(string command, ReadOnlySpan<object?> arguments)
    {
        var text = new StringBuilder(command);
        foreach (var argument in arguments)
            if (Of(argument) is { Length: > 0 } shown) text.Append(' ').Append(shown);
        return text.ToString();
    }

    static string Of(object? argument) => argument switch
    {
        RedisKey key => $"{key}",
        RedisValue value => Cut(value),
        HashEntry entry => $"{Cut(entry.Name)} {Cut(entry.Value)}",
        NameValueEntry entry => $"{Cut(entry.Name)} {Cut(entry.Value)}",
        SortedSetEntry entry => $"{entry.Score.ToString(CultureInfo.InvariantCulture)} {Cut(entry.Element)}",
        byte[] bytes => Cut(bytes),
        // Of the client's methods only scripts are plain text.
        string script => $"<script of {script.Length:N0} characters>",
        ICollection items => Of(items),
        long or int or double => Convert.ToString(argument, CultureInfo.InvariantCulture)!,
        _ => "",
    };

    static string Of(ICollection items)
    {
        var shown = items.Cast<object?>().Take(ShownItems).Select(item => item is string text ? Cut(text) : Of(item));
        return string.Join(' ', items.Count > ShownItems ? shown.Append($"… ({items.Count:N0})") : shown);
    }

    static string Cut(RedisValue value)
    {
        if (value.IsNull) return "";
        if (value.IsInteger) return value.ToString();
        long length = value.Length();
        byte[] start = [.. ((byte[])value!).Take(ShownCharacters)];
        string shown = start.All(b => b is > 0x20 and < 0x7F) ? Encoding.ASCII.GetString(start) : "";
        return length <= ShownCharacters && shown.Length == length ? shown
            : string.Create(CultureInfo.InvariantCulture, $"{shown}…({length:N0} bytes)");
    }
}
