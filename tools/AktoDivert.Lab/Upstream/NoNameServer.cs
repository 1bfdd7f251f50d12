using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AktoDivert.Lab.Upstream;

/// <summary>
/// A name server that knows no name (RFC 1035: RCODE 3), so that a program asking for a host outside the lab is told so at once
/// instead of waiting for an answer, and the name is known afterwards.
/// </summary>
internal sealed class NoNameServer
{
    private const int HeaderLength = 12;

    private readonly ConcurrentDictionary<string, int> _asked = new();

    /// <summary>Names asked for and how often.</summary>
    public IReadOnlyDictionary<string, int> Asked => _asked;

    public async Task RunAsync(IPEndPoint address, CancellationToken cancellation)
    {
        using var socket = new UdpClient(address);
        try
        {
            while (true)
            {
                var query = await socket.ReceiveAsync(cancellation);
                if (Answer(query.Buffer) is { } answer)
                {
                    _asked.AddOrUpdate(NameIn(query.Buffer), 1, (_, count) => count + 1);
                    await socket.SendAsync(answer, query.RemoteEndPoint, cancellation);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>The query itself, turned into the answer "no such name"; null when it is too short to be one.</summary>
    internal static byte[]? Answer(byte[] query)
    {
        if (query.Length < HeaderLength)
        {
            return null;
        }

        var answer = query.ToArray();
        answer[2] |= 0x80;
        answer[3] = 0x83;
        return answer;
    }

    internal static string NameIn(byte[] query)
    {
        var name = new StringBuilder();
        for (var at = HeaderLength; at < query.Length && query[at] is > 0 and < 64; at += query[at] + 1)
        {
            var end = Math.Min(at + 1 + query[at], query.Length);
            name.Append(Encoding.ASCII.GetString(query, at + 1, end - at - 1)).Append('.');
        }

        return name.ToString().TrimEnd('.');
    }
}
