using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Runtime;
using AktoDivert.Console.Calls;
using AktoDivert.Core.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.ConsoleLoad;

/// <summary>
/// Lets a <see cref="Sender"/> upload calls as agents do and counts what was acknowledged and what is stored. Sender, console and database are
/// processes of their own, so that the processor time of each is known, and share this machine.
/// </summary>
internal static class IngestLoad
{
    private const int MostRounds = 10;

    public static async Task<int> RunAsync(int calls)
    {
        await using var console = await LoadedConsole.StartAsync();
        using var client = new HttpClient { BaseAddress = console.Host.Address };
        var enrolment = new EnrolRequest(await console.Host.CreateEnrolmentTokenAsync(), "load", "load", "linux");
        using var answer = await client.PostAsJsonAsync("api/agent/enrol", enrolment, WireJson.Default.EnrolRequest);
        var token = (await answer.Content.ReadFromJsonAsync(WireJson.Default.EnrolResponse))!.DeviceToken;
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["send", console.Host.Address.AbsoluteUri, token, calls.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        using var sender = Process.Start(start)!;
        System.Console.WriteLine(await ReadAsync(sender));
        var warmUp = await WarmUpAsync(sender);
        var query = console.Host.Services.GetRequiredService<CallQuery>();
        var storedBefore = await query.LastSeqAsync(CancellationToken.None);

        var (before, garbage) = (console.CpuTime, GC.GetTotalAllocatedBytes());
        var sent = await AskAsync(sender, Sender.Measured);
        var (database, process) = (console.CpuTime.Database - before.Database, console.CpuTime.Console - before.Console);
        garbage = GC.GetTotalAllocatedBytes() - garbage;

        sender.StandardInput.Close();
        await sender.WaitForExitAsync();
        var stored = await query.LastSeqAsync(CancellationToken.None) - storedBefore;
        System.Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{calls / sent.Elapsed.TotalSeconds:0} calls/s acknowledged, {sent.Elapsed.TotalSeconds:0.0} s after {warmUp} rounds of warming up, {sent.Refused} uploads told to come again, {stored} stored"));
        System.Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"processor time a call: {process.TotalMicroseconds / calls:0} µs console, {database.TotalMicroseconds / calls:0} µs PostgreSQL, {sent.CpuTime.TotalMicroseconds / calls:0} µs sender; console allocates {garbage / 1024.0 / calls:0.0} KB a call"));
        System.Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"two cores to themselves: {calls * 2 / (database + process + sent.CpuTime).TotalSeconds:0} calls/s"));
        return stored == calls ? 0 : 1;
    }

    /// <summary>A console that has run for a while compiles nothing any more: until less than a twentieth of its processor time goes to compiling.</summary>
    /// <returns>How many rounds it took.</returns>
    private static async Task<int> WarmUpAsync(Process sender)
    {
        for (var round = 1; ; round++)
        {
            var (compiling, used) = (JitInfo.GetCompilationTime(), Environment.CpuUsage.TotalTime);
            await AskAsync(sender, Sender.WarmUp);
            if (round == MostRounds || (JitInfo.GetCompilationTime() - compiling) * 20 < Environment.CpuUsage.TotalTime - used)
            {
                return round;
            }
        }
    }

    private static async Task<SendResult> AskAsync(Process sender, string what)
    {
        await sender.StandardInput.WriteLineAsync(what);
        await sender.StandardInput.FlushAsync();
        return SendResult.Parse(await ReadAsync(sender));
    }

    private static async Task<string> ReadAsync(Process sender) =>
        await sender.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The sender ended before its time.");
}
