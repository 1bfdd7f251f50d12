namespace AktoDivert.Lab.Clients;

/// <summary>What the lab runs for one client: the program with its arguments, and variables besides those of the sign-in.</summary>
internal sealed record ClientCommand(IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Variables);

/// <summary>How a client shows that it worked.</summary>
internal enum ClientReport
{
    /// <summary>Its last line is a JSON object with status and hashes, see <see cref="ClientReading"/>.</summary>
    Json,

    /// <summary>A program of others: it ends with 0 and has printed the model's answer.</summary>
    AnswerText,

    /// <summary>It must fail: the server is one nobody should trust.</summary>
    Refusal,
}

/// <summary>A client program of the lab and what must be seen when it runs beside the agent.</summary>
/// <param name="Name">As given to <c>call</c>.</param>
/// <param name="About">One line for people.</param>
/// <param name="Host">The host its AI call goes to.</param>
/// <param name="Path">Path of that call, without query.</param>
/// <param name="Process">How the name of the executable that calls begins.</param>
/// <param name="Treatment">What the agent must do with it.</param>
/// <param name="Report">How it shows that it worked.</param>
/// <param name="Limit">Longest time a run may take.</param>
/// <param name="Prepare">Makes its files and its command line.</param>
internal sealed record LabClient(
    string Name,
    string About,
    string Host,
    string Path,
    string Process,
    ClientTreatment Treatment,
    ClientReport Report,
    TimeSpan Limit,
    Func<ClientRun, Task<ClientCommand>> Prepare);
