namespace AktoDivert.Guardrails.Remote;

/// <summary>A call to be judged by a service.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Host">Host.</param>
/// <param name="Path">Path.</param>
/// <param name="Agent">App, for the collection it belongs to.</param>
/// <param name="User">Login name.</param>
/// <param name="Prompt">What is new in the call: sending the whole history would refuse a conversation for good for one old message.</param>
public sealed record RemoteCall(string Method, string Host, string Path, string Agent, string User, string Prompt);
