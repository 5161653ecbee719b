namespace RedisML.PowerShell.Cmdlets;

/// <summary>Where the help of the cmdlets lies on the web, a page each: what <c>Get-Help -Online</c> opens.</summary>
static class HelpPage
{
    public const string Folder = "https://github.com/redisml/redisml/blob/main/docs/help/";
}
