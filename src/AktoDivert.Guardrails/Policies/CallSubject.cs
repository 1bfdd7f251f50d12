using System.Net;

namespace AktoDivert.Guardrails.Policies;

/// <summary>Who calls, from where, and whom.</summary>
/// <param name="App">Catalogue id of the app; empty when it has none.</param>
/// <param name="Process">File name of the executable.</param>
/// <param name="User">Login name.</param>
/// <param name="Device">Device label.</param>
/// <param name="Tags">Tags of the device.</param>
/// <param name="Host">Host called; null when it has no name.</param>
/// <param name="Destination">Address called.</param>
internal readonly record struct CallSubject(
    string App, string Process, string User, string Device, IReadOnlyList<string> Tags, string? Host, IPEndPoint Destination);
