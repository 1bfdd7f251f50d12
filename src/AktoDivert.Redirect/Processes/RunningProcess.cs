using AktoDivert.Core.Processes;

namespace AktoDivert.Redirect.Processes;

/// <summary>A process as the operating system shows it.</summary>
/// <param name="Identity">Who it is, as far as it can be had without delay; the app not filled.</param>
/// <param name="Started">When it started. An event before that came from another process that had the same id.</param>
internal sealed record RunningProcess(ProcessIdentity Identity, DateTimeOffset Started);
