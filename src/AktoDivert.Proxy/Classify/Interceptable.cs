namespace AktoDivert.Proxy.Classify;

/// <summary>Whether a connection that the policy wants to intercept can be: the app would refuse a certificate without its name.</summary>
public static class Interceptable
{
    /// <summary>Why not, in a sentence without a final dot; null when it can be.</summary>
    /// <param name="serverName">The ClientHello's server name; null when it has none.</param>
    /// <param name="signs">Whether the device CA may sign for a host.</param>
    public static string? WhyNot(string? serverName, Func<string, bool> signs) => serverName switch
    {
        null => "the ClientHello carries no server name, so no certificate can be shown",
        _ when !signs(serverName) => $"{serverName} is outside the names that the device CA may sign for",
        _ => null,
    };
}
