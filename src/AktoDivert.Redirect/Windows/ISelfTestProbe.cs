using System.Net;

namespace AktoDivert.Redirect.Windows;

/// <summary>How a probe connection ended, as the process that made it saw it.</summary>
internal enum ProbeOutcome
{
    /// <summary>Something answered.</summary>
    Answered,

    /// <summary>Nothing answered in time.</summary>
    Silent,

    /// <summary>There is no way to send: no network, or the process could not be started. Says nothing about the engine.</summary>
    NoNetwork,
}

/// <summary>Makes a connection from a process that is not the agent, because the agent's own are never redirected.</summary>
internal interface ISelfTestProbe
{
    /// <summary>Full path of the program that makes it.</summary>
    string Program { get; }

    /// <summary>Connects once.</summary>
    Task<ProbeOutcome> ConnectAsync(IPEndPoint destination, CancellationToken cancellationToken);
}
