namespace AktoDivert.Console.Calls;

/// <summary>Finds the events in a recorded stream: the data lines of server-sent events, or JSON, one object a line.</summary>
internal static class EventLines
{
    private const string Data = "data:";

    /// <summary>The events' texts, in order.</summary>
    public static IEnumerable<string> Of(string body) => body.Split('\n')
        .Select(line => line.StartsWith(Data, StringComparison.Ordinal) ? line[Data.Length..] : line)
        .Where(line => line.AsSpan().TrimStart().StartsWith('{'));
}
