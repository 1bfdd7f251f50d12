using System.Buffers;
using System.Globalization;
using System.Text;
using AktoDivert.Core.Guarding;
using AktoDivert.Proxy.Relay.Http2.Hpack;

namespace AktoDivert.Proxy.Relay.Http2.Gate;

/// <summary>The head of an answer of our own: static indices and literals without indexing only, so that no table changes.</summary>
internal static class Http2Answer
{
    private const int StatusName = 8;

    private static readonly int[] IndexedStatuses = [200, 204, 206, 304, 400, 404, 500];

    /// <summary>Builds the block, beginning with the size updates that the sink has to see first.</summary>
    public static ReadOnlySpan<byte> Head(BlockAnswer answer, HpackPatcher towardsApp)
    {
        var block = new ArrayBufferWriter<byte>(256);
        towardsApp.WriteOwed(block);
        var at = Array.IndexOf(IndexedStatuses, answer.Status);
        if (at >= 0)
        {
            HpackWriter.Integer(block, StatusName + at, 7, 0x80);
        }
        else
        {
            HpackWriter.Integer(block, StatusName, 4, 0);
            HpackWriter.String(block, Ascii(answer.Status.ToString(CultureInfo.InvariantCulture)));
        }

        foreach (var (name, value) in answer.Headers)
        {
            HpackWriter.Literal(block, Ascii(name.ToLowerInvariant()), Encoding.UTF8.GetBytes(value));
        }

        if (!answer.Body.IsEmpty)
        {
            HpackWriter.Literal(block, "content-length"u8, Ascii(answer.Body.Length.ToString(CultureInfo.InvariantCulture)));
        }

        return block.WrittenSpan;
    }

    /// <summary>The value of <c>:status</c>; 0 when it is none.</summary>
    public static int ReadStatus(ReadOnlySpan<byte> value) =>
        value.Length == 3 && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : 0;

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
