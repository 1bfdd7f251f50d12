using AktoDivert.Fuzz.Targets;

namespace AktoDivert.Tests.Proxy.Relay;

/// <summary>Plays a script whole and in pieces of every size, and compares the exchanges.</summary>
internal static class TapAssert
{
    /// <summary>The outcome, which is the same whatever the split.</summary>
    public static TapRun Play(TapScript script, string protocol)
    {
        var bytes = script.ToArray();
        var whole = TapScript.Play(bytes, protocol, int.MaxValue);
        for (var piece = 1; piece <= 64; piece++)
        {
            Assert.AreEqual(whole.ToString(), TapScript.Play(bytes, protocol, piece).ToString(), $"in pieces of {piece}");
        }

        return whole;
    }

    /// <summary>Plays a script cut in two at every byte of every record.</summary>
    public static void SplitsAtEveryByte(byte[] up, byte[] down, string protocol)
    {
        var whole = new TapRun(protocol).Up(up).Down(down).Close().ToString();
        for (var cut = 1; cut < up.Length; cut++)
        {
            Assert.AreEqual(whole, new TapRun(protocol).Up(up.AsSpan(0, cut)).Up(up.AsSpan(cut)).Down(down).Close().ToString(), $"up at {cut}");
        }

        for (var cut = 1; cut < down.Length; cut++)
        {
            Assert.AreEqual(whole, new TapRun(protocol).Up(up).Down(down.AsSpan(0, cut)).Down(down.AsSpan(cut)).Close().ToString(), $"down at {cut}");
        }
    }
}
