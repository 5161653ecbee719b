using System.Globalization;
using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Models;

/// <summary>The fields of a model's hashes. In the hash of a version, all that don't start with <c>@</c> are parameters.</summary>
static class ModelField
{
    internal const int MaxNameLength = 256;

    /// <summary>Of one parameter.</summary>
    internal const int MaxValueBytes = 512 * 1024 * 1024;

    /// <summary>Of all that are written at once.</summary>
    internal const int MaxTotalBytes = 1_000_000_000;

    internal const string FormatVersion = "2";

    /// <summary>The first format, whose definitions are read too.</summary>
    internal const string FirstFormatVersion = "1";

    // The head.
    internal static readonly RedisValue Format = "format";
    internal static readonly RedisValue Version = "version";
    internal static readonly RedisValue Last = "last";

    internal static readonly RedisValue Aliases = "aliases";
    internal static readonly RedisValue Moves = "moves";
    internal const string AliasPrefix = "alias:";
    internal const string MovePrefix = "move:";

    // A version.
    internal static readonly RedisValue Definition = "@definition";
    internal static readonly RedisValue Created = "@created";
    internal static readonly RedisValue Modified = "@modified";
    internal static readonly RedisValue Description = "@description";
    internal static readonly RedisValue Tags = "@tags";
    internal const string EvaluationPrefix = "@evaluation:";

    /// <summary>The ids of the last changes, so that none is made twice.</summary>
    internal const string Changes = "@changes";

    /// <summary>Before the name of a parameter that is gone after the time that this field says, in Unix milliseconds.</summary>
    internal const string ExpiresPrefix = "@expires:";

    internal static bool IsParameter(RedisValue field) => !field.StartsWith("@");

    /// <summary>Whether what a field of a version says is sealed: not times, and not what scripts read.</summary>
    internal static bool IsSealed(RedisValue field) => field != Created && field != Modified && field != Changes
        && !field.StartsWith(ExpiresPrefix);

    internal static string Now() => DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture);

    internal static DateTimeOffset ToTime(RedisValue value) =>
        DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : default;

    /// <summary>These parameters as they are to be stored.</summary>
    /// <exception cref="RedisMLException"><c>InvalidParameterName</c>, <c>ParameterTooLarge</c>.</exception>
    internal static IReadOnlyList<StoredParameter> Encode(
        IEnumerable<KeyValuePair<string, ParameterValue>> parameters, ParameterStorage storage)
    {
        long total = 0, now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var stored = new List<StoredParameter>();
        foreach (var (name, value) in parameters)
        {
            CheckName(name);
            var bytes = value.Encode();
            if (bytes.Length > MaxValueBytes) throw TooLarge(
                $"Parameter '{name}' takes {bytes.Length:N0} bytes; {MaxValueBytes:N0} are allowed. Split it.", name);
            if ((total += bytes.Length) > MaxTotalBytes)
                throw TooLarge(
                    $"The parameters up to '{name}' take {total:N0} bytes; {MaxTotalBytes:N0} can be written at once. Set fewer.", name);
            stored.Add(StoredParameter.Of(name, value, bytes, storage, now));
        }
        return stored;
    }

    internal static void CheckName(string name)
    {
        if (name.Length is 0 or > MaxNameLength || name[0] == '@' || name.Any(char.IsControl))
            throw new RedisMLException("InvalidParameterName", ErrorKind.InvalidArgument,
                $"'{name}' can't name a parameter: a name has 1 to " +
                $"{MaxNameLength} characters, none of them a control character, the first not '@'.", name);
    }

    static RedisMLException TooLarge(string message, string name) => new("ParameterTooLarge", ErrorKind.LimitsExceeded, message, name);
}
