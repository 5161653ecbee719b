using System.Text.RegularExpressions;

namespace RedisML.LightGbm.Native;

/// <summary>What the native library says is wrong, without the place in its sources.</summary>
sealed partial class LightGbmException(string message) : Exception(InWords(message))
{
    static string InWords(string message) => Condition().Replace(Place().Replace(message.Trim(), ""), "$1 has to be $2 $3");

    [GeneratedRegex(@" at \S+, line \d+ ?\.?$")]
    private static partial Regex Place();

    [GeneratedRegex(@"^Check failed: \((\w+)\) ([<>=!]+) \(([^()]+)\)$")]
    private static partial Regex Condition();
}
