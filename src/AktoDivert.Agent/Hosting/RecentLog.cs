using System.Globalization;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Agent.Hosting;

/// <summary>Keeps the newest lines of the log in memory for diagnostics, bounded in number and length. Thread-safe.</summary>
internal sealed class RecentLog(TimeProvider time) : ILoggerProvider
{
    /// <summary>Most lines kept.</summary>
    public const int MostLines = 300;

    /// <summary>Most characters of a line.</summary>
    public const int LongestLine = 1000;

    private readonly Queue<string> _lines = new(MostLines);

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<string> Read()
    {
        lock (_lines)
        {
            return [.. _lines];
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // Nothing is held but memory.
    }

    private void Add(string line)
    {
        lock (_lines)
        {
            while (_lines.Count >= MostLines)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line.Length > LongestLine ? line[..LongestLine] : line);
        }
    }

    private sealed class Category(RecentLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                var fault = exception is null ? "" : $" ({exception.GetType().Name}: {exception.Message})";
                log.Add(string.Create(CultureInfo.InvariantCulture, $"{log.Now:yyyy-MM-dd HH:mm:ss.fff} {logLevel} {name} {eventId.Id}: {formatter(state, exception)}{fault}"));
            }
        }
    }

    private DateTimeOffset Now => time.GetUtcNow();
}
