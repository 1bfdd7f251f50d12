using System.Text.Json;
using AktoDivert.Proxy.Relay;

namespace AktoDivert.Fuzz.Targets.Gates;

/// <summary>What must hold of any traffic through a gate that allows it: it passes byte for byte, and what waits is missing at the end only.</summary>
internal static class GateOracle
{
    /// <summary>For protocols whose bytes stay in order: HTTP/1.1 and WebSockets on it.</summary>
    public static void Http1(ReadOnlySpan<byte> script)
    {
        foreach (var interested in (ReadOnlySpan<bool>)[true, false])
        {
            using var whole = GateRun.Play(script, "http/1.1", new() { IsInterested = interested }, (int.MaxValue, int.MaxValue));
            foreach (var piece in (ReadOnlySpan<int>)[1, 7])
            {
                using var cut = GateRun.Play(script, "http/1.1", new() { IsInterested = interested }, (piece, piece));
                foreach (var direction in (ReadOnlySpan<RelayDirection>)[RelayDirection.Up, RelayDirection.Down])
                {
                    if (!IsMasked(whole.Sent(direction)))
                    {
                        Prefix(whole, direction);
                        Prefix(cut, direction);
                    }

                    if (whole.Fault is null && cut.Fault is null && !HasNewKeys(whole, direction) && !whole.Reached(direction).SequenceEqual(cut.Reached(direction)))
                    {
                        throw new InvalidOperationException($"{direction}: pieces of {piece} pass as {Convert.ToHexString(cut.Reached(direction))}, the whole as {Convert.ToHexString(whole.Reached(direction))}");
                    }
                }
            }
        }
    }

    /// <summary>
    /// For HTTP/2, whose streams pass each other: untouched streams say the same on both sides of the gate, also where blocks of others were
    /// withheld and the table of fields is no longer the same. Without interest the bytes are the same.
    /// </summary>
    public static void Http2(ReadOnlySpan<byte> script)
    {
        foreach (var piece in (ReadOnlySpan<int>)[int.MaxValue, 1, 7])
        {
            using var open = GateRun.Play(script, "h2", new() { IsInterested = false }, (piece, piece));
            using var judged = GateRun.Play(script, "h2", new(), (piece, piece));
            var denied = Denied(Http2Story.Read(judged.Sent(RelayDirection.Up), hasPreface: true));
            foreach (var direction in (ReadOnlySpan<RelayDirection>)[RelayDirection.Up, RelayDirection.Down])
            {
                if (open.Fault is null && open.Reached(direction).Length == open.Sent(direction).Length)
                {
                    Prefix(open, direction);
                }

                Stories(open, direction, []);
                Stories(judged, direction, denied);
            }
        }
    }

    /// <summary>What both sides of a gate say of the streams that were let alone must be the same, or the beginning of it.</summary>
    private static void Stories(GateRun run, RelayDirection direction, HashSet<int> touched)
    {
        var up = direction == RelayDirection.Up;
        var sent = Http2Story.Read(run.Sent(direction), up);
        var reached = Http2Story.Read(run.Reached(direction), up);
        if (sent.IsReadable && !reached.IsReadable)
        {
            throw new InvalidOperationException($"{direction}: what passed cannot be decoded");
        }

        foreach (var stream in reached.Streams.Where(s => !touched.Contains(s)))
        {
            // A reset overtakes what waits.
            var (text, original) = (reached[stream], sent[stream]);
            var reset = text.IndexOf(Http2Story.Reset, StringComparison.Ordinal);
            if (sent.IsReadable && !original.StartsWith(reset < 0 ? text : text[..reset], StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"{direction} stream {stream}: {JsonEncodedText.Encode(original)} became {JsonEncodedText.Encode(text)}");
            }
        }
    }

    private static HashSet<int> Denied(Http2Story requests) =>
    [
        .. requests.Streams.Where(s => requests[s].Contains("/deny", StringComparison.Ordinal)
            || requests[s].Contains("BLOCKME", StringComparison.Ordinal) || requests[s].Contains("SECRET42", StringComparison.Ordinal)),
    ];

    private static bool IsMasked(ReadOnlySpan<byte> sent) => sent.IndexOf("SECRET42"u8) >= 0;

    // A message of the app that was masked on a WebSocket gets a masking key of chance (RFC 6455 section 5.3).
    private static bool HasNewKeys(GateRun run, RelayDirection direction) =>
        direction == RelayDirection.Up && IsMasked(run.Sent(direction)) && run.Sent(RelayDirection.Down).IndexOf("HTTP/1.1 101"u8) >= 0;

    private static void Prefix(GateRun run, RelayDirection direction)
    {
        if (!run.Sent(direction).StartsWith(run.Reached(direction)))
        {
            throw new InvalidOperationException($"{direction}: {Convert.ToHexString(run.Sent(direction))} became {Convert.ToHexString(run.Reached(direction))}");
        }
    }
}
