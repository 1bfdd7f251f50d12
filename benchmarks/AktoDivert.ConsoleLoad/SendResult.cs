using System.Globalization;

namespace AktoDivert.ConsoleLoad;

/// <summary>What a <see cref="Sender"/> says of a round, on one line.</summary>
/// <param name="Elapsed">From the first upload to the last answer.</param>
/// <param name="CpuTime">Processor time that the sender used.</param>
/// <param name="Refused">Uploads that were told to come again.</param>
internal sealed record SendResult(TimeSpan Elapsed, TimeSpan CpuTime, int Refused)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static SendResult Parse(string line)
    {
        var parts = Array.ConvertAll(line.Split(' '), p => long.Parse(p, CultureInfo.InvariantCulture));
        return new SendResult(TimeSpan.FromTicks(parts[0]), TimeSpan.FromTicks(parts[1]), (int)parts[2]);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Elapsed.Ticks} {CpuTime.Ticks} {Refused}");
}
