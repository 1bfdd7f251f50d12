using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace AktoDivert.Console.Hosting;

/// <summary>Serves Blazor's browser script from this assembly, compressed (build/BlazorScript.targets says why).</summary>
internal static class BlazorScript
{
    private const string Path = "/_framework/blazor.web.js";

    private static readonly byte[] Plain = Read();
    private static readonly string Version = Convert.ToHexStringLower(SHA256.HashData(Plain).AsSpan(0, 8));

    /// <summary>What pages name: the address changes with the script, so browsers keep it for good.</summary>
    public static string Source { get; } = $"{Path[1..]}?v={Version}";

    public static void MapBlazorScript(this IEndpointRouteBuilder routes)
    {
        var encoded = new Dictionary<string, byte[]>
        {
            ["br"] = Pack(into => new BrotliStream(into, CompressionLevel.Optimal)),
            ["gzip"] = Pack(into => new GZipStream(into, CompressionLevel.Optimal)),
        };
        routes.MapGet(Path, (HttpContext context) => Serve(context, encoded)).AllowAnonymous();
    }

    private static FileContentHttpResult Serve(HttpContext context, Dictionary<string, byte[]> encoded)
    {
        var accepted = context.Request.GetTypedHeaders().AcceptEncoding;
        var encoding = encoded.Keys.FirstOrDefault(e => accepted.Any(a => a.Value == e && a.Quality != 0));
        var headers = context.Response.Headers;
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.CacheControl = context.Request.Query["v"] == Version ? "public, max-age=31536000, immutable" : "no-cache";
        if (encoding is not null)
        {
            headers.ContentEncoding = encoding;
        }

        return TypedResults.Bytes(
            encoding is null ? Plain : encoded[encoding], "text/javascript", entityTag: new EntityTagHeaderValue($"\"{Version}{encoding}\""));
    }

    private static byte[] Pack(Func<Stream, Stream> compression)
    {
        using var packed = new MemoryStream();
        using (var into = compression(packed))
        {
            into.Write(Plain);
        }

        return packed.ToArray();
    }

    private static byte[] Read()
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("blazor.web.js")
            ?? throw new InvalidOperationException("blazor.web.js is not embedded: build with build/BlazorScript.targets.");
        using var copy = new MemoryStream();
        resource.CopyTo(copy);
        return copy.ToArray();
    }
}
