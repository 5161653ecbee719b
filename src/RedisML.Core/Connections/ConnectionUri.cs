using RedisML.Errors;
using StackExchange.Redis;

namespace RedisML.Connections;

/// <summary>
/// Reads <c>redis://[user[:password]@]host[:port][/database]</c>, its parts percent-encoded; <c>rediss://</c> means TLS,
/// and takes the paths of
/// certificates, <c>?ca=…&amp;cert=…&amp;key=…</c>.
/// </summary>
static class ConnectionUri
{
    internal static bool IsMatch(string text) => text.Contains("://", StringComparison.Ordinal);

    internal static (ConfigurationOptions Options, TlsCertificates Certificates) Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host == "")
            throw Invalid("it isn't a well-formed URI; characters such as '@', '/' and '#' in a password must be percent-encoded");
        if (uri.Scheme is not ("redis" or "rediss"))
            throw Invalid("its scheme is neither redis nor rediss");
        if (uri.Query != "" && uri.Scheme == "redis" || uri.Fragment != "")
            throw Invalid("it has a query or a fragment; '?' and '#' in a password must be percent-encoded");

        var options = new ConfigurationOptions { Ssl = uri.Scheme == "rediss" };
        options.EndPoints.Add(uri.DnsSafeHost, uri.Port < 0 ? ConnectionSettings.DefaultPort : uri.Port);
        var database = uri.AbsolutePath.Trim('/');
        if (database != "")
        {
            if (!int.TryParse(database, out int number) || number < 0) throw Invalid("its path isn't a database number");
            options.DefaultDatabase = number;
        }
        var credential = uri.UserInfo.Split(':', 2);
        if (credential[0] != "") options.User = Uri.UnescapeDataString(credential[0]);
        if (credential.Length > 1) options.Password = Uri.UnescapeDataString(credential[1]);
        return (options, ReadCertificates(uri.Query));
    }

    /// <summary>The query holds paths alone, so that nothing of it is repeated in an error but its names.</summary>
    static TlsCertificates ReadCertificates(string query)
    {
        var paths = new Dictionary<string, string>();
        foreach (var part in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split('=', 2) is not [("ca" or "cert" or "key") and var name, { Length: > 0 } path])
                throw Invalid("its query has something else than ca=, cert= and key=; '?' in a password must be percent-encoded");
            paths[name] = Uri.UnescapeDataString(path);
        }
        var certificates = new TlsCertificates();
        if (paths.TryGetValue("ca", out var authority)) certificates = certificates.WithAuthority(authority);
        if (paths.TryGetValue("cert", out var client)) certificates = certificates.WithClient(client, paths.GetValueOrDefault("key"));
        else if (paths.ContainsKey("key")) throw Invalid("its query has key= without cert=");
        return certificates;
    }

    static RedisMLException Invalid(string why) =>
        ConnectionSettings.Invalid($"{why}. The form is redis[s]://[user[:password]@]host[:port][/database]");
}
