namespace AktoDivert.Lab.Upstream;

/// <summary>Tells what arrived, on a Unix socket only the host's root can reach.</summary>
internal static class UpstreamControl
{
    public static WebApplication Create(string socket, RequestLog log, NoNameServer names)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
        var app = builder.Build();
        app.MapGet("/requests", (string? call, long? after) => TypedResults.Ok(log.Read(call, after ?? 0)));
        app.MapGet("/unknown-names", () => TypedResults.Ok(names.Asked));
        return app;
    }
}
