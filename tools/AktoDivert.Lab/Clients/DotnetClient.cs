using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;

namespace AktoDivert.Lab.Clients;

/// <summary>The .NET client of the lab: one streamed responses call over <see cref="HttpClient"/>, HTTP/2.</summary>
internal static class DotnetClient
{
    public static async Task<int> RunAsync(CancellationToken cancellation)
    {
        var question = JsonSerializer.SerializeToUtf8Bytes(new { model = "gpt-5", stream = true, input = Environment.GetEnvironmentVariable("LAB_PROMPT") });
        using var client = new HttpClient { DefaultRequestVersion = System.Net.HttpVersion.Version20, Timeout = TimeSpan.FromSeconds(15) };
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.openai.com/v1/responses");
        request.Version = System.Net.HttpVersion.Version20;
        request.Content = new ByteArrayContent(question);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("LAB_KEY"));
        try
        {
            using var response = await client.SendAsync(request, cancellation);
            var answer = await response.Content.ReadAsByteArrayAsync(cancellation);
            return Print(new
            {
                ok = response.IsSuccessStatusCode,
                status = (int)response.StatusCode,
                detail = $"HTTP/{response.Version}",
                sentSha256 = Convert.ToHexStringLower(SHA256.HashData(question)),
                receivedSha256 = Convert.ToHexStringLower(SHA256.HashData(answer)),
            });
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or SocketException)
        {
            return Print(new { ok = false, status = 0, detail = (failure.InnerException ?? failure).Message });
        }
    }

    private static int Print(object report)
    {
        Console.WriteLine(JsonSerializer.Serialize(report));
        return 0;
    }
}
