using System.Globalization;
using AktoDivert.SideBySide.Peers;

namespace AktoDivert.SideBySide.Loads;

/// <summary>Uploads of 1 MB, two at a time.</summary>
internal sealed class UploadLoad(Version version, int uploads) : ILoad
{
    private static readonly byte[] Body = MakeBody();

    /// <inheritdoc />
    public string Unit => "GB";

    /// <inheritdoc />
    public async Task<double> RunAsync(Peer peer)
    {
        using var http = AppConnection.Http(peer.Port);
        await Parallel.ForAsync(0, uploads, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (_, cancellation) =>
        {
            using var request = AppConnection.Request(HttpMethod.Post, "/upload", version, new ByteArrayContent(Body));
            using var response = await http.SendAsync(request, cancellation);
            if (await response.Content.ReadAsStringAsync(cancellation) != Body.Length.ToString(CultureInfo.InvariantCulture))
            {
                throw new InvalidOperationException($"{peer.Name} lost a part of an upload");
            }
        });
        return uploads * (double)Body.Length / 1e9;
    }

    private static byte[] MakeBody()
    {
        var body = new byte[1 << 20];
        new Random(1).NextBytes(body);
        return body;
    }
}
