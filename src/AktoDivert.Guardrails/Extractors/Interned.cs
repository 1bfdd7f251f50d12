using System.Text;

namespace AktoDivert.Guardrails.Extractors;

/// <summary>
/// Strings of bytes that come with every call again: hosts, paths, media types, models. Which of two threads' strings is kept when they meet in
/// a place does not matter, so there is no lock. Holds at most <see cref="Places"/> strings of <see cref="Longest"/> characters. Thread-safe.
/// </summary>
internal static class Interned
{
    private const int Places = 512;
    private const int Longest = 96;

    private static readonly Entry?[] Known = new Entry?[Places];

    private sealed record Entry(byte[] Bytes, string Text);

    /// <summary>The text of Latin-1 bytes.</summary>
    public static string Latin1(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > Longest)
        {
            return bytes.IsEmpty ? "" : Encoding.Latin1.GetString(bytes);
        }

        ref var place = ref Known[PlaceOf(bytes)];
        var known = Volatile.Read(ref place);
        if (known is null || !bytes.SequenceEqual(known.Bytes))
        {
            known = new Entry(bytes.ToArray(), Encoding.Latin1.GetString(bytes));
            Volatile.Write(ref place, known);
        }

        return known.Text;
    }

    // Names of one vendor differ in their length, in the middle or at an end: whoever fills a place on purpose makes strings, as without it.
    private static int PlaceOf(ReadOnlySpan<byte> bytes) =>
        (bytes.Length + (bytes[0] * 5) + (bytes[bytes.Length / 3] * 17) + (bytes[bytes.Length / 2] * 41) + (bytes[^1] * 97)) % Places;
}
