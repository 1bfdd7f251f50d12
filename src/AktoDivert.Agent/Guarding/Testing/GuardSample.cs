namespace AktoDivert.Agent.Guarding.Testing;

/// <summary>A call to try policies on.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Host">Host.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Fields">Header fields of the request.</param>
/// <param name="Body">Request body.</param>
/// <param name="AnswerType">Media type of the answer; empty when there is none.</param>
/// <param name="Answer">The answer's body.</param>
internal sealed record GuardSample(
    string Method, string Host, string Path, IReadOnlyList<KeyValuePair<string, string>> Fields, string Body, string AnswerType = "", string Answer = "");
