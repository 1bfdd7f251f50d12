using System.IO.Compression;
using System.Net;
using AktoDivert.Console.Hosting;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>What a browser loads beside the pages.</summary>
[TestClass]
public sealed class AssetTests
{
    [TestMethod]
    [DataRow("")]
    [DataRow("gzip")]
    [DataRow("br")]
    public async Task The_browser_script_is_served_in_each_encoding_and_kept_for_good(string encoding)
    {
        await using var console = await RunningConsole.StartAsync();
        using var answer = await GetAsync(console, BlazorScript.Source, encoding);

        Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
        Assert.AreEqual(encoding, string.Join(',', answer.Content.Headers.ContentEncoding));
        Assert.AreEqual("public, max-age=31536000, immutable", answer.Headers.GetValues("cache-control").Single());
        await using var body = Unpack(await answer.Content.ReadAsStreamAsync(), encoding);
        using var reader = new StreamReader(body);
        StringAssert.Contains(await reader.ReadToEndAsync(), "Blazor");
        using var again = await GetAsync(console, BlazorScript.Source, encoding, answer.Headers.ETag!.Tag);
        Assert.AreEqual(HttpStatusCode.NotModified, again.StatusCode);
    }

    [TestMethod]
    public async Task An_address_without_the_version_is_looked_at_again_each_time()
    {
        await using var console = await RunningConsole.StartAsync();
        using var answer = await GetAsync(console, BlazorScript.Source.Split('?')[0], "");

        Assert.IsTrue(answer.Headers.CacheControl!.NoCache);
    }

    [TestMethod]
    [DataRow("console.css")]
    [DataRow("icon.svg")]
    [DataRow("_content/Radzen.Blazor/Radzen.Blazor.js")]
    [DataRow("_content/Radzen.Blazor/css/standard-base.css")]
    public async Task Static_files_are_served_without_signing_in(string path)
    {
        await using var console = await RunningConsole.StartAsync();
        using var answer = await GetAsync(console, path, "");

        Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
        Assert.AreNotEqual("", await answer.Content.ReadAsStringAsync());
    }

    private static async Task<HttpResponseMessage> GetAsync(RunningConsole console, string path, string encoding, string? etag = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("accept-encoding", encoding);
        request.Headers.TryAddWithoutValidation("if-none-match", etag);
        return await console.Anonymous.SendAsync(request);
    }

    private static Stream Unpack(Stream body, string encoding) => encoding switch
    {
        "br" => new BrotliStream(body, CompressionMode.Decompress),
        "gzip" => new GZipStream(body, CompressionMode.Decompress),
        _ => body,
    };
}
