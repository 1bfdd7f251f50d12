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

    private static readonly string?[] Known = new string?[Places];

    /// <summary>The text of Latin-1 bytes.</summary>
    public static string Latin1(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > Longest)
        {
            return bytes.IsEmpty ? "" : Encoding.Latin1.GetString(bytes);
        }

        Span<char> chars = stackalloc char[Longest];
        chars = chars[..Encoding.Latin1.GetChars(bytes, chars)];
        ref var place = ref Known[(uint)string.GetHashCode(chars) % Places];
        var known = Volatile.Read(ref place);
        if (known is null || !chars.SequenceEqual(known))
        {
            known = chars.ToString();
            Volatile.Write(ref place, known);
        }

        return known;
    }
}
