using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.EventLog;

namespace AktoDivert.Agent.Service.Windows;

/// <summary>
/// The Application event log, source AktoDivert. Event ids are those of the log messages and stay the same between versions: 1000 redirect
/// engines, 2000 proxy and certificates, 3000 capture and upload, 4000 agent; docs/windows.md lists those worth an alert.
/// </summary>
[SupportedOSPlatform("windows")]
internal static class AgentEventLog
{
    private const string Log = "Application";

    /// <summary>Makes the source known; needs an Administrator.</summary>
    public static void Register()
    {
        if (!EventLog.SourceExists(ServiceDefinition.Name))
        {
            EventLog.CreateEventSource(ServiceDefinition.Name, Log);
        }
    }

    /// <summary>Removes the source; entries stay in the log.</summary>
    public static void Unregister()
    {
        if (EventLog.SourceExists(ServiceDefinition.Name))
        {
            EventLog.DeleteEventSource(ServiceDefinition.Name);
        }
    }

    /// <summary>Writes warnings and worse, and the service's own start and stop, to the event log.</summary>
    public static void Add(ILoggingBuilder logging)
    {
        logging.AddEventLog(new EventLogSettings { SourceName = ServiceDefinition.Name, LogName = Log });
        logging.AddFilter<EventLogLoggerProvider>(null, LogLevel.Warning);
        logging.AddFilter<EventLogLoggerProvider>(typeof(WindowsServiceLifetime).FullName, LogLevel.Information);
    }

    /// <summary>Writes why the service could not even begin.</summary>
    public static void WriteFailure(string message)
    {
        const int CouldNotStart = 4103;
        try
        {
            EventLog.WriteEntry(ServiceDefinition.Name, message, EventLogEntryType.Error, CouldNotStart);
        }
        catch (Exception fault) when (fault is SecurityException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // Without an event log there is nobody left to tell; the exit code still does.
        }
    }
}
