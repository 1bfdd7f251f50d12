namespace AktoDivert.Agent.Configuration;

/// <summary>Checks the address of a console: records and the device token travel to it, so cleartext is for this machine only.</summary>
internal static class ConsoleAddress
{
    /// <summary>How to write one.</summary>
    public const string Fix = "write https://console.example.org, or http:// for this machine only";

    /// <summary>The address, or what is wrong with it.</summary>
    public static (Uri? Value, string? Problem) Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            return (null, "is not an http or https address");
        }

        if (url.UserInfo.Length > 0 || url.Query.Length > 0)
        {
            return (null, "holds credentials or a query");
        }

        return url.Scheme == "http" && !url.IsLoopback ? (null, "would send records and the token in the clear") : (url, null);
    }
}
