namespace AktoDivert.Console.Calls.Export;

/// <summary>A WebSocket message as it leaves the console.</summary>
/// <param name="FromApp">Direction.</param>
/// <param name="UnixMilliseconds">When it passed.</param>
/// <param name="Text">Its text, credentials masked.</param>
internal sealed record ExportedMessage(bool FromApp, long UnixMilliseconds, string Text);
