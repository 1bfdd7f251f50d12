using System.Diagnostics;
using System.Net.Http.Json;
using AktoDivert.Console.Calls;
using AktoDivert.Console.SignIn;
using AktoDivert.Core.Wire;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>To count what a filter lets through costs as much as to find it.</summary>
[TestClass]
public sealed class CountingTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task A_list_that_is_told_how_many_calls_there_are_does_not_count_them_again()
    {
        await using var console = await RunningConsole.StartOnPostgresAsync();
        using var device = await console.DeviceAsync();
        (await device.PostAsJsonAsync("api/ingestData", Records.Batch("r1", "r2"), WireJson.Default.IngestBatch, TestContext.CancellationToken)).EnsureSuccessStatusCode().Dispose();
        var calls = console.Host.Services.GetRequiredService<CallQuery>();
        var (filter, who) = (CallFilter.Parse("app:claude-code", DateTimeOffset.UnixEpoch), new Actor("ada", Roles.Analyst));
        using var counts = new Counts(new NpgsqlConnectionStringBuilder(console.Options.Database).Database!);

        var count = await calls.CountAsync(filter, TestContext.CancellationToken);
        var listed = await calls.ListAsync(filter, CallOrder.Newest, count, 0, 50, who, TestContext.CancellationToken);
        Assert.AreEqual((2, 2, 1), (count, listed.Count, counts.Number));

        await calls.NewestAsync(filter, 0, 50, who, TestContext.CancellationToken);
        Assert.AreEqual(2, counts.Number, "one that is told nothing counts");
    }

    /// <summary>Counts the commands that count in one database.</summary>
    private sealed class Counts : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly string _database;
        private readonly List<IDisposable> _subscriptions = [];
        private int _number;

        public Counts(string database)
        {
            _database = database;
            _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
        }

        public int Number => Volatile.Read(ref _number);

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.EntityFrameworkCore")
            {
                _subscriptions.Add(value.Subscribe(this));
            }
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Value is CommandExecutedEventData { Command: { Connection: { } connection } command } && connection.Database == _database
                && command.CommandText.Contains("count(*)", StringComparison.OrdinalIgnoreCase))
            {
                Interlocked.Increment(ref _number);
            }
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose() => _subscriptions.ForEach(s => s.Dispose());
    }
}
