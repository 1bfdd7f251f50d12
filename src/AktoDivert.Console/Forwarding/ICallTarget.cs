using AktoDivert.Console.Calls;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Forwarding;

/// <summary>Something that calls are forwarded to.</summary>
internal interface ICallTarget
{
    /// <summary>Name of its place in the calls: <c>forward.akto</c>.</summary>
    string Name { get; }

    /// <summary>Sends calls, all or none.</summary>
    /// <returns>Null when they were taken; else why not.</returns>
    Task<ForwardRefusal?> SendAsync(IReadOnlyList<(CallRow Call, CallContent? Content)> calls, CancellationToken cancellation);
}
