using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AktoDivert.Core.Wire;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>An admin asks a device for diagnostics: the question waits for it, is put once, and the answer is kept encrypted.</summary>
[TestClass]
public sealed class DiagnosticsTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [TestMethod]
    public async Task A_question_waits_for_the_device_is_put_once_and_answered()
    {
        await using var console = await RunningConsole.StartAsync();
        await AskAndAnswerAsync(console, console);
        var files = Directory.EnumerateFiles(console.Data, "console.db*").Select(File.ReadAllBytes);
        Assert.IsFalse(files.Any(f => f.AsSpan().IndexOf("kernel 6.1"u8) >= 0), "the answer is readable in the database");
    }

    [TestMethod]
    public async Task A_question_reaches_a_device_that_is_connected_to_another_node()
    {
        await using var first = await RunningConsole.StartOnPostgresAsync();
        await using var second = await RunningConsole.StartOnPostgresAsync(first.Options.Database, first);
        await AskAndAnswerAsync(first, second);
    }

    [TestMethod]
    public async Task An_answer_that_nobody_asked_for_or_that_is_none_is_refused()
    {
        await using var console = await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();
        using var answer = await device.PostAsJsonAsync("api/agent/diagnostics", Report(), WireJson.Default.DiagnosticsReport, Cancellation);
        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        using var admin = await console.AdminAsync();
        (await admin.PostAsync("api/admin/devices/agent-1/diagnostics", null, Cancellation)).EnsureSuccessStatusCode().Dispose();
        foreach (var broken in new[] { "null", "{\"findings\":null}", "{\"log\":[null]}", "{\"findings\":[{}]}", "[]", $"{{\"log\":[\"{new string('x', 600_000)}\"]}}" })
        {
            using var refused = await device.PostAsync("api/agent/diagnostics", new StringContent(broken), Cancellation);
            Assert.AreEqual(HttpStatusCode.UnprocessableEntity, refused.StatusCode, broken[..Math.Min(broken.Length, 40)]);
        }

        Assert.AreEqual(HttpStatusCode.NotFound, (await admin.GetAsync("api/admin/devices/agent-1/diagnostics", Cancellation)).StatusCode);
        Assert.AreEqual(HttpStatusCode.NotFound, (await admin.PostAsync("api/admin/devices/nobody/diagnostics", null, Cancellation)).StatusCode);
    }

    private async Task AskAndAnswerAsync(RunningConsole asked, RunningConsole connected)
    {
        using var admin = await asked.AdminAsync();
        using var device = await connected.DeviceAsync();
        (await admin.PostAsync("api/admin/devices/agent-1/diagnostics", null, Cancellation)).EnsureSuccessStatusCode().Dispose();
        using (var stream = await StreamAsync(device))
        {
            await UntilDiagnoseAsync(stream);
        }

        using (var stream = await StreamAsync(device))
        {
            // Not answered yet, so a new stream is asked as well; then, while it is open, by a new question.
            await UntilDiagnoseAsync(stream);
            (await device.PostAsJsonAsync("api/agent/diagnostics", Report(), WireJson.Default.DiagnosticsReport, Cancellation)).EnsureSuccessStatusCode().Dispose();
            (await admin.PostAsync("api/admin/devices/agent-1/diagnostics", null, Cancellation)).EnsureSuccessStatusCode().Dispose();
            await UntilDiagnoseAsync(stream);
        }

        var answer = await admin.GetFromJsonAsync<JsonElement>("api/admin/devices/agent-1/diagnostics", Cancellation);
        Assert.AreEqual("kernel 6.1", answer.GetProperty("findings")[0].GetProperty("finding").GetString());
        Assert.AreEqual("Active", answer.GetProperty("status").GetProperty("engine").GetString());
        var audit = await admin.GetStringAsync("api/admin/audit?action=device.diagnose", Cancellation);
        StringAssert.Contains(audit, "agent-1");
    }

    private async Task<StreamReader> StreamAsync(HttpClient device) => new(await device.GetStreamAsync("api/agent/settings", Cancellation));

    private async Task UntilDiagnoseAsync(StreamReader stream)
    {
        while (await stream.ReadLineAsync(Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation) is var line && line != "event: diagnose")
        {
            Assert.IsNotNull(line, "the stream ended");
        }
    }

    private static DiagnosticsReport Report() => new()
    {
        TakenMs = 1, Version = "1.2.3", Findings = [new("kernel", "ok", "kernel 6.1", "")], Status = JsonDocument.Parse("""{"engine":"Active"}""").RootElement, Log = ["one line"],
    };
}
