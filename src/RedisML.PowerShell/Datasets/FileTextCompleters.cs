using System.Globalization;
using RedisML.PowerShell.Cmdlets;

namespace RedisML.PowerShell.Datasets;

/// <summary>Completes the names of encodings that files of text are often in; there are more.</summary>
public sealed class EncodingCompleter() : WordCompleter(
    ["utf-8", "utf-16", "utf-16BE", "utf-32", "latin1", "iso-8859-15", "windows-1252", "windows-1250", "windows-1251", "koi8-r", "gb18030",
        "big5", "shift_jis", "euc-jp", "euc-kr"]);

/// <summary>Completes the names of cultures.</summary>
public sealed class CultureCompleter()
    : WordCompleter(CultureInfo.GetCultures(CultureTypes.AllCultures).Select(c => c.Name).Where(name => name != ""));

/// <summary>Completes the usual separators of fields.</summary>
public sealed class DelimiterCompleter() : WordCompleter(["','", "';'", "'|'", "\"`t\"", "Whitespace"]);

/// <summary>Completes what usually starts a line that is a comment.</summary>
public sealed class CommentCompleter() : WordCompleter(["'#'", "'%'", "';'"]);

/// <summary>Completes what usually stands for a missing value.</summary>
public sealed class NullValueCompleter() : WordCompleter(["NA", "N/A", "NULL", "NaN", "None", "'?'", "'-'"]);
